"""Dates and times as people type them, in English and Russian, to dates and aware moments in UTC."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from django.utils.translation import gettext_lazy as _

from kernel.errors import Invalid
from kernel.when import clock
from kernel.when.tongues import MONTH_WORDS, NEARBY_DAYS, NUMBERS, UNITS, WEEKDAYS, tongue
from kernel.when.zones import read_zone

Order = Literal["dmy", "mdy", "ymd"]
FIRST_YEAR, LAST_YEAR = 1900, 2200

_ISO = re.compile(r"(\d{4,6})-(\d{1,2})-(\d{1,2})(?:[t ][\d:.,]+ ?(?:z|[+-]\d\d:?\d\d)?)?")
_NUMERIC = re.compile(r"(\d{1,6}) ?([./-]) ?(\d{1,2})(?: ?\2 ?(\d{1,6}))?")
_AWAY = re.compile(r"(in |через |\+ ?)?(?:(\d{1,6}|[^\W\d]+) ?)??([^\W\d]+)( ago| назад)?")
_TIME = re.compile(
    r"(\d{1,2})(?:[:.h-](\d{2}))?(?::(\d{2})(?:[.,]\d+)?)?"
    r" ?(am|pm|a|p|утра|ночи|дня|вечера|ч|час|часа|часов|h|o'clock)?"
)
_TAIL = re.compile(
    r"(.*?)[, ]+(?:(?:at|в|во|@) ?(\S+(?: \S+)?)|(\d{1,2}[:.]\d{2}(?::\d{2})?(?: ?\w+)?|\d{1,2} ?[ap]m))"
)
_NAMED_TIMES = {
    "noon": time(12),
    "midday": time(12),
    "полдень": time(12),
    "midnight": time(0),
    "полночь": time(0),
}


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return re.sub(r"\s+", " ", folded).strip(" ,;")


def parse_date(
    text: str,
    *,
    language: str,
    today: date | None = None,
    order: Order | None = None,
) -> date:
    """A date from ISO, numbers, names of months or words such as `tomorrow`, `в пятницу`, `in 3 days`, `+3`.

    Numbers with slashes follow `order`, else the language, else the only way that makes a date; with dots
    the day always comes first. A date without a year is the next one from `today` (by default in UTC); a
    weekday is the next one, never today. Raises Invalid in words, also for years outside 1900 to 2200.
    """
    folded = _fold(text)
    if not folded:
        raise Invalid(_("Enter a date."))
    near = today or clock.today(UTC)
    found = (
        _iso(folded)
        or _numeric(folded, order or tongue(language).order, near, strict=order is not None)
        or _named(folded, near)
        or _spoken(folded, near)
    )
    if found is None:
        raise Invalid(
            _("“%(text)s” is not a date. Write it like 3 Nov 2026, “tomorrow” or “+3”."),
            text=text.strip()[:60],
        )
    return found


def _make(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(
            _("The year %(year)s is outside %(first)s to %(last)s."),
            year=str(year),
            first="1900",
            last="2200",
        )
    if not 1 <= month <= 12:
        raise Invalid(_("There is no month number %(month)s."), month=str(month))
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise Invalid(_("This month has no day %(day)s."), day=str(day))
    return date(year, month, day)


def _iso(text: str) -> date | None:
    if found := _ISO.fullmatch(text):
        return _make(int(found[1]), int(found[2]), int(found[3]))
    if re.fullmatch(r"(19|20|21)\d{6}", text):
        return _make(int(text[:4]), int(text[4:6]), int(text[6:]))
    return None


def _century(digits: str) -> int:
    # Two digits are read as people mean them: 70 and more were in the last century.
    year = int(digits)
    return year + (2000 if year < 70 else 1900) if len(digits) <= 2 else year


def _without_year(month: int, day: int, near: date) -> date:
    try:
        this = _make(near.year, month, day)
        return this if this >= near else _make(near.year + 1, month, day)
    except Invalid:
        if (month, day) != (2, 29):
            raise
        leap = next(year for year in range(near.year, near.year + 9) if calendar.isleap(year))
        return _make(leap, month, day)


def _numeric(text: str, order: str, near: date, *, strict: bool) -> date | None:
    text = re.sub(r" ?(г\.?|года?)$", "", text).rstrip(".")
    found = _NUMERIC.fullmatch(text)
    if not found:
        return None
    first, mark, second, last = found.groups()
    if len(first) > 2:
        return _make(int(first), int(second), int(last)) if last and len(last) <= 2 else None
    if mark == "." and not strict:
        order = "dmy"
    if order == "ymd" and last and len(last) <= 2:
        return _make(_century(first), int(second), int(last))
    day, month = (int(second), int(first)) if order == "mdy" else (int(first), int(second))
    if not strict and month > 12 >= day:
        day, month = month, day
    return _make(_century(last), month, day) if last else _without_year(month, day, near)


def _month(word: str) -> int | None:
    if len(word) < 3:
        return None
    for number, words in enumerate(MONTH_WORDS, start=1):
        if any(full.startswith(word) for full in words):
            return number
    return None


def _named(text: str, near: date) -> date | None:
    text = re.sub(r" ?(г\.?|года?)$", "", text)
    words = re.findall(r"\d+|[^\W\d]+", re.sub(r"(?<=\d)(st|nd|rd|th|-?го|-?е)\b", "", text))
    words = [word for word in words if word not in ("of", "the", "on", "в", "на") and word not in WEEKDAYS]
    months = [month for word in words if not word.isdigit() and (month := _month(word))]
    numbers = [word for word in words if word.isdigit()]
    if len(months) != 1 or len(words) != 1 + len(numbers) or not 1 <= len(numbers) <= 2:
        return None
    if len(numbers) == 1:
        return _without_year(months[0], int(numbers[0]), near) if len(numbers[0]) <= 2 else None
    day, year = numbers if len(numbers[0]) <= 2 else (numbers[1], numbers[0])
    return _make(_century(year), months[0], int(day))


def _spoken(text: str, near: date) -> date | None:
    text = re.sub(r"^(on|by|в|во|к|ко|на|до|until) ", "", text)
    if text in NEARBY_DAYS:
        return near + timedelta(days=NEARBY_DAYS[text])
    ahead = re.fullmatch(r"(next|this|следующ\S+|эт\S+|ближайш\S+) (\S+)", text)
    word = ahead[2] if ahead else text
    later = bool(ahead and ahead[1].startswith(("next", "следующ")))
    if word in WEEKDAYS:
        if later:
            return near + timedelta(days=7 - near.weekday() + WEEKDAYS[word])
        return near + timedelta(days=(WEEKDAYS[word] - near.weekday() - 1) % 7 + 1)
    unit = UNITS.get(word) or {"неделе": "week", "месяце": "month", "году": "year"}.get(word)
    if later and unit:
        return _next_unit(unit, near)
    return _away(text, near)


def _next_unit(unit: str, near: date) -> date | None:
    if unit == "week":
        return near + timedelta(days=7 - near.weekday())
    if unit == "month":
        return _add_months(near.replace(day=1), 1)
    return _make(near.year + 1, 1, 1) if unit == "year" else None


def _distance(text: str) -> tuple[int, str] | None:
    """`in 3 days` as (3, "day"), `2 недели назад` as (-2, "week"); nothing if it is no distance."""
    found = _AWAY.fullmatch(text)
    if not found or not (found[1] or found[4] or (found[2] or "").isdigit()):
        return None
    count = found[2] or "one"
    number = int(count) if count.isdigit() else NUMBERS.get(count)
    unit = UNITS.get(found[3])
    if number is None or unit is None or (found[1] and found[4]):
        return None
    return (-number if found[4] else number), unit


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return _make(year, 1, 1)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _away(text: str, near: date) -> date | None:
    # A bare plus counts days: +3 is the shortest way to say "in three days".
    distance = _distance(f"{text} day" if re.fullmatch(r"\+ ?\d{1,6}", text) else text)
    if distance is None or distance[1] in ("minute", "hour"):
        return None
    number, unit = distance
    if unit in ("month", "year"):
        return _add_months(near, number * (12 if unit == "year" else 1))
    days = near.toordinal() + number * (7 if unit == "week" else 1)
    if not date(FIRST_YEAR, 1, 1).toordinal() <= days <= date(LAST_YEAR, 12, 31).toordinal():
        return (
            _make(near.year + number // 365, 1, 1) if abs(number) > 365 * 300 else _make(LAST_YEAR + 1, 1, 1)
        )
    return date.fromordinal(days)


def parse_time(text: str) -> time:
    """A time of day: 14:05, 14.05, 1405, 2:05 pm, 9am, 9 утра, noon, полдень. Raises Invalid in words."""
    folded = re.sub(r"^(at|в|во|@) ?", "", _fold(text)).replace("a.m.", "am").replace("p.m.", "pm")
    if not folded:
        raise Invalid(_("Enter a time."))
    found = _clock_face(folded)
    if found is None:
        raise Invalid(_("“%(text)s” is not a time. Write it like 14:05 or 2:05 pm."), text=text.strip()[:60])
    return found


def _clock_face(folded: str) -> time | None:
    if folded in _NAMED_TIMES:
        return _NAMED_TIMES[folded]
    if re.fullmatch(r"\d{4}", folded):
        folded = f"{folded[:2]}:{folded[2:]}"
    found = _TIME.fullmatch(folded)
    if not found:
        return None
    hour, minute, second = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    half = found[4] or ""
    if half in ("pm", "p", "дня", "вечера") and hour < 12:
        hour += 12
    elif half in ("am", "a", "ночи", "утра") and hour == 12:
        hour = 0
    if hour > 23 or minute > 59 or second > 59 or (half in ("am", "pm", "a", "p") and int(found[1]) > 12):
        return None
    return time(hour, minute, second)


def parse_moment(
    text: str,
    *,
    language: str,
    zone: str | tzinfo,
    order: Order | None = None,
    at: time = time(0),
) -> datetime:
    """A moment in UTC from a date and a time as typed in `zone`, from ISO with an offset, or `in 2 hours`.

    A date alone gets the time `at`, a time alone is today's. A time that a clock change skips moves on by
    the hour that was skipped; of a doubled one the first is meant. Raises Invalid in words.
    """
    tz = read_zone(zone)
    folded = _fold(text)
    if not folded:
        raise Invalid(_("Enter a date and time."))
    if exact := _exact(folded, tz):
        return exact
    near = clock.today(tz)
    day_text, time_text = _split(folded)
    if time_text is None:
        only_time = _clock_face(folded) if re.search(r"[:apч]|noon|midnight|пол", folded) else None
        if only_time is not None and not folded.isdigit():
            return _local(near, only_time, tz)
        return _local(parse_date(text, language=language, today=near, order=order), at, tz)
    day = parse_date(day_text, language=language, today=near, order=order)
    return _local(day, parse_time(time_text), tz)


def _split(folded: str) -> tuple[str, str | None]:
    found = _TAIL.fullmatch(folded)
    if found and found[1]:
        clock_text = found[2] or found[3]
        if _clock_face(clock_text.replace("a.m.", "am").replace("p.m.", "pm")) is not None:
            return found[1], clock_text
    head = re.fullmatch(r"(?:at |в )?(\d{1,2}:\d{2}(?: ?[ap]m)?|\d{1,2} ?[ap]m)[, ]+(.+)", folded)
    return (head[2], head[1]) if head else (folded, None)


def _exact(folded: str, tz: tzinfo) -> datetime | None:
    if folded in ("now", "сейчас"):
        return clock.now()
    if folded in ("in half an hour", "через полчаса"):
        return clock.now() + timedelta(minutes=30)
    distance = _distance(folded)
    if distance and distance[1] in ("minute", "hour"):
        return clock.now() + timedelta(**{distance[1] + "s": distance[0]})
    if not re.match(r"\d{4,6}-\d\d-\d\d[t ]\d", folded):
        return None
    try:
        moment = datetime.fromisoformat(folded.upper().replace(",", "."))
    except ValueError:
        raise Invalid(_("“%(text)s” is not a date and time."), text=folded[:60]) from None
    _make(moment.year, moment.month, moment.day)
    return (moment if moment.tzinfo else moment.replace(tzinfo=tz)).astimezone(UTC)


def _local(day: date, clock_time: time, tz: tzinfo) -> datetime:
    return datetime.combine(day, clock_time, tzinfo=tz).astimezone(UTC)
