"""Counts and sums: right per currency, capped where they say so, in one query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from crm_core.lists.queries import counting
from crm_core.lists.queries.checking import check
from crm_core.lists.queries.conditions import Filter
from crm_core.lists.queries.reader import Reader
from crm_core.lists.queries.selecting import select
from crm_core.lists.tables.words import counted, number
from crm_core.sales.models import Deal
from kernel.money import Money


def _foot(table: Any, member: Any, query: str = "") -> counting.Foot:
    reader = Reader.of(member)
    rows = select(table, reader, check(table, Filter.read(query), reader, Deal), paths=["weighted"])
    with CaptureQueriesContext(connections["tenant"]) as asked:
        found = counting.foot(table, reader, rows)
    assert len(asked) == 1
    return found


def test_sums_per_currency(table: Any, member: Any, make_deal: Callable[..., Deal]) -> None:
    make_deal(amount=100_00, probability=50)
    make_deal(amount=50_50, probability=10, stage=1)
    make_deal(amount=7_00, currency="USD", probability=100)
    make_deal(amount=None)
    found = _foot(table, member)
    assert found.count == 4
    everything, weighted, won = found.totals
    assert everything.amounts == [Money(150_50, "EUR"), Money(7_00, "USD")]
    assert weighted.amounts == [Money(50_00 + 5_05, "EUR"), Money(7_00, "USD")]
    assert won.amounts == [Money(50_50, "EUR")]


def test_sums_follow_the_filter(table: Any, member: Any, make_deal: Callable[..., Deal]) -> None:
    make_deal("Lobby", amount=100)
    make_deal("Roof", amount=1000)
    assert _foot(table, member, "name.has=roof").totals[0].amounts == [Money(1000, "EUR")]
    assert _foot(table, member, "name.has=nothing").count == 0


def test_a_hidden_record_is_not_counted(
    table: Any, make_member: Callable[..., Any], make_deal: Callable[..., Deal]
) -> None:
    anna = make_member(rights=["sales.view"], visibility="own")
    make_deal(amount=100, owner=anna)
    make_deal(amount=900)
    found = _foot(table, anna)
    assert (found.count, found.totals[0].amounts) == (1, [Money(100, "EUR")])


def test_counting_stops_at_its_limit(
    table: Any, member: Any, make_deal: Callable[..., Deal], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _turn in range(6):
        make_deal(amount=100)
    monkeypatch.setattr(counting, "SUM_TO", 5)
    found = _foot(table, member)
    assert (found.count, found.capped, found.totals) == (5, True, [])
    monkeypatch.setattr(counting, "COUNT_TO", 4)
    reader = Reader.of(member)
    queries = {"all": table.rows(member), "none": table.rows(member).filter(currency="XXX")}
    with CaptureQueriesContext(connections["tenant"]) as asked:
        assert counting.counts(reader, queries) == {"all": (4, True), "none": (0, False)}
    assert len(asked) == 1


def test_words_of_a_count(table: Any) -> None:
    assert number(1234) == "1,234"
    assert number(1000, capped=True) == "1,000+"
    assert counted(table, 1234) == "1,234 deals"
    assert counted(table, 1000, capped=True) == "1,000+ deals"
