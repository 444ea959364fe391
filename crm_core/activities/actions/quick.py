"""Quick planning: “call Anna tomorrow 10:00” becomes a call with a title and a moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crm_core.activities.models import Activity
from kernel.errors import Invalid
from kernel.when import now, parse_date, parse_moment, today

_LONGEST_WINDOW = 6
_CALL = re.compile(r"^(call|phone|ring|позвон\w*|звон\w*|перезвон\w*|созвон\w*)$", re.IGNORECASE)
_MEETING = re.compile(r"^(meet|meeting|visit|lunch|встре\w+|совещани\w+|визит\w*|обед)$", re.IGNORECASE)
# Words that mean a day wherever they stand; others only at the ends ("Sat down with Anna").
_PLAIN = re.compile(r"\d|today|tomorrow|сегодня|завтра", re.IGNORECASE)
# 1.5 in the middle of a text is a number; 01.05 and 1.05 are days.
_NUMBER = re.compile(r"\d+(?:[.,/]\d)?%?")
_HOUR = re.compile(r"(?:at |в )?\d{1,2}(?:[:.]\d{2})(?: ?[ap]m)?|(?:at |в )?\d{1,2} ?[ap]m")
_JOINTS = re.compile(r"^(?:on|at|by|until|в|во|на|до|к)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Draft:
    """What was understood: either a moment or a day or neither."""

    kind: str
    title: str
    due_at: datetime | None = None
    due_on: date | None = None


def read_quick(text: str, *, language: str, zone: str) -> Draft:
    """The kind by the first word, the due moment or day by the longest run of words that says one.

    Day and hour may stand apart: “tomorrow meeting with Oleg at 15:00”.
    """
    words = text.split()
    found = _find(words, language, zone)
    if found is None:
        return Draft(_kind(words), " ".join(words))
    rest, said, due = found
    other = _find(rest, language, zone)
    if other is not None and (_is_hour(said) != _is_hour(other[1])):
        day, hour = (other[1], said) if _is_hour(said) else (said, other[1])
        try:
            due, rest = (parse_moment(f"{day} {hour}", language=language, zone=zone), None), other[0]
        except Invalid:
            pass
    return Draft(_kind(rest), " ".join(rest).strip(" ,;"), *due)


def _is_hour(said: str) -> bool:
    return bool(_HOUR.fullmatch(said.casefold()))


def _find(
    words: list[str], language: str, zone: str
) -> tuple[list[str], str, tuple[datetime | None, date | None]] | None:
    """The other words, the words that say when, and when that is; None if nothing does, or nothing else is left."""
    for start, end in _windows(len(words)):
        due = _due(words, start, end, language, zone)
        before = start - 1 if start and _JOINTS.match(words[start - 1]) else start
        rest = words[:before] + words[end:]
        if due is not None and rest:
            return rest, " ".join(words[start:end]).strip(" ,;."), due
    return None


def _kind(words: list[str]) -> str:
    first = words[0].strip(",.:;") if words else ""
    if _CALL.match(first):
        return Activity.Kind.CALL
    return Activity.Kind.MEETING if _MEETING.match(first) else Activity.Kind.TASK


def _windows(count: int) -> list[tuple[int, int]]:
    """Runs of words, the longest first, of equal ones the last."""
    return [
        (start, start + length)
        for length in range(min(_LONGEST_WINDOW, count), 0, -1)
        for start in range(count - length, -1, -1)
    ]


def _due(
    words: list[str], start: int, end: int, language: str, zone: str
) -> tuple[datetime | None, date | None] | None:
    window = " ".join(words[start:end]).strip(" ,;.")
    if not window or not _may_say_when(words, start, end, window):
        return None
    if _NUMBER.fullmatch(window) or _JOINTS.match(words[end - 1]):
        return None
    near = today(zone)
    try:
        return None, parse_date(window, language=language, today=near)
    except Invalid:
        pass
    try:
        moment = parse_moment(window, language=language, zone=zone)
    except Invalid:
        return None
    # A bare time that has passed today means tomorrow.
    if moment < now() and _is_hour(window):
        moment += timedelta(days=1)
    return moment, None


def _may_say_when(words: list[str], start: int, end: int, window: str) -> bool:
    if _PLAIN.search(window) or _JOINTS.match(words[start]) or (start and _JOINTS.match(words[start - 1])):
        return True
    if start == 0:
        # "Sat down" and "Mar is ill" begin with no day.
        return end > 1 or len(window) > 4
    return end == len(words)
