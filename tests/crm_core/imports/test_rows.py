"""Rows of text files: separators, quotes, headers, line numbers, and files that are broken."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_core.imports.reading import Dialect, Limits, open_sheet, sniff
from kernel.errors import Invalid


def read(data, **how):
    return sniff(io.BytesIO(data.encode() if isinstance(data, str) else data), **how)


def cells(sheet):
    return [row.cells for row in sheet.rows()]


def problems(sheet):
    return {row.line: str(row.problem) for row in sheet.rows() if row.problem}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "^", "~"])
def test_separators(separator):
    sheet = read(f"name{separator}city\nA{separator}B\nC{separator}D\n")
    assert sheet.headers == ("name", "city")
    assert cells(sheet) == [["A", "B"], ["C", "D"]]


def test_decimal_commas_do_not_separate():
    assert cells(read("name;amount\nA;1,5\nB;2,5\n")) == [["A", "1,5"], ["B", "2,5"]]


def test_announced_separator():
    sheet = read("sep=;\na;b\n1;2\n")
    assert (sheet.headers, cells(sheet)) == (("a", "b"), [["1", "2"]])
    assert [row.line for row in sheet.rows()] == [3]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ('a,b\n"x\ny",2\n', ["x\ny", "2"]),
        ("'a','b'\n'1,5','2'\n'3','4'\n", ["1,5", "2"]),
        ('a,b\n"x \\"y\\" z",2\n', ['x "y" z', "2"]),
        ('a,b\n"""x""",2\n', ['"x"', "2"]),
        ('a,b\n="007",\'=1+1\n', ["007", "=1+1"]),
        ("a,b\r\n 1 ,2\r\n", ["1", "2"]),
        ("a,b\r1,2\r", ["1", "2"]),
    ],
)
def test_quotes_and_line_ends(text, first):
    assert cells(read(text))[0] == first


def test_titles_above_the_table_are_passed_over():
    sheet = read("Report 2026\n\nName;City\nA;B\nC;D\nE;F\n")
    assert sheet.headers == ("Name", "City")
    assert sheet.dialect.header == 3
    assert [row.line for row in sheet.rows()] == [4, 5, 6]


def test_a_table_without_header():
    sheet = read("anna@x.ru,Anna\nbob@x.ru,Bob\n")
    assert sheet.headers == ("Column 1", "Column 2")
    assert cells(sheet) == [["anna@x.ru", "Anna"], ["bob@x.ru", "Bob"]]
    assert read("name,city\nA,B\n", chosen={"header": 0}).headers == ("Column 1", "Column 2")


def test_doubled_and_missing_names_of_columns():
    assert read("a,a,,b\n1,2,3,4\n").headers == ("a", "a (2)", "Column 3", "b")


def test_shifted_rows_are_found_by_line():
    sheet = read("a,b,c\n1,2\n1,2,3,4\n1,2,3,,\n\n1,2,3\n")
    found = problems(sheet)
    assert found.keys() == {2, 3}
    assert "Line 2 has only 2 of 3 cells" in found[2]
    assert "Line 3 has 4 cells, but the table has 3 columns" in found[3]
    assert [row.number for row in sheet.rows()] == [1, 2, 3, 4]
    assert [row.line for row in sheet.rows()] == [2, 3, 4, 6]


def test_an_open_quote_costs_one_row():
    sheet = read('a,b\n1,"x\ny"\n3,"open\n4,k\n5,l\n')
    assert problems(sheet) == {4: "Line 4 opens a quote that is never closed."}
    assert [row.cells for row in sheet.rows() if not row.problem] == [["1", "x\ny"], ["4", "k"], ["5", "l"]]


def test_a_quote_inside_a_cell_is_shown_by_line():
    sheet = read('a,b\n"The "Best" One",2\n3,4\n')
    assert "Line 2 has a quote in the middle of a cell" in problems(sheet)[2]
    assert cells(sheet)[1] == ["3", "4"]


def test_nul_and_a_second_file_inside():
    sheet = read('name,b\n1\x00,2\n\ufeff"3",4\nname,b\n5,6\n')
    remarks = []
    rows = list(sheet.rows(remarks=remarks))
    assert [row.cells for row in rows] == [["1", "2"], ["3", "4"], ["name", "b"], ["5", "6"]]
    assert "repeats the names" in str(rows[2].problem)
    assert [str(remark) for remark in remarks] == [
        "Empty (NUL) characters were removed, first on line 2.",
        "A second file seems to begin on line 3; its mark was removed.",
    ]


def test_torn_characters_are_shown_by_line():
    data = ("имя,город\n" + "Анна,Москва\n" * 50).encode() + b"\xff,x\nA,B\n"
    sheet = read(data)
    assert problems(sheet) == {52: "Line 52 has characters that this encoding does not know."}
    assert "\udcff" not in str(cells(sheet))


def test_long_cells_and_lines():
    limits = Limits(cell=1000)
    sheet = read("a,b\n" + "x" * 1001 + ",1\n2,3\n", limits=limits)
    assert problems(sheet).keys() == {2}
    huge = read("a,b\n" + "x" * 200_000 + ",1\n2,3\n")
    assert "too long" in problems(huge)[2]
    assert cells(huge)[1] == ["2", "3"]
    with pytest.raises(Invalid, match="Line 2 is too long"):
        read(b"a,b\n" + b"x" * 5_000_000)


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (Limits(size=10), "at most 0 MB"),
        (Limits(columns=1), "has 2 columns; at most 1"),
        (Limits(rows=1), "more than 1 rows"),
    ],
)
def test_limits(limits, why):
    with pytest.raises(Invalid, match=why):
        list(read("name,city\nA,B\nC,D\n", limits=limits).rows())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "This file is empty"),
        (b"\n\n \n", "This file is empty"),
        (b"\xef\xbb\xbf", "This file is empty"),
        (b"name,city\n", "names of columns but no rows"),
        (b"name,city\n,\n", "names of columns but no rows"),
        (b"%PDF-1.7 x", "PDF"),
        (b"MZ\x90\x00", "program"),
        (b"\x7fELF\x02", "program"),
        (b"\x89PNG\r\n", "picture"),
        (b"\x1f\x8b\x08", "archive"),
        (b"Rar!\x1a\x07", "archive"),
        (b"<html><body><table>", "web page"),
        (b'{"a": 1}', "JSON"),
        (b"BEGIN:VCARD\nEND:VCARD\n", "vCard"),
        (b"\x00\x01\x02\x03" * 100, "not a table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "No table was found"),
    ],
)
def test_files_that_are_no_table(data, why):
    with pytest.raises(Invalid, match=why):
        read(data)


def test_choices_by_hand():
    data = "имя;город\nАнна;Москва\n".encode("cp1251")
    assert read(data, chosen={"encoding": "cp866"}).headers != ("имя", "город")
    assert read(data, chosen={"encoding": "cp1251"}).headers == ("имя", "город")
    assert read(data, chosen={"separator": "|"}).headers == ("имя;город",)
    with pytest.raises(Invalid, match="no encoding called"):
        read(data, chosen={"encoding": "utf-99"})


def test_read_again_without_guessing():
    data = "Report\n\nимя;город\nАнна;Москва\nИван;Тверь\n".encode("koi8-r")
    sheet = read(data)
    stored = sheet.dialect.to_json() | {"from a later release": 1}
    again = open_sheet(io.BytesIO(data), Dialect.from_json(stored), sheet.headers)
    assert list(again.rows()) == list(sheet.rows())
    assert [row.number for row in again.rows(after=1)] == [2]
    assert list(again.rows(after=2)) == []


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), max_size=12)
TABLE = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=8)
)


def _plain(rows):
    """What a reader may give back: trimmed, blank rows gone, an export's armour taken off."""
    trimmed = [[cell.strip() for cell in row] for row in rows]
    return [row for row in trimmed if any(row)]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(TABLE, st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_what_a_spreadsheet_writes_is_read(rows, separator, encoding):
    # The armour around formulas is taken off on purpose, so it is left out here.
    rows = [row for row in rows if not any(c.lstrip().startswith(("'", "=")) for c in row)]
    expected = _plain(rows)
    if not expected:
        return
    width = len(rows[0])
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(
        [[f"Heading {n}" for n in range(width)], *rows]
    )
    data = out.getvalue().encode(encoding)
    sheet = sniff(
        io.BytesIO(data),
        chosen={"separator": separator, "second": "", "escape": "", "quote": '"', "header": 1},
    )
    assert sheet.headers == tuple(f"Heading {n}" for n in range(width))
    assert [row.cells for row in sheet.rows()] == expected
    assert not problems(sheet)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_a_sentence(data):
    try:
        sheet = sniff(io.BytesIO(b"a,b\n" + data))
        for row in sheet.rows():
            assert all("\x00" not in cell for cell in row.cells)
            "".join(row.cells).encode("utf-8")
    except Invalid as refusal:
        assert str(refusal)  # noqa: PT017


@settings(deadline=None)
@given(st.text(alphabet="a,;\"'\n\r\t |\\!", max_size=60))
def test_line_numbers_are_true(text):
    try:
        sheet = sniff(
            io.BytesIO(("head,er\n" + text).encode()), chosen={"separator": ",", "second": "", "header": 1}
        )
    except Invalid:
        return
    lines = io.StringIO("head,er\n" + text, newline="").readlines()
    before = 0
    for row in sheet.rows():
        assert row.line > before
        before = row.line
        if row.problem is None and row.cells[0] and '"' not in text and "'" not in text:
            assert lines[row.line - 1].strip().startswith(row.cells[0][:1])
