"""Winning: with a reason from the list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from crm_core.events.models import Event
from crm_core.sales import actions
from crm_core.sales.models import Reason
from kernel.errors import Invalid
from kernel.when import today

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
pytestmark = pytest.mark.usefixtures("that_day")
TODAY = today("UTC")


def test_winning_closes_the_deal_with_its_reason(
    browser: Any, url: Any, deal: Any, sales: Any, again: Any
) -> None:
    reason = sales.reason("won")
    answer = browser.post(url("winning", deal.pk), {"reason": str(reason.id), "reason_text": "They know us."})
    assert answer.status_code == 302
    won = again(deal)
    assert (won.outcome, won.stage_id, won.closed_on) == ("won", sales.won.id, TODAY)
    assert (won.reason_id, won.reason_text) == (reason.id, "They know us.")
    fact = Event.objects.get(verb="sales.won")
    assert fact.changes["reason"][1]["label"] == reason.name
    assert fact.values["amount"] == {"minor": 18_400_00, "currency": "EUR"}


def test_the_dialog_closes_and_offers_undo(browser: Any, url: Any, deal: Any, sales: Any, again: Any) -> None:
    typed = {"reason": str(sales.reason("won").id)}
    body = browser.post(url("winning", deal.pk), typed, headers=HTMX).content.decode()
    assert 'hx-target="#dialog-body"' in body
    assert url("reopening", deal.pk) in body
    browser.post(url("reopening", deal.pk), headers=HTMX)
    assert again(deal).outcome == "open"


@pytest.mark.parametrize("text", ["", "They liked the samples"])
def test_a_reason_from_the_list_is_required_and_words_alone_are_refused(
    browser: Any, url: Any, deal: Any, again: Any, text: str
) -> None:
    answer = browser.post(url("winning", deal.pk), {"reason_text": text})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose a reason from the list" in page
    assert text in page
    assert again(deal).outcome == "open"


def test_words_are_enough_where_the_list_is_not_mandatory(
    member: Any, deal: Any, sales: Any, again: Any
) -> None:
    actions.change_pipeline(by=member, id=sales.pipeline.id, reason_required=False)
    actions.win(by=member, id=deal.pk, reason_text="They liked the samples")
    assert again(deal).reason is None


def test_an_empty_list_asks_for_nothing(member: Any, deal: Any, again: Any) -> None:
    Reason.objects.update(active=False)
    actions.win(by=member, id=deal.pk)
    assert again(deal).outcome == "won"


def test_a_reason_off_the_list_or_of_losing_is_refused(member: Any, deal: Any, sales: Any) -> None:
    off = sales.reason("won")
    actions.change_reason(by=member, id=off.id, active=False)
    for reason in (off, sales.reason("lost")):
        with pytest.raises(Invalid) as refused:
            actions.win(by=member, id=deal.pk, reason_id=reason.id)
        assert "reason" in refused.value.fields


def test_closing_days_outside_the_deals_life_are_refused(
    browser: Any, url: Any, deal: Any, sales: Any
) -> None:
    reason = str(sales.reason("won").id)
    for day, words in (
        (TODAY + timedelta(days=2), "in the future"),
        (TODAY - timedelta(days=2), "before the deal"),
    ):
        answer = browser.post(url("winning", deal.pk), {"reason": reason, "closed_on": day.isoformat()})
        assert answer.status_code == 422
        assert words in answer.content.decode()


def test_winning_twice_writes_one_fact(member: Any, deal: Any, sales: Any) -> None:
    for _turn in range(2):
        actions.win(by=member, id=deal.pk, reason_id=sales.reason("won").id)
    assert Event.objects.filter(verb="sales.won").count() == 1


def test_a_lost_deal_can_be_won_after_all(member: Any, deal: Any, sales: Any, again: Any) -> None:
    actions.lose(by=member, id=deal.pk, reason_id=sales.reason("lost").id)
    actions.win(by=member, id=deal.pk, reason_id=sales.reason("won").id)
    assert (again(deal).outcome, again(deal).reason.kind) == ("won", "won")
