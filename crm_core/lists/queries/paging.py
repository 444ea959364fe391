"""Pages by key: every row comes exactly once, whatever is inserted meanwhile, and page 2,000 costs as page 1.

Rows are ordered by one or more sort keys and at last by their id. Empty values come last in both
directions, because people sort to see what is there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Q, QuerySet

from crm_core.lists.queries.declaring import Table
from crm_core.lists.queries.packing import pack, unpack
from crm_core.lists.queries.selecting import expression
from kernel import signing
from kernel.errors import NotFound
from kernel.standing import AnyOf

PAGE_SIZE = 50
PURPOSE = "lists.page"


@dataclass(frozen=True, slots=True)
class Key:
    """One thing to order by. ``nulls_last`` is None where the value is never empty."""

    expression: Any
    descending: bool = False
    nulls_last: bool | None = True

    def reversed(self) -> Key:
        nulls = None if self.nulls_last is None else not self.nulls_last
        return replace(self, descending=not self.descending, nulls_last=nulls)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in their order, and the signed keys of the neighbouring pages (empty: there is none)."""

    rows: list[Any]
    after: str = ""
    before: str = ""


def keys_for(table: Table, model: type[Model], sort: str, group: str = "") -> list[Key]:
    """The sort keys of a page; rows of a group stand together."""
    keys = []
    grouping = table.grouping(group)
    if grouping is not None:
        keys.append(_key(model, grouping.path, descending=False))
    column = table.column(sort.removeprefix("-"))
    if column is not None and column.sort:
        keys.append(_key(model, column.sort, descending=sort.startswith("-")))
    return keys or [Key(F("pk"), nulls_last=None)]


def _key(model: type[Model], path: Any, *, descending: bool) -> Key:
    return Key(expression(path), descending, True if may_be_null(model, path) else None)


def may_be_null(model: type[Model], path: Any) -> bool:
    """False only for a path of stored fields none of which can be empty."""
    if not isinstance(path, str):
        return True
    here: Any = model
    try:
        for part in path.split("__"):
            field = here._meta.pk if part == "pk" else here._meta.get_field(part)
            if field.auto_created and not field.concrete:
                return True
            if field.null:
                return True
            here = field.related_model or here
    except FieldDoesNotExist:
        return True
    return False


def ordered(rows: QuerySet[Any], keys: list[Key]) -> QuerySet[Any]:
    """The rows with their keys annotated (``key_0`` …) and in order; ties go by id."""
    rows = rows.annotate(**{f"key_{i}": key.expression for i, key in enumerate(keys)})
    return rows.order_by(*order(keys))


def order(keys: list[Key]) -> list[Any]:
    """The ORDER BY of annotated keys."""
    terms: list[Any] = []
    for i, key in enumerate(keys):
        term = F(f"key_{i}")
        nulls = (
            {"nulls_last": True}
            if key.nulls_last
            else {"nulls_first": True}
            if key.nulls_last is False
            else {}
        )
        # An ascending index already keeps empty values last; saying so would not hinder, saying less is plain.
        terms.append(term.desc(**nulls) if key.descending else term.asc(**nulls))
    last = F("pk")
    return [*terms, last.desc() if keys[-1].descending else last.asc()]


def beyond(keys: list[Key], values: list[Any], row_id: Any) -> Q:
    """The condition for rows that come after the one with these key values and this id."""
    rest = Q(**{f"pk__{'lt' if keys[-1].descending else 'gt'}": row_id})
    for i in range(len(keys) - 1, -1, -1):
        rest = _beyond(keys[i], f"key_{i}", values[i], rest)
    return rest


def _beyond(key: Key, name: str, value: Any, rest: Q) -> Q:
    if value is None:
        same = Q(**{f"{name}__isnull": True}) & rest
        return same if key.nulls_last else Q(**{f"{name}__isnull": False}) | same
    way = "lt" if key.descending else "gt"
    further = Q(**{f"{name}__{way}": value}) | (Q(**{name: value}) & rest)
    if key.nulls_last:
        return further | Q(**{f"{name}__isnull": True})
    # The bound says nothing new, but lets the database begin reading an index at the right place.
    return Q(**{f"{name}__{way}e": value}) & further


def page(
    rows: QuerySet[Any], keys: list[Key], *, of: str, after: str = "", before: str = "", size: int = PAGE_SIZE
) -> Page:
    """One page. ``of`` names table and sort: a key made for another order is passed over, as is any nonsense."""
    backwards = bool(before)
    place = _read(before or after, of, keys)
    used = [key.reversed() for key in keys] if backwards and place else keys
    thin = ordered(rows, used)
    if place is not None:
        thin = thin.filter(beyond(used, place[0], place[1]))
    # The place of the page is found on keys alone; only its own rows are joined and read in full.
    taken = list(ordered(rows.filter(AnyOf(F("pk"), ArraySubquery(thin.values("pk")[: size + 1]))), used))
    more = len(taken) > size
    taken = taken[:size]
    if backwards and place:
        taken.reverse()
        return Page(taken, _write(of, keys, taken[-1:]), _write(of, keys, taken[:1]) if more else "")
    return Page(
        taken, _write(of, keys, taken[-1:]) if more else "", _write(of, keys, taken[:1]) if place else ""
    )


def _write(of: str, keys: list[Key], rows: list[Any]) -> str:
    return key_of(of, keys, rows[0]) if rows else ""


def key_of(of: str, keys: list[Key], row: Any) -> str:
    """The signed page key of a row that carries its sort keys."""
    values = [pack(getattr(row, f"key_{i}")) for i in range(len(keys))]
    return signing.sign(PURPOSE, [of, values, pack(row.pk)])


def _read(token: str, of: str, keys: list[Key]) -> tuple[list[Any], Any] | None:
    if not token:
        return None
    try:
        told, values, row_id = signing.unsign(PURPOSE, token)
    except (NotFound, ValueError, TypeError):
        return None
    if told != of or len(values) != len(keys):
        return None
    try:
        return [unpack(value) for value in values], unpack(row_id)
    except (ValueError, KeyError, TypeError):
        return None
