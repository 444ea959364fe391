"""How much of a file is taken at most, and what one row of it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Limits:
    """Upper bounds of an uploaded table: `size` and `unpacked` in bytes, `cell` in characters.

    `unpacked` bounds what a workbook may grow to in memory, so that a small file cannot be a bomb.
    """

    size: int = 100 * 1024 * 1024
    unpacked: int = 600 * 1024 * 1024
    rows: int = 500_000
    columns: int = 300
    cell: int = 100_000


LIMITS = Limits()


class Row(NamedTuple):
    """One row of data. `line` is where it begins in the file (from 1), `number` counts rows of data from 1.

    `problem` is a lazy sentence if the row cannot be taken as it is; its cells are then the best reading.
    """

    line: int
    number: int
    cells: list[str]
    problem: Any = None
