"""Every Django form looks like ours: the renderer and the fields that read what people type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel import context
from kernel.errors import Invalid
from kernel.money import parse_amount
from kernel.text import clean
from kernel.when import parse_date, today


class BoundField(forms.BoundField):
    """Gives every widget the kit's class, whoever wrote the form."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        made = super().build_widget_attrs(attrs, widget)
        if widget.is_hidden or isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            return made
        kind = "check" if isinstance(widget, forms.CheckboxInput) else "input"
        given = " ".join(filter(None, (widget.attrs.get("class"), made.get("class"))))
        if kind not in given.split():
            made["class"] = f"{kind} {given}".strip()
        return made


class Renderer(TemplatesSetting):
    """Forms, fields and error lists by the kit's templates."""

    bound_field_class = BoundField
    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"


def language() -> str:
    return (get_language() or "en").partition("-")[0]


def refuse(form: forms.BaseForm, error: Invalid) -> None:
    """Lay an action's complaints at the form's fields; what names no field stands above the form."""
    for name, sentences in error.fields.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, str(sentence))
    if not error.fields:
        form.add_error(None, str(error))


class Form(forms.Form):
    """Base of all forms: text is cleaned of control characters, ids do not collide in dialogs."""

    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class TextField(forms.CharField):
    """One line (or, with ``rows``, several) of people's text: NUL and control characters are taken out."""

    def __init__(self, *, rows: int = 0, **kwargs: Any) -> None:
        if rows:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        kwargs.setdefault("max_length", 300)
        self.multiline = rows > 0
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        # Before the checks of CharField, which refuse NUL with words nobody understands.
        if isinstance(value, str):
            value = str(clean(value, multiline=self.multiline))
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> Mapping[str, Any]:
        # No maxlength in the browser: what is pasted must not be cut silently.
        attributes = dict(super().widget_attrs(widget))
        attributes.pop("maxlength", None)
        return attributes


class DateField(forms.CharField):
    """A day, typed as a date or as words (tomorrow, завтра). Gives ``datetime.date`` or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "data-date": ""}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value

    def to_python(self, value: Any) -> date | None:
        if value in (None, ""):
            return None
        if isinstance(value, date):
            return value
        found = context.maybe()
        try:
            return parse_date(str(value), language=language(), today=today(found.zone if found else "UTC"))
        except Invalid as error:
            raise ValidationError(str(error)) from error

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        return None


class AmountField(forms.CharField):
    """An amount in the currency of a sibling field or a fixed one. Gives minor units or None."""

    def __init__(self, *, currency: str = "EUR", allow_negative: bool = False, **kwargs: Any) -> None:
        self.currency = currency
        self.allow_negative = allow_negative
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        if value in (None, ""):
            return None
        try:
            return parse_amount(
                str(value), currency=self.currency, language=language(), allow_negative=self.allow_negative
            )
        except Invalid as error:
            raise ValidationError(str(error)) from error

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        return None


class ReadField(forms.CharField):
    """Text that ``read`` judges and turns into a value: the rule of an action or of the kernel, asked early.

    ``read`` gets what was typed (with NUL and all) and raises ``Invalid``.
    """

    def __init__(self, read: Callable[[str], Any], *, rows: int = 0, **kwargs: Any) -> None:
        if rows:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        self.read = read
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = "" if value is None else str(value)
        if self.required and not text.strip():
            raise ValidationError(self.error_messages["required"], code="required")
        try:
            return self.read(text)
        except Invalid as error:
            raise ValidationError(
                [str(sentence) for found in error.fields.values() for sentence in found]
            ) from error


class VersionField(forms.IntegerField):
    """The version of the record that the form was made from: guards against lost updates."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, required=False, label=_("Version"))
