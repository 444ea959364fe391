"""Moments and durations in words. Templates never format by hand, they come here."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Literal

from django.utils import translation
from django.utils.translation import gettext, ngettext

from kernel.when import clock
from kernel.when.tongues import Tongue, tongue
from kernel.when.zones import read_zone

Style = Literal["date", "moment", "short", "relative", "day", "time"]
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def format_when(
    value: date | datetime | time | None,
    *,
    language: str,
    zone: str | tzinfo = UTC,
    style: Style = "date",
) -> str:
    """A moment, date or time of day in words; nothing for None.

    A datetime must be aware and is shown in `zone`; a plain date is never shifted. Styles: `date`
    (Nov. 3, 2026), `moment` (with the time), `short` (without the year if it is this one), `day` (Today,
    Tuesday, Nov. 3), `time` (14:05), `relative` (3 hours ago; only under a week, then as `short`).
    """
    if value is None:
        return ""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    tz = read_zone(zone)
    moment: datetime | None = None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("A moment needs a zone.")
        moment = value.astimezone(tz)
    day = moment.date() if moment else value
    if style == "relative":
        said = _relative(moment, day, tz, language)
        if said:
            return said
        style = "short"
    if style == "day":
        return _day(day, clock.today(tz), language)
    if style == "time":
        return f"{moment:%H:%M}" if moment else ""
    return _fill(style if moment or style != "moment" else "date", day, moment, tz, tongue(language))


def format_typed(day: date, *, language: str) -> str:
    """A day as it stands in a field where days are typed: Nov. 3, 2026 or 03.11.2026; ``parse_date`` reads both."""
    if tongue(language).order == "dmy":
        return f"{day:%d.%m.%Y}"
    return format_when(day, language=language)


def _fill(style: str, day: date, moment: datetime | None, tz: tzinfo, words: Tongue) -> str:
    pattern = {"date": words.date, "moment": words.moment, "short": words.short}[style]
    if style == "short" and day.year != clock.today(tz).year:
        pattern = words.short_year
    return pattern.format(**_parts(day, words), time=f"{moment:%H:%M}" if moment else "")


def _parts(day: date, words: Tongue) -> dict[str, Any]:
    return {
        "day": day.day,
        "number": day.month,
        "year": day.year,
        "month": words.months[day.month - 1],
        "short": words.months_short[day.month - 1],
        "weekday": words.days[day.weekday()],
    }


def _day(day: date, today: date, language: str) -> str:
    away = (day - today).days
    with translation.override(language):
        near = {0: gettext("Today"), 1: gettext("Tomorrow"), -1: gettext("Yesterday")}.get(away)
    if near:
        return near
    words = tongue(language)
    said = words.day_month.format(**_parts(day, words))
    if day.year == today.year:
        return said
    return f"{words.days[day.weekday()]}, {words.date.format(**_parts(day, words))}"


def _relative(moment: datetime | None, day: date, tz: tzinfo, language: str) -> str:
    """Words for a distance of less than a week, else nothing. A negative distance is the past."""
    with translation.override(language):
        if moment is None:
            return _relative_days((day - clock.today(tz)).days)
        seconds = (moment - clock.now()) / timedelta(seconds=1)
        past, size = seconds < 0, abs(seconds)
        if size < _MINUTE:
            return gettext("just now") if past or size < 1 else gettext("in less than a minute")
        if size < _HOUR:
            return _minutes(int(size // _MINUTE), past=past)
        if size < _DAY:
            return _hours(int(size // _HOUR), past=past)
        return _relative_days((day - clock.today(tz)).days) if size < 7 * _DAY else ""


def _minutes(n: int, *, past: bool) -> str:
    if past:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", n) % {"n": n}
    return ngettext("in %(n)d minute", "in %(n)d minutes", n) % {"n": n}


def _hours(n: int, *, past: bool) -> str:
    if past:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", n) % {"n": n}
    return ngettext("in %(n)d hour", "in %(n)d hours", n) % {"n": n}


def _relative_days(away: int) -> str:
    if away in (-1, 0, 1):
        return {-1: gettext("yesterday"), 0: gettext("today"), 1: gettext("tomorrow")}[away]
    n = abs(away)
    if n >= 7:
        return ""
    if away < 0:
        return ngettext("%(n)d day ago", "%(n)d days ago", n) % {"n": n}
    return ngettext("in %(n)d day", "in %(n)d days", n) % {"n": n}


def format_duration(seconds: float, language: str) -> str:
    """A length of time by its two greatest units: `2 h 5 min`, `3 d`, `45 s`, `0 s`."""
    units = tongue(language).units
    rest = int(abs(seconds))
    found: list[tuple[str, int]] = []
    for unit, size in (("d", _DAY), ("h", _HOUR), ("min", _MINUTE), ("s", 1)):
        count, rest = divmod(rest, size)
        if count or (unit == "s" and not found):
            found.append((unit, count))
        elif found:
            break
        if len(found) == 2:
            break
    said = " ".join(f"{count} {units[unit]}" for unit, count in found)
    return f"\u2212{said}" if seconds <= -1 else said
