"""The table of all blows: printed, written as JSON, and as the lines of the handbook's page."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

from tests.failure.harness.reckoning import Reckoned, summary

_HEAD = (
    "| What breaks | What people saw | Longest answer | Lost | First good answer | All good | Longest job |"
)
_RULE = "| --- | --- | --- | --- | --- | --- | --- |"


def lines(rows: list[Reckoned]) -> list[str]:
    """The table in Markdown; times in seconds from the moment when the cause was gone."""
    return [_HEAD, _RULE, *map(_line, rows)]


def _line(row: Reckoned) -> str:
    lost = (
        f"nothing of {row.written} writes and {row.imports} imports" if not row.lost else f"{len(row.lost)}"
    )
    first = "–" if row.first_good is None else f"{row.first_good} s"
    return (
        f"| {row.name} | {summary(row)} | {row.slowest} s | {lost} | {first} |"
        f" {row.all_good} s | {row.longest_job} s |"
    )


def write(rows: list[Reckoned], path: Path) -> None:
    """Everything that is known, for whoever wants to look closer."""
    told = {"processors": os.cpu_count(), "load": os.getloadavg(), "rows": [asdict(row) for row in rows]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False), "utf-8")
