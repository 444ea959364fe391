"""One pass over the file: formats of columns, contradictions by line, shifted rows, bounded memory."""

import io
import time
import tracemalloc
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.imports.reading import DateFormat, NumberFormat, sniff, survey
from crm_core.imports.reading.shapes import shape_of
from kernel.errors import Invalid


def look(text, language="en"):
    return survey(sniff(io.BytesIO(text.encode()), language=language), language=language)


def column(values, language="en"):
    return look(
        "name\ttold\n" + "".join(f"Name {n} x\t{value}\n" for n, value in enumerate(values)), language
    ).columns[1]


@pytest.mark.parametrize(
    ("values", "language", "order", "sure"),
    [
        (["2026-11-03", "2026-12-25"], "en", "ymd", True),
        (["03.11.2026", "04.11.2026"], "en", "dmy", True),
        (["03/11/2026", "25/12/2026"], "en", "dmy", True),
        (["03/11/2026", "12/25/2026"], "ru", "mdy", True),
        (["03/11/2026", "04/11/2026"], "en", "mdy", False),
        (["03/11/2026", "04/11/2026"], "ru", "dmy", False),
        (["2026-11-03T10:00:00Z"], "en", "ymd", True),
        (["03.11.2026 14:05", "25.11.2026 09:00"], "ru", "dmy", True),
    ],
)
def test_order_of_dates(values, language, order, sure):
    found = column(values, language)
    assert found.problem is None
    assert (found.dates.order, found.dates.sure) == (order, sure)


def test_mixed_dates_are_refused_by_line():
    found = column(["25/12/2026", "01/02/2026", "12/25/2026"])
    assert str(found.problem) == (
        "Dates are mixed: line 2 (25/12/2026) begins with the day, line 4 (12/25/2026) with the month."
    )


@pytest.mark.parametrize(
    ("values", "point", "sure"),
    [
        (["1.234,50", "2,5"], ",", True),
        (["1,234.50", "2.5"], ".", True),
        (["1,234", "2,345"], ".", False),
        (["1.234", "2.345"], ",", False),
        (["12", "13"], ".", True),
        (["1.234.567", "5"], ",", True),
        (["€1,200", "€3.5"], ".", True),
        (["6.0E7", "8.48E10"], ".", True),
    ],
)
def test_decimal_signs(values, point, sure):
    found = column(values)
    assert (found.numbers.point, found.numbers.sure, found.problem) == (point, sure, None)


def test_mixed_numbers_are_refused_by_line():
    found = column(["1,5", "7", "1,234.50"])
    assert "line 2 (1,5) has a decimal comma, line 4 (1,234.50) a decimal point" in str(found.problem)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1)), st.sampled_from("./-"))
def test_dates_are_read_as_their_column_writes_them(day, mark):
    dmy, mdy = DateFormat("dmy"), DateFormat("mdy")
    assert dmy.date(f"{day:%d}{mark}{day:%m}{mark}{day:%Y}", language="en") == day
    assert mdy.date(f"{day:%m}{mark}{day:%d}{mark}{day:%Y}", language="ru") == day
    assert DateFormat().date(f"{day:%Y-%m-%d} 23:59:59", language="en") == day


def test_a_chosen_order_is_kept():
    chosen = replace(DateFormat("mdy", sure=False), order="dmy", sure=True)
    assert chosen.date("03/11/2026 10:00", language="en") == date(2026, 11, 3)
    with pytest.raises(Invalid, match="no month number 25"):
        chosen.date("03/25/2026", language="en")
    with pytest.raises(Invalid, match="20026"):
        chosen.date("03.11.20026", language="en")


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_numbers_are_read_as_their_column_writes_them(value):
    english = f"{value:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert NumberFormat(".").number(english, language="ru") == Decimal(value)
    assert NumberFormat(",").number(german, language="en") == Decimal(value)
    assert NumberFormat(",").amount(german, currency="EUR", language="en") == int(value * 100)


def test_shifted_values_are_doubted_by_line():
    rows = "".join(f"N{i} x,n{i}@x.ru,2026-01-{i + 1:02d},{i}.5,Moscow\n" for i in range(20))
    found = look(
        "name,mail,day,sum,city\n" + rows + "Bad,,bad@x.ru,2026-01-05,7.5\n" + "Odd,none,2026-01-05,x,Y\n"
    )
    assert [doubt.line for doubt in found.doubts] == [22]
    assert "line 22 seem to be shifted" in str(found.doubts[0].sentence)
    assert found.problem_count == 0


def test_rows_with_problems_do_not_spoil_the_columns():
    found = look("name,day\n" + "A b,03.11.2026\n" * 5 + "x,y,z\n" * 3)
    assert found.columns[1].shape == "date"
    assert (found.rows, found.problem_count) == (8, 3)
    assert [problem.line for problem in found.problems] == [7, 8, 9]


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("anna@x.ru", "email"), ("www.x.ru", "url"), ("acme.com", "url"), ("(415) 901-7000", "phone"),
        ("+7 495 123-45-67", "phone"), ("8 (495) 123-45-67", "phone"), ("84951234567", "number"), ("1 234,50", "number"),
        ("€1,200", "number"), ("1200 руб.", "number"), ("6.0E7", "number"), ("2006-04-15T03:23:15.000Z", "moment"),
        ("2005-11-09", "date"), ("03.11.2026", "date"), ("Nov 3, 2026", "date"), ("3 ноября 2026 г.", "date"),
        ("true", "yesno"), ("да", "yesno"), ("001x0000002xLCVAA2", "id"), ("L4B 1Y3", "text"), ("279-0012", "text"),
        ("00045742 150 Palmer Drive", "text"), ("", ""), ("2005 4", "text"), ("ООО Ромашка", "text"),
    ],
)  # fmt: skip
def test_shapes(value, shape):
    assert shape_of(value) == shape


@given(st.text(max_size=150))
def test_every_value_has_a_shape(value):
    assert shape_of(value) in {"", "email", "url", "phone", "moment", "date", "number", "yesno", "id", "text"}


@pytest.fixture(scope="module")
def big_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("big") / "big.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("id,name,email,phone,city,street,created,amount,stage,owner,notes,website\n")
        for n in range(100_000):
            file.write(
                f'{n},"Фирма {n} ""X""",n{n}@ex{n % 500}.com,+7 495 {n % 900 + 100}-11-{n % 90 + 10},City {n % 300},'
                f'"Street {n}\nb. {n % 7}",2026-{n % 12 + 1:02d}-{n % 28 + 1:02d},"{n * 37 % 100000}.50",'
                f"Stage {n % 6},Owner {n % 9},{'x' * 50} {n},www.ex{n}.com\n"
            )
    return path


def test_a_hundred_thousand_rows_in_bounded_memory(big_file):
    sheet = sniff(big_file)
    tracemalloc.start()
    try:
        assert sum(1 for _row in sheet.rows()) == 100_000
        assert tracemalloc.get_traced_memory()[1] < 10 * 2**20
        found = survey(sheet, language="en")
        assert tracemalloc.get_traced_memory()[1] < 50 * 2**20
    finally:
        tracemalloc.stop()
    assert (found.rows, found.problem_count) == (100_000, 0)
    assert found.columns[2].shape == "email"
    assert found.columns[0].distinct == 10_000


def test_reading_goes_on_from_any_row(big_file):
    sheet = sniff(big_file)
    started = time.process_time()
    row = next(sheet.rows(after=90_000))
    assert time.process_time() - started < 10
    assert (row.number, row.cells[0], row.line) == (90_001, "90000", 180_002)


def test_progress_is_told():
    told = []
    survey(sniff(io.BytesIO(b"name,city\n" + b"A b,C\n" * 4500)), language="en", watch=told.append)
    assert told == [2000, 4000, 4500]
