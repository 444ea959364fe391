"""A record's timeline: its own facts and those that name it as the client, newest first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext, pgettext

from crm_core.events.models import Event
from crm_core.records import queries as records
from crm_core.records import registry
from crm_core.records.models import Card
from crm_core.timeline import wording
from crm_core.timeline.queries.entries import (
    Day,
    Entry,
    by_day,
    entry_of,
    fold,
    key_of,
    load,
    older_than,
    read_key,
)
from kernel.standing import AnyOf, standing
from kernel.when import read_zone

# So many lines stand on a page.
MOST = 30


@dataclass(slots=True)
class Feed:
    """A page of a timeline. ``before`` is the key of the next page, empty at the end."""

    card: Card
    group: str
    days: list[Day]
    upcoming: list[wording.Upcoming] = field(default_factory=list)
    before: str = ""
    first: bool = True

    @property
    def filters(self) -> list[tuple[str, Any]]:
        """Group → its word, for the line above the timeline."""
        return [
            ("", pgettext("timeline", "All")),
            ("conversations", gettext("Conversations")),
            ("tasks", gettext("Tasks")),
            ("notes", gettext("Notes")),
            ("changes", pgettext("timeline", "Changes")),
        ]

    @property
    def empty(self) -> bool:
        return not self.days and not self.upcoming and self.first


def feed(member: Any, card: Card, group: str = "", before: str = "", limit: int = MOST) -> Feed:
    """One page of a record's timeline.

    ``group`` is one of conversations, tasks, notes, changes or empty for all; ``before`` is the
    former page's key. What tells of other records is left out where the member may not see those.
    """
    if group not in wording.GROUPS:
        group = ""
    start = read_key(before)
    events = _events(_family(card), wording.verbs(group), start, limit + 1)
    more = key_of(events[limit - 1]) if len(events) > limit else ""
    entries = fold(_entries(member, card, events[:limit]))
    days = by_day(entries, member.zone)
    if start is not None and days:
        days[0].said = days[0].day != _day(start[0], member.zone)
    return Feed(
        card=card,
        group=group,
        days=days,
        upcoming=_planned(member, card) if start is None and group in ("", "tasks") else [],
        before=more,
        first=start is None,
    )


def _day(at: Any, zone: str) -> date:
    found: date = at.astimezone(read_zone(zone)).date()
    return found


def _family(card: Card) -> list[UUID]:
    """The record and those that were merged into it."""
    return [card.id, *_merged(into=card.id)]


@standing
def _merged(*, into: Any) -> Any:
    return Card.objects.filter(merged_into_id=into).values_list("id", flat=True)


def _events(ids: list[UUID], verbs: list[str], start: Any, limit: int) -> list[Event]:
    """The newest facts, each index read on its own: one OR over both would sort the whole history."""
    if len(ids) == 1 and start is None and limit == MOST + 1:
        rows = _newest(card=ids[0], verbs=verbs)
    else:
        facts = Event.objects.filter(verb__in=verbs)
        older = facts if start is None else facts.filter(older_than(start))
        rows = list(_both(older.filter(record_id__in=ids), older.filter(client_id__in=ids), limit))
    found = {event.id: event for event in rows}
    return sorted(found.values(), key=lambda event: (event.at, event.id), reverse=True)[:limit]


def _both(own: QuerySet[Event], named: QuerySet[Event], limit: int) -> QuerySet[Event]:
    order = ("-at", "-id")
    return own.order_by(*order)[:limit].union(named.order_by(*order)[:limit], all=True)


@standing
def _newest(*, card: Any, verbs: Any) -> QuerySet[Event]:
    """The first page of a record into which none was merged, as nearly all are: by indexes that hold it in order."""
    facts = Event.objects.filter(AnyOf(F("verb"), verbs))
    return _both(facts.filter(record_id=card), facts.filter(client_id=card), MOST + 1)


def _entries(member: Any, card: Card, events: list[Event]) -> list[Entry]:
    """Lines for the facts that the member may read."""
    others = {
        event.record_id
        for event in events
        if event.record_id and event.record_id != card.id and event.record_kind in registry.KINDS
    }
    links = records.links(member, others)
    entries = []
    for event in events:
        link = links.get(event.record_id) if event.record_id in others else None
        if event.record_id in others and not _readable(member, event, link):
            continue
        if event.record_id in others and link is None:
            link = _gone(event)
        entries.append(entry_of(event, link))
    load(member, entries)
    return entries


def _readable(member: Any, event: Event, link: Any) -> bool:
    """Whether a fact about another record may be told: that record is seen in full, or was and is gone."""
    if link is not None:
        return bool(link.url)
    return member.visibility == "all" and member.may(registry.kind(event.record_kind).view_right)


def _gone(event: Event) -> records.Link:
    kind = registry.kind(event.record_kind)
    return records.Link(
        event.record_id or event.id, kind.name, kind.icon, kind.square, event.record_label, ""
    )


def _planned(member: Any, card: Card) -> list[wording.Upcoming]:
    return [planned for source in wording.UPCOMING for planned in source(member, card)]
