"""Rows are written in actions only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house import rules

VERBS = {
    "save", "delete", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "asave", "adelete",
}  # fmt: skip
READERS = {"views", "forms", "tables", "queries", "urls", "models", "apps", "templatetags"}
# Receivers that are no rows: caches, files, sessions of the framework.
OTHERS = {"cache", "storage", "session", "default_storage", "response", "messages", "file"}


def test_only_actions_write() -> None:
    """An action checks the right, locks, writes and records one event; nothing else writes."""
    rules.judge("writes", "architecture", _writes())


def _writes() -> Iterator[tuple[Path, int, str]]:
    for path in rules.python():
        if rules.room(path) == "kernel" or rules.module_name(path) not in READERS:
            continue
        for call in rules.calls(path):
            if (
                isinstance(call.func, ast.Attribute)
                and call.func.attr in VERBS
                and not _is_other(call.func.value)
            ):
                yield (
                    path,
                    call.lineno,
                    f"calls .{call.func.attr}() outside actions. Write a verb in actions.py and call it.",
                )


def _is_other(receiver: ast.expr) -> bool:
    if isinstance(receiver, ast.Call) and isinstance(receiver.func, ast.Name) and receiver.func.id == "super":
        return True
    last = receiver.attr if isinstance(receiver, ast.Attribute) else getattr(receiver, "id", "")
    # A module's own verb: ``actions.create(...)``, ``api.delete(...)``.
    return last in OTHERS or last.endswith("actions") or last in {"api", "actions"}
