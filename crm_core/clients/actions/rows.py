"""What changed on a wide row, in JSON terms for the event, and back again for undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models

from crm_core.clients.actions.ways import search_words
from crm_core.clients.models import Company, ContactWay, HeadingValue, Person
from kernel.text import fold

SLOTS = ("stage", "industry", "region", "size", "source")
# Columns that follow from others and are not told in events.
DERIVED = {"match_key", "domain", "tax_key", "phone", "email"}
_SEARCH_LONGEST = 4000


def column(name: str) -> str:
    """The attribute that holds a field's plain value: ids for references."""
    return f"{name}_id" if name in (*SLOTS, "parent", "company") else name


def alter(row: models.Model, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set the values that differ on the unsaved row; returns field → [before, after] as they are stored."""
    changes: dict[str, list[Any]] = {}
    for name, after in values.items():
        attribute = column(name)
        before = getattr(row, attribute)
        if before == after:
            continue
        setattr(row, attribute, after)
        if name not in DERIVED:
            changes[name] = [before, after]
    return changes


def as_told(
    changes: Mapping[str, list[Any]], row: models.Model, words: Mapping[UUID, str] | None = None
) -> dict[str, list[Any]]:
    """Changes in the terms of events: references with the label they had, money with its currency.

    ``row`` is the altered row; ``words`` are the labels of references by id, looked up if not given.
    """
    slots = [name for name in changes if name in SLOTS]
    others = [name for name in changes if name in ("parent", "company")]
    if words is None:
        words = _names(HeadingValue.objects, changes, slots) | _names(Company.objects, changes, others)
    told: dict[str, list[Any]] = {}
    for name, pair in changes.items():
        if name in (*slots, *others):
            told[name] = [{"id": str(key), "label": words.get(key, "")} if key else None for key in pair]
        elif name not in ("revenue", "currency"):
            told[name] = [value.isoformat() if isinstance(value, date) else value for value in pair]
    if "revenue" in changes or "currency" in changes:
        amounts = changes.get("revenue") or [row.revenue] * 2  # type: ignore[attr-defined]
        codes = changes.get("currency") or [row.currency] * 2  # type: ignore[attr-defined]
        told["revenue"] = [
            None if minor is None else {"minor": minor, "currency": code}
            for minor, code in zip(amounts, codes, strict=True)
        ]
    return told


def put_back(row: models.Model, values: Mapping[str, Any]) -> None:
    """Set columns from the terms of events (see :func:`as_told`) on the unsaved row."""
    for name, value in values.items():
        if name == "revenue":
            row.revenue = value["minor"] if value else None  # type: ignore[attr-defined]
            row.currency = value["currency"] if value else ""  # type: ignore[attr-defined]
        elif name in (*SLOTS, "parent", "company"):
            setattr(row, column(name), _standing(name, UUID(value["id"])) if value else None)
        elif hasattr(row, name) and name not in ("card", "ways"):
            setattr(row, name, row._meta.get_field(name).to_python(value))


def _standing(name: str, key: UUID) -> UUID | None:
    """The key, if what it points at still exists: a removed heading value cannot come back by undo."""
    model: type[models.Model] = HeadingValue if name in SLOTS else Company
    return key if model.objects.filter(pk=key).exists() else None  # type: ignore[attr-defined]


def _names(rows: Any, changes: Mapping[str, list[Any]], names: Iterable[str]) -> dict[UUID, str]:
    keys = {value for name in names for value in changes[name] if value}
    return dict(rows.filter(pk__in=keys).values_list("pk", "name")) if keys else {}


def typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody typed, to be shown beside what stands now if another was faster."""
    return {str(name): value if value is None else str(value) for name, value in values.items()}


def company_search(company: Company, ways: Iterable[ContactWay]) -> str:
    """What a search finds a company by."""
    words = [
        fold(company.name),
        fold(company.legal_name),
        company.domain,
        company.tax_key,
        fold(company.city),
        *search_words(ways),
    ]
    return _joined(words)


def person_search(person: Person, ways: Iterable[ContactWay]) -> str:
    """What a search finds a person by: the name in both orders, position, contact ways."""
    first, last, middle = fold(person.first_name), fold(person.last_name), fold(person.middle_name)
    # People are looked for as "Anna Keller" and "Keller Anna"; both must be one run of letters.
    names = [f"{first} {last}".strip(), f"{last} {first} {middle}".strip()]
    return _joined([*names, fold(person.position), *search_words(ways)])


def _joined(words: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(word for word in words if word))[:_SEARCH_LONGEST]
