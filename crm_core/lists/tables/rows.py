"""One row of a list: its cells, its address, its name."""

from __future__ import annotations

from typing import Any

from crm_core.lists.queries.cells import Loaded, value
from crm_core.lists.queries.declaring import Column, Table
from crm_core.lists.queries.reader import Reader
from crm_core.lists.tables.parts import Cell, Row
from crm_core.lists.tables.values import shown
from crm_core.records import registry


def row_of(
    table: Table, row: Any, columns: list[Column], loaded: Loaded, reader: Reader, heading: str
) -> Row:
    url = url_of(table, row)
    cells = [Cell(column, shown(column, value(column, row, loaded), reader), row, url) for column in columns]
    phone = {}
    for place in ("start", "end", "below", "below_end"):
        column = table.column(getattr(table.phone, place)) if table.phone else None
        if column is not None:
            phone[place] = Cell(column, shown(column, value(column, row, loaded), reader), row, url)
    return Row(row.pk, url, label_of(row), cells, phone, heading)


def url_of(table: Table, row: Any) -> str:
    """The page of a row's record."""
    if table.row_url is not None:
        return table.row_url(row)
    return registry.kind(table.kind).url(row.pk) if table.kind in registry.KINDS else ""


def label_of(row: Any) -> str:
    card = getattr(row, "card", None)
    return str(card.label if card is not None else row)
