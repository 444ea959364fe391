"""The board: lanes with counts and sums per currency, ages, next steps, rails, and its budget."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from crm_core.activities.actions import plan
from crm_core.sales import actions
from crm_core.sales.models import Deal
from kernel.when import now, today

pytestmark = pytest.mark.usefixtures("that_day")
TODAY = today("UTC")


@pytest.fixture
def board(browser: Any, url: Any) -> Any:
    """The board's HTML."""
    return lambda **query: browser.get(url("deals", draw="board", **query)).content.decode()


def lane_of(page: str, stage: Any) -> str:
    """The part of the page that is one lane."""
    return page.split(f'id="lane-{stage.id}"')[1].split("</section>", maxsplit=1)[0]


def test_sums_stand_per_currency_and_missing_amounts_are_no_zeros(
    board: Any, make_deal: Any, sales: Any
) -> None:
    make_deal(name="a", amount_minor=100_00, currency="EUR")
    make_deal(name="b", amount_minor=250_00, currency="EUR")
    make_deal(name="c", amount_minor=99_00, currency="USD")
    make_deal(name="d")
    lane = lane_of(board(), sales.first)
    assert "€350" in lane
    assert "$99" in lane
    assert "No amount yet" in lane
    assert '<span class="count">4</span>' in lane
    assert "€" not in lane_of(board(), sales.second).split("lane-cards")[0]


def test_cards_show_client_owner_age_and_what_is_next(
    board: Any, deal: Any, make_deal: Any, member: Any, sales: Any
) -> None:
    plan(by=member, title="Send the sample", card_id=deal.pk, due_on=TODAY + timedelta(days=1))
    late = make_deal(name="Forgotten")
    Deal.objects.filter(pk=late.pk).update(stage_since=now() - timedelta(days=40))
    lane = lane_of(board(), sales.first)
    for words in (
        "Harbour House Hotels",
        "Send the sample",
        member.name,
        "No next step",
        "40 of 10 usual days",
    ):
        assert words in lane


def test_closed_deals_stand_in_the_rails_of_the_month(
    board: Any, deal: Any, make_deal: Any, member: Any, sales: Any
) -> None:
    actions.win(by=member, id=deal.pk, reason_id=sales.reason("won").id)
    old = make_deal(name="Old")
    actions.lose(by=member, id=old.pk, reason_id=sales.reason("lost").id)
    Deal.objects.filter(pk=old.pk).update(
        closed_on=TODAY - timedelta(days=70), opened_on=TODAY - timedelta(days=90)
    )
    page = board()
    won, lost = (page.split(f'data-lane="{kind}"')[1].split("</a>")[0] for kind in ("won", "lost"))
    assert "Won this month · 1 · €18,400" in " ".join(won.split())
    assert "Lost this month · 0" in " ".join(lost.split())
    assert "Lobby lighting" not in page.split('class="rails"')[0].split("lane-cards")[1]


def test_a_salesperson_sees_the_own_lane_only(
    board: Any, deal: Any, make_member: Any, client_for: Any, url: Any
) -> None:
    seller = make_member(rights=["sales.view"], visibility="own")
    page = client_for(seller).get(url("deals", draw="board")).content.decode()
    assert "Lobby lighting" not in page
    assert "€18,400" not in page


def test_who_only_reads_gets_no_handles(deal: Any, make_member: Any, client_for: Any, url: Any) -> None:
    page = client_for(make_member(rights=["sales.view"])).get(url("deals", draw="board")).content.decode()
    assert "Lobby lighting" in page
    assert "data-move" not in page


@pytest.mark.parametrize(("draw", "most"), [("board", 10), ("table", 8)])
def test_list_and_board_keep_their_budget(
    browser: Any, url: Any, make_deal: Any, member: Any, company: Any, sales: Any, draw: str, most: int
) -> None:
    for number in range(12):
        made = make_deal(name=f"Deal {number}", client_id=company.id, amount_minor=number * 100)
        actions.move(by=member, id=made.pk, stage_id=sales.stages[number % 4].id)
        if number % 2:
            plan(by=member, title="Call", kind="call", card_id=made.pk, due_on=TODAY)
    with CaptureQueriesContext(connections["tenant"]) as told:
        assert browser.get(url("deals", draw=draw)).status_code == 200
    asked = [
        query["sql"]
        for query in told
        if not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
    ]
    assert len(asked) <= most, "\n".join(asked)


def test_every_drawing_and_filter_answers(browser: Any, url: Any, deal: Any, sales: Any) -> None:
    queries = (
        "draw=table&sort=-weighted&columns=name,chance,weighted,days,reason,opened,closed,source,pipeline,tags,contact",
        "draw=table&state.is=open&next.is=no",
        "draw=table&expected.overdue=",
        "draw=table&amount.empty=",
        "draw=table&chance.least=20",
        f"draw=table&stage.is={sales.first.id}",
        "draw=table&group=stage",
        "draw=table&group=owner",
        "draw=board&sort=-amount",
        "draw=board&owner.is=me",
        f"draw=board&pipeline={sales.pipeline.id}",
    )
    for query in queries:
        answer = browser.get(url("deals") + "?" + query)
        assert answer.status_code == 200, query
        if "overdue" not in query and "empty" not in query:
            assert "Lobby lighting" in answer.content.decode(), query
