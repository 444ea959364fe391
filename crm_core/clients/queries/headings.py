"""Headings with their values, and how many records have each."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from crm_core.clients.models import Classification, Company, Heading, HeadingValue, Person
from kernel.errors import NotFound

_WIDE: dict[str, Any] = {"company": Company, "person": Person}


def headings(kind: str) -> list[Heading]:
    """All headings of companies or people in order, their values loaded (two queries)."""
    return list(Heading.objects.filter(kind=kind).prefetch_related("values").order_by("position", "name"))


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
    from django.db.models import Count

    return Counter(dict(rows.values(column).annotate(number=Count("pk")).values_list(column, "number")))
