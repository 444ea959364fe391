"""Headings with their values, and how many records have each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery

from crm_core.clients.models import Classification, Company, Heading, HeadingValue, Person
from kernel.errors import NotFound
from kernel.standing import standing

_WIDE: dict[str, Any] = {"company": Company, "person": Person}


def headings(kind: str) -> list[Heading]:
    """All headings of companies or people in order, their values loaded (two queries)."""
    return list(Heading.objects.filter(kind=kind).prefetch_related("values").order_by("position", "name"))


@dataclass(slots=True)
class HeadingOptions:
    """A heading as lists and forms use it: ``options`` are id, name and hue of its values in order."""

    id: UUID
    slot: str
    name: str
    options: list[tuple[UUID, str, str]] = field(default_factory=list)


def heading_options(kind: str) -> list[HeadingOptions]:
    """All headings of a kind with their values, in one query."""
    found: dict[UUID, HeadingOptions] = {}
    for key, slot, name, value, words, hue in _headings_with_values(kind=kind):
        heading = found.setdefault(key, HeadingOptions(key, slot, name))
        if value is not None:
            heading.options.append((value, words, hue))
    return list(found.values())


@standing
def _headings_with_values(*, kind: str) -> Any:
    rows = Heading.objects.filter(kind=kind).order_by("position", "name", "values__position", "values__name")
    return rows.values_list("id", "slot", "name", "values__id", "values__name", "values__hue")


def value_under(heading_id: UUID) -> Subquery:
    """An expression for a list: the id of a record's value under one of the workspace's own headings."""
    rows = Classification.objects.filter(card=OuterRef("pk"), heading_id=heading_id)
    return Subquery(rows.values("value_id")[:1])


def values_under(heading_id: UUID, card_ids: Iterable[UUID]) -> dict[UUID, HeadingValue]:
    """Record → its value under a heading, for a page of a list."""
    rows = Classification.objects.filter(card_id__in=list(card_ids), heading_id=heading_id)
    return {row.card_id: row.value for row in rows.select_related("value")}


def slots_of(found: list[Heading]) -> dict[str, Heading]:
    """Headings by the column that they fill."""
    return {one.slot: one for one in found if one.slot}


def heading(id: UUID) -> tuple[Heading, list[tuple[HeadingValue, int]]]:
    """One heading and its values, each with the number of records that have it (the trash included)."""
    found = Heading.objects.prefetch_related("values").filter(id=id).first()
    if found is None:
        raise NotFound
    counts = uses(found)
    return found, [(value, counts[value.id]) for value in found.values.all()]


def heading_value(id: UUID) -> HeadingValue:
    """One value with its heading. Raises ``NotFound``."""
    found = HeadingValue.objects.select_related("heading").filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def uses(found: Heading) -> Counter[UUID]:
    """How many records have each value of a heading."""
    if found.slot:
        rows = (
            _WIDE[found.kind].objects.exclude(**{found.slot: None}).values_list(f"{found.slot}_id", flat=True)
        )
        column = f"{found.slot}_id"
    else:
        rows = Classification.objects.filter(heading=found).values_list("value_id", flat=True)
        column = "value_id"
    return Counter(dict(rows.values(column).annotate(number=Count("pk")).values_list(column, "number")))
