"""What is known of a file's columns, stored with the import and read back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from hashlib import sha256
from typing import Any

from crm_core.imports.mapping.targets import Target, plain
from crm_core.imports.models import Import
from crm_core.imports.queries.leftovers import added_headers
from crm_core.imports.queries.targets import by_key
from crm_core.imports.reading import Column, DateFormat, Dialect, NumberFormat, Sheet, open_sheet
from kernel import storage

# The file is small enough to be checked while one waits.
AT_ONCE_SIZE = 1_000_000


def to_json(columns: Iterable[Column]) -> list[dict[str, Any]]:
    """Columns as they are stored; sentences in the language of who looks now."""
    return [
        asdict(column)
        | {"problem": str(column.problem) if column.problem else "", "samples": list(column.samples)}
        for column in columns
    ]


def from_json(stored: Iterable[dict[str, Any]]) -> list[Column]:
    """The reverse of :func:`to_json`."""
    return [
        Column(
            **one
            | {
                "samples": tuple(one["samples"]),
                "dates": DateFormat(**one["dates"]) if one["dates"] else None,
                "numbers": NumberFormat(**one["numbers"]) if one["numbers"] else None,
                "problem": one["problem"] or None,
            }
        )
        for one in stored
    ]


def columns(found: Import) -> list[Column]:
    """The file's columns with the formats that the person settled where the file leaves them open."""
    order = found.options.get("order", "")
    settled = []
    for column in from_json(found.columns):
        if column.dates and not column.dates.sure and order:
            column = replace(column, dates=replace(column.dates, order=order, sure=True))
        settled.append(column)
    return settled


def mapped(found: Import) -> dict[int, Target]:
    """Place of a column → what it becomes; fields that are gone since are left out."""
    known = by_key(found.kind)
    return {int(place): known[key] for place, key in found.mapping.items() if key in known}


def order(found: Import) -> list[int]:
    """Places of the columns as they are shown: those that are taken first, each part as in the file."""
    return sorted(range(len(found.headers)), key=lambda place: (str(place) not in found.mapping, place))


def sheet(found: Import) -> Sheet:
    """The stored file, to be read as it was recognised. Raises ``NotFound`` if it was removed since."""
    return open_sheet(storage.path_of(found.stored), Dialect.from_json(found.dialect), tuple(found.headers))


def signature(headers: Iterable[str]) -> str:
    """The same for files with the same headings in the same order, whatever their case and signs.

    Columns that our own table of rows to fix has added do not count.
    """
    added = added_headers()
    return sha256("\n".join(plain(header) for header in headers if header not in added).encode()).hexdigest()
