"""Planning: what is to be done, by whom, until when; done, taken back, removed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.activities import queries
from crm_core.activities.actions.reminding import remind
from crm_core.activities.actions.rights import EDIT
from crm_core.activities.models import Activity
from crm_core.events.actions import record
from crm_core.records import registry
from crm_core.records.models import Card
from crm_core.records.queries import any_card_for
from crm_core.team.models import Member
from kernel.actions import action
from kernel.errors import Conflict, Invalid
from kernel.text import clean, fold
from kernel.when import now, read_zone

TITLE_LONGEST = 300
TEXT_LONGEST = 20_000


def clean_title(title: str) -> str:
    """Raises ``Invalid`` at ``title``."""
    cleaned = clean(title)
    if not cleaned:
        raise Invalid(_("Say what is to be done."), field="title")
    if len(cleaned) > TITLE_LONGEST:
        raise Invalid(_("Use at most %(longest)s characters."), field="title", longest=str(TITLE_LONGEST))
    return cleaned


def clean_passage(text: str) -> str:
    """Raises ``Invalid`` at ``text``."""
    cleaned = clean(text, multiline=True)
    if len(cleaned) > TEXT_LONGEST:
        raise Invalid(_("Use at most %(longest)s characters."), field="text", longest=str(TEXT_LONGEST))
    return cleaned


def due_by(due_at: datetime | None, due_on: date | None, zone: str) -> datetime | None:
    """The moment when it becomes overdue: the due moment, or the end of the day in the owner's zone (UTC)."""
    if due_at is not None:
        return due_at
    if due_on is None:
        return None
    return datetime.combine(due_on + timedelta(days=1), time(0), tzinfo=read_zone(zone)).astimezone(UTC)


def told(activity: Activity) -> dict[str, Any]:
    """What an event about an activity says beside it."""
    return {
        "activity": str(activity.id),
        "kind": activity.kind,
        "title": activity.title,
        "due": (activity.due_at or activity.due_on or "")
        and (activity.due_at or activity.due_on).isoformat(),
    }


def tell(verb: str, activity: Activity, by: Member, **rest: Any) -> None:
    """Write the one event of an action, on the record that the activity belongs to."""
    record(verb, by=by, record=activity.card, client_id=activity.client_id, **told(activity), **rest)


def place(by: Member, card_id: UUID | None) -> tuple[Card | None, UUID | None]:
    """The record to hang an activity on, and the client behind it. Raises ``NotFound``."""
    if card_id is None:
        return None, None
    card = any_card_for(by, card_id)
    return card, registry.kind(card.kind).client_of(card.id)


def check_owner(owner: Member) -> Member:
    """Raises ``Invalid`` for a deactivated member."""
    if not owner.active:
        raise Invalid(_("%(name)s is deactivated and cannot be given tasks."), field="owner", name=owner.name)
    return owner


@action(EDIT)
def plan(
    *,
    by: Member,
    title: str,
    kind: str = Activity.Kind.TASK,
    card_id: UUID | None = None,
    text: str = "",
    due_at: datetime | None = None,
    due_on: date | None = None,
    duration: int | None = None,
    remind_at: datetime | None = None,
    owner: Member | None = None,
) -> Activity:
    """Plan a task, call or meeting; ``owner`` defaults to the member. ``duration`` is in seconds.

    Raises ``Invalid`` at the fields, ``NotFound`` for a record that is not seen.
    """
    owner = check_owner(owner or by)
    card, client_id = place(by, card_id)
    _check_kind(kind)
    activity = Activity(
        kind=kind,
        card=card,
        client_id=client_id,
        title=clean_title(title),
        text=clean_passage(text),
        due_at=due_at,
        due_on=None if due_at else due_on,
        duration=duration,
        remind_at=remind_at,
        owner=owner,
        created_by=by,
    )
    _settle(activity)
    activity.save(force_insert=True)
    _remind(activity)
    tell("activities.planned", activity, by, owner=owner.name)
    return activity


@action(EDIT)
def change_activity(*, by: Member, id: UUID, version: int | None = None, **values: Any) -> Activity:
    """Change title, text, kind, due_at or due_on, duration, remind_at, owner (a member) of an activity.

    Raises ``Invalid`` at the fields, ``Conflict`` with an old ``version``, ``NotFound``.
    """
    activity = _locked(by, id)
    if version is not None and version < activity.version:
        raise Conflict(_("This has been changed in the meantime."), theirs=told(activity), yours=values)
    _keep_lead(activity, values)
    cleaners: dict[str, Any] = {
        "title": clean_title,
        "text": clean_passage,
        "owner": check_owner,
        "kind": _check_kind,
    }
    changes: dict[str, list[Any]] = {}
    for name, value in values.items():
        after = cleaners[name](value) if name in cleaners else value
        before = getattr(activity, name)
        if before != after:
            setattr(activity, name, after)
            changes[name] = [_json(before), _json(after)]
    if not changes:
        return activity
    _settle(activity)
    activity.version += 1
    activity.save()
    if "remind_at" in changes:
        _remind(activity)
    tell("activities.changed", activity, by, changes=changes)
    return activity


def reschedule(
    *, by: Member, id: UUID, due_at: datetime | None = None, due_on: date | None = None
) -> Activity:
    """Move an activity to another moment or day; neither means that it has no day any more."""
    return change_activity(by=by, id=id, due_at=due_at, due_on=None if due_at else due_on)


@action(EDIT)
def complete(*, by: Member, id: UUID, result: str = "", text: str = "") -> Activity:
    """Mark as done, now. ``text`` is added to what stands there. Repeating it changes nothing."""
    activity = _locked(by, id)
    if activity.done_at is not None:
        return activity
    if result not in ("", *Activity.Result.values):
        raise Invalid(_("Choose a result from the list."), field="result")
    activity.done_at, activity.done_by, activity.result = now(), by, result
    if text.strip():
        activity.text = clean_passage(f"{activity.text}\n\n{text}")
    _settle(activity)
    activity.version += 1
    activity.save()
    tell("activities.done", activity, by, result=result)
    return activity


@action(EDIT)
def reopen(*, by: Member, id: UUID) -> Activity:
    """Take the mark "done" back."""
    activity = _locked(by, id)
    if activity.done_at is None:
        return activity
    activity.done_at, activity.done_by, activity.result = None, None, ""
    activity.version += 1
    activity.save()
    tell("activities.reopened", activity, by)
    return activity


@action(EDIT)
def remove(*, by: Member, id: UUID) -> Activity:
    """Take an activity away; it can be brought back."""
    activity = _locked(by, id)
    activity.removed_at = now()
    activity.save(update_fields=["removed_at"])
    tell("activities.removed", activity, by)
    return activity


@action(EDIT)
def restore(*, by: Member, id: UUID) -> Activity:
    """Bring a removed activity back."""
    activity = _locked(by, id, removed=True)
    if activity.removed_at is not None:
        activity.removed_at = None
        activity.save(update_fields=["removed_at"])
        tell("activities.restored", activity, by)
    return activity


def _locked(by: Member, id: UUID, *, removed: bool = False) -> Activity:
    seen = queries.activity(by, id, removed=removed)
    return (
        Activity.objects.select_for_update(of=("self",))
        .select_related("card", "owner", "client")
        .get(id=seen.id)
    )


def _keep_lead(activity: Activity, values: dict[str, Any]) -> None:
    """A moved activity keeps its reminder as long before as it was; without an hour it loses it."""
    if activity.remind_at is None or "remind_at" in values or not {"due_at", "due_on"} & values.keys():
        return
    due = values.get("due_at")
    lead = activity.due_at - activity.remind_at if activity.due_at else None
    values["remind_at"] = due - lead if due and lead is not None else None


def _check_kind(kind: str) -> str:
    if kind not in Activity.Kind.values:
        raise Invalid(_("Choose task, call or meeting."), field="kind")
    return kind


def _settle(activity: Activity) -> None:
    """What follows from other columns."""
    if activity.due_at is not None:
        activity.due_on = None
    zone = activity.owner.zone if activity.owner else "UTC"
    activity.due_by = due_by(activity.due_at, activity.due_on, zone)
    activity.search_text = fold(f"{activity.title} {activity.text}")
    if activity.duration is not None and activity.duration < 0:
        raise Invalid(_("The end lies before the start."), field="duration")
    if activity.remind_at and activity.due_by and activity.remind_at > activity.due_by:
        raise Invalid(_("The reminder would come after it is due."), field="remind")


def _remind(activity: Activity) -> None:
    if activity.remind_at is None or activity.owner is None:
        return
    remind.later(
        by=activity.owner,
        key=f"activities.remind:{activity.id}:{activity.remind_at.isoformat()}",
        at=max(activity.remind_at, now()),
        title=activity.title,
        activity_id=str(activity.id),
        remind_at=activity.remind_at.isoformat(),
    )


def _json(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Member):
        return {"id": str(value.id), "label": value.name}
    return value


def plan_many(*, by: Member, ids: Sequence[UUID], title: str, **fields: Any) -> list[Activity]:
    """The same activity for each of several records: a bulk action of lists."""
    return [plan(by=by, card_id=card_id, title=title, **fields) for card_id in ids]
