"""Which row names the columns, and names for columns that have none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.utils.translation import gettext as _

from crm_core.imports.reading.shapes import shape_of

_LOOK_DOWN = 25
_LONGEST_NAME = 120


def find_header(rows: Sequence[Sequence[str]]) -> tuple[int, bool]:
    """The place of the header among the first rows, and whether it is one (else data begins right there).

    Titles and blank rows above the table are passed over: the header is the first row as wide as most.
    """
    filled = [sum(1 for cell in row if cell.strip()) for row in rows[:_LOOK_DOWN]]
    widths = Counter(count for count in filled if count)
    if not widths:
        return 0, False
    usual = max(widths, key=lambda count: (widths[count], count))
    first = next(
        (place for place, count in enumerate(filled) if count >= max(1, 0.6 * usual) and count > 0),
        next(place for place, count in enumerate(filled) if count),
    )
    # A header may name columns that few rows fill, so a wider row just above counts as one.
    return first, _names_columns(rows[first], rows[first + 1 : first + _LOOK_DOWN])


def _names_columns(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    if not below:
        return True
    telling = [shape_of(cell) for cell in cells]
    if any(shape in ("email", "moment", "url") for shape in telling):
        return False
    plain = sum(1 for shape in telling if shape in ("text", "yesno"))
    if plain == len(cells):
        return _differs(row, below)
    return plain > len(cells) / 2 and not _same_shapes(row, below)


def _differs(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether an all-text row is a header: its words do not come again below as values of the same column."""
    # Files that were put together repeat their header further down; that is no value.
    below = [other for other in below if list(other) != list(row)]
    again = sum(
        1
        for column, cell in enumerate(row)
        if cell.strip() and any(column < len(other) and other[column] == cell for other in below)
    )
    return again * 2 < sum(1 for cell in row if cell.strip())


def _same_shapes(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether cells that are no text are of the same shape as those below them: then this is data."""
    told = same = 0
    for column, cell in enumerate(row):
        shape = shape_of(cell.strip())
        if cell.strip() and shape not in ("text", "yesno"):
            told += 1
            same += any(column < len(other) and shape_of(other[column].strip()) == shape for other in below)
    return told > 0 and same == told


def column_names(row: Sequence[str], width: int) -> tuple[str, ...]:
    """Names for all columns: blank ones are numbered, doubles get a number in brackets."""
    names: list[str] = []
    taken: Counter[str] = Counter()
    for column in range(width):
        given = " ".join(row[column].split())[:_LONGEST_NAME] if column < len(row) else ""
        name = given or _("Column %(number)s") % {"number": column + 1}
        taken[name.casefold()] += 1
        if taken[name.casefold()] > 1:
            name = f"{name} ({taken[name.casefold()]})"
        names.append(name)
    return tuple(names)
