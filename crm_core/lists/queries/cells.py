"""What stands in a cell: the value of a column for a row, the same for screen and spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from crm_core.lists.queries.declaring import Column
from crm_core.lists.queries.selecting import TAGS
from crm_core.records.models import Card
from kernel.money import Money

Loaded = Mapping[str, Mapping[Any, Any]]


def load(columns: list[Column], rows: list[Any]) -> dict[str, Mapping[Any, Any]]:
    """The values that columns read for all rows at once; one query per such column, shared loaders once."""
    if not rows:
        return {}
    ids = [row.pk for row in rows]
    told: dict[Any, Mapping[Any, Any]] = {}
    found: dict[str, Mapping[Any, Any]] = {}
    for column in columns:
        if column.load is None:
            continue
        if column.load not in told:
            told[column.load] = column.load(ids)
        found[column.name] = told[column.load]
    return found


def value(column: Column, row: Any, loaded: Loaded) -> Any:
    """The value of a cell, of the kind that the column's format tells."""
    if column.load is not None:
        return loaded.get(column.name, {}).get(row.pk)
    if column.format == "tags":
        return getattr(row, TAGS, [])
    if callable(column.value):
        return column.value(row)
    if isinstance(column.value, tuple):
        minor, currency = (follow(row, path) for path in column.value)
        return Money(minor, currency) if minor is not None and currency else None
    if column.format == "record" and not column.value:
        return row.card if not isinstance(row, Card) else row
    return follow(row, column.value or column.name)


def follow(row: Any, path: str) -> Any:
    """The value at the end of a dotted path; None where a step is missing."""
    return reduce(
        lambda here, name: getattr(here, name, None) if here is not None else None, path.split("."), row
    )
