"""From facts to lines: words, changed fields, folding, days."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import get_language, gettext

from crm_core.events.models import Event
from crm_core.records.queries import Link
from crm_core.timeline import wording
from kernel.money import format_money
from kernel.when import format_when, read_zone

# Changes of one person to one record within this time are one line.
FOLD_WITHIN = timedelta(minutes=10)

NOTHING = "–"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _Blank(dict[str, Any]):
    """A sentence whose value is missing is still a sentence."""

    def __missing__(self, key: str) -> str:
        return NOTHING


@dataclass(frozen=True, slots=True)
class Change:
    """One field's change in words."""

    name: str
    label: str
    before: str
    after: str


@dataclass(slots=True)
class Entry:
    """One line of a timeline. ``link`` is the record it tells of, where that is not the page's own."""

    event: Event
    wording: wording.Wording
    text: str
    changes: list[Change]
    link: Link | None = None
    events: list[Event] = field(default_factory=list)
    loaded: Any = None

    @property
    def at(self) -> datetime:
        return self.event.at

    @property
    def folded(self) -> bool:
        """True if the line stands for several changes that open on demand."""
        return not self.text and len(self.changes) > 1

    @property
    def elsewhere(self) -> str:
        """The name of the other record that the line tells of."""
        return self.link.label if self.link else ""


@dataclass(slots=True)
class Day:
    """The lines of one day in the reader's zone; ``said`` is false where the day's heading stands above already."""

    day: date
    entries: list[Entry]
    said: bool = True


def say_value(value: Any) -> str:
    """A stored value in words, by its form: reference, money, day, list, yes or no."""
    language = (get_language() or "en").partition("-")[0]
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dict):
        if "minor" in value and "currency" in value:
            minor = value["minor"]
            return NOTHING if minor is None else format_money(minor, value["currency"], language)
        return str(value.get("label") or value.get("value") or NOTHING)
    if isinstance(value, list):
        return ", ".join(say_value(part) for part in value)
    day = _day(value)
    return format_when(day, language=language) if day is not None else str(value)


def changes_of(kind: str, changes: dict[str, list[Any]]) -> list[Change]:
    """The changed fields of an event, each with its name and both values in words."""
    said = []
    for name, (before, after) in changes.items():
        words = wording.field(kind, name)
        say = words.words or say_value
        both = [NOTHING if value in (None, "") else say(value) for value in (before, after)]
        label = next((side["field"] for side in (before, after) if _names_itself(side)), words.label)
        said.append(Change(name, str(label), *both))
    return said


def _names_itself(value: Any) -> bool:
    """True for a value of the workspace's own field, which nobody could register: it tells its field's name."""
    return isinstance(value, dict) and "field" in value


def load(member: Any, entries: Iterable[Entry]) -> None:
    """Give each line what its wording wants to know beside the fact, one question per kind of wording."""
    wanted: dict[Any, list[Entry]] = {}
    for entry in entries:
        if entry.wording.load is not None:
            wanted.setdefault(entry.wording.load, []).append(entry)
    for ask, lines in wanted.items():
        found = ask(member, [entry.event for entry in lines])
        for entry in lines:
            entry.loaded = found.get(entry.event.id)


def _with_days(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a sentence, its days as the reader writes them."""
    days = {name: say_value(value) for name, value in values.items() if _day(value) is not None}
    return values | days


def _day(value: Any) -> date | None:
    """The day that a stored text is; None for others, as a title that only looks like one."""
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def entry_of(event: Event, link: Link | None = None) -> Entry:
    """The line of one fact. A verb that nobody worded is shown by its name rather than hidden."""
    found = wording.WORDINGS.get(event.verb) or wording.Wording(
        event.verb, wording.AUDIT, "", event.verb, "", True, name=event.verb
    )
    text = str(found.text) % _Blank(_with_days(event.values)) if found.text else ""
    return Entry(event, found, text, changes_of(event.record_kind, event.changes), link, [event])


def _foldable(entry: Entry) -> bool:
    return bool(entry.changes) and not entry.text and not entry.wording.template


def _joins(newer: Entry, older: Entry) -> bool:
    first, second = newer.events[-1], older.event
    return (
        _foldable(newer)
        and _foldable(older)
        and first.actor_id == second.actor_id
        and first.record_id == second.record_id
        and first.at - second.at <= FOLD_WITHIN
    )


def fold(entries: Iterable[Entry]) -> list[Entry]:
    """Make one line of consecutive changes by one person; entries come newest first.

    A field that changed several times is told once, from its first value to its last.
    """
    folded: list[Entry] = []
    for entry in entries:
        if folded and _joins(folded[-1], entry):
            newer = folded[-1]
            newer.events.append(entry.event)
            merged: dict[str, list[Any]] = {}
            for event in reversed(newer.events):
                for name, (before, after) in event.changes.items():
                    merged[name] = [merged[name][0] if name in merged else before, after]
            newer.changes = changes_of(entry.event.record_kind, merged)
        else:
            folded.append(entry)
    return folded


def by_day(entries: Iterable[Entry], zone: str) -> list[Day]:
    """Lines under the days of the reader's zone, newest day first."""
    days: list[Day] = []
    tz = read_zone(zone)
    for entry in entries:
        day = entry.at.astimezone(tz).date()
        if not days or days[-1].day != day:
            days.append(Day(day, []))
        days[-1].entries.append(entry)
    return days


def key_of(event: Event) -> str:
    """Where a page of facts ends, for the address of the next one."""
    return f"{event.at.isoformat()}~{event.id}"


def read_key(key: str) -> tuple[datetime, UUID] | None:
    """The moment and id of a key; None for anything untrue, which shows the first page."""
    moment, _, name = key.partition("~")
    try:
        at, event_id = datetime.fromisoformat(moment), UUID(name)
    except ValueError:
        return None
    return (at, event_id) if at.tzinfo is not None else None


def older_than(key: tuple[datetime, UUID]) -> Q:
    """The facts behind a key."""
    at, event_id = key
    return Q(at__lte=at) & (Q(at__lt=at) | Q(id__lt=event_id))
