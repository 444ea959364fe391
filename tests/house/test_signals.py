"""No signals: what an action causes can be read in the action."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.house import rules


def test_no_signals() -> None:
    """Signals act at a distance and run for bulk writes sometimes, for updates never."""
    rules.judge("signals", "architecture", _signals())


def _signals() -> Iterator[tuple[Path, int, str]]:
    for path in rules.python():
        for name, line in rules.imported(path):
            if "django.dispatch" in name or ".signals" in name:
                yield path, line, f"imports {name}. Call the action, or follow the event stream."
