"""Values as JSON and back: for page keys and for the arguments of background work."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

# A datetime is a date, so it comes first.
_KINDS: tuple[tuple[str, type, Any], ...] = (
    ("moment", datetime, datetime.fromisoformat),
    ("date", date, date.fromisoformat),
    ("decimal", Decimal, Decimal),
    ("uuid", UUID, UUID),
)


def pack(value: Any) -> Any:
    """A JSON form of a text, number, flag, None, date, moment, decimal, id, or list of them.

    Raises ``TypeError`` for anything else: a record is given by its id.
    """
    for mark, kind, _read in _KINDS:
        if isinstance(value, kind):
            return {mark: value.isoformat() if isinstance(value, date) else str(value)}
    if isinstance(value, list | tuple):
        return [pack(one) for one in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"{type(value).__name__} cannot be kept: give its id instead.")


def unpack(value: Any) -> Any:
    """What :func:`pack` was given. Raises ``ValueError`` or ``KeyError`` for what it never made."""
    if isinstance(value, list):
        return [unpack(one) for one in value]
    if isinstance(value, dict):
        ((mark, text),) = value.items()
        return {known: read for known, _kind, read in _KINDS}[mark](text)
    return value
