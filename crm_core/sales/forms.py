"""What people type about deals, pipelines and reasons: parsed and worded, never saved here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_core.activities.models import Activity
from crm_core.sales import queries
from crm_core.sales.actions.stages import STEP
from crm_core.sales.models import Outcome, Pipeline, Stage
from crm_core.team.models import Member
from kernel.ids import uuid7
from kernel.money import Money
from kernel.text import HUES
from ui.fields import ComboField, DateField, DateInput, MoneyField, TextField, VersionField
from ui.forms import Form

Named = Iterable[tuple[Any, Any]]


CLIENTS = ("company", "person")
CONTACTS = ("person",)


def record_field(by: Member, kinds: tuple[str, ...], url: str, label: Any) -> ComboField:
    """A client or contact found by typing; gives the card's id as text."""
    return ComboField(
        url=url,
        options=lambda text: queries.options(by, kinds, text),
        label_of=lambda chosen: queries.label_of(by, kinds, chosen),
        label=label,
        required=False,
    )


def key_of(chosen: str | None) -> UUID | None:
    """The id that a choice stands for."""
    return UUID(chosen) if chosen else None


class DealForm(Form):
    """A new deal. ``key`` becomes the deal's id, so that a double click makes one deal."""

    name = TextField(
        label=_("What may be sold"), max_length=200, widget=forms.TextInput(attrs={"autofocus": True})
    )
    stage = forms.ChoiceField(label=_("Stage"))
    expected_on = DateField(
        label=_("Expected on"),
        required=False,
        help_text=_("A date, or words such as “tomorrow”, “in 2 weeks”, “+3” (days)."),
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
        self,
        *args: Any,
        by: Member,
        stages: Named,
        owners: Named,
        currency: str,
        client: Any = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        contacts = f"{reverse('sales:contacts')}?client={client}"
        self.fields["client"] = record_field(by, CLIENTS, reverse("sales:clients"), _("Client"))
        self.fields["contact"] = record_field(by, CONTACTS, contacts, _("Contact person"))
        self.fields["amount"] = MoneyField(label=_("Amount"), required=False, default=currency)
        self.fields["stage"].choices = stages  # type: ignore[attr-defined]
        self.fields["owner"].choices = owners  # type: ignore[attr-defined]
        # Only shown once the action has asked for it.
        self.asks = False

    @property
    def more(self) -> bool:
        """Whether something stands in the part that is folded away at first."""
        hidden = ("contact", "probability", "source", "description", "owner")
        return any(self[name].errors for name in hidden) or bool(self.initial.get("contact"))

    def known(self) -> dict[str, Any]:
        """The values as arguments of the action."""
        said = self.cleaned_data
        return {
            "name": said["name"],
            "client_id": key_of(said["client"]),
            "contact_id": key_of(said["contact"]),
            **money_of(said["amount"], self.currency),
            "stage_id": UUID(said["stage"]),
            "expected_on": said["expected_on"],
            "probability": said["probability"],
            "owner_id": UUID(said["owner"]),
            "source": said["source"],
            "description": said["description"],
            "confirmed": said["confirmed"],
            "id": said["key"],
        }


def money_of(amount: Money | None, currency: str) -> dict[str, Any]:
    """An amount as arguments of the actions; without one the currency stays."""
    if amount is None:
        return {"amount_minor": None, "currency": currency}
    return {"amount_minor": amount.minor, "currency": amount.currency}


# Which inputs change a field of a deal in its place; the first gives the field its label.
INPUTS: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "client": ("client",),
    "contact": ("contact",),
    "amount": ("amount",),
    "expected_on": ("expected_on", "confirmed"),
    "opened_on": ("opened_on", "confirmed"),
    "probability": ("probability",),
    "source": ("source",),
    "description": ("description",),
    "reason": ("reason",),
    "reason_text": ("reason_text",),
}


class FieldForm(Form):
    """One field of a deal, changed where it is read."""

    name = TextField(label=_("Name"), max_length=200)
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
        self.currency = deal.currency
        contacts = f"{reverse('sales:contacts')}?client={deal.client_id or ''}"
        self.fields["client"] = record_field(by, CLIENTS, reverse("sales:clients"), _("Client"))
        self.fields["contact"] = record_field(by, CONTACTS, contacts, _("Contact person"))
        self.fields["amount"] = MoneyField(label=_("Amount"), required=False, default=deal.currency)
        for name in set(self.fields) - {*INPUTS[field], "version"}:
            del self.fields[name]
        if "reason" in self.fields:
            listed = queries.reasons(deal.outcome, keep=deal.reason_id)
            self.fields["reason"].choices = [("", "–"), *((str(one.id), one.name) for one in listed)]  # type: ignore[attr-defined]
        self.asks = False

    def changes(self) -> dict[str, Any]:
        """The values as arguments of the action."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        for name in {"client", "contact", "reason"} & said.keys():
            said[f"{name}_id"] = key_of(said.pop(name))
        if "amount" in said:
            said |= money_of(said.pop("amount"), self.currency)
        return said


class ClosingForm(Form):
    """Winning or losing: a reason from the list, and own words beside it."""

    reason = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)
    reason_text = TextField(label=_("In own words"), rows=2, max_length=20_000, required=False)
    closed_on = DateField(
        label=_("Closed on"),
        required=False,
        widget=DateInput(attrs={"autocomplete": "off", "placeholder": _("today, yesterday")}),
    )
    stage = forms.ChoiceField(label=_("Stage"), required=False)
    version = VersionField()

    def __init__(self, *args: Any, kind: str, pipeline: Pipeline, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = queries.reasons(kind)
        self.fields["reason"].choices = [(str(one.id), one.name) for one in listed]  # type: ignore[attr-defined]
        self.fields["reason"].required = pipeline.reason_required
        self.fields["reason"].error_messages["required"] = _("Choose a reason from the list.")
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
            "reason_id": key_of(said.get("reason")),
            "reason_text": said["reason_text"] or "",
            "closed_on": said["closed_on"],
            "stage_id": key_of(said.get("stage")),
            "version": said["version"],
        }


class StageChoiceForm(Form):
    """The stage that several deals go to."""

    stage_id = forms.ChoiceField(label=_("Stage"))

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage_id"].choices = queries.stage_groups(queries.pipelines())  # type: ignore[attr-defined]

    def clean_stage_id(self) -> UUID:
        return UUID(self.cleaned_data["stage_id"])


class OwnerForm(Form):
    """Who is responsible for a deal."""

    owner = forms.ChoiceField(label=_("Owner"), required=False)

    def __init__(self, *args: Any, owners: Named, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", _("Nobody")), *owners]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> UUID | None:
        return key_of(self.cleaned_data["owner"])


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
    step_title = TextField(
        label=_("Usual task"),
        required=False,
        max_length=120,
        help_text=_("Offered as the next step of a deal that has none in this stage."),
    )
    step_kind = forms.ChoiceField(
        label=_("Kind of the task"), choices=Activity.Kind.choices, initial=Activity.Kind.TASK, required=False
    )
    step_days = forms.IntegerField(
        label=_("Days ahead"), required=False, min_value=0, max_value=365, help_text=_("Empty: today.")
    )

    def __init__(self, *args: Any, stage: Stage | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if stage is None:
            return
        del self.fields["kind"]
        if stage.kind != Outcome.OPEN:
            del self.fields["probability"]
            for name in ("usual_days", *STEP):
                del self.fields[name]


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
        return key_of(self.cleaned_data["target"])
