"""What a column's values say about it, beside its name."""

from __future__ import annotations

from collections.abc import Iterable

from crm_core.imports.mapping.countries import read_country
from crm_core.imports.mapping.targets import Type
from crm_core.imports.reading import Column
from kernel.money import CURRENCIES

# Which shapes a type of target may hold; what is missing here takes anything.
_SHAPES: dict[str, tuple[str, ...]] = {
    "email": ("email",),
    "phone": ("phone", "number"),
    "url": ("url",),
    "date": ("date", "moment"),
    "moment": ("date", "moment"),
    "amount": ("number",),
    "number": ("number",),
    "percent": ("number",),
    "yesno": ("yesno",),
    "id": ("id", "number", "text"),
    "text": ("text", "number", "id", "yesno", "phone"),
    "choice": ("text", "number"),
    "country": ("text",),
    "currency": ("text",),
    "member": ("text", "email", "id", "number"),
    "reference": ("text", "id", "number"),
}
_MOST = 0.8


def fits(column: Column, type: Type) -> bool:
    """Whether the column's values could be of this type; an empty column fits everything."""
    if not column.filled or column.shape == "":
        return True
    return column.shape in _SHAPES.get(type, (column.shape,))


def looks_like(column: Column) -> Type | None:
    """The type that the values alone suggest, for columns whose name says nothing."""
    told: dict[str, Type] = {
        "email": "email",
        "phone": "phone",
        "url": "url",
        "date": "date",
        "moment": "date",
        "yesno": "yesno",
    }
    if column.shape in told:
        return told[column.shape]
    if column.shape == "text" and column.samples:
        if _mostly(read_country(sample) is not None for sample in column.samples):
            return "country"
        if _mostly(sample.upper() in CURRENCIES for sample in column.samples):
            return "currency"
    return None


def _mostly(found: Iterable[bool]) -> bool:
    answers = list(found)
    return sum(answers) >= _MOST * len(answers)
