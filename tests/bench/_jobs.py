"""How long jobs waited for a worker: read from the companies' own rows of jobs."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from tests.bench._browser import rounded

_QUERY = """
SELECT name, state, extract(epoch FROM started_at - greatest(created_at, (arguments ->> 'remind_at')::timestamptz)),
       extract(epoch FROM finished_at - started_at)
FROM {schema}.jobs_job
WHERE coalesce((arguments ->> 'remind_at')::timestamptz, created_at) BETWEEN %s AND %s
"""


def waits(schemas: list[str], since: datetime, until: datetime) -> dict[str, Any]:
    """Of the jobs that were due between two moments: how many, their waits and works in seconds, by name; and all failures.

    A reminder is due at its moment, every other job when it was asked for.
    """
    from tenants import schemas as owning

    found: dict[str, list[tuple[str, float | None, float | None]]] = defaultdict(list)
    with owning.owner() as connection:
        for schema in schemas:
            for name, state, wait, work in connection.execute(
                _QUERY.format(schema=schema), [since, until]
            ).fetchall():
                found[name].append((state, _number(wait), _number(work)))
    return {name: _told(rows) for name, rows in sorted(found.items())}


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _told(rows: list[tuple[str, float | None, float | None]]) -> dict[str, Any]:
    waited = [max(0.0, wait) for _state, wait, _work in rows if wait is not None]
    worked = [work for _state, _wait, work in rows if work is not None]
    return {
        "jobs": len(rows),
        "failed": sum(1 for state, _wait, _work in rows if state == "failed"),
        "not_begun": len(rows) - len(waited),
        "wait_p50_s": rounded(waited, 0.5, 2),
        "wait_p95_s": rounded(waited, 0.95, 2),
        "wait_most_s": rounded(waited, 1, 2),
        "work_p50_s": rounded(worked, 0.5, 2),
    }
