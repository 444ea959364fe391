"""The tickets in schema ``relay``: where workers, sweeper and operators see all queues at once.

A tenant's role may only insert, and row security ties the row to that role.
Everything else here runs as the control login.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction

LEASE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Ticket:
    """A claimed ticket: the tenant's schema name, the job's id, the fencing token of this run."""

    id: UUID
    role: str
    attempts: int
    run: UUID


@dataclass(slots=True)
class Ran:
    """One run of background work. ``outcome`` is done, failed, stopped, again (it pauses before its next try),
    lost (another worker has it) or gone (nothing was left to do); ``schema`` the company's."""

    queue: str
    schema: str
    job: str = ""
    outcome: str = "gone"
    seconds: float = 0.0


def insert(job_id: UUID, role: str, queue: str, due: datetime | None, name: str = "") -> None:
    """Write a ticket beside the job, in the tenant's own transaction. ``name`` is that of the declared work.

    Without ``due`` it is due at once, by the clock of the database that is asked for it: this machine's may go wrong.
    """
    with connections["tenant"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO relay.ticket (id, role, queue, due, name) VALUES (%s, %s, %s, coalesce(%s, now()), %s)",
            [job_id, role, queue, due, name],
        )


def _control(sql: str, values: list[Any] | dict[str, Any]) -> list[tuple[Any, ...]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


# Loose index scan: one probe per tenant with waiting work, however many tickets each has.
_CANDIDATES = """
WITH RECURSIVE waiting AS (
  (SELECT role FROM relay.ticket WHERE queue = %(q)s AND state = 'ready' AND due <= now() ORDER BY role LIMIT 1)
  UNION ALL
  SELECT (SELECT t.role FROM relay.ticket t WHERE t.queue = %(q)s AND t.state = 'ready'
          AND t.due <= now() AND t.role > w.role ORDER BY t.role LIMIT 1)
  FROM waiting w WHERE w.role IS NOT NULL)
SELECT w.role FROM waiting w
LEFT JOIN (SELECT role, count(*) AS busy FROM relay.ticket WHERE state = 'running' GROUP BY role) r USING (role)
LEFT JOIN relay.turn u USING (role)
WHERE w.role IS NOT NULL AND coalesce(r.busy, 0) < %(share)s
ORDER BY coalesce(r.busy, 0), u.served_at NULLS FIRST, w.role LIMIT 20
"""


def claim(queue: str, run: UUID) -> Ticket | None:
    """Take the next due ticket: fewest running jobs first, then the tenant that has waited longest.

    A tenant that runs its share already takes nothing: long jobs of one would hold every worker.
    """
    share = settings.TEREM_JOBS_AT_ONCE
    with transaction.atomic(using="default"):
        for (role,) in _control(_CANDIDATES, {"q": queue, "share": share}):
            rows = _control(
                "UPDATE relay.ticket SET state = 'running', run = %s, attempts = attempts + 1,"
                " lease_until = now() + make_interval(secs => %s) WHERE id = (SELECT id FROM relay.ticket"
                " WHERE queue = %s AND role = %s AND state = 'ready' AND due <= now()"
                " ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, role, attempts",
                [run, LEASE_SECONDS, queue, role],
            )
            if rows:
                _control(
                    "INSERT INTO relay.turn (role, served_at) VALUES (%s, clock_timestamp())"
                    " ON CONFLICT (role) DO UPDATE SET served_at = clock_timestamp()",
                    [role],
                )
                return Ticket(rows[0][0], rows[0][1], rows[0][2], run)
    return None


def claim_one(job_id: UUID, run: UUID) -> Ticket | None:
    """Take this very ticket, due or parked; None if it is gone or a worker has it."""
    rows = _control(
        "UPDATE relay.ticket SET state = 'running', run = %s, attempts = attempts + 1,"
        " lease_until = now() + make_interval(secs => %s) WHERE id = %s AND state IN ('ready', 'parked')"
        " RETURNING id, role, attempts",
        [run, LEASE_SECONDS, job_id],
    )
    return Ticket(rows[0][0], rows[0][1], rows[0][2], run) if rows else None


def running_of(role: str) -> int:
    """How many jobs of a tenant run now."""
    return int(
        _control("SELECT count(*) FROM relay.ticket WHERE role = %s AND state = 'running'", [role])[0][0]
    )


def was_held_up(role: str, queue: str) -> bool:
    """Whether a tenant ran its whole share until now and has more that is due."""
    return bool(
        _control(
            "SELECT 1 FROM relay.ticket WHERE role = %(r)s AND queue = %(q)s AND state = 'ready' AND due <= now()"
            " AND (SELECT count(*) FROM relay.ticket WHERE role = %(r)s AND state = 'running') = %(share)s"
            " LIMIT 1",
            {"r": role, "q": queue, "share": settings.TEREM_JOBS_AT_ONCE - 1},
        )
    )


def beat(ticket: Ticket) -> bool:
    """Prolong the lease; False if the ticket was taken away meanwhile."""
    return bool(
        _control(
            "UPDATE relay.ticket SET lease_until = now() + make_interval(secs => %s)"
            " WHERE id = %s AND run = %s AND state = 'running' RETURNING id",
            [LEASE_SECONDS, ticket.id, ticket.run],
        )
    )


def finish(ticket: Ticket) -> None:
    """The job ended, well or not: its ticket goes."""
    _control("DELETE FROM relay.ticket WHERE id = %s AND run = %s", [ticket.id, ticket.run])


def put_back(ticket: Ticket, *, seconds: float) -> None:
    """Try again in ``seconds``."""
    _control(
        "UPDATE relay.ticket SET state = 'ready', run = NULL, lease_until = NULL,"
        " due = now() + make_interval(secs => %s) WHERE id = %s AND run = %s",
        [seconds, ticket.id, ticket.run],
    )


def give_back(ticket: Ticket) -> None:
    """This worker ends: whoever is free goes on, now, and it does not count as a try."""
    _control(
        "UPDATE relay.ticket SET state = 'ready', run = NULL, lease_until = NULL, due = now(),"
        " attempts = attempts - 1 WHERE id = %s AND run = %s",
        [ticket.id, ticket.run],
    )


def fail(ticket: Ticket) -> None:
    """The job ended badly: its ticket stays for the operators, who may have it tried again."""
    _control(
        "UPDATE relay.ticket SET state = 'failed', failed_at = now(), run = NULL, lease_until = NULL"
        " WHERE id = %s AND run = %s",
        [ticket.id, ticket.run],
    )


def park(ticket: Ticket) -> None:
    """The tenant is suspended or upgrading: wait until it is served again."""
    _control(
        "UPDATE relay.ticket SET state = 'parked', run = NULL, lease_until = NULL, attempts = attempts - 1"
        " WHERE id = %s AND run = %s",
        [ticket.id, ticket.run],
    )


def unpark(role: str) -> int:
    """Make a tenant's parked tickets ready again; returns how many."""
    return len(
        _control(
            "UPDATE relay.ticket SET state = 'ready' WHERE role = %s AND state = 'parked' RETURNING id",
            [role],
        )
    )


def unpark_all() -> int:
    """Make every parked ticket ready again; a worker parks anew what still may not run."""
    return len(_control("UPDATE relay.ticket SET state = 'ready' WHERE state = 'parked' RETURNING id", []))


def parked_roles() -> list[str]:
    """The tenants' roles that have parked tickets."""
    return [role for (role,) in _control("SELECT DISTINCT role FROM relay.ticket WHERE state = 'parked'", [])]


def drop_all(role: str) -> None:
    """Remove every ticket of a tenant that is closed for good."""
    _control("DELETE FROM relay.ticket WHERE role = %s", [role])
    _control("DELETE FROM relay.turn WHERE role = %s", [role])


def release_dead() -> int:
    """Give back the tickets whose worker stopped beating; returns how many."""
    return len(
        _control(
            "UPDATE relay.ticket SET state = 'ready', run = NULL, lease_until = NULL"
            " WHERE state = 'running' AND lease_until < now() RETURNING id",
            [],
        )
    )


def due_counts() -> dict[str, int]:
    """Queue → number of tickets that could run now."""
    return dict(
        _control(
            "SELECT queue, count(*) FROM relay.ticket WHERE state = 'ready' AND due <= now() GROUP BY queue",
            [],
        )
    )


_NAMES = ("id", "role", "queue", "name", "state", "due", "attempts", "lease_until", "created_at", "failed_at")
_COLUMNS = ", ".join(_NAMES)


def overview(limit: int = 200, *, role: str = "", queue: str = "", state: str = "") -> list[dict[str, Any]]:
    """The newest tickets of all tenants, or of one role, queue or state."""
    rows = _control(
        f"SELECT {_COLUMNS}, state = 'running' AND lease_until < now() AS lost FROM relay.ticket"  # noqa: S608
        " WHERE (%s = '' OR role = %s) AND (%s = '' OR queue = %s) AND (%s = '' OR state = %s)"
        " ORDER BY created_at DESC LIMIT %s",
        [role, role, queue, queue, state, state, limit],
    )
    return [dict(zip((*_NAMES, "lost"), row, strict=True)) for row in rows]
