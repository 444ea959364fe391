"""The usual task of a stage: set up, offered where nothing is planned, planned once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from crm_core.activities.actions import plan
from crm_core.activities.models import Activity
from crm_core.sales import actions
from crm_core.sales.models import Pipeline, Stage
from kernel.errors import Invalid
from kernel.when import today
from tests.support.clients import cast, harbour, martha, url, web

__all__ = ["cast", "harbour", "martha", "web"]


@pytest.fixture
def stage(tenant: Any) -> Stage:
    """The first stage, with a usual task."""
    found: Stage = Pipeline.objects.get().stages.all()[0]
    found.step_title, found.step_kind, found.step_days = "Ask what is needed", "call", 2
    found.save()
    return found


@pytest.fixture
def deal(cast: Any, harbour: Any, stage: Stage) -> Any:
    return actions.open_deal(by=cast.boss, name="Lamps", stage_id=stage.id, client_id=harbour.pk)


def test_offered_planned_and_not_offered_any_more(web: Any, cast: Any, deal: Any) -> None:
    page = web.get(url("sales:deal", deal.pk)).content.decode()
    assert "Usual here: Ask what is needed" in page
    for _again in range(2):
        assert web.post(url("sales:usual", deal.pk)).status_code == 302
    found = Activity.objects.get(card_id=deal.pk)
    assert (found.title, found.kind, found.owner_id) == ("Ask what is needed", "call", cast.boss.id)
    assert found.due_on == today(cast.boss.zone) + timedelta(days=2)
    assert "Usual here" not in web.get(url("sales:deal", deal.pk)).content.decode()


def test_a_deal_with_a_step_keeps_it(cast: Any, deal: Any) -> None:
    mine = plan(by=cast.boss, title="Mine", card_id=deal.pk)
    assert actions.plan_usual(by=cast.boss, id=deal.pk) == mine
    assert Activity.objects.filter(card_id=deal.pk).count() == 1


def test_nothing_usual_nothing_planned(cast: Any, deal: Any, stage: Stage) -> None:
    Stage.objects.filter(pk=stage.pk).update(step_title="")
    with pytest.raises(Invalid):
        actions.plan_usual(by=cast.boss, id=deal.pk)


def test_set_up_with_the_stage(web: Any, stage: Stage) -> None:
    typed = {"name": stage.name, "probability": "20", "usual_days": "", "hue": "grey"}
    step = {"step_title": "Send a sample", "step_kind": "task", "step_days": "4"}
    assert web.post(url("sales:stage", stage.id), typed | step).status_code == 302
    stage.refresh_from_db()
    assert (stage.step_title, stage.step_kind, stage.step_days) == ("Send a sample", "task", 4)
    assert "Send a sample" in web.get(url("sales:pipeline", stage.pipeline_id)).content.decode()
    refused = web.post(url("sales:stage", stage.id), typed | step | {"step_days": "400"})
    assert refused.status_code == 422
    assert web.post(url("sales:stage", stage.id), typed | {"step_title": ""}).status_code == 302
    stage.refresh_from_db()
    assert (stage.step_title, stage.step_kind, stage.step_days) == ("", "", 0)
