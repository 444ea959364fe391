"""Connections and transactions belong to kernel and tenants; everybody else uses actions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house import rules

FORBIDDEN = {
    "django.db.connection",
    "django.db.connections",
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
        for call in rules.calls(path):
            spoken = ast.unparse(call.func)
            if spoken == "transaction.on_commit":
                yield path, call.lineno, "calls on_commit. Use kernel.actions.after_commit."
            elif spoken == "transaction.atomic" and "using" not in {key.arg for key in call.keywords}:
                yield path, call.lineno, "opens a bare atomic. Name the database: a savepoint needs using=."
