"""Losing: why, and that the deal can come back."""

from __future__ import annotations

from typing import Any

from crm_core.events.models import Event
from crm_core.sales import actions


def test_losing_keeps_reason_and_words(browser: Any, url: Any, deal: Any, sales: Any, again: Any) -> None:
    reason = sales.reason("lost")
    browser.post(
        url("losing", deal.pk), {"reason": str(reason.id), "reason_text": "A fifth cheaper elsewhere."}
    )
    lost = again(deal)
    assert (lost.outcome, lost.stage_id, lost.reason_id) == ("lost", sales.lost.id, reason.id)
    assert Event.objects.get(verb="sales.lost").values["reason_text"] == "A fifth cheaper elsewhere."


def test_losing_without_a_reason_is_refused(browser: Any, url: Any, deal: Any, again: Any) -> None:
    answer = browser.post(url("losing", deal.pk), {"reason_text": "too dear"})
    assert answer.status_code == 422
    assert again(deal).outcome == "open"


def test_who_only_reads_cannot_close(make_member: Any, client_for: Any, deal: Any, url: Any) -> None:
    reader = client_for(make_member(rights=["sales.view"]))
    assert reader.get(url("losing", deal.pk)).status_code == 403
    assert reader.post(url("losing", deal.pk), {}).status_code == 403


def test_reopening_returns_to_the_stage_it_came_from(
    browser: Any, url: Any, member: Any, deal: Any, sales: Any, again: Any
) -> None:
    actions.move(by=member, id=deal.pk, stage_id=sales.second.id)
    actions.lose(by=member, id=deal.pk, reason_id=sales.reason("lost").id, reason_text="no budget")
    browser.post(url("reopening", deal.pk))
    back = again(deal)
    assert (back.outcome, back.stage_id, back.closed_on, back.reason, back.reason_text) == (
        "open",
        sales.second.id,
        None,
        None,
        "",
    )
    assert Event.objects.filter(verb="sales.reopened").count() == 1
    browser.post(url("reopening", deal.pk))
    assert Event.objects.filter(verb="sales.reopened").count() == 1
