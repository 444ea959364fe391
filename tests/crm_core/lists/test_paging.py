"""Every row comes exactly once, for every sort, in both directions, under ties and empty values."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest

from crm_core.lists.queries.checking import check
from crm_core.lists.queries.conditions import Filter
from crm_core.lists.queries.paging import Key, keys_for, may_be_null, page
from crm_core.lists.queries.reader import Reader
from crm_core.lists.queries.selecting import select
from crm_core.sales.models import Deal
from kernel import signing

COLUMNS = (
    "name",
    "client",
    "stage",
    "amount",
    "weighted",
    "chance",
    "expected",
    "owner",
    "source",
    "since",
    "tagged",
    "place",
)


def _walk(
    table: Any, member: Any, sort: str, group: str = "", *, size: int, backwards: bool = False
) -> list[Any]:
    reader = Reader.of(member)
    checked = check(table, Filter(), reader, Deal)
    rows = select(table, reader, checked, paths=["weighted", "tagged"])
    keys = keys_for(table, Deal, sort, group)
    found, mark = [], ""
    while True:
        got = page(rows, keys, of=sort, size=size, **{"before" if backwards else "after": mark})
        found = got.rows + found if backwards else found + got.rows
        mark = got.before if backwards else got.after
        if not mark:
            return found


@pytest.fixture
def many(make_deal: Callable[..., Deal], make_member: Callable[..., Any], stages: Any) -> int:
    """Sixty deals with many ties and holes."""
    dice = random.Random(7)
    owners = [None, make_member(name="Anna"), make_member(name="Mark")]
    clients = [None, *(make_deal(f"Client {i}").card for i in range(2))]
    for _turn in range(60):
        make_deal(
            f"Deal {dice.randrange(20)}",
            stage=dice.randrange(3),
            amount=dice.choice([None, 0, 100, 100, 2500]),
            owner=dice.choice(owners),
            client=dice.choice(clients),
            probability=dice.choice([None, 10, 50]),
            expected_on=dice.choice([None, date(2026, 3, 1), date(2026, 3, 1), date(2027, 1, 1)]),
            source=dice.choice(["", "site", "fair"]),
            stage_since=datetime(2026, 1, 1 + dice.randrange(3), 12, 30, 15, dice.randrange(3), tzinfo=UTC),
            position=dice.choice([0.1, 0.2, 1 / 3]),
            tags=dice.choice([(), ("key",)]),
        )
    return 62


@pytest.mark.parametrize("sort", [*COLUMNS, *(f"-{name}" for name in COLUMNS)])
def test_every_row_exactly_once(table: Any, member: Any, many: int, sort: str) -> None:
    whole = _walk(table, member, sort, size=1000)
    assert len(whole) == many
    for size in (1, 7):
        assert [row.pk for row in _walk(table, member, sort, size=size)] == [row.pk for row in whole]


@pytest.mark.parametrize("sort", ["amount", "-amount", "-name", "expected"])
def test_every_row_exactly_once_within_groups(table: Any, member: Any, many: int, sort: str) -> None:
    whole = _walk(table, member, sort, "stage", size=1000)
    assert [row.stage.position for row in whole] == sorted(row.stage.position for row in whole)
    assert [row.pk for row in _walk(table, member, sort, "stage", size=9)] == [row.pk for row in whole]


@pytest.mark.parametrize("sort", ["amount", "-amount", "name", "-expected"])
def test_back_is_forth_reversed(table: Any, member: Any, many: int, sort: str) -> None:
    reader = Reader.of(member)
    rows = select(table, reader, check(table, Filter(), reader, Deal))
    keys = keys_for(table, Deal, sort)
    pages = [page(rows, keys, of=sort, size=20)]
    while pages[-1].after:
        pages.append(page(rows, keys, of=sort, size=20, after=pages[-1].after))
    assert pages[0].before == ""
    for earlier, later in pairwise(pages):
        back = page(rows, keys, of=sort, size=20, before=later.before)
        assert [row.pk for row in back.rows] == [row.pk for row in earlier.rows]
    assert back.after
    assert page(rows, keys, of=sort, size=20, before=pages[1].before).before == ""


@pytest.mark.parametrize("sort", ["amount", "-amount"])
def test_empty_values_come_last(table: Any, member: Any, many: int, sort: str) -> None:
    amounts = [row.amount_minor for row in _walk(table, member, sort, size=7)]
    filled = [amount for amount in amounts if amount is not None]
    assert amounts == filled + [None] * (len(amounts) - len(filled))
    assert filled == sorted(filled, reverse=sort.startswith("-"))


def test_rows_that_arrive_meanwhile_move_nothing(
    table: Any, member: Any, many: int, make_deal: Callable[..., Deal]
) -> None:
    reader = Reader.of(member)
    rows = select(table, reader, check(table, Filter(), reader, Deal))
    keys = keys_for(table, Deal, "name")
    first = page(rows, keys, of="name", size=30)
    make_deal("Aaa, before everything")
    second = page(rows, keys, of="name", size=100, after=first.after)
    assert len(first.rows) + len(second.rows) == many
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}


@pytest.mark.parametrize("token", ["x", "a:b:c", "é" * 100, "{}"])
def test_a_page_key_of_nonsense_is_the_first_page(table: Any, member: Any, many: int, token: str) -> None:
    reader = Reader.of(member)
    rows = select(table, reader, check(table, Filter(), reader, Deal))
    assert len(page(rows, keys_for(table, Deal, "name"), of="name", after=token, size=5).rows) == 5


def test_a_page_key_is_good_for_its_own_order_only(table: Any, member: Any, many: int) -> None:
    reader = Reader.of(member)
    rows = select(table, reader, check(table, Filter(), reader, Deal))
    names = keys_for(table, Deal, "name")
    key = page(rows, names, of="name", size=5).after
    amounts = keys_for(table, Deal, "amount")
    assert page(rows, amounts, of="amount", size=5, after=key).before == ""
    forged = signing.sign("lists.page", ["name", [{"date": "never"}], {"uuid": "no"}])
    assert page(rows, names, of="name", size=5, after=forged).before == ""


def test_only_stored_fields_that_are_always_filled_are_never_empty() -> None:
    assert not may_be_null(Deal, "card__sort_key")
    assert not may_be_null(Deal, "stage__position")
    assert may_be_null(Deal, "amount_minor")
    assert may_be_null(Deal, "client__sort_key")
    assert may_be_null(Deal, "card__owner__name")
    assert may_be_null(Deal, "weighted")
    assert Key("x").reversed().descending
