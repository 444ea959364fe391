"""The operators' view of all queues: counts, loads, tickets, and what may be done to one. None of it is a tenant's data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections

# Failed tickets are kept so long for the operators.
KEPT_DAYS = 14

_NAMES = ("id", "role", "queue", "name", "state", "due", "attempts", "lease_until", "created_at", "failed_at")
_COLUMNS = ", ".join(_NAMES)


@dataclass(frozen=True, slots=True)
class QueueState:
    """One queue now. ``oldest`` is the due time of the ticket that has waited longest, ``lost`` counts
    running tickets whose worker has stopped beating."""

    queue: str
    waiting: int
    later: int
    running: int
    parked: int
    failed: int
    lost: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Load:
    """How many tickets a tenant's role has in each state."""

    role: str
    waiting: int
    running: int
    parked: int
    failed: int


def _ask(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def ticket(id: UUID) -> dict[str, Any] | None:
    """One ticket, or None if it has gone."""
    rows = _ask(f"SELECT {_COLUMNS} FROM relay.ticket WHERE id = %s", [id])  # noqa: S608
    return dict(zip(_NAMES, rows[0], strict=True)) if rows else None


def queues() -> list[QueueState]:
    """The state of every queue that has tickets, by name."""
    rows = _ask(
        "SELECT queue, count(*) FILTER (WHERE state = 'ready' AND due <= now()),"
        " count(*) FILTER (WHERE state = 'ready' AND due > now()),"
        " count(*) FILTER (WHERE state = 'running'), count(*) FILTER (WHERE state = 'parked'),"
        " count(*) FILTER (WHERE state = 'failed'),"
        " count(*) FILTER (WHERE state = 'running' AND lease_until < now()),"
        " min(due) FILTER (WHERE state = 'ready' AND due <= now())"
        " FROM relay.ticket GROUP BY queue ORDER BY queue",
        [],
    )
    return [QueueState(*row) for row in rows]


def loads(limit: int = 10) -> list[Load]:
    """The tenants with most work that waits or runs."""
    rows = _ask(
        "SELECT role, count(*) FILTER (WHERE state = 'ready'), count(*) FILTER (WHERE state = 'running'),"
        " count(*) FILTER (WHERE state = 'parked'), count(*) FILTER (WHERE state = 'failed')"
        " FROM relay.ticket GROUP BY role ORDER BY count(*) FILTER (WHERE state <> 'failed') DESC, role LIMIT %s",
        [limit],
    )
    return [Load(*row) for row in rows]


def troubled() -> int:
    """How many tickets want an operator: failed ones, and those whose worker is dead."""
    rows = _ask(
        "SELECT (SELECT count(*) FROM relay.ticket WHERE state = 'failed')"
        " + (SELECT count(*) FROM relay.ticket WHERE state = 'running' AND lease_until < now())",
        [],
    )
    return int(rows[0][0])


def again(id: UUID) -> bool:
    """Let a ticket that waits, is parked, failed, or whose worker is dead run now; False if none such is there."""
    return bool(
        _ask(
            "UPDATE relay.ticket SET state = 'ready', due = now(), attempts = 0, run = NULL, lease_until = NULL,"
            " failed_at = NULL WHERE id = %s AND (state <> 'running' OR lease_until < now()) RETURNING id",
            [id],
        )
    )


def drop(id: UUID) -> bool:
    """Remove a ticket whatever its state; a worker that holds it may write nothing more. False if it has gone."""
    return bool(_ask("DELETE FROM relay.ticket WHERE id = %s RETURNING id", [id]))


def forget_failed(limit: int = 1000) -> int:
    """Remove failed tickets older than ``KEPT_DAYS``; returns how many."""
    return len(
        _ask(
            "DELETE FROM relay.ticket WHERE id IN (SELECT id FROM relay.ticket WHERE state = 'failed'"
            " AND failed_at < now() - make_interval(days => %s) LIMIT %s) RETURNING id",
            [KEPT_DAYS, limit],
        )
    )
