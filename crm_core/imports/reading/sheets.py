"""An uploaded table, recognised: its columns, how it is written, and its rows one after another."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import dropwhile, islice
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from crm_core.imports.reading import dialects, workbooks
from crm_core.imports.reading.dialects import Dialect
from crm_core.imports.reading.encodings import ENCODINGS, encoding_of
from crm_core.imports.reading.headers import column_names, find_header
from crm_core.imports.reading.kinds import kind_of
from crm_core.imports.reading.limits import LIMITS, Limits, Row
from crm_core.imports.reading.lines import Lines
from crm_core.imports.reading.rows import TextRows, checked
from kernel.errors import Invalid, worded

Source = str | os.PathLike[str] | IO[bytes]
SAMPLE_ROWS = 50
_HEAD_ROWS = 60
_TEXT_CHOICES = ("separator", "second", "quote", "escape")
_SAMPLE_LINES = 400
_SAMPLE_SIZE = 400_000


@dataclass(frozen=True)
class Sheet:
    """A table that can be read as often as needed: `headers`, `sample` (first rows) and `rows()`.

    `notes` are lazy sentences about what was found on the way (an encoding that had to be guessed, a second
    separator); `sheet_names` are the sheets to choose from in a workbook.
    """

    source: Source
    dialect: Dialect
    headers: tuple[str, ...]
    sample: tuple[Row, ...] = ()
    notes: tuple[Any, ...] = ()
    sheet_names: tuple[str, ...] = ()
    limits: Limits = LIMITS

    def rows(self, *, after: int = 0, remarks: list[Any] | None = None) -> Iterator[Row]:
        """Rows of data after the first `after` ones, in memory that does not grow with the file.

        A row that cannot be taken as it is carries its `problem`. At the end `remarks` gets lazy sentences
        about what was dropped on the way. Raises Invalid where the whole file
        turns out to be too long.
        """
        with _opened(self.source) as file:
            for row in self._read(file, remarks if remarks is not None else []):
                if row.number > self.limits.rows:
                    raise Invalid(
                        _("This table has more than %(limit)s rows. Split it into several files."),
                        limit=f"{self.limits.rows:,}".replace(",", "\u00a0"),
                    )
                if row.number > after:
                    yield row

    def _read(self, file: IO[bytes], remarks: list[Any]) -> Iterator[Row]:
        if self.dialect.kind == "workbook":
            found = workbooks.rows_of(workbooks.open_workbook(file), self.dialect.sheet)
            plain = (Row(line, 0, cells) for line, cells in found)
            yield from checked(plain, self.dialect, self.headers, self.limits)
            return
        lines = Lines(file, self.dialect.encoding, skip=self.dialect.mark)
        yield from checked(TextRows(lines, self.dialect), self.dialect, self.headers, self.limits)
        if lines.nul_line:
            remarks.append(
                worded(
                    _("Empty (NUL) characters were removed, first on line %(line)s."),
                    line=str(lines.nul_line),
                )
            )
        if lines.mark_line:
            remarks.append(
                worded(
                    _("A second file seems to begin on line %(line)s; its mark was removed."),
                    line=str(lines.mark_line),
                )
            )


def sniff(
    source: Source, *, language: str = "en", limits: Limits = LIMITS, chosen: dict[str, Any] | None = None
) -> Sheet:
    """Recognise an uploaded file (a path or a seekable binary file) and give its first rows.

    `chosen` overrides what would be recognised, with fields of Dialect (`{"encoding": "cp1251"}`). Raises
    Invalid with a sentence that helps for anything that is no table with at least one row.
    """
    with _opened(source) as file:
        if kind_of(file, limits) == "workbook":
            return _sniff_workbook(source, file, limits, chosen or {})
        return _sniff_text(source, file, language, limits, chosen or {})


def open_sheet(
    source: Source, dialect: Dialect, headers: tuple[str, ...], *, limits: Limits = LIMITS
) -> Sheet:
    """The sheet of a file that was recognised before: nothing is guessed a second time."""
    return Sheet(source, dialect, headers, limits=limits)


@contextmanager
def _opened(source: Source) -> Iterator[IO[bytes]]:
    if isinstance(source, str | os.PathLike):
        with Path(source).open("rb") as file:
            yield file
    else:
        source.seek(0)
        yield source


def _sniff_text(
    source: Source, file: IO[bytes], language: str, limits: Limits, chosen: dict[str, Any]
) -> Sheet:
    encoding = encoding_of(file, language=language)
    name, mark = encoding.name, encoding.mark
    if chosen.get("encoding", name) != name:
        name, mark = chosen["encoding"], 0
        if name not in ENCODINGS:
            raise Invalid(_("There is no encoding called “%(name)s”."), name=str(name)[:40])
    lines = Lines(file, name, skip=mark)
    head = _head_lines(lines)
    if not any(line.strip() for line in head):
        raise Invalid(_("This file is empty."))
    announced = dialects.announced_separator(head)
    dialect = replace(dialects.recognise(head[1:] if announced else head), encoding=name, mark=mark)
    if announced:
        dialect = replace(dialect, separator=announced, second="")
    dialect = replace(dialect, **{key: chosen[key] for key in _TEXT_CHOICES if key in chosen})
    again = TextRows(Lines(file, name, skip=mark), dialect)
    rows = list(islice(_from_first_filled(row for row in again if row.line > bool(announced)), _HEAD_ROWS))
    notes = []
    if encoding.guessed and name == encoding.name:
        notes.append(worded(_("The encoding was guessed: %(encoding)s."), encoding=ENCODINGS[name]))
    if dialect.second:
        notes.append(
            worded(
                _("Columns are separated by “%(first)s” and also by “%(second)s”."),
                first=dialect.separator,
                second=dialect.second,
            )
        )
    return _finish(Sheet(source, dialect, (), notes=tuple(notes), limits=limits), rows, chosen)


def _from_first_filled(rows: Iterator[Row]) -> Iterator[Row]:
    return dropwhile(lambda row: not any(cell.strip() for cell in row.cells), rows)


def _head_lines(lines: Lines) -> list[str]:
    head: list[str] = []
    size = 0
    for line in lines:
        head.append(line)
        size += len(line)
        if len(head) >= _SAMPLE_LINES or size >= _SAMPLE_SIZE:
            break
    return head


def _sniff_workbook(source: Source, file: IO[bytes], limits: Limits, chosen: dict[str, Any]) -> Sheet:
    book = workbooks.open_workbook(file)
    name = chosen.get("sheet") or workbooks.first_filled(book)
    found = (Row(line, 0, cells) for line, cells in workbooks.rows_of(book, name))
    rows = list(islice(_from_first_filled(found), _HEAD_ROWS))
    names = tuple(workbooks.sheet_names(book))
    notes = []
    if len(names) > 1:
        notes.append(worded(_("This workbook has several sheets; “%(name)s” is read."), name=name))
    dialect = Dialect(kind="workbook", encoding="", separator="", quote="", sheet=name)
    sheet = Sheet(source, dialect, (), notes=tuple(notes), sheet_names=names, limits=limits)
    return _finish(sheet, rows, chosen)


def _finish(sheet: Sheet, rows: list[Row], chosen: dict[str, Any]) -> Sheet:
    """Find the header among the first rows, name the columns, read the sample."""
    cells = [row.cells for row in rows]
    place, named = find_header(cells)
    if "header" in chosen:
        named = bool(chosen["header"])
        place = (
            next((i for i, row in enumerate(rows) if row.line >= int(chosen["header"])), 0)
            if named
            else place
        )
    if not any(cell.strip() for row in cells for cell in row):
        raise Invalid(_("This file is empty."))
    header = cells[place] if named else []
    width = max(_filled(header), _usual_width(cells[place + named :]))
    if width > sheet.limits.columns:
        raise Invalid(
            _("This table has %(found)s columns; at most %(limit)s can be taken."),
            found=str(width),
            limit=str(sheet.limits.columns),
        )
    below = rows[place + 1].line if named and place + 1 < len(rows) else rows[place].line + named
    dialect = replace(sheet.dialect, header=rows[place].line if named else 0, first=below)
    whole = replace(sheet, dialect=dialect, headers=column_names(header, width))
    sample = tuple(islice(whole.rows(), SAMPLE_ROWS))
    if not sample:
        raise Invalid(_("This table has names of columns but no rows below them."))
    return replace(whole, sample=sample)


def _filled(row: list[str]) -> int:
    """How many columns a row reaches, empty cells at its end left aside."""
    return max((place for place, cell in enumerate(row, start=1) if cell.strip()), default=0)


def _usual_width(rows: list[list[str]]) -> int:
    widths = Counter(width for row in rows if (width := _filled(row)))
    shares = [width for width, count in widths.items() if count > len(rows) / 2]
    return max(shares, default=0)
