"""Moving a deal: the stage, the place in the lane, the history, and what goes back."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.events.models import Event
from crm_core.sales import actions
from crm_core.sales.models import Deal
from kernel.errors import Conflict, Invalid, NotFound
from kernel.when import frozen, now

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def lane(stage: Any) -> list[str]:
    """The names in a lane, from the top."""
    deals = Deal.objects.filter(stage=stage).order_by("position", "pk").select_related("card")
    return [deal.card.label for deal in deals]


def test_a_move_changes_the_stage_and_writes_history(
    browser: Any, url: Any, deal: Any, sales: Any, again: Any
) -> None:
    with frozen(now()) as clock:
        clock.advance(days=3)
        answer = browser.post(url("moving", deal.pk), {"lane": str(sales.second.id)})
        moment = now()
    assert answer.status_code == 302
    moved = again(deal)
    assert (moved.stage_id, moved.last_open_id, moved.outcome) == (sales.second.id, sales.second.id, "open")
    assert moved.stage_since == moment
    fact = Event.objects.get(verb="sales.moved")
    assert [side["label"] for side in fact.changes["stage"]] == ["Qualification", "Proposal"]
    assert fact.client_id == deal.client_id
    assert moved.card.version == deal.card.version + 1


def test_an_htmx_move_answers_with_the_changed_lanes_and_undo(
    browser: Any, url: Any, deal: Any, sales: Any
) -> None:
    here = {"HX-Current-URL": "http://acme.terem.test" + url("deals", draw="board")}
    answer = browser.post(url("moving", deal.pk), {"lane": str(sales.second.id)}, headers={**HTMX, **here})
    body = answer.content.decode()
    assert answer.status_code == 200
    assert 'hx-target="#list"' in body
    assert f'id="lane-{sales.second.id}"' in body
    assert f"lane={sales.first.id}" in body
    undo = url("moving", deal.pk) + f"?lane={sales.first.id}"
    browser.post(undo, headers={**HTMX, **here})
    assert Deal.objects.get(pk=deal.pk).stage_id == sales.first.id


def test_cards_keep_the_place_where_they_were_put(make_deal: Any, member: Any, sales: Any) -> None:
    for name in ("c", "b", "a"):
        make_deal(name=name)
    a, b, c = (Deal.objects.get(card__label=name) for name in "abc")
    assert lane(sales.first) == ["a", "b", "c"]
    actions.move(by=member, id=a.pk, stage_id=sales.first.id, before_id=c.pk)
    assert lane(sales.first) == ["b", "a", "c"]
    actions.move(by=member, id=b.pk, stage_id=sales.first.id, last=True)
    assert lane(sales.first) == ["a", "c", "b"]
    actions.move(by=member, id=b.pk, stage_id=sales.first.id)
    assert lane(sales.first) == ["b", "a", "c"]
    assert not Event.objects.filter(verb="sales.moved").exists()


def test_room_is_made_between_two_neighbours(make_deal: Any, member: Any, sales: Any) -> None:
    deals = [make_deal(name=name) for name in ("y", "x", "z")]
    Deal.objects.filter(pk__in=[deal.pk for deal in deals[:2]]).update(position=1.0)
    Deal.objects.filter(pk=deals[2].pk).update(position=5.0)
    order = lane(sales.first)
    actions.move(
        by=member,
        id=deals[2].pk,
        stage_id=sales.first.id,
        before_id=Deal.objects.get(card__label=order[1]).pk,
    )
    assert lane(sales.first) == [order[0], "z", order[1]]


def test_a_closing_stage_asks_for_the_reason_instead(browser: Any, url: Any, deal: Any, sales: Any) -> None:
    for target in (str(sales.won.id), "won"):
        answer = browser.post(url("moving", deal.pk), {"lane": target}, headers=HTMX)
        assert answer.status_code == 200
        assert 'hx-target="#dialog-body"' in answer.content.decode()
        assert "why did they choose you" in answer.content.decode()
    assert Deal.objects.get(pk=deal.pk).outcome == "open"
    plain = browser.post(url("moving", deal.pk), {"lane": "lost"})
    assert plain.headers["Location"].endswith(url("losing", deal.pk))


def test_the_action_does_not_close_by_moving(member: Any, deal: Any, sales: Any) -> None:
    with pytest.raises(Invalid):
        actions.move(by=member, id=deal.pk, stage_id=sales.won.id)


@pytest.mark.parametrize("target", ["", "nonsense", "01a00000-0000-7000-8000-000000000001"])
def test_an_unknown_stage_is_refused_and_nothing_changes(
    browser: Any, url: Any, deal: Any, target: str
) -> None:
    answer = browser.post(url("moving", deal.pk), {"lane": target}, headers=HTMX)
    assert answer.status_code == 422
    assert answer.headers["HX-Reswap"] == "none"
    assert not Event.objects.filter(verb="sales.moved").exists()


def test_a_stale_move_is_a_conflict(make_member: Any, member: Any, deal: Any, sales: Any) -> None:
    version = deal.card.version
    actions.move(by=member, id=deal.pk, stage_id=sales.second.id)
    with pytest.raises(Conflict):
        actions.move(by=member, id=deal.pk, stage_id=sales.stages[2].id, version=version)


def test_a_change_of_another_field_does_not_stand_in_the_way(member: Any, deal: Any, sales: Any) -> None:
    version = deal.card.version
    actions.change_deal(by=member, id=deal.pk, source="Website")
    actions.move(by=member, id=deal.pk, stage_id=sales.second.id, version=version)


def test_a_foreign_deal_is_not_found(
    make_member: Any, deal: Any, sales: Any, client_for: Any, url: Any
) -> None:
    seller = make_member(rights=["sales.view", "sales.edit"], visibility="own")
    with pytest.raises(NotFound):
        actions.move(by=seller, id=deal.pk, stage_id=sales.second.id)
    assert client_for(seller).post(url("moving", deal.pk), {"lane": str(sales.second.id)}).status_code == 404


def test_another_pipelines_stage_takes_the_deal_along(member: Any, deal: Any, again: Any) -> None:
    other = actions.add_pipeline(by=member, name="Service")
    stage = other.stages.first()
    actions.move(by=member, id=deal.pk, stage_id=stage.id)
    assert again(deal).pipeline_id == other.id
    assert "pipeline" in Event.objects.get(verb="sales.moved").changes
