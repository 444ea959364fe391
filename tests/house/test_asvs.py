"""The handbook's ASVS table is whole, names tests and settings that exist, and owns up to what is missing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.house import rules

TABLE = rules.ROOT / "platform" / "handbook" / "asvs.md"
OPERATIONS = rules.ROOT / "platform" / "handbook" / "operations.md"
ROW = re.compile(
    r"^\| (?P<number>\d+\.\d+\.\d+) \| (?P<asks>[^|]+) \| (?P<state>[^|]+) \| (?P<proof>[^|]+) \|$",
    re.MULTILINE,
)
NAMED = re.compile(r"`([^`]+)`")
STATES = {"met", "partly", "not met", "not applicable"}

# The requirements of level 2 of ASVS 4.0.3, by section: the last figures, without those that the standard deleted.
LEVEL_2 = {
    "1.1": range(1, 8), "1.2": range(1, 5), "1.4": (1, 4, 5), "1.5": range(1, 5), "1.6": range(1, 5),
    "1.7": (1, 2), "1.8": (1, 2), "1.9": (1, 2), "1.10": (1,), "1.11": (1, 2), "1.12": (2,), "1.14": range(1, 7),
    "2.1": range(1, 13), "2.2": range(1, 4), "2.3": range(1, 4), "2.4": range(1, 7), "2.5": range(1, 8),
    "2.6": range(1, 4), "2.7": range(1, 7), "2.8": range(1, 8), "2.9": range(1, 4), "2.10": range(1, 5),
    "3.1": (1,), "3.2": range(1, 5), "3.3": range(1, 5), "3.4": range(1, 6), "3.5": range(1, 4), "3.7": (1,),
    "4.1": (1, 2, 3, 5), "4.2": (1, 2), "4.3": range(1, 4),
    "5.1": range(1, 6), "5.2": range(1, 9), "5.3": range(1, 11), "5.4": range(1, 4), "5.5": range(1, 5),
    "6.1": range(1, 4), "6.2": range(1, 7), "6.3": (1, 2), "6.4": (1, 2),
    "7.1": range(1, 5), "7.2": (1, 2), "7.3": (1, 3, 4), "7.4": range(1, 4),
    "8.1": range(1, 5), "8.2": range(1, 4), "8.3": range(1, 9), "9.1": range(1, 4), "9.2": range(1, 5),
    "10.2": (1, 2), "10.3": range(1, 4), "11.1": range(1, 9),
    "12.1": range(1, 4), "12.2": (1,), "12.3": range(1, 7), "12.4": (1, 2), "12.5": (1, 2), "12.6": (1,),
    "13.1": (1, 3, 4, 5), "13.2": (1, 2, 3, 5, 6), "13.3": (1, 2), "13.4": (1, 2),
    "14.1": range(1, 5), "14.2": range(1, 7), "14.3": (2, 3), "14.4": range(1, 8), "14.5": range(1, 5),
}  # fmt: skip


def test_the_table_is_whole_and_true() -> None:
    rules.judge("asvs", "asvs", _faults())


def _faults() -> Iterator[tuple[Path, int, str]]:
    text = TABLE.read_text("utf-8")
    rows = list(ROW.finditer(text))
    wanted = [f"{section}.{last}" for section, lasts in LEVEL_2.items() for last in lasts]
    found = [row["number"] for row in rows]
    for number in wanted:
        if found.count(number) != 1:
            yield (
                TABLE,
                1,
                f"has {found.count(number)} lines for {number}; there is one for each requirement.",
            )
    for row in rows:
        line = text.count("\n", 0, row.start()) + 1
        if row["number"] not in wanted:
            yield TABLE, line, f"{row['number']} is not of level 2."
        yield from ((TABLE, line, said) for said in _of_one(row["state"], row["proof"]))
    counts = [
        sum(row["state"] == state for row in rows) for state in ("met", "partly", "not met", "not applicable")
    ]
    told = f"{len(rows)} lines: {counts[0]} met, {counts[1]} partly, {counts[2]} not met, {counts[3]} not applicable."
    if told not in text:
        yield TABLE, 1, f"miscounts itself. Write: {told}"


def _of_one(state: str, proof: str) -> Iterator[str]:
    if state not in STATES:
        yield f"knows no state {state!r}."
    if (state in ("partly", "not met")) != ("issing: " in proof):
        yield f"is {state}: say what is missing, or that nothing is."
    for name in NAMED.findall(proof):
        if "::" in name:
            path, _colons, function = name.partition("::")
            if function not in _functions(rules.ROOT / path):
                yield f"names the test {name}, which is not there."
        elif re.fullmatch(r"[A-Z][A-Z0-9_]+", name) and not _is_setting(name):
            yield f"names the setting {name}, which is not there."


@cache
def _functions(path: Path) -> frozenset[str]:
    if not path.is_file():
        return frozenset()
    return frozenset(node.name for node in rules.tree(path).body if isinstance(node, ast.FunctionDef))


def _is_setting(name: str) -> bool:
    from django.conf import settings

    chart = rules.ROOT / "helm" / "terem" / "templates" / "_environment.tpl"
    return (
        hasattr(settings, name)
        or f"`{name}`" in OPERATIONS.read_text("utf-8")
        or name in chart.read_text("utf-8")
        or (rules.ROOT / name).is_file()
    )
