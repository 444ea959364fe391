"""Fields that read what people type: text, mail, phone, day, moment, amount, money, a choice with search.

Each keeps what was typed when it cannot read it, and says in words why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel import context
from kernel.emails import read_email
from kernel.errors import Invalid
from kernel.money import Money, currency_choices, format_amount, parse_amount
from kernel.text import clean
from kernel.when import format_typed, format_when, parse_date, parse_moment, today


def language() -> str:
    return (get_language() or "en").partition("-")[0]


def zone() -> str:
    found = context.maybe()
    return found.zone if found else "UTC"


def _said(error: Invalid) -> ValidationError:
    return ValidationError(str(error), code="invalid")


class _Read(forms.CharField):
    """A text that becomes something else; ``None`` if it is empty."""

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if not isinstance(value, str):
            return value
        try:
            return self.read(value)
        except Invalid as error:
            raise _said(error) from error

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        return None


class TextField(forms.CharField):
    """One line (or, with ``rows``, several) of people's text: NUL and control characters are taken out."""

    def __init__(self, *, rows: int = 0, **kwargs: Any) -> None:
        if rows:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        kwargs.setdefault("max_length", 300)
        self.rows = rows
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        # Before the checks of CharField, which refuse NUL with words nobody understands.
        if isinstance(value, str):
            value = str(clean(value, multiline=bool(self.rows)))
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> Mapping[str, Any]:
        # No maxlength in the browser: what is pasted must not be cut silently.
        attributes = dict(super().widget_attrs(widget))
        attributes.pop("maxlength", None)
        return attributes


class EmailField(_Read):
    """An e-mail address; gives it as ``kernel.emails.read_email`` writes it, or None."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"type": "email", "inputmode": "email", "autocomplete": "email", "spellcheck": "false"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attributes))
        super().__init__(**kwargs)

    def read(self, text: str) -> str:
        return read_email(text)


class PhoneField(TextField):
    """A phone number, kept as it was typed (see ``kernel.phones.read_phone`` for the form to compare)."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"type": "tel", "inputmode": "tel", "autocomplete": "tel"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attributes))
        kwargs.setdefault("max_length", 60)
        super().__init__(**kwargs)


class DateInput(forms.TextInput):
    """A text field with the browser's calendar beside it."""

    template_name = "ui/widgets/date.html"


class DateField(_Read):
    """A day, typed as a date or as words (tomorrow, завтра, +3). Gives ``datetime.date`` or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", DateInput(attrs={"autocomplete": "off", "placeholder": _("tomorrow, Friday, Dec 4")})
        )
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, date):
            return value
        return format_typed(value, language=language())

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True

    def read(self, text: str) -> date:
        return parse_date(text, language=language(), today=today(zone()))


class MomentField(_Read):
    """A day with a time, typed in words or figures ("tomorrow 10:00"). Gives an aware ``datetime`` in UTC or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            DateInput(attrs={"autocomplete": "off", "data-timed": "", "placeholder": _("tomorrow 10:00")}),
        )
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return format_when(value, language=language(), zone=zone(), style="moment")
        return value

    def read(self, text: str) -> datetime:
        return parse_moment(text, language=language(), zone=zone())


class AmountField(_Read):
    """An amount in the currency of a sibling field or a fixed one. Gives minor units or None."""

    def __init__(self, *, currency: str = "EUR", allow_negative: bool = False, **kwargs: Any) -> None:
        self.currency = currency
        self.allow_negative = allow_negative
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return format_amount(value, self.currency, language()) if isinstance(value, int) else value

    def read(self, text: str) -> int:
        return parse_amount(
            text, currency=self.currency, language=language(), allow_negative=self.allow_negative
        )


class MoneyInput(forms.MultiWidget):
    """An amount and its currency, side by side. What was typed stays as it was typed."""

    template_name = "ui/widgets/money.html"
    use_fieldset = False

    def __init__(self, currencies: Iterable[tuple[str, Any]], attrs: Any = None) -> None:
        amount = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "input num"})
        currency = forms.Select(
            choices=list(currencies), attrs={"class": "input", "aria-label": _("Currency")}
        )
        super().__init__({"": amount, "currency": currency}, attrs)

    def decompress(self, value: Any) -> list[Any]:
        if isinstance(value, Money):
            return [format_amount(value.minor, value.currency, language()), value.currency]
        return ["", value if isinstance(value, str) else None]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_


class MoneyField(forms.Field):
    """An amount with its currency; gives ``kernel.money.Money`` or None. ``default`` is the currency chosen at first."""

    def __init__(
        self,
        *,
        default: str = "EUR",
        currencies: Iterable[str] = (),
        allow_negative: bool = False,
        **kwargs: Any,
    ) -> None:
        self.default = default
        self.allow_negative = allow_negative
        known = dict(currency_choices())
        chosen = list(currencies) or list(known)
        self.codes = set(chosen)
        kwargs.setdefault("widget", MoneyInput([(code, code) for code in chosen]))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value if value is not None else self.default

    def to_python(self, value: Any) -> Money | None:
        text, currency = value if isinstance(value, list | tuple) else (value, self.default)
        if not (text or "").strip():
            return None
        if currency not in self.codes:
            raise ValidationError(_("Choose a currency from the list."), code="currency")
        try:
            minor = parse_amount(
                text, currency=currency, language=language(), allow_negative=self.allow_negative
            )
        except Invalid as error:
            raise _said(error) from error
        return Money(minor, currency)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice with search: ``value`` is sent, ``label`` is read, ``note`` tells twins apart."""

    value: str
    label: str
    note: str = ""


class ComboInput(forms.Widget):
    """A text field over a list of answers; sends the chosen value and, beside it, what was typed."""

    template_name = "ui/widgets/combobox.html"

    def __init__(
        self, url: Any, creates: bool, label_of: Callable[[str], str | None], attrs: Any = None
    ) -> None:
        super().__init__(attrs)
        self.url, self.creates, self.label_of = url, creates, label_of

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        values = super().get_context(name, value, attrs)
        chosen, text = value if isinstance(value, tuple) else (str(value or ""), "")
        if chosen and not text:
            text = self.label_of(chosen) or ""
        values["widget"] |= {"url": str(self.url), "creates": self.creates, "value": chosen, "text": text}
        return values

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, str]:
        return data.get(name) or "", (data.get(f"{name}_text") or "").strip()

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}_text" not in data


class ComboField(forms.Field):
    """A choice out of many, found by typing. Gives the option's value (a str) or None.

    ``url`` answers a GET with ``q`` by ``ui/options.html``; ``options`` finds the same on the server for
    a text; ``label_of`` gives the label of a value or None if it may not be chosen. With ``creates`` a text that
    names nothing is given back as an :class:`Option` without value.
    """

    def __init__(
        self,
        *,
        url: Any,
        options: Callable[[str], Iterable[Option]],
        label_of: Callable[[str], str | None],
        creates: bool = False,
        **kwargs: Any,
    ) -> None:
        self.options, self.label_of, self.creates = options, label_of, creates
        kwargs.setdefault("widget", ComboInput(url, creates, label_of))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        chosen, text = value if isinstance(value, tuple) else (str(value or ""), "")
        if chosen:
            if self.label_of(chosen) is None:
                raise ValidationError(_("This cannot be chosen any more. Choose another."), code="gone")
            return chosen
        if not text:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        return self._named(text)

    def _named(self, text: str) -> Any:
        found = list(self.options(text))
        same = [option for option in found if option.label.casefold() == text.casefold()]
        if len(same) == 1:
            return same[0].value
        if self.creates and not same:
            return Option("", text)
        if len(found) == 1:
            return found[0].value
        if found:
            names = ", ".join(option.label for option in found[:5])
            raise ValidationError(_("Several fit. Choose one: %(names)s."), params={"names": names})
        raise ValidationError(_("Nothing is called “%(text)s”. Choose from the list."), params={"text": text})

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "") != (data[0] if isinstance(data, tuple) else str(data or ""))


class ReadField(forms.CharField):
    """Text that ``read`` judges and turns into a value: the rule of an action or of the kernel, asked early.

    ``read`` gets what was typed, with NUL and all ("" for nothing), and raises ``Invalid``.
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
            raise _said(error) from error


class VersionField(forms.IntegerField):
    """The version of the record that the form was made from: guards against lost updates."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, required=False, label=_("Version"))
