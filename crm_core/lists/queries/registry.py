"""Which tables exist. Apps register theirs at start; apps of higher floors add to those of lower ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from crm_core.lists.queries.declaring import Bulk, Column, DefaultView, Grouping, Sum, Table
from crm_core.team.models import Member
from kernel.errors import NotFound

if TYPE_CHECKING:
    from crm_core.lists.queries.fields import Field

T = TypeVar("T")

TABLES: dict[str, Table] = {}


def register(*tables: Table) -> None:
    """Make tables known. Raises ``ValueError`` for a name that is taken or a declaration that cannot work."""
    for table in tables:
        if table.name in TABLES:
            raise ValueError(f"The table {table.name} is registered twice.")
        _check(table)
        TABLES[table.name] = table


def extend(
    name: str,
    *,
    columns: tuple[Column, ...] = (),
    filters: tuple[Field, ...] = (),
    annotations: Mapping[str, Callable[[Member], Any]] | None = None,
    groupings: tuple[Grouping, ...] = (),
    sums: tuple[Sum, ...] = (),
    bulk: tuple[Bulk, ...] = (),
    views: tuple[DefaultView, ...] = (),
    after: str = "",
) -> None:
    """Add to a registered table; columns go behind the column ``after``, or to the end."""
    table = TABLES[name]
    place = next(
        (i + 1 for i, column in enumerate(table.columns) if column.name == after), len(table.columns)
    )
    grown = replace(
        table,
        columns=(*table.columns[:place], *columns, *table.columns[place:]),
        filters=table.filters + filters,
        annotations={**table.annotations, **(annotations or {})},
        groupings=table.groupings + groupings,
        sums=table.sums + sums,
        bulk=table.bulk + bulk,
        views=table.views + views,
    )
    _check(grown)
    TABLES[name] = grown


def find(name: str) -> Table:
    """The table as registered. Raises ``NotFound``, because names come from URLs."""
    if name not in TABLES:
        raise NotFound
    return TABLES[name]


def grown(table: Table) -> Table:
    """The table as it is now, with what higher apps and the workspace's own settings add to it."""
    table = TABLES.get(table.name, table)
    more = table.dynamic() if table.dynamic else None
    if more is None:
        return table
    return replace(
        table,
        columns=table.columns + more.columns,
        filters=table.filters + more.filters,
        annotations={**table.annotations, **more.annotations},
        groupings=table.groupings + more.groupings,
    )


def _check(table: Table) -> None:
    for what in (table.columns, table.filters, table.groupings, table.boards, table.sums, table.bulk):
        names = [one.name for one in what]  # type: ignore[attr-defined]
        if len(set(names)) != len(names):
            raise ValueError(f"The table {table.name} names something twice: {sorted(names)}")
    if table.sort and table.column(table.sort.lstrip("-")) is None:
        raise ValueError(f"The table {table.name} has no column {table.sort} to sort by.")
