"""Dates: fixed days, stretches of the calendar, and what is overdue. Weeks begin on Monday."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from crm_core.lists.queries.conditions import Condition
from crm_core.lists.queries.declaring import Option
from crm_core.lists.queries.fields.base import Field
from crm_core.lists.queries.fields.plain import ends
from crm_core.lists.queries.reader import Reader
from crm_core.lists.queries.words import WORDS
from kernel.errors import Invalid
from kernel.when import format_when, parse_date

MOST_DAYS = 3660

# Value in the URL → words; each is a stretch of the calendar that holds or neighbours today.
STRETCHES: dict[str, Any] = {
    "today": pgettext_lazy("stretch", "today"),
    "tomorrow": pgettext_lazy("stretch", "tomorrow"),
    "yesterday": pgettext_lazy("stretch", "yesterday"),
    "this-week": gettext_lazy("this week"),
    "next-week": gettext_lazy("next week"),
    "last-week": gettext_lazy("last week"),
    "this-month": gettext_lazy("this month"),
    "next-month": gettext_lazy("next month"),
    "last-month": gettext_lazy("last month"),
    "this-quarter": gettext_lazy("this quarter"),
    "next-quarter": gettext_lazy("next quarter"),
    "last-quarter": gettext_lazy("last quarter"),
    "this-year": gettext_lazy("this year"),
    "next-year": gettext_lazy("next year"),
    "last-year": gettext_lazy("last year"),
}
_DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1}
_SHIFT = {"this": 0, "next": 1, "last": -1}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def stretch(name: str, today: date) -> tuple[date, date]:
    """First and last day of a stretch of the calendar. Raises ``KeyError`` for an unknown name."""
    if name in _DAYS:
        day = today + timedelta(days=_DAYS[name])
        return day, day
    which, _dash, unit = name.partition("-")
    shift = _SHIFT[which]
    if unit == "week":
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=shift)
        return monday, monday + timedelta(days=6)
    length = _MONTHS[unit]
    first = ((today.month - 1) // length + shift) * length
    begin = _month(today.year, first)
    end = _month(today.year, first + length - 1)
    return begin, end.replace(day=calendar.monthrange(end.year, end.month)[1])


def _month(year: int, months: int) -> date:
    return date(year + months // 12, months % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class DateFilter(Field):
    """A date, or with ``moment`` a point in time taken by the days of the reader's zone.

    ``overdue`` is what must hold beside "before today"; without it the word is not offered.
    """

    moment: bool = False
    overdue: Q | None = None
    words: ClassVar[tuple[str, ...]] = (
        "in", "on", "before", "after", "between", "past", "coming", "overdue", "empty", "filled",
    )  # fmt: skip
    widget: ClassVar[str] = "date"

    @property
    def known_words(self) -> list[Any]:
        left_out = (() if self.nullable else ("empty", "filled")) + (
            ("overdue",) if self.overdue is None else ()
        )
        return [WORDS[word] for word in self.words if word not in left_out]

    def choices(self, reader: Reader) -> list[Option]:
        return [Option(name, label) for name, label in STRETCHES.items()]

    def _q(self, condition: Condition, reader: Reader) -> Q:
        empty = self._emptiness(condition)
        if empty is not None:
            return empty
        if condition.word == "overdue":
            return self._from_to(None, reader.today - timedelta(days=1), reader) & (self.overdue or Q())
        if condition.word == "in":
            found = Q()
            for name in condition.values:
                if name not in STRETCHES:
                    raise self.bad_value(name)
                found |= self._from_to(*stretch(name, reader.today), reader)
            return found
        return self._from_to(*self._bounds(condition, reader), reader)

    def _bounds(self, condition: Condition, reader: Reader) -> tuple[date | None, date | None]:
        """First and last day that fit, for words with a day or a number of days."""
        if condition.word in ("past", "coming"):
            days = timedelta(days=self._count(condition.value))
            return (
                (reader.today - days, reader.today)
                if condition.word == "past"
                else (reader.today, reader.today + days)
            )
        days_named = [self._day(end) if end else None for end in ends(condition)]
        if condition.word == "between":
            if not any(days_named):
                raise self.bad_value(condition.value)
            return days_named[0], days_named[1]
        day = days_named[0]
        if day is None:
            raise self.bad_value(condition.value)
        one = timedelta(days=1)
        try:
            return {
                "on": lambda: (day, day),
                "before": lambda: (None, day - one),
                "after": lambda: (day + one, None),
            }[condition.word]()
        except OverflowError:
            raise self.bad_value(condition.value) from None

    def _from_to(self, first: date | None, last: date | None, reader: Reader) -> Q:
        found = Q()
        if first is not None:
            found &= Q(**{f"{self.path}__gte": reader.day_starts(first) if self.moment else first})
        if last is not None and self.moment:
            found &= Q(**{f"{self.path}__lt": reader.day_ends(last)})
        elif last is not None:
            found &= Q(**{f"{self.path}__lte": last})
        return found

    def _day(self, text: str) -> date:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise self.bad_value(text) from None
        if not 1900 <= day.year <= 2200:
            raise self.bad_value(text)
        return day

    def _count(self, text: str) -> int:
        if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= MOST_DAYS):
            raise self.bad_value(text)
        return int(text[:6])

    def say_values(self, condition: Condition, reader: Reader) -> list[str]:
        if condition.word == "in":
            return [str(STRETCHES[name]) for name in condition.values if name in STRETCHES]
        if condition.word in ("past", "coming"):
            n = self._count(condition.value)
            return [ngettext("%(n)s day", "%(n)s days", n) % {"n": n}]
        said = [format_when(self._day(end), language=reader.language) for end in ends(condition) if end]
        if condition.word == "between" and len(said) == 2:
            return [_("%(low)s and %(high)s") % {"low": said[0], "high": said[1]}]
        return said

    def read(self, word: str, data: dict[str, list[str]], reader: Reader) -> Condition:
        if WORDS[word].takes == "nothing":
            return Condition(self.name, word)
        value = next((text.strip() for text in data.get("value", []) if text.strip()), "")
        if word == "in":
            chosen = tuple(name for name in data.get("stretch", []) if name in STRETCHES)
            if not chosen:
                raise Invalid(_("Choose a period."), field="stretch")
            return Condition(self.name, word, chosen)
        if word in ("past", "coming"):
            days = next((text.strip() for text in data.get("days", []) if text.strip()), "")
            if not (days.isascii() and days.isdigit() and 0 < int(days[:6]) <= MOST_DAYS):
                raise Invalid(
                    _("Enter a number of days from 1 to %(most)s."), field="days", most=str(MOST_DAYS)
                )
            return Condition(self.name, word, (str(int(days)),))
        if word == "between":
            last = next((text.strip() for text in data.get("value_to", []) if text.strip()), "")
            if not value and not last:
                raise Invalid(_("Enter at least one end."), field="value")
            return Condition(self.name, word, (f"{self._typed(value, reader)}..{self._typed(last, reader)}",))
        if not value:
            raise Invalid(_("Enter a date."), field="value")
        return Condition(self.name, word, (self._typed(value, reader),))

    def _typed(self, text: str, reader: Reader) -> str:
        if not text:
            return ""
        try:
            return parse_date(text, language=reader.language, today=reader.today).isoformat()
        except Invalid as error:
            raise error.at("value") from error

    def fill(self, condition: Condition, reader: Reader) -> dict[str, Any]:
        if condition.word == "in":
            return {"stretches": list(condition.values)}
        if condition.word in ("past", "coming"):
            return {"days": condition.value}
        low, high = [*ends(condition), "", ""][:2]
        return {"value": low, "value_to": high}
