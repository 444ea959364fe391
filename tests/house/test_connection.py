"""Connections and transactions belong to kernel and tenants; everybody else uses actions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.house import rules

FORBIDDEN = {
    "django.db.connection",
    "django.db.connections",
    "django.db.transaction",
    "django.db.transaction.atomic",
    "django.db.transaction.on_commit",
}


def test_no_connection_outside_tenants() -> None:
    """A bare connection or atomic would act on whatever tenant or database is at hand."""
    rules.judge("connection", "architecture", _uses())


def _uses() -> Iterator[tuple[Path, int, str]]:
    for path in rules.python():
        # The kernel holds the action decorator, the job table and the locks.
        if rules.room(path) in ("tenants", "kernel"):
            continue
        for name, line in rules.imported(path):
            if name in FORBIDDEN or name.startswith("psycopg"):
                yield (
                    path,
                    line,
                    f"imports {name}. Open transactions with @action; ask tenants.api for the rest.",
                )
