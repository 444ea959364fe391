"""The time comes from kernel.when: aware, in UTC, and movable in tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house import rules

DIRECT = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("timezone", "now"),
    ("timezone", "localdate"), ("timezone", "localtime"), ("time", "time"),
}  # fmt: skip


def test_no_direct_clock() -> None:
    """Two clocks in one request disagree, and none of them can be set in a test."""
    rules.judge("clock", "style", _direct())


def _direct() -> Iterator[tuple[Path, int, str]]:
    for path in rules.python():
        if "kernel/when" in rules.name(path):
            continue
        for call in rules.calls(path):
            if not isinstance(call.func, ast.Attribute):
                continue
            owner = call.func.value
            last = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if (last, call.func.attr) in DIRECT:
                yield path, call.lineno, f"reads {last}.{call.func.attr}(). Ask kernel.when for the time."
