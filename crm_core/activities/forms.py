"""Planning and logging: what people type, read into moments and days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_core.activities.actions.planning import clean_passage, clean_title
from crm_core.activities.models import Activity
from crm_core.team.models import Member
from kernel import context
from kernel.errors import Invalid
from kernel.when import parse_time, read_zone, today
from ui.fields import DateInput
from ui.forms import DateField, Form, ReadField, VersionField

REMINDERS = (
    ("", _("No reminder")),
    ("0", _("When it is due")),
    ("15", _("15 minutes before")),
    ("60", _("An hour before")),
    ("1440", _("A day before")),
)
CALL_RESULTS = ("reached", "no_answer", "call_back", "left_word", "wrong")
MEETING_RESULTS = ("held", "not_held")
# Reminders of a day without an hour come in the morning.
MORNING = time(9)


def read_time(text: str) -> time | None:
    """An hour, or None for nothing."""
    return parse_time(text) if text.strip() else None


def read_minutes(text: str) -> int | None:
    """Minutes as a number, in seconds; None for nothing."""
    plain = text.strip()
    if not plain:
        return None
    if not plain.isdecimal():
        raise Invalid(_("Enter whole minutes."))
    if len(plain) > 4:
        raise Invalid(_("This is longer than a day."))
    return int(plain) * 60


def past_day() -> DateInput:
    """The field for a day that is over."""
    return DateInput(attrs={"autocomplete": "off", "placeholder": _("today, yesterday")})


def at(day: date, hour: time) -> datetime:
    """The moment in UTC of an hour in the member's zone."""
    return datetime.combine(day, hour, tzinfo=read_zone(context.current().zone)).astimezone(UTC)


def here(moment: datetime | None) -> datetime | None:
    return moment.astimezone(read_zone(context.current().zone)) if moment else None


class DueForm(Form):
    """A title with a day and an hour: the composer's task."""

    title = ReadField(clean_title, label=_("What is to be done?"))
    kind = forms.ChoiceField(label=_("Kind"), choices=Activity.Kind.choices, initial=Activity.Kind.TASK)
    day = DateField(label=_("Day"), required=False)
    hour = ReadField(
        read_time, label=_("Time"), required=False, widget=forms.TextInput(attrs={"type": "time"})
    )

    def due(self) -> dict[str, Any]:
        """``due_at`` or ``due_on`` of a valid form; an hour without a day means today."""
        day, hour = self.cleaned_data["day"], self.cleaned_data["hour"]
        if hour is None:
            return {"due_at": None, "due_on": day}
        return {"due_at": at(day or today(context.current().zone), hour), "due_on": None}

    def arguments(self) -> dict[str, Any]:
        """What :func:`actions.plan` takes."""
        return {"title": self.cleaned_data["title"], "kind": self.cleaned_data["kind"], **self.due()}


class BulkForm(DueForm):
    """One activity for each of several records; its cleaned data are the action's arguments."""

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        return values if self.errors else self.arguments()


class ActivityForm(DueForm):
    """All that can be said of an activity: the dialog."""

    owner = forms.ChoiceField(label=_("Who does it"))
    remind = forms.ChoiceField(label=_("Reminder"), choices=REMINDERS, required=False)
    text = ReadField(clean_passage, label=_("Details"), required=False, rows=3)
    version = VersionField()

    def __init__(self, *args: Any, people: Iterable[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(member.id): member for member in people}
        choices = [(key, member.name) for key, member in self.people.items()]
        self.fields["owner"].choices = choices  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        found = super().arguments()
        due = found["due_at"] or (found["due_on"] and at(found["due_on"], MORNING))
        lead = self.cleaned_data["remind"]
        remind_at = due - timedelta(minutes=int(lead)) if due and lead else None
        owner = self.people[self.cleaned_data["owner"]]
        return found | {"owner": owner, "text": self.cleaned_data["text"], "remind_at": remind_at}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("remind") and not (values.get("day") or values.get("hour")) and not self.errors:
            self.add_error("day", _("Choose a day to be reminded of it."))
        return values


def initial_of(found: Activity) -> dict[str, Any]:
    """What the dialog shows of an activity."""
    due = here(found.due_at)
    base = found.due_at or (found.due_on and at(found.due_on, MORNING))
    lead = int((base - found.remind_at).total_seconds() // 60) if base and found.remind_at else None
    day = due.date() if due else found.due_on
    return {
        "title": found.title,
        "kind": found.kind,
        "day": day,
        "hour": f"{due:%H:%M}" if due else "",
        "owner": str(found.owner_id),
        "remind": str(lead) if str(lead) in dict(REMINDERS) else "",
        "text": found.text,
        "version": found.version,
    }


class TalkForm(Form):
    """A call (or meeting) that took place, and what follows from it."""

    kind = forms.ChoiceField(
        choices=(
            (Activity.Kind.CALL, pgettext_lazy("kind of activity", "Call")),
            (Activity.Kind.MEETING, pgettext_lazy("kind of activity", "Meeting")),
        ),
        initial=Activity.Kind.CALL,
        required=False,
        widget=forms.HiddenInput,
    )
    result = forms.ChoiceField(
        label=_("How did it go?"),
        choices=Activity.Result.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it went.")},
    )
    minutes = ReadField(
        read_minutes,
        label=_("Minutes"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
    )
    text = ReadField(
        clean_passage,
        label=_("Note"),
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 1, "placeholder": _("What was agreed?"), "aria-label": _("Note")}
        ),
    )
    day = DateField(label=_("Day"), required=False, widget=past_day())
    started = ReadField(
        read_time, label=_("From"), required=False, widget=forms.TextInput(attrs={"type": "time"})
    )
    ended = ReadField(
        read_time, label=_("To"), required=False, widget=forms.TextInput(attrs={"type": "time"})
    )
    next_title = forms.CharField(label=_("Next step"), required=False, max_length=300)
    next_day = DateField(label=_("Until"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.data.get("kind") if self.is_bound else self.initial.get("kind")
        meeting = given == Activity.Kind.MEETING
        shown = MEETING_RESULTS if meeting else CALL_RESULTS
        choices = [choice for choice in Activity.Result.choices if choice[0] in shown]
        self.fields["result"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("ended") and not values.get("started"):
            self.add_error("started", _("Say when it began."))
        return values

    def arguments(self) -> dict[str, Any]:
        """What :func:`actions.log_call` takes."""
        said = self.cleaned_data
        day = said["day"] or today(context.current().zone)
        started = (
            at(day, said["started"]) if said["started"] else (at(day, time(12)) if said["day"] else None)
        )
        found: dict[str, Any] = {
            "kind": said["kind"] or Activity.Kind.CALL,
            "result": said["result"],
            "text": said["text"],
            "duration": said["minutes"],
            "started_at": started,
            "ended_at": at(day, said["ended"]) if said["ended"] else None,
        }
        if said["next_title"].strip():
            found["next_step"] = {"title": said["next_title"], "due_on": said["next_day"]}
        return found


# Where the action's words for moments belong on the form.
TALK_FIELDS = {"started_at": "started", "ended_at": "ended", "duration": "minutes", "title": "next_title"}


def at_fields(error: Invalid, names: dict[str, str]) -> Invalid:
    """The same complaint with the fields called as the form calls them."""
    return Invalid(fields={names.get(name, name): found for name, found in error.fields.items()})
