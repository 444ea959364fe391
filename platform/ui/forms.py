"""Every Django form looks like ours: the renderer and the fields that read what people type.

Fields of money, days, phones and choices stand in :mod:`ui.fields` and can be imported from here.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting

from kernel.errors import Invalid
from ui.fields import (
    AmountField,
    ComboField,
    DateField,
    EmailField,
    MomentField,
    MoneyField,
    Option,
    PhoneField,
    ReadField,
    TextField,
    VersionField,
    language,
)

__all__ = [
    "AmountField",
    "BoundField",
    "ComboField",
    "DateField",
    "EmailField",
    "Form",
    "MomentField",
    "MoneyField",
    "Option",
    "PhoneField",
    "ReadField",
    "Renderer",
    "TextField",
    "VersionField",
    "language",
    "refuse",
]

# From so many visible fields on, a form with several faults lists them above itself.
LONG_FORM = 6
_OURS = {
    "django/forms/widgets/radio.html": "ui/widgets/choices.html",
    "django/forms/widgets/checkbox_select.html": "ui/widgets/choices.html",
    "django/forms/widgets/clearable_file_input.html": "ui/widgets/file.html",
    "django/forms/widgets/file.html": "ui/widgets/file.html",
    "django/forms/widgets/password.html": "ui/widgets/password.html",
}


class BoundField(forms.BoundField):
    """Gives every widget the kit's look and names for readers, whoever wrote the form."""

    def as_widget(
        self, widget: forms.Widget | None = None, attrs: Any = None, only_initial: bool = False
    ) -> Any:
        widget = widget or self.field.widget
        name = getattr(widget, "template_name", "")
        if name in _OURS:
            widget.template_name = _OURS[name]  # type: ignore[attr-defined]
        return super().as_widget(widget, attrs, only_initial)

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        made = super().build_widget_attrs(attrs, widget)
        if widget.is_hidden:
            return made
        if made.pop("required", False):
            # The browser's own bubbles speak its language, not the reader's; the server says what is missing.
            made["aria-required"] = "true"
        if self.errors and self._first_wrong():
            made["autofocus"] = True
        if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            made.pop("aria-required", None)
            return made
        kind = "check" if isinstance(widget, forms.CheckboxInput) else "input"
        given = " ".join(str(name) for name in (widget.attrs.get("class"), made.get("class")) if name)
        if kind not in given.split():
            made["class"] = f"{kind} {given}".strip()
        return made

    def _first_wrong(self) -> bool:
        return self.name == next((name for name in self.form.fields if name in self.form.errors), None)


class Renderer(TemplatesSetting):
    """Forms, fields and error lists by the kit's templates."""

    bound_field_class = BoundField
    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"


def refuse(form: forms.BaseForm, error: Invalid) -> None:
    """Lay an action's complaints at the form's fields; what names no field stands above the form."""
    for name, sentences in error.fields.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, str(sentence))
    if not error.fields:
        form.add_error(None, str(error))


class Form(forms.Form):
    """Base of all forms: what was typed stays, faults are said in words, the first wrong field gets the focus."""

    required_css_class = "required"
    use_required_attribute = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    @property
    def long_list_of_errors(self) -> bool:
        """True if the form is long and has more than one fault, so that a list above it helps."""
        visible = [field for field in self if not field.is_hidden]
        return len(visible) >= LONG_FORM and sum(bool(field.errors) for field in visible) > 1
