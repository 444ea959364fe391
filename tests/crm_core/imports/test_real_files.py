"""Exports of a real system, byte for byte (licences beside them)."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crm_core.imports.mapping import guess, standard_targets
from crm_core.imports.reading import glance, sniff, survey

DATA = Path(__file__).parents[2] / "data"
SALESFORCE = DATA / "salesforce-export"


def test_accounts():
    sheet = sniff(SALESFORCE / "accountData.csv")
    rows = list(sheet.rows())
    assert (len(rows), len(sheet.headers)) == (423, 38)
    assert sheet.dialect.encoding == "cp1252"
    assert not [row for row in rows if row.problem]
    names = [row.cells[3] for row in rows]
    assert {"Crédito Inmobiliario Terras", "Pébéo of America"} <= set(names)
    streets = " ".join(row.cells[6] for row in rows)
    assert "San Romualdo, 26 5º" in streets
    assert "Nº 77" in streets
    twins = [row.cells for row in rows if row.cells[3] == "?" * 16]
    assert len({cells[0] for cells in twins}) == len(twins) == 2
    assert len(set(names)) == 422
    assert [row.line for row in rows] == list(range(2, 425))


@pytest.mark.parametrize(
    ("name", "kind", "columns", "rows"),
    [("accountData", "company", 38, 423), ("opportunityData", "deal", 38 - 7, 38)],
)
def test_known_exports_need_no_hand(name, kind, columns, rows):
    sheet = sniff(SALESFORCE / f"{name}.csv")
    found = survey(sheet, language="en")
    assert (found.rows, len(found.columns), found.problem_count, found.doubts) == (rows, columns, 0, ())
    for seen in (found.columns, glance(sheet, language="ru")):
        mapping = guess(seen, standard_targets())
        assert mapping.kind == kind
        assert mapping.ready
        assert all(choice.known for choice in mapping.guesses)


def test_opportunities_dates_and_amounts():
    columns = {
        column.name: column
        for column in survey(sniff(SALESFORCE / "opportunityData.csv"), language="en").columns
    }
    assert columns["CLOSEDATE"].shape == "date"
    assert columns["CLOSEDATE"].dates.date("2005-11-09", language="ru") == date(2005, 11, 9)
    created = columns["CREATEDDATE"].dates
    assert (created.zoned, created.sure) == (True, True)
    assert created.moment("2006-06-15T20:47:07.000Z", language="en", zone="Asia/Tokyo") == datetime(
        2006, 6, 15, 20, 47, 7, tzinfo=UTC
    )
    # A date of creation is taken as written, not shifted into a zone.
    assert created.date("2006-06-15T23:47:07.000Z", language="en") == date(2006, 6, 15)
    assert columns["AMOUNT"].filled == 33
    assert columns["AMOUNT"].numbers.amount("500000.0", currency="USD", language="ru") == 50_000_000


@pytest.mark.parametrize(
    ("name", "headers", "first"),
    [
        ("csvtext", ("column1", "column2", "column3"), ["row1-1", "row1-2", "row1-3"]),
        ("csvtext_BOM_UTF8", ("column1", "column2", "column3"), ["row1-1", "row1-2", "row1-3"]),
        ("csvtext_BOM_UTF16LE", ("column1", "column2", "column3"), ["row1-1", "row1-2", "row1-3"]),
        ("csvEscapedQuotes", ("column1", "column2"), ['"The Best" Account', "bla"]),
        ("csvSeparator", ("column1", "column2", "some", "column3"), ["col11", "col12", "somev1", "col13"]),
    ],
)
def test_encodings_and_separators(name, headers, first):
    sheet = sniff(DATA / "import-encodings" / f"{name}.csv")
    rows = list(sheet.rows())
    assert sheet.headers == headers
    assert rows[0].cells == first
    assert not [row for row in rows if row.problem]


def test_a_second_separator_is_said():
    notes = [str(note) for note in sniff(DATA / "import-encodings" / "csvSeparator.csv").notes]
    assert notes == ["Columns are separated by “,” and also by “!”."]


def test_dates_with_a_final_z():
    found = survey(sniff(DATA / "import-encodings" / "dateEndingInZ.csv"), language="en")
    by_name = {column.name: column for column in found.columns}
    for name in ("DATE", "DATE_ONLY"):
        assert by_name[name].dates.zoned
        assert by_name[name].dates.date("2010-10-14T12:00:00.000Z", language="en") == date(2010, 10, 14)
