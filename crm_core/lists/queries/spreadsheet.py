"""Rows as a spreadsheet reads them: CSV that opens rightly in any language and can run nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from crm_core.lists.queries.cells import Loaded, load, value
from crm_core.lists.queries.checking import check, shown_columns, sort_of, tidy
from crm_core.lists.queries.conditions import Asked
from crm_core.lists.queries.declaring import Badge, Column, Step, Table
from crm_core.lists.queries.paging import keys_for, page
from crm_core.lists.queries.reader import Reader
from crm_core.lists.queries.selecting import paths_of, select, with_tags
from crm_core.team.models import Member
from kernel import context
from kernel.currencies import CURRENCIES
from kernel.money import Money, Totals
from kernel.text import BOM, csv_text
from kernel.when import format_when, read_zone

BATCH = 500


class Sheet:
    """One export: the columns and rows of a list as it stands, page after page."""

    def __init__(self, table: Table, member: Member, asked: Asked) -> None:
        self.table = table
        self.reader = Reader.of(member)
        self.asked, _notes = tidy(table, replace(asked, draw=""))
        self.columns = shown_columns(table, self.asked)
        model = table.rows(member).model
        self.checked = check(table, asked.filter, self.reader, model)
        self.order = sort_of(table, self.asked)
        self.keys = keys_for(table, model, self.order, self.asked.group)
        self.here = context.current()

    @property
    def head(self) -> list[str]:
        cells = []
        for column in self.columns:
            cells.append(str(column.label))
            if column.format == "money":
                cells.append(_("%(column)s, currency") % {"column": column.label})
        return cells

    def batches(self) -> Iterator[list[list[Any]]]:
        """Rows of plain values, a batch at a time. Each batch enters the workspace by itself, because a
        streamed answer is read when the request's own context has gone."""
        after = ""
        while True:
            with context.enter(self.here), translation.override(self.reader.language):
                found = page(self._rows(), self.keys, of="export", after=after, size=BATCH)
                loaded = load(self.columns, found.rows)
                cells = [self._cells(row, loaded) for row in found.rows]
                after = found.after
            yield cells
            if not after:
                return

    def count(self) -> int:
        """How many rows the whole export has; one query."""
        rows = select(self.table, self.reader, self.checked, paths=[], part=self.asked.part)
        return int(rows.order_by().count())

    def _rows(self) -> Any:
        paths = [*paths_of(self.columns), *(key for key in self._sort_paths())]
        rows = select(self.table, self.reader, self.checked, paths=paths, part=self.asked.part)
        return with_tags(rows, self.columns)

    def _sort_paths(self) -> list[Any]:
        column = self.table.column(self.order.removeprefix("-"))
        grouping = self.table.grouping(self.asked.group)
        return [column.sort if column else "", grouping.path if grouping else ""]

    def _cells(self, row: Any, loaded: Loaded) -> list[Any]:
        cells: list[Any] = []
        for column in self.columns:
            found = value(column, row, loaded)
            if column.export is not None:
                found = column.export(row, found)
            cells += self._plain(column, found)
        return cells

    def _plain(self, column: Column, found: Any) -> list[Any]:
        """One cell, or two for money: the amount as a number and its currency."""
        if column.format == "money":
            return _amount(found)
        return [_flat(found, self.reader)]


def _amount(found: Any) -> list[Any]:
    if isinstance(found, Totals):
        amounts = list(found.values())
        if len(amounts) > 1:
            exact = [f"{_major(one)} {one.currency}" for one in amounts]
            return ["; ".join(exact), ""]
        found = amounts[0] if amounts else None
    return [_major(found), found.currency] if isinstance(found, Money) else [None, None]


def _major(money: Money) -> Decimal:
    return Decimal(money.minor).scaleb(-CURRENCIES[money.currency].exponent)


def _flat(found: Any, reader: Reader) -> Any:
    """A value as a text, number or date."""
    if isinstance(found, bool):
        return _("yes") if found else _("no")
    if found is None or isinstance(found, int | float | Decimal | str):
        return found
    if isinstance(found, datetime):
        return found.astimezone(read_zone(reader.zone)).strftime("%Y-%m-%d %H:%M")
    if isinstance(found, date):
        return found.isoformat()
    if isinstance(found, Badge):
        return str(found.text)
    if isinstance(found, Step):
        when = format_when(found.when, language=reader.language, zone=reader.zone, style="short")
        return f"{found.text}, {when}" if when else str(found.text)
    if isinstance(found, list | tuple):
        return ", ".join(str(one["name"] if isinstance(one, dict) else one) for one in found)
    return str(getattr(found, "label", found))


def csv_stream(sheet: Sheet) -> Iterator[bytes]:
    """The whole file, piece by piece, beginning with the mark that tells spreadsheets the encoding."""
    with context.enter(sheet.here), translation.override(sheet.reader.language):
        head = csv_text([sheet.head], sheet.reader.language)
    yield (BOM + head).encode()
    for cells in sheet.batches():
        yield csv_text(cells, sheet.reader.language).encode()
