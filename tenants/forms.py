"""Forms of the operators' console."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.errors import Invalid
from tenants.console import listing
from tenants.leases import plan_words
from tenants.models import Announcement, Maintenance, Tenant
from tenants.support.asking import clean_text
from ui.forms import Form, MomentField, ReadField, TextField

ANY = ("", _("Any"))


class ReasonForm(Form):
    """Why an operator does something to a tenant; the tenant's people can read it."""

    reason = TextField(
        label=_("Reason"), max_length=300, help_text=_("The company's people see this sentence.")
    )


class FilterForm(Form):
    """The conditions of the list of companies; anything untrue in the address filters nothing."""

    plan = forms.ChoiceField(required=False, label=_("Plan"))
    release = forms.ChoiceField(
        required=False,
        label=_("Release"),
        choices=[
            ANY,
            ("current", pgettext_lazy("release", "Current")),
            ("behind", pgettext_lazy("release", "Behind")),
        ],
    )
    size = forms.ChoiceField(
        required=False,
        label=_("Size"),
        choices=[
            ANY,
            ("small", _("Under 1,000 records")),
            ("middle", _("1,000 to 50,000 records")),
            ("large", _("50,000 records and more")),
        ],
    )
    seen = forms.ChoiceField(
        required=False,
        label=_("Last activity"),
        choices=[
            ANY,
            ("day", _("Within a day")),
            ("week", _("Within a week")),
            ("month", _("Within 30 days")),
            ("silent", _("Silent for 30 days")),
        ],
    )
    faults = forms.ChoiceField(
        required=False, label=_("Errors"), choices=[ANY, ("yes", _("With open errors this week"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = [(name, plan_words(name)) for name in listing.plans()]
        self.fields["plan"].choices = [ANY, *plans]  # type: ignore[attr-defined]

    def wanted(self) -> listing.Wanted:
        """What the address asks for, with search, status and order beside the fields."""
        self.is_valid()
        told = {name: self.cleaned_data.get(name) or "" for name in self.fields}
        words = self.data.get("q", "").replace("\x00", "").strip()[:100]
        status = self.data.get("status", "")
        sort = self.data.get("sort", "")
        return listing.Wanted(
            words=words,
            status=status if status in Tenant.Status.values else "",
            sort=sort if sort in listing.SORTS else "opened",
            ascending=self.data.get("way") == "up",
            **told,
        )

    def chips(self) -> list[tuple[str, Any, Any]]:
        """The conditions that hold: name, label and value in words."""
        return [
            (name, field.label, dict(field.choices).get(self.cleaned_data.get(name)))  # type: ignore[attr-defined]
            for name, field in self.fields.items()
            if self.cleaned_data.get(name)
        ]


class AnnouncementForm(Form):
    """What an operator tells the people of workspaces, and to whom."""

    level = forms.ChoiceField(label=_("How loud"), choices=Announcement.Level.choices, initial="info")
    text_en = TextField(label=_("In English"), max_length=400, rows=2)
    text_ru = TextField(label=_("In Russian"), max_length=400, rows=2)
    starts_at = MomentField(label=_("From"), required=False, help_text=_("In UTC. Empty: at once."))
    ends_at = MomentField(label=_("Until"), help_text=_("In UTC."))
    plans = forms.MultipleChoiceField(
        label=_("Only these plans"), required=False, widget=forms.CheckboxSelectMultiple
    )
    languages = forms.MultipleChoiceField(
        label=_("Only workspaces in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=settings.LANGUAGES,
    )
    tenants = TextField(
        label=_("Only these companies"),
        required=False,
        max_length=2000,
        help_text=_("Their addresses' first words, separated by commas. Empty: everybody."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = [(name, plan_words(name)) for name in listing.plans()]
        self.fields["plans"].choices = plans  # type: ignore[attr-defined]


class MaintenanceForm(Form):
    """How the platform or a tenant is served meanwhile, until when as planned, and why."""

    mode = forms.ChoiceField(
        label=_("Meanwhile"),
        choices=[
            (Maintenance.Mode.READ_ONLY, _("Read-only: pages open, changes are refused")),
            (Maintenance.Mode.CLOSED, _("Closed: a page says when it opens again")),
        ],
        initial=Maintenance.Mode.READ_ONLY,
        widget=forms.RadioSelect,
    )
    until = MomentField(
        label=_("Planned end"),
        help_text=_("In UTC. People are told this time; maintenance ends when you end it."),
    )
    reason = TextField(
        label=_("Reason"), max_length=300, help_text=_("The company's people see this sentence.")
    )


class NoteForm(Form):
    """What was done about a fault, or why it does not matter."""

    note = TextField(label=_("Note"), max_length=300)


def slugs_of(text: str) -> list[str]:
    """The words of the field "only these companies". Raises ``Invalid`` for more than a hundred."""
    found = [word.strip().lower() for word in text.split(",") if word.strip()]
    if len(found) > 100:
        raise Invalid(tenants=_("At most a hundred companies can be named."))
    return found


class AnswerForm(Form):
    """An operator's answer. ``key`` is the form's own, so that sending it twice answers once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    text = ReadField(
        clean_text,
        label=_("Your answer"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("It goes out by mail and stands in the workspace. Write in the person’s language."),
    )
    solved = forms.BooleanField(label=_("This solves the question"), required=False)
