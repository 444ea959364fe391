"""What people type about deals, pipelines and reasons: parsed and worded, never saved here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_core.records.models import Card
from crm_core.sales import queries
from crm_core.sales.models import Outcome, Pipeline, Stage
from crm_core.team.models import Member
from kernel.ids import uuid7
from kernel.money import currency_choices
from kernel.text import HUES
from ui.forms import AmountField, DateField, Form, TextField, VersionField

Named = Iterable[tuple[Any, Any]]


class RecordWidget(forms.Widget):
    """A text input with suggestions from the server, and a hidden input with the chosen record's id."""

    template_name = "sales/record_field.html"

    def __init__(self, url: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.url = url

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        made = super().get_context(name, None, attrs)
        chosen, text = value if isinstance(value, tuple) else (getattr(value, "pk", ""), str(value or ""))
        about = made["widget"]["attrs"]
        return {
            **made,
            "chosen": chosen or "",
            "text": text or "",
            "url": reverse(f"sales:{self.url}"),
            "invalid": about.get("aria-invalid"),
            "described": about.get("aria-describedby"),
        }

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, str]:
        return data.get(name, "").strip(), data.get(f"{name}_text", "").strip()


class RecordField(forms.Field):
    """A record chosen by name. Gives its id; typed without choosing, the one record of just that name."""

    def __init__(self, url: str, **kwargs: Any) -> None:
        super().__init__(widget=RecordWidget(url), **kwargs)
        self.find: Callable[[str], list[Card]] = lambda text: []

    def clean(self, value: tuple[str, str] | None) -> UUID | None:
        chosen, text = value or ("", "")
        if chosen:
            try:
                return UUID(chosen)
            except ValueError:
                raise ValidationError(_("Choose one from the list: this one was not found.")) from None
        if not text:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        found = self.find(text)
        if len(found) == 1:
            return UUID(str(found[0].pk))
        if found:
            raise ValidationError(_("There are several with this name. Choose one from the list."))
        raise ValidationError(
            _("Nobody is found under this name. Choose from the list, or add the client first.")
        )


class DealForm(Form):
    """A new deal. ``key`` becomes the deal's id, so that a double click makes one deal."""

    name = TextField(
        label=_("What may be sold"), max_length=200, widget=forms.TextInput(attrs={"autofocus": True})
    )
    client = RecordField("clients", label=_("Client"), required=False)
    contact = RecordField("contacts", label=_("Contact person"), required=False)
    amount = AmountField(label=_("Amount"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)
    stage = forms.ChoiceField(label=_("Stage"))
    expected_on = DateField(
        label=_("Expected on"), required=False, help_text=_("A date, or words such as “in 2 weeks”.")
    )
    probability = forms.IntegerField(
        label=_("Probability, %"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("Empty: that of the stage."),
    )
    owner = forms.ChoiceField(label=_("Owner"))
    source = TextField(label=pgettext_lazy("of a deal", "Came from"), max_length=120, required=False)
    description = TextField(label=_("Description"), rows=3, max_length=20_000, required=False)
    confirmed = forms.BooleanField(label=_("Save with this date anyway"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid7, label=_("Key"))

    def __init__(
        self, *args: Any, by: Member, stages: Named, owners: Named, currency: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fit(self, by, currency)
        self.fields["stage"].choices = stages  # type: ignore[attr-defined]
        self.fields["owner"].choices = owners  # type: ignore[attr-defined]
        # Only shown once the action has asked for it.
        self.asks = False

    def known(self) -> dict[str, Any]:
        """The values as arguments of the action."""
        said = self.cleaned_data
        return {
            "name": said["name"],
            "client_id": said["client"],
            "contact_id": said["contact"],
            "amount_minor": said["amount"],
            "currency": said["currency"],
            "stage_id": UUID(said["stage"]),
            "expected_on": said["expected_on"],
            "probability": said["probability"],
            "owner_id": UUID(said["owner"]),
            "source": said["source"],
            "description": said["description"],
            "confirmed": said["confirmed"],
            "id": said["key"],
        }


def fit(form: Form, by: Member, currency: str) -> None:
    """Let a form's fields know who asks and which currency the amount is in."""
    if "currency" in form.fields:
        form.fields["currency"].initial = currency
    if "amount" in form.fields:
        form.fields["amount"].currency = form.data.get("currency") or currency  # type: ignore[attr-defined]
    for name, kinds in (("client", ("company", "person")), ("contact", ("person",))):
        if name in form.fields:
            form.fields[name].find = _finder(by, kinds)  # type: ignore[attr-defined]


def _finder(by: Member, kinds: tuple[str, ...]) -> Callable[[str], list[Card]]:
    return lambda text: queries.named_exactly(by, kinds, text)


# Which inputs change a field of a deal in its place; the first gives the field its label.
INPUTS: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "client": ("client",),
    "contact": ("contact",),
    "amount": ("amount", "currency"),
    "expected_on": ("expected_on", "confirmed"),
    "opened_on": ("opened_on", "confirmed"),
    "probability": ("probability",),
    "source": ("source",),
    "description": ("description",),
    "reason": ("reason",),
    "reason_text": ("reason_text",),
}
ARGUMENTS = {"amount": "amount_minor", "client": "client_id", "contact": "contact_id", "reason": "reason_id"}


class FieldForm(Form):
    """One field of a deal, changed where it is read."""

    name = TextField(label=_("Name"), max_length=200)
    client = RecordField("clients", label=_("Client"), required=False)
    contact = RecordField("contacts", label=_("Contact person"), required=False)
    amount = AmountField(label=_("Amount"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)
    expected_on = DateField(label=_("Expected on"), required=False)
    opened_on = DateField(label=_("Opened on"))
    probability = forms.IntegerField(label=_("Probability, %"), required=False, min_value=0, max_value=100)
    source = TextField(label=pgettext_lazy("of a deal", "Came from"), max_length=120, required=False)
    description = TextField(label=_("Description"), rows=5, max_length=20_000, required=False)
    reason = forms.ChoiceField(label=_("Reason"), required=False)
    reason_text = TextField(label=_("In own words"), rows=3, max_length=20_000, required=False)
    confirmed = forms.BooleanField(label=_("Save with this date anyway"), required=False)
    version = VersionField()

    def __init__(self, *args: Any, by: Member, deal: Any, field: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - {*INPUTS[field], "version"}:
            del self.fields[name]
        fit(self, by, deal.currency)
        if "reason" in self.fields:
            listed = queries.reasons(deal.outcome, keep=deal.reason_id)
            self.fields["reason"].choices = [("", "–"), *((str(one.id), one.name) for one in listed)]  # type: ignore[attr-defined]
        self.asks = False

    def changes(self) -> dict[str, Any]:
        """The values as arguments of the action."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if "reason" in said:
            said["reason"] = UUID(said["reason"]) if said["reason"] else None
        return {ARGUMENTS.get(name, name): value for name, value in said.items()}


class ClosingForm(Form):
    """Winning or losing: a reason from the list, and own words beside it."""

    reason = forms.ChoiceField(label=_("Reason"), required=False, widget=forms.RadioSelect)
    reason_text = TextField(label=_("In own words"), rows=2, max_length=20_000, required=False)
    closed_on = DateField(label=_("Closed on"), required=False)
    stage = forms.ChoiceField(label=_("Stage"), required=False)
    version = VersionField()

    def __init__(self, *args: Any, kind: str, pipeline: Pipeline, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = queries.reasons(kind)
        self.fields["reason"].choices = [(str(one.id), one.name) for one in listed]  # type: ignore[attr-defined]
        if not listed:
            del self.fields["reason"]
        stages = [stage for stage in pipeline.stages.all() if stage.kind == kind]
        self.fields["stage"].choices = [(str(stage.id), stage.name) for stage in stages]  # type: ignore[attr-defined]
        if len(stages) < 2:
            del self.fields["stage"]

    def told(self) -> dict[str, Any]:
        """The values as arguments of the action."""
        said = self.cleaned_data
        return {
            "reason_id": UUID(said["reason"]) if said.get("reason") else None,
            "reason_text": said["reason_text"],
            "closed_on": said["closed_on"],
            "stage_id": UUID(said["stage"]) if said.get("stage") else None,
            "version": said["version"],
        }


class OwnerForm(Form):
    """Who is responsible for a deal."""

    owner = forms.ChoiceField(label=_("Owner"), required=False)

    def __init__(self, *args: Any, owners: Named, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", _("Nobody")), *owners]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> UUID | None:
        return UUID(self.cleaned_data["owner"]) if self.cleaned_data["owner"] else None


def hue_choices() -> list[tuple[str, Any]]:
    words = {
        "red": _("Red"),
        "orange": _("Orange"),
        "amber": _("Amber"),
        "lime": _("Lime"),
        "green": _("Green"),
        "teal": _("Teal"),
        "sky": _("Sky blue"),
        "indigo": _("Indigo"),
        "violet": _("Violet"),
        "pink": _("Pink"),
    }
    return [("grey", _("Grey")), *((hue, words[hue]) for hue in HUES)]


class PipelineForm(Form):
    name = TextField(label=_("Name"), max_length=80)
    reason_required = forms.BooleanField(
        label=_("Ask for a reason from the list when a deal is won or lost"), required=False
    )


class NewPipelineForm(Form):
    name = TextField(
        label=_("Name"), max_length=80, help_text=_("It begins with the stages of the first pipeline.")
    )


class StageForm(Form):
    """A stage; closing stages have no odds of their own."""

    name = TextField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("What it means"), choices=Outcome.choices, initial=Outcome.OPEN)
    probability = forms.IntegerField(label=_("Probability, %"), required=False, min_value=0, max_value=100)
    usual_days = forms.IntegerField(
        label=_("Usual days"),
        required=False,
        min_value=0,
        max_value=3650,
        help_text=_("Deals that stay longer are marked. Empty: no mark."),
    )
    hue = forms.ChoiceField(label=_("Colour"), choices=hue_choices)

    def __init__(self, *args: Any, stage: Stage | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if stage is None:
            return
        del self.fields["kind"]
        if stage.kind != Outcome.OPEN:
            del self.fields["probability"]
            del self.fields["usual_days"]


class ReasonForm(Form):
    name = TextField(label=_("Reason"), max_length=80)


class PlaceForm(Form):
    """Where the deals of a vanishing stage, pipeline or reason go."""

    target = forms.ChoiceField(label=_("Move the deals to"), required=False)

    def __init__(self, *args: Any, targets: Named, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = [("", _("Choose…")), *((str(key), name) for key, name in targets)]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> UUID | None:
        return UUID(self.cleaned_data["target"]) if self.cleaned_data["target"] else None
