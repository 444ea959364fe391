"""One pass over the whole table before anything is written: counts, problems by line, formats of columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm_core.imports.reading.formats import DateEvidence, DateFormat, NumberEvidence, NumberFormat
from crm_core.imports.reading.limits import Row
from crm_core.imports.reading.shapes import Shape, shape_of
from crm_core.imports.reading.sheets import Sheet
from kernel.errors import worded

_BATCH = 2000
# Beyond these a column is known well enough: counting more would only cost memory.
_MOST_DISTINCT = 10_000
_MOST_TEXTS = 2_000
MOST_PROBLEMS = 1_000
SAMPLES = 8
SAMPLE_LENGTH = 200
_DOMINANT = 0.8
_TYPED = 0.9
_FITS: dict[str, tuple[str, ...]] = {
    "email": ("email",),
    "url": ("url",),
    "date": ("date", "moment"),
    "moment": ("date", "moment"),
    "number": ("number",),
    "phone": ("phone", "number"),
    "yesno": ("yesno",),
    "id": ("id",),
}


@dataclass(frozen=True)
class Column:
    """What a column holds. `distinct` is counted up to 10,000; `shape` is that of at least 80 per cent.

    `dates` and `numbers` say how to read it as such; `problem` is a lazy sentence if it contradicts itself,
    and then it must not be read as dates or numbers.
    """

    place: int
    name: str
    filled: int
    distinct: int
    longest: int
    samples: tuple[str, ...]
    shape: Shape
    dates: DateFormat | None = None
    numbers: NumberFormat | None = None
    problem: Any = None


@dataclass(frozen=True)
class Problem:
    """A row that cannot be taken as it is, and why, as a lazy sentence that names the line."""

    line: int
    number: int
    sentence: Any


@dataclass(frozen=True)
class Survey:
    """The whole table at a glance. `problems` holds the first 1,000; `problem_count` all of them.

    `doubts` are rows of the right width whose values seem to stand in their neighbours' columns.
    """

    rows: int
    columns: tuple[Column, ...]
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    doubts: tuple[Problem, ...] = ()
    remarks: tuple[Any, ...] = ()


@dataclass
class _Tally:
    """What is known of one column so far."""

    filled: int = 0
    longest: int = 0
    samples: dict[str, None] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    shapes: Counter[Shape] = field(default_factory=Counter)
    dates: DateEvidence = field(default_factory=DateEvidence)
    numbers: NumberEvidence = field(default_factory=NumberEvidence)

    def take(self, values: dict[str, int]) -> None:
        """Distinct values of a batch with the line where each stands first."""
        self.longest = max(self.longest, max(map(len, values), default=0))
        if len(self.seen) >= _MOST_TEXTS and self.shapes["text"] > len(self.seen) / 2:
            if len(self.seen) < _MOST_DISTINCT:
                self.seen.update(values)
            return
        for value, line in values.items():
            if value in self.seen:
                continue
            if len(self.seen) < _MOST_DISTINCT:
                self.seen.add(value)
            if len(self.samples) < SAMPLES:
                self.samples[value[:SAMPLE_LENGTH]] = None
            shape = shape_of(value)
            self.shapes[shape] += 1
            if shape in ("date", "moment"):
                self.dates.add(value, line)
            elif shape == "number":
                self.numbers.add(value, line)

    def share(self, *shapes: Shape) -> float:
        """The share of distinct values that have one of these shapes."""
        return sum(self.shapes[shape] for shape in shapes) / (self.shapes.total() or 1)

    def shape(self) -> Shape:
        """The shape of most values, nothing for an empty column, `text` for a motley one."""
        if not self.shapes:
            return ""
        if self.shapes["moment"] and self.share("date", "moment") >= _DOMINANT:
            return "moment"
        if self.shapes["phone"] > self.shapes["number"] and self.share("phone", "number") >= _DOMINANT:
            return "phone"
        best, count = self.shapes.most_common(1)[0]
        return best if count >= _DOMINANT * self.shapes.total() else "text"

    def column(self, place: int, name: str, language: str) -> Column:
        """The finished account."""
        shape = self.shape()
        dates = numbers = problem = None
        if shape in ("date", "moment"):
            dates, problem = self.dates.conclude(language)
        elif shape == "number":
            numbers, problem = self.numbers.conclude(language)
        return Column(
            place,
            name,
            self.filled,
            min(len(self.seen), _MOST_DISTINCT),
            self.longest,
            tuple(self.samples),
            shape,
            dates,
            numbers,
            problem,
        )


def survey(sheet: Sheet, *, language: str, watch: Callable[[int], None] | None = None) -> Survey:
    """Read the whole sheet once. `watch` is told the number of rows read, every 2,000 rows."""
    tallies = [_Tally() for _name in sheet.headers]
    problems: list[Problem] = []
    remarks: list[Any] = []
    count = problem_count = 0
    for batch in _batches(sheet.rows(remarks=remarks)):
        count += len(batch)
        wrong = [row for row in batch if row.problem is not None]
        problem_count += len(wrong)
        problems += [
            Problem(row.line, row.number, row.problem) for row in wrong[: MOST_PROBLEMS - len(problems)]
        ]
        _tally(tallies, [row for row in batch if row.problem is None] if wrong else batch)
        if watch:
            watch(count)
    columns = _columns(sheet, tallies, language)
    doubts = tuple(_shifted(sheet, tallies))
    return Survey(count, columns, tuple(problems), problem_count, doubts, tuple(remarks))


def glance(sheet: Sheet, *, language: str) -> tuple[Column, ...]:
    """Columns by the sheet's first rows alone: enough to guess what they are, at once."""
    tallies = [_Tally() for _name in sheet.headers]
    _tally(tallies, [row for row in sheet.sample if row.problem is None])
    return _columns(sheet, tallies, language)


def _columns(sheet: Sheet, tallies: list[_Tally], language: str) -> tuple[Column, ...]:
    return tuple(
        tally.column(place, name, language)
        for place, (tally, name) in enumerate(zip(tallies, sheet.headers, strict=True))
    )


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _tally(tallies: list[_Tally], rows: list[Row]) -> None:
    if not rows:
        return
    backwards = [row.line for row in reversed(rows)]
    for tally, values in zip(tallies, zip(*(row.cells for row in rows), strict=True), strict=True):
        tally.filled += len(values) - values.count("")
        # Keys in the order of the file; written backwards, each keeps the line where it stands first.
        lines: dict[str, int] = dict.fromkeys(values, 0)
        lines.update(zip(reversed(values), backwards, strict=True))
        lines.pop("", None)
        if lines:
            tally.take(lines)


def _shifted(sheet: Sheet, tallies: list[_Tally]) -> Iterator[Problem]:
    """Rows whose values fit better one column to the left or right; read only if typed columns have misfits."""
    typed: dict[int, tuple[str, ...]] = {}
    misfits = 0
    for place, tally in enumerate(tallies):
        shape = tally.shape()
        fits = _FITS.get(shape, ())
        share = tally.share(*fits) if fits else 0.0  # type: ignore[arg-type]
        if share >= (_TYPED if tally.shapes.total() >= 10 else _DOMINANT):
            typed[place] = fits
            misfits += share < 1
    if len(typed) < 2 or misfits < 2:
        return
    found = 0
    for row in sheet.rows():
        if row.problem is None and _fits_better_aside(row.cells, typed):
            sentence = _(
                "The cells of line %(line)s seem to be shifted: they fit the neighbouring columns better."
            )
            yield Problem(row.line, row.number, worded(sentence, line=str(row.line)))
            found += 1
            if found >= MOST_PROBLEMS:
                return


def _fits_better_aside(cells: list[str], typed: dict[int, tuple[str, ...]]) -> bool:
    wrong = [place for place, fits in typed.items() if cells[place] and shape_of(cells[place]) not in fits]
    if len(wrong) < 2:
        return False
    for offset in (1, -1):
        fitting = sum(
            1
            for place in wrong
            if 0 <= place + offset < len(cells) and shape_of(cells[place + offset]) in typed[place]
        )
        if fitting >= 2 and fitting * 2 > len(wrong):
            return True
    return False
