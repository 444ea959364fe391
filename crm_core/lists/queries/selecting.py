"""From a table and a checked filter to the queryset of its rows, with no annotation that nobody needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Model, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from crm_core.lists.queries.checking import Checked
from crm_core.lists.queries.declaring import Column, Table
from crm_core.lists.queries.reader import Reader
from crm_core.records.models import Tagging
from kernel.phones import phone_search_digits
from kernel.text import variants

TAGS = "listed_tags"


def select(
    table: Table, reader: Reader, checked: Checked, *, paths: Iterable[Any] = (), part: str = ""
) -> QuerySet[Any]:
    """The rows that fit, unordered. ``paths`` are what else the caller reads, sorts or sums by."""
    rows = table.rows(reader.member)
    wanted = [*paths]
    for one in checked.usable:
        wanted += [one.field.path, *one.field.needs]
    if table.kind and has_card(rows.model):
        # Says nothing new, but the cards' indexes begin with the kind.
        rows = rows.filter(card__kind=table.kind)
    rows = rows.annotate(**annotations_for(table, reader, wanted))
    along = [path for name, path in table.related.items() if name in roots(wanted)]
    rows = rows.select_related(*along) if along else rows
    if table.scope and part:
        rows = rows.filter(**{table.scope.path: part})
    for one in checked.usable:
        rows = rows.filter(one.q)
    return rows.filter(found_by(table, checked.text)) if checked.text else rows


def has_card(model: type[Model]) -> bool:
    """Whether it is a wide model, whose rows hang on a record card."""
    return any(field.name == "card" for field in model._meta.concrete_fields)


def annotations_for(table: Table, reader: Reader, paths: Iterable[Any]) -> dict[str, Any]:
    """The table's annotations that the paths begin with, in the order of the table."""
    known = roots(paths)
    return {name: make(reader.member) for name, make in table.annotations.items() if name in known}


def roots(paths: Iterable[Any]) -> set[str]:
    """What paths begin with."""
    return {path.split("__")[0] for path in paths if isinstance(path, str)}


def paths_of(columns: Iterable[Column]) -> list[Any]:
    """What the values of columns are read from."""
    paths: list[Any] = []
    for column in columns:
        values = column.value if isinstance(column.value, tuple) else (column.value or column.name,)
        paths += [value.replace(".", "__") for value in values if isinstance(value, str)]
        paths += column.needs
    return paths


def with_tags(rows: QuerySet[Any], columns: Iterable[Column]) -> QuerySet[Any]:
    """The rows with their tags read in the same query, if a column shows them."""
    column = next((column for column in columns if column.format == "tags"), None)
    if column is None:
        return rows
    path = column.value if isinstance(column.value, str) and column.value else "pk"
    tags = Tagging.objects.filter(card_id=OuterRef(path)).order_by("tag__name")
    told = JSONObject(id="tag_id", name="tag__name", hue="tag__hue")
    return rows.annotate(**{TAGS: ArraySubquery(tags.values(told=told))})


def found_by(table: Table, text: str) -> Q:
    """Every word of the text occurs, as typed or as the same keys give in the other layout; or a phone's digits."""
    found = Q()
    digits = phone_search_digits(text)
    for path in table.search:
        if digits and path.endswith("search_text"):
            found |= Q(**{f"{path}__contains": digits})
    for spelling in variants(text):
        for path in table.search:
            every = Q()
            for word in spelling.split()[:12]:
                # Search texts are stored folded, so the trigram index serves a plain "contains".
                lookup = "contains" if path.endswith("search_text") else "icontains"
                every &= Q(**{f"{path}__{lookup}": word})
            found |= every
    return found


def expression(path: Any) -> Any:
    """An ORM path or annotation's name as an expression; expressions pass through."""
    return F(path) if isinstance(path, str) else path
