"""The handbook's table of promises names pages and tests that exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.house import rules

TABLE = rules.ROOT / "platform" / "handbook" / "promises.md"
ROW = re.compile(r"^\| (?P<promise>[^|*]+) \| (?P<place>[^|]+) \| (?P<test>[^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([^`]+)`")


@cache
def _functions(path: Path) -> frozenset[str]:
    return frozenset(node.name for node in rules.tree(path).body if isinstance(node, ast.FunctionDef))


@cache
def _addresses() -> frozenset[str]:
    """The last parts of addresses as they stand in the rooms' urls."""
    found: set[str] = set()
    for path in rules.python():
        if path.stem.startswith("urls"):
            found |= {
                node.value
                for node in ast.walk(rules.tree(path))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
    return frozenset(found)


def _rows() -> Iterator[tuple[int, str, str]]:
    text = TABLE.read_text("utf-8")
    for row in ROW.finditer(text):
        if row["promise"] not in ("promise", "---"):
            yield text.count("\n", 0, row.start()) + 1, row["place"], row["test"]


def test_promises_name_what_is_there() -> None:
    rules.judge("promises", "promises", _faults())


def _faults() -> Iterator[tuple[Path, int, str]]:
    rows = list(_rows())
    assert len(rows) > 40, "The table of promises cannot be read any more."
    for line, place, test in rows:
        for address in NAMED.findall(place):
            if not any(address == known or address.endswith("/" + known) for known in _addresses() if known):
                yield TABLE, line, f"names the page {address}, which is in no urls.py."
        named = NAMED.findall(test)
        if not named:
            yield TABLE, line, "names no test. Write one, or do not promise it."
        for one in named:
            path, _colons, function = one.partition("::")
            file = rules.ROOT / path
            if not file.is_file() or function not in _functions(file):
                yield TABLE, line, f"names the test {one}, which is not there."
