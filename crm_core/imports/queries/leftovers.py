"""The rows that could not be taken, as a table to mend and import again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from crm_core.imports.models import Import, ImportRow
from kernel.text import BOM, harmless

LINE = gettext_lazy("Line in the file")
WHY = gettext_lazy("What to fix")
LANGUAGES = ("en", "ru")


def added_headers() -> set[str]:
    """The columns that the table has beside those of the file, in every language."""
    found = set()
    for language in LANGUAGES:
        with override(language):
            found |= {str(LINE), str(WHY)}
    return found


def wrong_as_csv(found: Import) -> Iterator[bytes]:
    """The file's own columns, then the line and what is wrong. Safe to open in a spreadsheet."""
    yield (BOM + _line([*found.headers, str(LINE), str(WHY)])).encode()
    for row in found.rows.filter(state=ImportRow.State.WRONG).iterator(chunk_size=500):
        yield _line([*row.cells, str(row.line), reasons(found, row)]).encode()


def reasons(found: Import, row: ImportRow) -> str:
    """Everything that is wrong with a row, each with the name of its column."""
    said = []
    for place, sentences in row.wrong.items():
        name = found.headers[int(place)] if 0 <= int(place) < len(found.headers) else ""
        for sentence in sentences:
            said.append(
                _("%(column)s: %(sentence)s") % {"column": name, "sentence": sentence} if name else sentence
            )
    return " ".join(said)


def _line(cells: list[str]) -> str:
    held = io.StringIO()
    csv.writer(held, lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return held.getvalue()
