"""The board: every card in its lane once, counts and sums right per currency, few queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from crm_core.lists.queries import lanes
from crm_core.lists.queries.declaring import Column
from crm_core.lists.tables.boards import next_cards
from crm_core.lists.tables.drawing import drawn
from crm_core.lists.tables.parts import BoardShown, ListPage
from crm_core.lists.views.origin import address_of
from crm_core.sales.models import Deal
from kernel.errors import NotFound
from kernel.money import Money


def _board(member: Any, table: Any, query: str) -> tuple[ListPage, BoardShown]:
    made = drawn(member, table, f"draw=board&{query}")
    assert made.board is not None
    return made, made.board


def test_lanes_hold_their_cards_with_sums(
    table: Any, member: Any, make_deal: Callable[..., Deal], stages: list[Any]
) -> None:
    make_deal("A", amount=100)
    make_deal("B", amount=300)
    make_deal("C", amount=50, currency="USD")
    make_deal("D", stage=1, amount=None)
    make_deal("E", stage=3, amount=1)
    _made, board = _board(member, table, f"pipeline={stages[0].pipeline_id}")
    assert [lane.lane.label for lane in board.lanes] == ["Talks", "Signed", "Gone"]
    talks, signed, gone = board.lanes
    assert [card.label for card in talks.cards] == ["B", "A", "C"]
    assert (talks.count, sorted(talks.sums, key=lambda one: one.currency)) == (
        3,
        [Money(400, "EUR"), Money(50, "USD")],
    )
    assert (signed.count, signed.sums) == (1, [])
    assert (gone.count, gone.cards) == (0, [])


def test_a_board_of_a_scope_needs_one(table: Any, member: Any, make_deal: Callable[..., Deal]) -> None:
    _made, board = _board(member, table, "pipeline=nonsense")
    assert board.lanes


def test_cards_beyond_the_first_come_when_asked(
    table: Any,
    member: Any,
    make_deal: Callable[..., Deal],
    stages: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lanes, "CARDS", 3)
    for i in range(8):
        make_deal(f"Deal {i}", amount=(i % 3) * 100 if i % 4 else None)
    query = f"sort=amount&pipeline={stages[0].pipeline_id}"
    made, board = _board(member, table, query)
    lane = board.lanes[0]
    seen = [card.pk for card in lane.cards]
    assert (lane.count, len(seen)) == (8, 3)
    from urllib.parse import parse_qs, urlsplit

    from crm_core.lists.queries.checking import check
    from crm_core.lists.queries.conditions import Asked

    more = lane.more_url
    while more:
        key = parse_qs(urlsplit(more).query)["page"][0]
        asked = Asked.read(f"draw=board&{query}", scope="pipeline")
        checked = check(table, asked.filter, made.reader, Deal)
        cards, more = next_cards(made, member, address_of(table, asked, None), checked, lane.lane.key, key)
        seen += [card.pk for card in cards]
    assert len(seen) == 8
    assert len(set(seen)) == 8


def test_a_lane_that_is_none_is_not_found(table: Any, member: Any, stages: list[Any]) -> None:
    made, _shown = _board(member, table, f"pipeline={stages[0].pipeline_id}")
    from crm_core.lists.queries.checking import check
    from crm_core.lists.queries.conditions import Asked

    asked = Asked()
    checked = check(table, asked.filter, made.reader, Deal)
    with pytest.raises(NotFound):
        next_cards(made, member, address_of(table, asked, None), checked, "elsewhere", "")


def test_a_board_asks_few_questions(
    table: Any, member: Any, make_deal: Callable[..., Deal], stages: list[Any]
) -> None:
    for i in range(12):
        make_deal(amount=i, owner=member, stage=i % 3, tags=["a"])
    with CaptureQueriesContext(connections["tenant"]) as asked:
        drawn(member, table, f"draw=board&sort=name&pipeline={stages[0].pipeline_id}")
    # Views, pipelines, lanes, counts, cards, totals; beside these the page has its session.
    assert len(asked) == 6


def test_hidden_columns_only_order_the_board(
    member: Any, make_deal: Callable[..., Deal], stages: list[Any]
) -> None:
    from dataclasses import replace

    from tests.crm_core.lists.conftest import make_table

    plain = make_table()
    columns = (
        *plain.columns[:-1],
        Column("place2", "Place", sort="position", hidden=True),
        plain.columns[-1],
    )
    board = replace(plain.boards[0], sort="place2", by_hand=True)
    table = replace(plain, columns=columns, boards=(board,))
    make_deal("Second", position=2)
    make_deal("First", position=1)
    made, shown = _board(member, table, f"pipeline={stages[0].pipeline_id}")
    assert [card.label for card in shown.lanes[0].cards] == ["First", "Second"]
    assert shown.by_hand
    assert "Place: A to Z" not in {str(choice.label) for choice in made.sorts if "place2" in choice.url}
    assert not [choice for choice in made.sorts if "sort=place2" in choice.url]
