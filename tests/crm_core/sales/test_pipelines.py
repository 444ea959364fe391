"""Setting up: pipelines, stages with a place for their deals, reasons."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.events.models import Event
from crm_core.sales import actions, queries
from crm_core.sales.models import Deal, Pipeline, Reason, Stage
from kernel.errors import Invalid, NotAllowed


def test_a_new_pipeline_begins_with_the_stages_of_the_first(browser: Any, url: Any, sales: Any) -> None:
    answer = browser.post(url("new_pipeline"), {"name": "Service"})
    made = Pipeline.objects.get(name="Service")
    assert answer.headers["Location"].endswith(url("pipeline", made.id))
    assert [stage.name for stage in made.stages.all()] == [
        stage.name for stage in sales.pipeline.stages.all()
    ]


@pytest.mark.parametrize(
    ("name", "words"), [("", "required"), ("sales", "already a pipeline"), ("x" * 200, "80")]
)
def test_pipeline_names_are_checked(browser: Any, url: Any, name: str, words: str) -> None:
    answer = browser.post(url("new_pipeline"), {"name": name})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_name_and_rule_of_a_pipeline_change(browser: Any, url: Any, sales: Any) -> None:
    browser.post(url("pipeline", sales.pipeline.id), {"name": "Projects"})
    found = Pipeline.objects.get(pk=sales.pipeline.id)
    assert (found.name, found.reason_required) == ("Projects", False)


def test_pipelines_are_put_in_order(browser: Any, url: Any, sales: Any, member: Any) -> None:
    other = actions.add_pipeline(by=member, name="Service")
    browser.post(url("pipeline_order"), {"id": str(other.id), "to": "up"})
    assert queries.pipelines()[0].id == other.id


def test_removing_a_pipeline_asks_where_its_deals_go(
    browser: Any, url: Any, sales: Any, member: Any, deal: Any
) -> None:
    other = actions.add_pipeline(by=member, name="Service")
    address = url("pipeline_removal", sales.pipeline.id)
    assert "1 deal needs a new place" in browser.get(address).content.decode()
    assert browser.post(address, {}).status_code == 422
    assert browser.post(address, {"target": str(other.id)}).status_code == 302
    assert Deal.objects.get(pk=deal.pk).pipeline_id == other.id
    assert not Pipeline.objects.filter(pk=sales.pipeline.id).exists()


def test_the_last_pipeline_stays(member: Any, sales: Any) -> None:
    with pytest.raises(Invalid):
        actions.remove_pipeline(by=member, id=sales.pipeline.id)


def test_a_stage_is_added_behind_the_last_of_its_kind(browser: Any, url: Any, sales: Any) -> None:
    typed = {"name": "Trial", "kind": "open", "probability": "60", "usual_days": "7", "hue": "teal"}
    assert browser.post(url("new_stage", sales.pipeline.id), typed).status_code == 302
    names = [stage.name for stage in Stage.objects.filter(pipeline=sales.pipeline)]
    assert names == ["Qualification", "Proposal", "Negotiation", "Contract", "Trial", "Won", "Lost"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "proposal"}, "already has a stage"),
        ({"name": ""}, "required"),
        ({"probability": "120"}, "100"),
        ({"usual_days": "-1"}, "0"),
        ({"hue": "mauve"}, "valid choice"),
    ],
)
def test_stage_values_are_checked(browser: Any, url: Any, sales: Any, typed: Any, words: str) -> None:
    whole = {"name": "Trial", "kind": "open", "probability": "60", "usual_days": "7", "hue": "teal", **typed}
    answer = browser.post(url("new_stage", sales.pipeline.id), whole)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_stage_is_renamed_and_all_deals_follow(
    browser: Any, url: Any, sales: Any, deal: Any, again: Any
) -> None:
    typed = {"name": "First talk", "probability": "25", "usual_days": "", "hue": "pink"}
    browser.post(url("stage", sales.first.id), typed)
    assert (again(deal).stage.name, again(deal).likely, again(deal).stage.usual_days) == ("First talk", 25, 0)


def test_closing_stages_have_no_odds_of_their_own(browser: Any, url: Any, sales: Any) -> None:
    browser.post(url("stage", sales.won.id), {"name": "Sold", "probability": "10", "hue": "green"})
    found = Stage.objects.get(pk=sales.won.id)
    assert (found.name, found.probability) == ("Sold", 100)


def test_stages_move_among_their_kind_only(browser: Any, url: Any, sales: Any) -> None:
    browser.post(url("stage_order", sales.pipeline.id), {"id": str(sales.second.id), "to": "up"})
    assert queries.open_stages(queries.pipelines()[0])[0].id == sales.second.id
    browser.post(url("stage_order", sales.pipeline.id), {"id": str(sales.won.id), "to": "up"})
    assert [stage.kind for stage in queries.pipelines()[0].stages.all()] == ["open"] * 4 + ["won", "lost"]


def test_removing_a_stage_moves_its_deals_with_history(
    browser: Any, url: Any, sales: Any, member: Any, deal: Any, again: Any
) -> None:
    address = url("stage_removal", sales.first.id)
    assert "1 deal needs a new place" in browser.get(address).content.decode()
    answer = browser.post(address, {})
    assert answer.status_code == 422
    assert "Choose the stage where the deals go" in answer.content.decode()
    assert browser.post(address, {"target": str(sales.won.id)}).status_code == 422
    assert browser.post(address, {"target": str(sales.second.id)}).status_code == 302
    assert again(deal).stage_id == sales.second.id
    assert Event.objects.filter(verb="sales.moved", record_id=deal.pk).count() == 1


def test_deals_in_the_trash_are_taken_along(member: Any, sales: Any, deal: Any, again: Any) -> None:
    from crm_core.records.actions import trash

    trash(by=member, ids=[deal.pk])
    actions.remove_stage(by=member, id=sales.first.id, to_stage_id=sales.second.id)
    assert again(deal).stage_id == sales.second.id


def test_the_last_stage_of_a_kind_stays(browser: Any, url: Any, sales: Any) -> None:
    answer = browser.post(url("stage_removal", sales.won.id), {})
    assert answer.status_code == 422
    assert "this is the last one" in answer.content.decode()


def test_reasons_are_added_renamed_and_taken_off_the_list(browser: Any, url: Any, sales: Any) -> None:
    browser.post(url("new_reason", "lost"), {"name": "Waits for a subsidy"})
    made = Reason.objects.get(name="Waits for a subsidy")
    browser.post(url("reason", made.id), {"name": "Waits for money"})
    browser.post(url("reason_state", made.id))
    found = Reason.objects.get(pk=made.id)
    assert (found.name, found.active) == ("Waits for money", False)
    assert found not in queries.reasons("lost")
    assert browser.post(url("new_reason", "lost"), {"name": "no budget"}).status_code == 422
    assert browser.get(url("new_reason", "open")).status_code == 404


def test_removing_a_used_reason_asks_for_another(
    browser: Any, url: Any, sales: Any, member: Any, deal: Any, again: Any
) -> None:
    first, second = queries.reasons("won")[:2]
    actions.win(by=member, id=deal.pk, reason_id=first.id)
    address = url("reason_removal", first.id)
    assert browser.post(address, {}).status_code == 422
    browser.post(address, {"target": str(second.id)})
    assert again(deal).reason_id == second.id
    assert not Reason.objects.filter(pk=first.id).exists()


def test_setting_up_needs_the_right(make_member: Any, client_for: Any, url: Any, sales: Any) -> None:
    seller = make_member(rights=["sales.view", "sales.edit"])
    assert client_for(seller).get(url("pipelines")).status_code == 403
    with pytest.raises(NotAllowed):
        actions.add_stage(by=seller, pipeline_id=sales.pipeline.id, name="x")
