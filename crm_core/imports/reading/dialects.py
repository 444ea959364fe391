"""How the rows of a text file are written: what separates columns, what quotes, what kind of file it is."""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

# In order of preference where a file allows several.
SEPARATORS = (",", ";", "\t", "|")
_ODD_SEPARATORS = ("^", "~", "!", "¦", "§", "#", "\x1f", "\x01", ":")
_SECOND_SEPARATORS = ("!", "^", "~", "¦", "§", "|", ";", "\t", "\x1f")
_SAMPLE_ROWS = 200


@dataclass(frozen=True)
class Dialect:
    """Everything needed to read a file once more in the same way; stored with the import as JSON.

    `second` is a further separator beside the first. `header` is the line (from 1) that names the columns,
    0 if there is none; rows of data begin on line `first`. `sheet` is the sheet's name in a workbook.
    """

    kind: str = "text"
    encoding: str = "utf-8"
    mark: int = 0
    separator: str = ","
    second: str = ""
    quote: str = '"'
    escape: str = ""
    header: int = 1
    first: int = 2
    sheet: str = ""

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary for storage."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Dialect:
        """The dialect that was stored; unknown keys of other releases are ignored."""
        known = {field.name for field in fields(cls)}
        return cls(**{key: value for key, value in stored.items() if key in known})


def reader(lines: Any, dialect: Dialect, *, strict: bool = False) -> Any:
    """A csv reader over lines in this dialect."""
    return csv.reader(
        lines,
        delimiter=dialect.separator,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        escapechar=dialect.escape or None,
        doublequote=True,
        strict=strict,
    )


def announced_separator(lines: Sequence[str]) -> str:
    """The separator of a first line `sep=;`, which spreadsheets write and read; else nothing."""
    found = re.fullmatch(r'"?sep=(.)"?', lines[0].strip("\r\n ")) if lines else None
    return "\t" if lines and lines[0].strip("\r\n") == "sep=\t" else found[1] if found else ""


def recognise(lines: Sequence[str]) -> Dialect:
    """Separator, second separator and quotes of some first lines; a single column if nothing separates."""
    base = Dialect(quote=_quote(lines), escape=_escape(lines))
    best, best_score = base, 0.0
    candidates = (*SEPARATORS, *(mark for mark in _ODD_SEPARATORS if any(mark in line for line in lines)))
    for place, separator in enumerate(candidates):
        dialect = Dialect(separator=separator, quote=base.quote, escape=base.escape)
        score = _score(lines, dialect) - (0.02 * place if place < len(SEPARATORS) else 0.6)
        if score > best_score:
            best, best_score = dialect, score
    second = _second(lines, best) if best_score else ""
    return Dialect(separator=best.separator, second=second, quote=best.quote, escape=best.escape)


def _quote(lines: Sequence[str]) -> str:
    text = "".join(lines)
    single = len(re.findall(r"(?:^|[,;\t|])'[^'\r\n]*'(?=[,;\t|\r\n])", text, re.MULTILINE))
    return "'" if '"' not in text and single > 1.2 * len(lines) else '"'


def _escape(lines: Sequence[str]) -> str:
    text = "".join(lines)
    return "\\" if re.search(r'[^\\]\\"', text) and not re.search(r'[^,;\t|\r\n"]""', text) else ""


def _score(lines: Sequence[str], dialect: Dialect) -> float:
    """Better, the more rows have one and the same width, the wider, and the cleaner their quotes."""
    try:
        rows = [row for row in reader(lines, dialect) if any(cell.strip() for cell in row)][:_SAMPLE_ROWS]
    except csv.Error:
        return 0.0
    if not rows:
        return 0.0
    widths = Counter(map(len, rows))
    width, agreeing = max(widths.items(), key=lambda item: (item[1] if item[0] > 1 else 0, item[0]))
    if width < 2:
        return 0.0
    share = agreeing / len(rows)
    # A title above the table may be narrower, but a header that is not as wide as its rows tells against.
    header = 1.0 if len(rows[0]) == width else 0.6 if len(rows[0]) == 1 and len(rows) > 3 else 0.3
    stray = sum(1 for row in rows for cell in row if dialect.quote and cell.count(dialect.quote) % 2)
    return share * header * (1 + math.log(width) / 3) - 0.5 * min(1.0, stray / len(rows))


def _second(lines: Sequence[str], dialect: Dialect) -> str:
    """A further separator: one column whose name and whose every value hold the same odd sign once."""
    rows = [row for row in reader(lines, dialect) if any(row)][:_SAMPLE_ROWS]
    if len(rows) < 2:
        return ""
    width = len(rows[0])
    if any(len(row) != width for row in rows):
        return ""
    for mark in _SECOND_SEPARATORS:
        if mark == dialect.separator:
            continue
        for column in range(width):
            name = rows[0][column]
            inside = re.fullmatch(rf"\s*[\w .-]+{re.escape(mark)}[\w .-]+\s*", name)
            if inside and all(row[column].count(mark) == 1 for row in rows):
                return mark
    return ""
