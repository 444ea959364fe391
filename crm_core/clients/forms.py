"""Forms of clients: the fields by name, so that pages, dialogs and inline editing build on one description."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_core.clients.actions import cleaning
from crm_core.clients.models import ContactWay, Heading
from crm_core.clients.queries import HeadingOptions, find_clients, label_of_company
from kernel import context
from kernel.currencies import currency_choices
from kernel.emails import read_email
from kernel.errors import Invalid
from kernel.text import HUES
from ui.forms import ComboField, Form, Option, ReadField, VersionField

_TEXT = {"autocomplete": "off"}


def company_field(by: Any, label: Any, *, creates: bool = False) -> ComboField:
    """A company found by its name; with ``creates`` a name that nobody has is a new company's."""

    def options(words: str) -> list[Option]:
        return [Option(str(card.id), card.label) for card in find_clients(by, ("company",), words)]

    def label_of(value: str) -> str | None:
        return label_of_company(by, value)

    return ComboField(
        url=reverse("clients:choices", args=["company"]) + ("?creates=1" if creates else ""),
        options=options,
        label_of=label_of,
        creates=creates,
        label=label,
        required=False,
    )


def _line(cleaner: cleaning.Cleaner, label: Any, required: bool = False, **attrs: Any) -> forms.Field:
    return ReadField(cleaner, label=label, required=required, widget=forms.TextInput(attrs=_TEXT | attrs))


class _Name(ReadField):
    """Part of a person's name: none of them must be there alone, so none is called optional."""

    def clean(self, value: Any) -> Any:
        self.required = False
        try:
            return super().clean(value)
        finally:
            self.required = True


def text_fields(kind: str, by: Any) -> dict[str, forms.Field]:
    """The plain fields of a kind, fresh for one form."""
    company, person = cleaning.COMPANY, cleaning.PERSON
    if kind == "person":
        return {
            "first_name": _Name(
                person["first_name"], label=_("First name"), widget=forms.TextInput(attrs=_TEXT)
            ),
            "last_name": _Name(
                person["last_name"], label=_("Last name"), widget=forms.TextInput(attrs=_TEXT)
            ),
            "middle_name": _line(person["middle_name"], _("Middle name")),
            "position": _line(person["position"], _("Position")),
            "birthday": _line(person["birthday"], _("Birthday"), placeholder=_("for example 3 Nov 1985")),
            "description": ReadField(cleaning.passage, label=_("Description"), required=False, rows=3),
        }
    return {
        "name": ReadField(
            company["name"],
            label=_("Name"),
            error_messages={"required": _("Enter the company’s name.")},
            widget=forms.TextInput(attrs=_TEXT),
        ),
        "legal_name": _line(company["legal_name"], _("Legal name")),
        "website": _line(company["website"], _("Website"), inputmode="url", placeholder="example.com"),
        "tax_number": _line(company["tax_number"], _("Tax number")),
        "street": _line(company["street"], _("Street")),
        "city": _line(company["city"], _("City")),
        "province": _line(company["province"], _("Province")),
        "postcode": _line(company["postcode"], _("Postcode")),
        "country": _line(company["country"], _("Country")),
        "revenue": forms.CharField(
            label=_("Revenue a year"),
            required=False,
            widget=forms.TextInput(attrs=_TEXT | {"inputmode": "decimal"}),
        ),
        "currency": forms.ChoiceField(label=_("Currency"), choices=(), required=False),
        "employees": _line(company["employees"], _("Number of people"), inputmode="numeric"),
        "description": ReadField(cleaning.passage, label=_("Description"), required=False, rows=3),
        "parent": company_field(by, _("Belongs to")),
    }


def heading_field(found: HeadingOptions) -> forms.ChoiceField:
    """A heading's values to choose one from."""
    choices = [("", "–"), *((str(key), name) for key, name, _hue in found.options)]
    return forms.ChoiceField(label=found.name, choices=choices, required=False)


class FieldsForm(Form):
    """A form of some of a client's fields, by name; ids of the workspace's own headings are names too."""

    version = VersionField()

    def __init__(
        self,
        *args: Any,
        by: Any,
        kind: str,
        names: Iterable[str],
        headings: Iterable[HeadingOptions] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        plain = text_fields(kind, by)
        by_name = {found.slot or str(found.id): found for found in headings}
        chosen: dict[str, forms.Field] = {}
        for name in names:
            if name in by_name:
                chosen[name] = heading_field(by_name[name])
            elif name in plain:
                chosen[name] = plain[name]
        if "currency" in chosen:
            chosen["currency"].choices = currency_choices()  # type: ignore[attr-defined]
        self.fields = {**chosen, "version": self.fields["version"]}

    def clean(self) -> dict[str, Any]:
        """The amount is read with its currency here already, so that all faults are said at once."""
        values = super().clean() or {}
        if values.get("revenue"):
            code = values.get("currency") or context.tenant().currency
            try:
                cleaning.revenue(values["revenue"], code)
            except Invalid as error:
                self.add_error("revenue", str(error))
        return values

    def values(self) -> dict[str, Any]:
        """What the action takes: everything but the version, as typed where the action reads it itself."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def ways_of(data: Mapping[str, Any]) -> list[Any]:
    """Contact ways from a form with rows ``kind-N``, ``label-N``, ``value-N`` and ``preferred`` of each kind."""
    from crm_core.clients.actions import Way

    numbers = sorted(
        {int(name.partition("-")[2]) for name in data if name.startswith("value-") and name[6:].isdecimal()}
    )
    preferred = {value for name, value in data.items() if name.startswith("preferred-")}
    return [
        Way(
            kind=data.get(f"kind-{number}", "phone"),
            value=data.get(f"value-{number}", ""),
            label=data.get(f"label-{number}", ""),
            preferred=str(number) in preferred,
        )
        for number in numbers[:60]
    ]


def _mail(text: str) -> str:
    """The address as typed, if it is one; it is kept as it was written."""
    if text.strip():
        read_email(text)
    return text


class CreateForm(FieldsForm):
    """The first form of a client: what is known at the beginning, the rest folded below."""

    phone = forms.CharField(
        label=pgettext_lazy("contact way", "Phone"),
        required=False,
        widget=forms.TextInput(attrs=_TEXT | {"inputmode": "tel"}),
    )
    email = ReadField(
        _mail,
        label=pgettext_lazy("contact way", "E-mail"),
        required=False,
        widget=forms.TextInput(attrs=_TEXT | {"inputmode": "email"}),
    )
    owner = forms.ChoiceField(label=_("Owner"), required=False)

    FIRST = {
        "company": ("name", "website", "stage", "city"),
        "person": ("first_name", "last_name", "position", "stage"),
    }
    MORE = {
        "company": (
            "legal_name", "tax_number", "industry", "region", "size", "source", "street", "postcode",
            "province", "country", "employees", "revenue", "currency", "parent", "description",
        ),
        "person": ("middle_name", "birthday", "source", "description"),
    }  # fmt: skip

    def __init__(
        self,
        *args: Any,
        by: Any,
        kind: str,
        headings: list[HeadingOptions],
        people: Iterable[Any],
        **kwargs: Any,
    ) -> None:
        own = [str(found.id) for found in headings if not found.slot]
        names = (*self.FIRST[kind], *self.MORE[kind], *own)
        super().__init__(*args, by=by, kind=kind, names=names, headings=headings, **kwargs)
        base = self.base_fields
        self.fields = {
            **{name: field for name, field in self.fields.items() if name in self.FIRST[kind]},
            "phone": base["phone"],
            "email": base["email"],
            "owner": base["owner"],
            **{name: field for name, field in self.fields.items() if name not in self.FIRST[kind]},
        }
        self.people = {str(member.id): member for member in people}
        choices = [("", _("Nobody")), *((key, member.name) for key, member in self.people.items())]
        self.fields["owner"].choices = choices  # type: ignore[attr-defined]
        self.more = [name for name in self.fields if name in (*self.MORE[kind], *own)]
        if kind == "person":
            company = company_field(by, _("Company"), creates=True)
            self.fields = {**dict(list(self.fields.items())[:2]), "company": company, **self.fields}
        if not self.is_bound:
            # Whoever asked for the form goes on typing the name.
            self.fields[self.FIRST[kind][0]].widget.attrs["autofocus"] = True

    def first_fields(self) -> list[Any]:
        hidden = (*self.more, "version")
        return [self[name] for name in self.fields if name not in hidden]

    def more_fields(self) -> list[Any]:
        return [self[name] for name in self.more]

    def more_open(self) -> bool:
        """True if something folded is wrong or filled in, so that it is not hidden."""
        told = [name for name in self.more if name != "currency"]
        return any(self[name].errors or (self.is_bound and self[name].value()) for name in told)

    def values(self) -> dict[str, Any]:
        beside = ("phone", "email", "owner", "company", "version")
        found = {name: value for name, value in self.cleaned_data.items() if name not in beside}
        return {name: value for name, value in found.items() if value not in (None, "")}

    def ways(self) -> list[Any]:
        from crm_core.clients.actions import Way

        return [Way("phone", self.cleaned_data["phone"]), Way("email", self.cleaned_data["email"])]

    def place(self) -> dict[str, Any]:
        """Where a person works, for the action: a company's id, or the name of a new one."""
        return place_of(self.cleaned_data.get("company"))

    def owner_member(self) -> Any:
        return self.people.get(self.cleaned_data["owner"])


def place_of(chosen: Any) -> dict[str, Any]:
    """What a company's field gave, as the actions take it."""
    if isinstance(chosen, Option):
        return {"company_name": chosen.label}
    return {"company_id": UUID(chosen)} if chosen else {}


class EmployForm(Form):
    """A company and the role there."""

    role = _line(cleaning.line(200), _("Position"))
    main = forms.BooleanField(label=_("This is the main place of work"), required=False)

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"company": company_field(by, _("Company"), creates=True), **self.fields}


class HeadingForm(Form):
    """A new heading and its first values, one a line."""

    kind = forms.ChoiceField(label=_("For"), choices=Heading.For.choices)
    name = ReadField(cleaning.line(80), label=_("Name"))
    values = ReadField(cleaning.passage, label=_("Values, one a line"), required=False, rows=5)

    def asked(self) -> dict[str, Any]:
        """What ``actions.create_heading`` takes."""
        given = self.cleaned_data
        values = [line for line in given["values"].splitlines() if line.strip()]
        return {"kind": given["kind"], "name": given["name"], "values": values}


class NameForm(Form):
    """Another name for a heading."""

    name = ReadField(cleaning.line(80), label=_("Name"))


class ValueForm(Form):
    """A value's name and colour."""

    name = ReadField(cleaning.line(80), label=_("Name"))
    hue = forms.ChoiceField(
        label=_("Colour"), required=False, choices=[(hue, hue) for hue in (*HUES, "grey")]
    )


class RemovalForm(Form):
    """Where the records of a removed value go."""

    LEAVE = "empty"

    move_to = forms.ChoiceField(label=_("Move its records to"), required=False)

    def __init__(self, *args: Any, others: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Choose …")), *((str(value.id), value.name) for value in others)]
        choices.append((self.LEAVE, _("Leave them without a value")))
        self.fields["move_to"].choices = choices  # type: ignore[attr-defined]

    def target(self) -> dict[str, Any]:
        chosen = self.cleaned_data["move_to"]
        if chosen == self.LEAVE:
            return {"leave_empty": True}
        return {"move_to": UUID(chosen)} if chosen else {}


WAY_KINDS = ContactWay.Kind.choices
WAY_LABELS = ContactWay.Label.choices
