"""Rows of a text file with true line numbers, and the check that each row fits its table."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm_core.imports.reading.dialects import Dialect, reader
from crm_core.imports.reading.limits import Limits, Row
from crm_core.imports.reading.lines import Lines, is_torn, untorn
from kernel.errors import worded

# Text that spreadsheets and our own export put around values lest they be taken for a formula or a number.
_ARMOURED = re.compile(r'="(.*)"|\'([=+\-@].*)', re.DOTALL)
_MAYBE_ARMOURED = re.compile("=\"|'[=+\\-@]")
_SHOWN_CELL = 2000


class TextRows(Iterator[Row]):
    """Parses lines by a dialect. Broken quotes cost one row, which carries its problem, never the rest."""

    def __init__(self, lines: Lines, dialect: Dialect) -> None:
        self._lines = lines
        self._dialect = dialect
        self._taken: list[str] = []
        self._strict = reader(self._feed(), dialect, strict=True)

    def _feed(self) -> Iterator[str]:
        for line in self._lines:
            self._taken.append(line)
            yield _joined(line, self._dialect) if self._dialect.second else line

    def __next__(self) -> Row:
        self._taken.clear()
        start = self._lines.number + 1
        try:
            cells = next(self._strict)
        except csv.Error as error:
            return self._mended(start, str(error))
        if len(self._taken) == 1:
            line = self._taken[0]
            if '="' in line or "'" in line:
                cells = _bare(cells, line)
            torn = not line.isascii() and is_torn(line)
        else:
            cells = _bare(cells, "".join(self._taken))
            torn = any(is_torn(line) for line in self._taken)
        if torn:
            return Row(start, 0, [untorn(cell) for cell in cells], _torn(start))
        return Row(start, 0, cells)

    def _mended(self, start: int, error: str) -> Row:
        """The first line of a broken row as well as it can be read; the other lines are read afresh."""
        first, *others = self._taken
        self._lines.put_back(others)
        self._strict = reader(self._feed(), self._dialect, strict=True)
        try:
            cells: list[str] = next(reader([_joined(first, self._dialect)], self._dialect), [])
        except csv.Error:
            cells = [cell[:_SHOWN_CELL] for cell in first.split(self._dialect.separator)]
        cells = [untorn(cell) for cell in cells]
        if "field limit" in error and not others:
            return Row(start, 0, cells, _too_long(start))
        if others or "end of data" in error:
            return Row(
                start,
                0,
                cells,
                worded(_("Line %(line)s opens a quote that is never closed."), line=str(start)),
            )
        return Row(
            start,
            0,
            cells,
            worded(
                _("Line %(line)s has a quote in the middle of a cell. Double it, or remove it."),
                line=str(start),
            ),
        )


def _joined(line: str, dialect: Dialect) -> str:
    """The line with its second separator replaced by the first one, outside of quotes."""
    if not dialect.second or dialect.second not in line:
        return line
    if not dialect.quote or dialect.quote not in line:
        return line.replace(dialect.second, dialect.separator)
    quote = re.escape(dialect.quote)
    return re.sub(
        rf"{quote}(?:[^{quote}]|{quote}{quote})*{quote}|{re.escape(dialect.second)}",
        lambda found: dialect.separator if found[0] == dialect.second else found[0],
        line,
    )


def _bare(cells: list[str], line: str) -> list[str]:
    if not _MAYBE_ARMOURED.search(line):
        return cells
    return [
        (found[1] if found[1] is not None else found[2]) if (found := _ARMOURED.fullmatch(cell)) else cell
        for cell in cells
    ]


def checked(rows: Iterator[Row], dialect: Dialect, headers: tuple[str, ...], limits: Limits) -> Iterator[Row]:
    """Rows of data alone, numbered, trimmed, as wide as the table; blank ones are left out."""
    number = 0
    width, again = len(headers), list(headers)
    for row in rows:
        if row.line < dialect.first:
            continue
        cells = [cell.strip() for cell in row.cells]
        if not any(cells):
            continue
        number += 1
        problem = row.problem
        if len(cells) != width:
            cells, ragged = _fitted(cells, width, row.line)
            problem = problem or ragged
        elif cells == again and dialect.header:
            problem = worded(_("Line %(line)s repeats the names of the columns."), line=str(row.line))
        if len(max(cells, key=len)) > limits.cell:
            problem = problem or _too_long(row.line)
        yield Row(row.line, number, cells, problem)


def _fitted(cells: list[str], width: int, line: int) -> tuple[list[str], Any]:
    extra = cells[width:]
    if len(cells) > width and not any(extra):
        return cells[:width], None
    sentence = (
        _("Line %(line)s has %(found)s cells, but the table has %(expected)s columns: something is shifted.")
        if extra
        else _("Line %(line)s has only %(found)s of %(expected)s cells: something is missing or shifted.")
    )
    problem = worded(sentence, line=str(line), found=str(len(cells)), expected=str(width))
    return (cells + [""] * (width - len(cells)))[: max(width, len(cells))], problem


def _torn(line: int) -> Any:
    return worded(_("Line %(line)s has characters that this encoding does not know."), line=str(line))


def _too_long(line: int) -> Any:
    return worded(_("Line %(line)s has a cell that is too long to be taken."), line=str(line))
