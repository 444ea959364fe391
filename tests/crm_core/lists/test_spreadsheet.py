"""The export: exactly the rows and columns of the list, and nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.events.models import Event
from crm_core.lists.actions import export_csv
from crm_core.lists.queries import spreadsheet
from crm_core.lists.queries.conditions import Asked
from crm_core.sales.models import Deal
from kernel import context
from kernel.errors import NotAllowed
from kernel.text import harmless


def _exported(member: Any, query: str, delimiter: str = ",") -> list[list[str]]:
    _name, pieces = export_csv(by=member, table="testdeals", asked=Asked.read(query, scope="pipeline"))
    whole = b"".join(pieces)
    assert whole.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(whole.decode("utf-8-sig")), delimiter=delimiter))


def test_rows_columns_and_order_are_those_of_the_list(
    table: Any, member: Any, make_deal: Callable[..., Deal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet, "BATCH", 2)
    for i in range(5):
        make_deal(f"Deal {i}", amount=100_50 * i, expected_on=date(2026, 3, 1 + i), tags=["b", "a"])
    make_deal("Other", amount=1)
    found = _exported(member, "name.has=deal&sort=-amount&columns=amount,expected,tags")
    assert found[0] == ["Deal", "Amount", "Amount, currency", "Expected", "Tags"]
    assert found[1] == ["Deal 4", "402.00", "EUR", "2026-03-05", "a, b"]
    assert [row[0] for row in found[1:]] == [f"Deal {i}" for i in (4, 3, 2, 1, 0)]


def test_russian_spreadsheets_get_semicolons_and_commas(
    table: Any, member: Any, make_deal: Callable[..., Deal]
) -> None:
    make_deal("Сделка; с точкой", amount=1234_50)
    with context.altered(language="ru"):
        found = _exported(member, "sort=name&columns=amount", ";")
    assert found[1] == ["Сделка; с точкой", "1234,50", "EUR"]


@pytest.mark.parametrize(
    "name", ["=1+1", "+1+1", "-2", "@SUM(A1)", "\t=1", " =1", "＝1", '=HYPERLINK("http://x")', "|cmd", "%0A"]
)
def test_formulas_are_neutralised(table: Any, member: Any, make_deal: Callable[..., Deal], name: str) -> None:
    make_deal("x", source=name)
    found = _exported(member, "sort=name&columns=source")
    assert found[1][1] == "'" + name


@given(st.text(max_size=40))
def test_no_text_comes_out_as_a_formula(text: str) -> None:
    first = harmless(text).lstrip()[:1]
    assert first not in ("=", "+", "-", "@")


def test_telephone_numbers_stay_as_they_are() -> None:
    assert spreadsheet.csv_text([["+7 (495) 123-45-67"]], "en") == "+7 (495) 123-45-67\r\n"
    assert spreadsheet.csv_text([["+1+cmd"]], "en") == "'+1+cmd\r\n"


def test_numbers_may_be_negative() -> None:
    assert spreadsheet.csv_text([[-5, 1.5, None, True]], "ru").split(";")[:3] == ["-5", "1,5", ""]


def test_an_export_is_a_fact_and_needs_a_right(
    table: Any, member: Any, make_member: Callable[..., Any], make_deal: Callable[..., Deal]
) -> None:
    make_deal("Mine")
    _exported(member, "q=mine")
    event = Event.objects.get(verb="lists.exported")
    assert event.values["table"] == "testdeals"
    assert event.values["filter"] == "q=mine"
    with pytest.raises(NotAllowed):
        _exported(make_member(rights=["sales.view"]), "")


def test_only_what_the_member_sees_is_exported(
    table: Any, make_member: Callable[..., Any], make_deal: Callable[..., Deal]
) -> None:
    anna = make_member(rights=["sales.view", "lists.export"], visibility="own")
    make_deal("Hers", owner=anna)
    make_deal("Not hers")
    assert [row[0] for row in _exported(anna, "sort=name")] == ["Deal", "Hers"]
