"""Cells of a spreadsheet: CSV that opens rightly in any language and can run nothing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

BOM = "\ufeff"
# What spreadsheets take for a formula, full-width twins and leading blanks included (OWASP, "CSV injection").
_FORMULA = re.compile(r"[\s\u200b\ufeff]*[=+\-@＝＋－＠|%]")
# A telephone number begins with a plus and holds nothing that a spreadsheet could run.
_PHONE = re.compile(r"\+\d[\d ().\u00a0-]{4,24}")


def harmless(text: str) -> str:
    """The text with an apostrophe before anything that a spreadsheet would run as a formula."""
    if _FORMULA.match(text) or text[:1] in ("\t", "\r", "\n"):
        return "'" + text
    return text


def csv_text(cells: Sequence[Sequence[Any]], language: str) -> str:
    """Lines of CSV: in Russian with semicolons and decimal commas, as spreadsheets there expect."""
    out = io.StringIO()
    russian = language[:2] == "ru"
    writer = csv.writer(out, delimiter=";" if russian else ",", lineterminator="\r\n")
    writer.writerows([_csv_cell(cell, comma=russian) for cell in row] for row in cells)
    return out.getvalue()


def _csv_cell(cell: Any, *, comma: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, int | float | Decimal):
        text = format(cell, "f") if isinstance(cell, Decimal) else str(cell)
        return text.replace(".", ",") if comma else text
    text = str(cell)
    return text if _PHONE.fullmatch(text) else harmless(text)
