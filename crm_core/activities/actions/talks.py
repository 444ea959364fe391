"""Logging what took place: a call or a meeting with its result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.activities.actions.planning import (
    check_owner,
    clean_passage,
    clean_title,
    place,
    plan,
    tell,
    told,
)
from crm_core.activities.actions.rights import EDIT
from crm_core.activities.models import Activity
from crm_core.events.actions import build
from crm_core.events.models import Event
from crm_core.records.models import Card
from crm_core.team.models import Member
from kernel import context
from kernel.actions import action
from kernel.errors import Invalid
from kernel.ids import uuid7
from kernel.text import fold
from kernel.when import now

LONGEST_TALK = 24 * 3600
BATCH = 2000


@action(EDIT)
def log_call(
    *,
    by: Member,
    card_id: UUID,
    result: str,
    text: str = "",
    kind: str = Activity.Kind.CALL,
    started_at: datetime | None = None,
    ended_at: datetime | None = None,
    duration: int | None = None,
    title: str = "",
    next_step: dict[str, Any] | None = None,
) -> Activity:
    """Log a call (or meeting) that took place. Without ``started_at`` it ended just now.

    ``duration`` (seconds) or ``ended_at`` says how long it was; ``next_step`` are the arguments of
    :func:`plan` for what was agreed. Raises ``Invalid`` at the fields, ``NotFound``.
    """
    if result not in Activity.Result.values:
        raise Invalid(_("Choose how it went."), field="result")
    card, client_id = place(by, card_id)
    started_at, duration = _span(started_at, ended_at, duration)
    body = clean_passage(text)
    activity = Activity(
        kind=kind,
        card=card,
        client_id=client_id,
        title=clean_title(title) if title.strip() else "",
        text=body,
        started_at=started_at,
        duration=duration,
        owner=check_owner(by),
        created_by=by,
        done_at=started_at + timedelta(seconds=duration or 0),
        done_by=by,
        result=result,
        search_text=fold(f"{title} {body}") if title or body else "",
    )
    activity.save(force_insert=True)
    tell(_verb(kind), activity, by, result=result, seconds=duration)
    if next_step and next_step.get("title"):
        plan(by=by, card_id=card_id, **next_step)
    return activity


def _done_verb(activity: Activity) -> str:
    return "activities.done" if activity.kind == Activity.Kind.TASK else _verb(activity.kind)


def _verb(kind: str) -> str:
    return "activities.met" if kind == Activity.Kind.MEETING else "activities.called"


def _span(
    started_at: datetime | None, ended_at: datetime | None, duration: int | None
) -> tuple[datetime, int | None]:
    """Start and length in seconds. Raises ``Invalid`` for an end before the start and for the future."""
    moment = now()
    if started_at and ended_at:
        if ended_at < started_at:
            raise Invalid(_("The end lies before the start."), field="ended_at")
        duration = int((ended_at - started_at).total_seconds())
    if duration is not None and duration < 0:
        raise Invalid(_("The end lies before the start."), field="duration")
    if duration is not None and duration > LONGEST_TALK:
        raise Invalid(_("This is longer than a day."), field="duration")
    started_at = started_at or (ended_at or moment) - timedelta(seconds=duration or 0)
    if started_at > moment + timedelta(minutes=1):
        raise Invalid(_("This lies in the future: plan it instead of logging it."), field="started_at")
    return started_at, duration


@dataclass(slots=True)
class NewActivity:
    """An activity from another system; texts are cleaned already, moments in UTC. ``values`` are columns."""

    card_id: UUID
    title: str
    values: dict[str, Any]
    client_id: UUID | None = None
    owner_id: UUID | None = None
    at: datetime | None = None


@action(EDIT)
def bulk_add(*, by: Member, rows: Sequence[NewActivity], change_set: UUID | None = None) -> int:
    """Add many activities to records that the caller has checked to be seen; one event for each."""
    belongs = change_set or context.current().change_set
    cards = {card.id: card for card in Card.objects.filter(id__in={row.card_id for row in rows})}
    made, events = [], []
    with context.altered(change_set=belongs):
        for row in rows:
            activity = Activity(
                id=uuid7(),
                card_id=row.card_id,
                client_id=row.client_id,
                title=row.title[:300],
                owner_id=row.owner_id,
                created_by=by,
                change_set=belongs,
                search_text=fold(f"{row.title} {row.values.get('text', '')}"),
                **row.values,
            )
            made.append(activity)
            verb = _done_verb(activity) if activity.done_at else "activities.planned"
            card, facts = cards[row.card_id], told(activity) | {"result": activity.result}
            event = build(verb, by=by, record=card, client_id=row.client_id, **facts)
            event.at = row.at or activity.done_at or now()
            events.append(event)
    Activity.objects.bulk_create(made, batch_size=BATCH)
    Event.objects.bulk_create(events, batch_size=BATCH)
    return len(made)
