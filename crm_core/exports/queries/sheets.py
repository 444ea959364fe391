"""A table's lines of JSON as a spreadsheet that can run nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from kernel.text import BOM, csv_text

LINES = 2_000


def csv_of(columns: Sequence[str], lines: Iterable[bytes], language: str) -> Iterator[tuple[int, bytes]]:
    """Pieces of the file, each with the number of rows so far; the first one is the heading."""
    yield 0, (BOM + csv_text([list(columns)], language)).encode()
    rows, cells = 0, []
    for line in lines:
        found = json.loads(line, parse_float=Decimal)
        cells.append([_cell(found[name]) for name in columns])
        rows += 1
        if len(cells) == LINES:
            yield rows, csv_text(cells, language).encode()
            cells = []
    if cells:
        yield rows, csv_text(cells, language).encode()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value
