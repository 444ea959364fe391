"""Stages of a pipeline: added, changed, put in order, removed with a new place for their deals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from crm_core.activities.models import Activity
from crm_core.events.actions import build, record
from crm_core.events.models import Event
from crm_core.records.models import Card
from crm_core.sales.actions.deals import named
from crm_core.sales.models import Deal, Outcome, Stage
from crm_core.team.models import Member
from kernel.actions import action
from kernel.errors import Invalid, NotFound
from kernel.rights import declare
from kernel.text import HUES, clean, fold
from kernel.when import now

SET_UP = declare("sales.set_up", _("Set up pipelines, stages and reasons"), _("Sales"))

NAME_LONGEST = 80
MOST_DAYS = 3650
MOST_AHEAD = 365
TITLE_LONGEST = 120
# The fields of a stage that are its usual task.
STEP = ("step_title", "step_kind", "step_days")
MOST_STAGES = 30
# Where a new stage of each kind starts in the odds of winning.
USUAL_CHANCE = {Outcome.OPEN: 50, Outcome.WON: 100, Outcome.LOST: 0}
USUAL_HUE = {Outcome.OPEN: "sky", Outcome.WON: "green", Outcome.LOST: "grey"}


@action(SET_UP)
def add_stage(
    *,
    by: Member,
    pipeline_id: UUID,
    name: str,
    kind: str = Outcome.OPEN,
    probability: int | None = None,
    usual_days: int = 0,
    hue: str = "",
    **step: Any,
) -> Stage:
    """One stage more, behind the last of its kind. ``step``: step_title, step_kind, step_days of its usual task.

    Raises ``Invalid`` at name, probability, usual_days and those.
    """
    stages = list(Stage.objects.select_for_update(of=("self",)).filter(pipeline_id=pipeline_id))
    if not stages:
        raise NotFound
    if len(stages) >= MOST_STAGES:
        raise Invalid(_("A pipeline has at most %(most)s stages."), field="name", most=str(MOST_STAGES))
    chance = USUAL_CHANCE[Outcome(kind)] if probability is None or kind != Outcome.OPEN else probability
    stage = Stage(pipeline_id=pipeline_id, kind=kind)
    _fill(
        stage,
        stages,
        name=name,
        probability=chance,
        usual_days=usual_days,
        hue=hue or USUAL_HUE[Outcome(kind)],
        **step,
    )
    order = {Outcome.OPEN: 0, Outcome.WON: 1, Outcome.LOST: 2}
    stage.save(force_insert=True)
    stages.append(stage)
    stages.sort(key=lambda one: (order[Outcome(one.kind)], one is stage, one.position))
    _number(stages)
    _note(by, "added", stage)
    return stage


@action(SET_UP)
def change_stage(*, by: Member, id: UUID, **changes: Any) -> Stage:
    """Rename a stage or change probability (per cent), usual_days, hue or its usual task; its kind stays for good."""
    stage = _stage(id)
    others = list(Stage.objects.filter(pipeline_id=stage.pipeline_id).exclude(pk=id))
    if stage.kind != Outcome.OPEN:
        changes.pop("probability", None)
    _fill(stage, others, **changes)
    stage.save()
    _note(by, "changed", stage)
    return stage


@action(SET_UP)
def order_stages(*, by: Member, pipeline_id: UUID, ids: Sequence[UUID]) -> None:
    """Put the stages into this order; open ones stand before won, won before lost, whatever is asked."""
    stages = list(Stage.objects.select_for_update(of=("self",)).filter(pipeline_id=pipeline_id))
    if {stage.id for stage in stages} != set(ids) or len(ids) != len(stages):
        raise Invalid(_("The stages have changed in the meantime. Reload the page."))
    order = {Outcome.OPEN: 0, Outcome.WON: 1, Outcome.LOST: 2}
    stages.sort(key=lambda one: (order[Outcome(one.kind)], list(ids).index(one.id)))
    _number(stages)
    record("sales.set_up", by=by, what="stages_ordered", pipeline=str(pipeline_id))


@action(SET_UP)
def remove_stage(*, by: Member, id: UUID, to_stage_id: UUID | None = None) -> int:
    """Remove a stage; its deals go to ``to_stage_id``, a stage of the same kind. Returns how many went.

    Raises ``Invalid`` for the last stage of its kind, and where deals need a place and none was named.
    """
    stage = _stage(id)
    others = list(Stage.objects.filter(pipeline_id=stage.pipeline_id, kind=stage.kind).exclude(pk=id))
    if not others:
        raise Invalid(_("A pipeline needs at least one stage of each kind: this is the last one."))
    target = next((one for one in others if one.id == to_stage_id), None)
    moved = relocate(by, Deal.objects.filter(stage=stage), target)
    Deal.objects.filter(last_open=stage).update(last_open=target)
    _note(by, "removed", stage)
    stage.delete()
    return moved


def relocate(by: Member, deals: Any, target: Stage | None) -> int:
    """Put deals of a vanishing stage into ``target``, trashed ones too, with one fact for each."""
    found = list(deals.select_related("card", "stage").select_for_update(of=("self",)))
    if not found:
        return 0
    if target is None:
        raise Invalid(_("Choose the stage where the deals go."), field="to_stage")
    events = []
    for deal in found:
        changes = {"stage": [named(deal.stage), named(target)]}
        deal.card.version += 1
        deal.card.changed_at = now()
        events.append(
            build("sales.moved", by=by, record=deal.card, client_id=deal.client_id, changes=changes)
        )
        deal.stage, deal.pipeline_id, deal.stage_since = target, target.pipeline_id, now()
        if target.kind == Outcome.OPEN:
            deal.last_open = target
    fields = ["stage", "pipeline", "stage_since", "last_open"]
    Deal.objects.bulk_update(found, fields, batch_size=500)
    Card.objects.bulk_update([deal.card for deal in found], ["version", "changed_at"], batch_size=500)
    Event.objects.bulk_create(events, batch_size=1000)
    return len(found)


def _stage(id: UUID) -> Stage:
    stage = Stage.objects.select_for_update(of=("self",)).filter(pk=id).first()
    if stage is None:
        raise NotFound
    return stage


def _fill(stage: Stage, others: Sequence[Stage], **values: Any) -> None:
    """Check and set what was given. Raises ``Invalid`` with every wrong field."""
    wrong: dict[str, list[Any]] = {}
    if "name" in values:
        stage.name = clean(values["name"])
        if not stage.name:
            wrong["name"] = [_("Give the stage a name.")]
        elif len(stage.name) > NAME_LONGEST:
            wrong["name"] = [_("This name is too long.")]
        elif any(fold(one.name) == fold(stage.name) for one in others):
            wrong["name"] = [_("The pipeline already has a stage with this name.")]
    if "probability" in values:
        stage.probability = values["probability"]
        if stage.probability is None or not 0 <= stage.probability <= 100:
            wrong["probability"] = [_("The probability is a number from 0 to 100.")]
    if "usual_days" in values:
        stage.usual_days = values["usual_days"] or 0
        if not 0 <= stage.usual_days <= MOST_DAYS:
            wrong["usual_days"] = [_("Enter a number of days from 0 to 3650.")]
    if "hue" in values:
        stage.hue = values["hue"]
        if stage.hue not in (*HUES, "grey"):
            wrong["hue"] = [_("Choose a colour from the list.")]
    _fill_step(stage, wrong, **{name: values[name] for name in STEP if name in values})
    if wrong:
        raise Invalid(fields=wrong)


def _fill_step(stage: Stage, wrong: dict[str, list[Any]], **values: Any) -> None:
    """The usual task, if anything is said of it; without a title there is none."""
    if not values:
        return
    stage.step_title = clean(values.get("step_title") or "") if stage.kind == Outcome.OPEN else ""
    stage.step_kind = (values.get("step_kind") or Activity.Kind.TASK) if stage.step_title else ""
    stage.step_days = (values.get("step_days") or 0) if stage.step_title else 0
    if len(stage.step_title) > TITLE_LONGEST:
        wrong["step_title"] = [_("This is too long for a task.")]
    if stage.step_kind not in ("", *Activity.Kind.values):
        wrong["step_kind"] = [_("Choose a kind from the list.")]
    if not 0 <= stage.step_days <= MOST_AHEAD:
        wrong["step_days"] = [_("Enter a number of days from 0 to 365.")]


def _number(stages: Sequence[Stage]) -> None:
    for position, stage in enumerate(stages):
        stage.position = position
    Stage.objects.bulk_update(stages, ["position"])


def _note(by: Member, what: str, stage: Stage) -> None:
    record("sales.set_up", by=by, what=f"stage_{what}", name=stage.name, pipeline=str(stage.pipeline_id))


def last_position(model: Any, **where: Any) -> int:
    """The position behind the last row."""
    found = model.objects.filter(**where).aggregate(last=Max("position"))["last"]
    return 0 if found is None else found + 1
