"""The history of the workspace: every fact, also those that stand in no record's timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_core.events.models import Event
from crm_core.records import queries as records
from crm_core.records import registry
from crm_core.timeline.queries.entries import Entry, entry_of, key_of, older_than, read_key

REFUSED = "refused"
OPERATORS = "operators"
PEOPLE = "people"
RECORDS = "records"
FILTERS = (RECORDS, PEOPLE, REFUSED, OPERATORS)


@dataclass(slots=True)
class History:
    """A page of the history. ``before`` is the key of the next page, empty at the end."""

    entries: list[Entry]
    before: str = ""


def history(
    member: Any, *, what: str = "", actor: UUID | None = None, before: str = "", limit: int = 50
) -> History:
    """One page of all facts, newest first.

    ``what``: records, people (members, roles, teams, sessions), refused (asked for without
    access), operators, or empty for all. ``actor`` is a member's id.
    """
    found = Event.objects.order_by("-at", "-id")
    if what == REFUSED:
        found = found.filter(verb="records.refused")
    elif what == OPERATORS:
        found = found.filter(verb__startswith="operator.")
    elif what == PEOPLE:
        found = found.filter(verb__startswith="team.")
    elif what == RECORDS:
        found = found.filter(record_kind__in=list(registry.KINDS)).exclude(verb="records.refused")
    if actor is not None:
        found = found.filter(actor_id=actor)
    start = read_key(before)
    if start is not None:
        found = found.filter(older_than(start))
    events = list(found[: limit + 1])
    links = records.links(member, {event.record_id for event in events})
    entries = [
        entry_of(event, links.get(event.record_id) if event.record_id else None) for event in events[:limit]
    ]
    return History(entries, key_of(events[limit - 1]) if len(events) > limit else "")
