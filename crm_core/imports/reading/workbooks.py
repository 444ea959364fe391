"""Workbooks (xlsx, xls, ods) as rows of text, through calamine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any

import python_calamine
from django.utils.translation import gettext_lazy as _

from crm_core.imports.reading.kinds import damaged, no_table, protected
from kernel.errors import Invalid

_MIDNIGHT = dt.time(0)


def open_workbook(file: IO[bytes]) -> python_calamine.CalamineWorkbook:
    """The workbook of an open file. Raises Invalid if it is damaged, behind a password, or none at all."""
    file.seek(0)
    ole = file.read(8).startswith(b"\xd0\xcf\x11\xe0")
    file.seek(0)
    try:
        return python_calamine.load_workbook(file)
    except python_calamine.PasswordError:
        raise protected() from None
    except (python_calamine.CalamineError, OSError, ValueError):
        raise (no_table() if ole else damaged()) from None
    except BaseException as error:
        # A damaged file can make the reader's native code panic, which arrives as a BaseException.
        if type(error).__name__ == "PanicException":
            raise damaged() from None
        raise


def sheet_names(book: python_calamine.CalamineWorkbook) -> list[str]:
    """Names of the visible worksheets, in order."""
    visible = python_calamine.SheetVisibleEnum.Visible
    wanted = python_calamine.SheetTypeEnum.WorkSheet
    return [meta.name for meta in book.sheets_metadata if meta.visible == visible and meta.typ == wanted]


def first_filled(book: python_calamine.CalamineWorkbook) -> str:
    """The first visible sheet with anything in it. Raises Invalid if there is none."""
    for name in sheet_names(book):
        if _sheet(book, name).height:
            return name
    raise Invalid(_("This workbook has no filled sheet."))


def rows_of(book: python_calamine.CalamineWorkbook, name: str) -> Iterator[tuple[int, list[str]]]:
    """Row numbers as the spreadsheet shows them, and cells as text."""
    sheet = _sheet(book, name)
    if sheet.start is None:
        return
    # Rows are given out from the first one of the sheet on, blank or not, columns from the first filled one.
    for line, values in enumerate(sheet.iter_rows(), start=1):
        yield line, [cell_text(value) for value in values]


def width_of(book: python_calamine.CalamineWorkbook, name: str) -> int:
    """The number of columns in use."""
    return _sheet(book, name).width


def _sheet(book: python_calamine.CalamineWorkbook, name: str) -> python_calamine.CalamineSheet:
    try:
        return book.get_sheet_by_name(name)
    except python_calamine.WorksheetNotFound:
        raise Invalid(_("There is no sheet called “%(name)s” in this workbook."), name=name[:60]) from None
    except (python_calamine.CalamineError, OSError, ValueError):
        raise damaged() from None


def cell_text(value: Any) -> str:
    """A cell as the text that the same cell would have in a CSV file with ISO dates and plain numbers."""
    if isinstance(value, str):
        return value.replace("\x00", "").strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # Fifteen digits are what a spreadsheet itself keeps: 0.1 + 0.2 is 0.3 there.
        return str(int(value)) if value.is_integer() else f"{Decimal(f'{value:.15g}'):f}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == _MIDNIGHT else value.isoformat(" ", "seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.isoformat("seconds")
    return "" if value is None else str(value)
