"""The history of the workspace: every fact, also those that stand in no record's timeline."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from crm_core.events.models import Event
from crm_core.records import queries as records
from crm_core.records import registry
from crm_core.timeline.models import MassExport
from crm_core.timeline.queries.entries import Entry, entry_of, key_of, older_than, read_key
from kernel.standing import standing
from kernel.when import now, read_zone

REFUSED = "refused"
PEOPLE = "people"
RECORDS = "records"
VIEWS = "views"
EXPORTS = "exports"
OPERATOR = "operator"
FILTERS = (RECORDS, PEOPLE, REFUSED, VIEWS, EXPORTS, OPERATOR)
EXPORT_VERBS = (
    "lists.exported", "timeline.exported", "exports.started", "exports.finished", "exports.downloaded",
)  # fmt: skip
VIEW_VERBS = ("records.viewed", "access.viewed")
TOLD_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter of the history; what is empty filters nothing.

    ``what``: records, people (members, roles, teams, sessions), refused (asked for without access),
    views, exports, operator. ``record`` are words of a record's name, or its id. ``since`` and ``until``
    are days in the reader's zone, both included.
    """

    what: str = ""
    actor: UUID | None = None
    kind: str = ""
    record: str = ""
    verb: str = ""
    cause: str = ""
    since: date | None = None
    until: date | None = None
    zone: str = "UTC"

    def said(self) -> dict[str, str]:
        """The filter as plain texts, for the fact of an export."""
        found = {name: str(value) for name, value in asdict(self).items() if value}
        return {name: value for name, value in found.items() if name != "zone"}


@dataclass(slots=True)
class History:
    """A page of the history. ``before`` is the key of the next page, empty at the end."""

    entries: list[Entry]
    before: str = ""


def facts(wanted: Wanted) -> QuerySet[Event]:
    """The facts that a filter leaves, newest first."""
    found: QuerySet[Event] = Event.objects.filter(_what(wanted.what)).order_by("-at", "-id")
    plain = {"actor_id": wanted.actor, "record_kind": wanted.kind, "verb": wanted.verb, "cause": wanted.cause}
    found = found.filter(**{name: value for name, value in plain.items() if value})
    if wanted.record:
        found = found.filter(_about(wanted.record))
    zone = read_zone(wanted.zone)
    if wanted.since is not None:
        found = found.filter(at__gte=datetime.combine(wanted.since, time(), zone))
    if wanted.until is not None:
        found = found.filter(at__lt=datetime.combine(wanted.until + timedelta(days=1), time(), zone))
    return found


def _what(what: str) -> Q:
    return {
        REFUSED: Q(verb="records.refused"),
        PEOPLE: Q(verb__startswith="team."),
        RECORDS: Q(record_kind__in=list(registry.KINDS)) & ~Q(verb__in=("records.refused", *VIEW_VERBS)),
        VIEWS: Q(verb__in=VIEW_VERBS),
        EXPORTS: Q(verb__in=EXPORT_VERBS),
        OPERATOR: Q(cause="operator") | Q(verb__startswith="access."),
    }.get(what, Q())


def _about(words: str) -> Q:
    try:
        key = UUID(words)
    except ValueError:
        return Q(record_label__icontains=words)
    return Q(record_id=key) | Q(client_id=key)


def history(member: Any, wanted: Wanted, *, before: str = "", limit: int = 50) -> History:
    """One page of the facts, newest first."""
    found = facts(wanted)
    start = read_key(before)
    if start is not None:
        found = found.filter(older_than(start))
    events = list(found[: limit + 1])
    entries = entries_of(member, events[:limit])
    return History(entries, key_of(events[limit - 1]) if len(events) > limit else "")


def entries_of(member: Any, events: list[Event]) -> list[Entry]:
    """The lines of facts, each with the record that it tells of."""
    links = records.links(member, {event.record_id for event in events})
    return [entry_of(event, links.get(event.record_id) if event.record_id else None) for event in events]


def mass_exports() -> list[MassExport]:
    """The great exports of the last week, newest first."""
    return _mass_exports(since=now() - TOLD_FOR)


@standing
def _mass_exports(*, since: Any) -> QuerySet[MassExport]:
    return MassExport.objects.filter(at__gte=since).order_by("-at")[:3]
