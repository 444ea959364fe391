"""Workbooks: xlsx, xls and ods through one reader, and files that only look like one."""

import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from crm_core.imports.reading import Limits, open_sheet, sniff, survey
from crm_core.imports.reading.workbooks import cell_text
from kernel.errors import Invalid


def workbook(*sheets):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for y, row in enumerate(rows):
                for x, value in enumerate(row):
                    if isinstance(value, datetime):
                        sheet.write_datetime(y, x, value, day)
                    else:
                        sheet.write(y, x, value)
    return out


def test_cells_become_plain_text():
    rows = [
        ["Name", "Phone", "Sum", "Day", "Yes"],
        ["Ёлка", 79031234567, 0.1 + 0.2, datetime(2026, 11, 3), True],
        ["Two\nlines", "8 495", 1e6, datetime(2026, 11, 3, 14, 5), False],
    ]
    sheet = sniff(workbook(("Clients", rows)))
    assert sheet.dialect.kind == "workbook"
    assert sheet.headers == ("Name", "Phone", "Sum", "Day", "Yes")
    assert [row.cells for row in sheet.rows()] == [
        ["Ёлка", "79031234567", "0.3", "2026-11-03", "true"],
        ["Two\nlines", "8 495", "1000000", "2026-11-03 14:05:00", "false"],
    ]
    assert survey(sheet, language="en").columns[3].dates.order == "ymd"


def test_line_numbers_are_the_spreadsheets():
    rows = [[], ["Report"], [], ["Name", "City"], ["A", "B"], [], ["C", "D"]]
    sheet = sniff(workbook(("S", rows)))
    assert sheet.headers == ("Name", "City")
    assert [(row.line, row.number) for row in sheet.rows()] == [(5, 1), (7, 2)]


def test_several_sheets():
    file = workbook(("Empty", []), ("First", [["Name"], ["A"]]), ("Second", [["City"], ["B"]]))
    sheet = sniff(file)
    assert sheet.sheet_names == ("Empty", "First", "Second")
    assert sheet.headers == ("Name",)
    assert "“First” is read" in str(sheet.notes[0])
    assert sniff(file, chosen={"sheet": "Second"}).headers == ("City",)
    with pytest.raises(Invalid, match="no sheet called “Third”"):
        sniff(file, chosen={"sheet": "Third"})
    again = open_sheet(file, sheet.dialect, sheet.headers)
    assert [row.cells for row in again.rows()] == [["A"]]


def archive(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in names:
            packed.writestr(name, "x" * 1000)
    return out


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (archive("clients.csv"), "archive. Unpack it"),
        (archive("word/document.xml"), "text document"),
        (archive("xl/workbook.xml"), "damaged"),
        (io.BytesIO(b"PK\x03\x04" + b"\x00" * 50), "damaged"),
        (workbook(("Empty", [])), "no filled sheet"),
        (workbook(("S", [["Name", "City"]])), "no rows below"),
    ],
)
def test_no_workbook(file, why):
    with pytest.raises(Invalid, match=why):
        sniff(file)


def test_a_bomb_is_not_unpacked():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 3_000_000)
    with pytest.raises(Invalid, match="too large once it is unpacked"):
        sniff(out, limits=Limits(unpacked=1_000_000))


def test_a_cut_off_workbook():
    whole = workbook(("S", [["Name", "City"], *[[f"A{n}", f"B{n}"] for n in range(500)]])).getvalue()
    for length in (100, len(whole) // 2, len(whole) - 30):
        with pytest.raises(Invalid, match="damaged"):
            sniff(io.BytesIO(whole[:length]))


def test_cell_texts():
    assert cell_text(None) == ""
    assert cell_text(1.5) == "1.5"
    assert cell_text(1e-7) == "0.0000001"
    assert cell_text(date(2026, 1, 2)) == "2026-01-02"
    assert cell_text(datetime(2026, 1, 2, 3, 4).time()) == "03:04:00"


def test_open_document_tables():
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        "<table:table-row>" + "".join(cell.format(value) for value in row) + "</table:table-row>"
        for row in (("Name", "City"), ("Ёлка", "Москва"))
    )
    spaces = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{spaces}office:1.0" '
        f'xmlns:table="{spaces}table:1.0" xmlns:text="{spaces}text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="S">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content)
        packed.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{spaces}manifest:1.0"></manifest:manifest>',
        )
    sheet = sniff(out)
    assert sheet.headers == ("Name", "City")
    assert [(row.line, row.cells) for row in sheet.rows()] == [(2, ["Ёлка", "Москва"])]
