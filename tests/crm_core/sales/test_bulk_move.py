"""Moving many deals at once from the list, and taking it back."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.events.models import Event
from crm_core.records.actions import undo_change_set
from crm_core.records.models import ChangeSet
from crm_core.sales import actions
from crm_core.sales.models import Deal
from kernel.errors import Invalid


def test_chosen_deals_move_as_one_change_that_can_be_undone(
    browser: Any, url: Any, make_deal: Any, member: Any, sales: Any
) -> None:
    deals = [make_deal(name=name) for name in ("a", "b", "c")]
    typed = {"ids": [str(deal.pk) for deal in deals[:2]], "stage_id": str(sales.second.id), "asked": ""}
    answer = browser.post(url("lists:bulk", "deals", "stage"), typed)
    assert answer.status_code in (200, 302), answer.content.decode()[:400]
    assert Deal.objects.filter(stage=sales.second).count() == 2
    assert Event.objects.filter(verb="sales.moved").count() == 2
    undo_change_set(by=member, id=ChangeSet.objects.get().id)
    assert not Deal.objects.filter(stage=sales.second).exists()


def test_closed_deals_and_those_already_there_are_left_alone(make_deal: Any, member: Any, sales: Any) -> None:
    won, here = make_deal(name="won"), make_deal(name="here")
    actions.win(by=member, id=won.pk, reason_id=sales.reason("won").id)
    outcome = actions.bulk_move(by=member, ids=[won.pk, here.pk], stage_id=sales.first.id)
    assert outcome.done == []
    assert [kept.label for kept in outcome.kept] == ["won", "here"]


def test_a_closing_stage_is_no_target(member: Any, deal: Any, sales: Any) -> None:
    with pytest.raises(Invalid):
        actions.bulk_move(by=member, ids=[deal.pk], stage_id=sales.won.id)
