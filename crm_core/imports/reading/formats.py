"""How the dates and numbers of one column are written, found out from all its values together."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from kernel import money, when
from kernel.errors import worded

Order = Literal["ymd", "dmy", "mdy"]
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_PARTS = re.compile(r"(\d{1,4})([-./])(\d{1,2})\2(\d{1,4})(?!\d)(.*)", re.DOTALL)
_NUMBER_PARTS = re.compile(r"\d[\d.,'’\s]*")


@dataclass(frozen=True)
class DateFormat:
    """The order of day, month and year. `sure` is false where nothing in the column tells day from month.

    `timed` columns have times of day, `zoned` ones say in which zone (such as a final Z).
    """

    order: Order = "ymd"
    sure: bool = True
    timed: bool = False
    zoned: bool = False

    def date(self, text: str, *, language: str) -> date:
        """The calendar date as written, never shifted by a zone. Raises Invalid."""
        return _date(text.strip(), self.order, language)

    def moment(self, text: str, *, language: str, zone: str | tzinfo) -> datetime:
        """The moment in UTC; without a zone of its own it is read in `zone`. Raises Invalid."""
        order = None if self.order == "ymd" else self.order
        return when.parse_moment(text, language=language, zone=zone, order=order)


@lru_cache(maxsize=16384)
def _date(text: str, order: Order, language: str) -> date:
    if _ISO.match(text):
        if len(text) > 10 and text[10] in "Tt ":
            text = text[:10]
    elif found := _PARTS.fullmatch(text):
        text = f"{found[1]}{found[2]}{found[3]}{found[2]}{found[4]}"
        return when.parse_date(text, language=language, order=order)
    return when.parse_date(text, language=language)


@dataclass(frozen=True)
class NumberFormat:
    """The sign before decimals, `.` or `,`. `sure` is false where every number could be read both ways."""

    point: money.Point = "."
    sure: bool = True

    def number(self, text: str, *, language: str) -> Decimal:
        """The number. Raises Invalid."""
        return money.parse_number(text, language=language, point=self.point)

    def amount(self, text: str, *, currency: str, language: str, allow_negative: bool = False) -> int:
        """Minor units of the amount. Raises Invalid."""
        return money.parse_amount(
            text,
            currency=currency,
            language=language,
            allow_negative=allow_negative,
            point=self.point if self.sure else None,
        )


@dataclass
class DateEvidence:
    """Gathers what the values of a column say about the order of their dates."""

    seen: dict[str, tuple[int, str]] = field(default_factory=dict)
    dotted: bool = False
    timed: bool = False
    zoned: bool = False

    def add(self, value: str, line: int) -> None:
        """Take note of one value that looks like a date, found first on this line."""
        found = _PARTS.match(value)
        if not found:
            return
        first, mark, second, _last, rest = found.groups()
        self.timed = self.timed or ":" in rest
        self.zoned = self.zoned or bool(re.search(r"\d ?(?:[Zz]|[+-]\d\d:?\d\d)$", rest))
        if len(first) == 4:
            kind = "ymd"
        elif int(first) > 12 >= int(second):
            kind = "dmy"
        elif int(second) > 12 >= int(first):
            kind = "mdy"
        else:
            kind = "dotted" if mark == "." else "open"
        if kind not in self.seen:
            self.seen[kind] = (line, value[:40])

    def conclude(self, language: str) -> tuple[DateFormat, Any]:
        """The format, and a lazy sentence naming two lines if the column contradicts itself."""
        problem = None
        if "dmy" in self.seen and "mdy" in self.seen:
            day, month = self.seen["dmy"], self.seen["mdy"]
            problem = worded(
                _(
                    "Dates are mixed: line %(day_line)s (%(day)s) begins with the day, line %(month_line)s (%(month)s) with the month."
                ),
                day_line=str(day[0]),
                day=day[1],
                month_line=str(month[0]),
                month=month[1],
            )
        told: Order | None = "dmy" if "dmy" in self.seen else "mdy" if "mdy" in self.seen else None
        sure = told is not None or "open" not in self.seen
        if told is None and ("dotted" in self.seen or "open" in self.seen):
            told = "mdy" if "open" in self.seen and language[:2] == "en" else "dmy"
        return DateFormat(told or "ymd", sure, self.timed, self.zoned), problem


@dataclass
class NumberEvidence:
    """Gathers what the values of a column say about their decimal sign."""

    points: dict[str, tuple[int, str]] = field(default_factory=dict)
    open: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, value: str, line: int) -> None:
        """Take note of one value that looks like a number, found first on this line."""
        found = _NUMBER_PARTS.search(value)
        marks = [char for char in found[0].rstrip(" .,") if char in ".,"] if found else []
        if not found or not marks:
            return
        other = {".": ",", ",": "."}
        if len(set(marks)) == 2:
            point = marks[-1]
        elif len(marks) > 1:
            point = other[marks[0]]
        else:
            whole, _mark, rest = found[0].strip().partition(marks[0])
            if len(rest) == 3 and len(whole) <= 3 and not whole.startswith("0"):
                self.open.setdefault(marks[0], (line, value[:40]))
                return
            point = marks[0]
        self.points.setdefault(point, (line, value[:40]))

    def conclude(self, language: str) -> tuple[NumberFormat, Any]:
        """The format, and a lazy sentence naming two lines if the column contradicts itself."""
        if len(self.points) == 2:
            comma, dot = self.points[","], self.points["."]
            problem = worded(
                _(
                    "Numbers are mixed: line %(comma_line)s (%(comma)s) has a decimal comma, line %(dot_line)s (%(dot)s) a decimal point."
                ),
                comma_line=str(comma[0]),
                comma=comma[1],
                dot_line=str(dot[0]),
                dot=dot[1],
            )
            return NumberFormat(".", sure=False), problem
        if self.points:
            return NumberFormat("." if "." in self.points else ","), None
        if not self.open:
            return NumberFormat("," if language[:2] == "ru" else "."), None
        # 1,234 alone: thousands are likelier than three decimals, so the other sign is the decimal one.
        return NumberFormat("," if "." in self.open else ".", sure=False), None
