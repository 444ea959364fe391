"""Rooms above that want to know at once, called after the commit. A hearer must not raise, and looks itself how things
stand: what it misses while it is down it finds by its own schedule.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

_DEPARTURES: list[Callable[[UUID], None]] = []
_METERS: list[Callable[[UUID, str], None]] = []


def on_departure(hearer: Callable[[UUID], None]) -> None:
    """``hearer(tenant_id)`` when a workspace closes, and when it stays after all."""
    _DEPARTURES.append(hearer)


def on_meter(hearer: Callable[[UUID, str], None]) -> None:
    """``hearer(tenant_id, meter)`` when somebody's act has changed a meter."""
    _METERS.append(hearer)


def tell_departure(tenant_id: UUID) -> None:
    """A workspace closes or stays."""
    for hearer in _DEPARTURES:
        hearer(tenant_id)


def tell_meter(tenant_id: UUID, name: str) -> None:
    """A meter has a new value."""
    for hearer in _METERS:
        hearer(tenant_id, name)
