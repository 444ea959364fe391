"""Pipelines: the workspace's ways of selling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import record
from crm_core.sales.actions.stages import NAME_LONGEST, SET_UP, STEP, last_position, relocate
from crm_core.sales.models import Deal, Outcome, Pipeline, Stage
from crm_core.team.models import Member
from kernel.actions import action
from kernel.errors import Invalid, NotFound
from kernel.text import clean, fold

__all__ = ["SET_UP", "add_pipeline", "change_pipeline", "order_pipelines", "remove_pipeline"]

MOST_PIPELINES = 20


@action(SET_UP)
def add_pipeline(*, by: Member, name: str) -> Pipeline:
    """One more pipeline, with the stages of the first one, to be changed from there."""
    others = list(Pipeline.objects.select_for_update(of=("self",)))
    if len(others) >= MOST_PIPELINES:
        raise Invalid(
            _("A workspace has at most %(most)s pipelines."), field="name", most=str(MOST_PIPELINES)
        )
    pipeline = Pipeline(name=_name(name, others), position=last_position(Pipeline))
    pipeline.save(force_insert=True)
    names = ("name", "position", "kind", "hue", "probability", "usual_days", *STEP)
    patterns = Stage.objects.filter(pipeline=others[0]).values(*names)
    Stage.objects.bulk_create([Stage(pipeline=pipeline, **pattern) for pattern in patterns])
    record("sales.set_up", by=by, what="pipeline_added", name=pipeline.name)
    return pipeline


@action(SET_UP)
def change_pipeline(*, by: Member, id: UUID, **changes: Any) -> Pipeline:
    """Rename a pipeline (``name``) or say whether closing asks for a reason from the list (``reason_required``)."""
    pipeline = _pipeline(id)
    if "name" in changes:
        pipeline.name = _name(changes["name"], list(Pipeline.objects.exclude(pk=id)))
    if "reason_required" in changes:
        pipeline.reason_required = bool(changes["reason_required"])
    pipeline.save()
    record("sales.set_up", by=by, what="pipeline_changed", name=pipeline.name)
    return pipeline


@action(SET_UP)
def order_pipelines(*, by: Member, ids: Sequence[UUID]) -> None:
    """Put the pipelines into this order; the first one is what new deals get."""
    found = list(Pipeline.objects.select_for_update(of=("self",)))
    if {one.id for one in found} != set(ids) or len(ids) != len(found):
        raise Invalid(_("The pipelines have changed in the meantime. Reload the page."))
    for pipeline in found:
        pipeline.position = list(ids).index(pipeline.id)
    Pipeline.objects.bulk_update(found, ["position"])
    record("sales.set_up", by=by, what="pipelines_ordered")


@action(SET_UP)
def remove_pipeline(*, by: Member, id: UUID, to_pipeline_id: UUID | None = None) -> int:
    """Remove a pipeline. Its deals go to the other one: open ones to its first stage, closed ones to its closed ones.

    Returns how many deals went. Raises ``Invalid`` for the last pipeline and where deals need a place.
    """
    pipeline = _pipeline(id)
    if not Pipeline.objects.exclude(pk=id).exists():
        raise Invalid(_("This is the only pipeline: a workspace needs one."))
    moved = 0
    for outcome in Outcome.values:
        target = None
        if to_pipeline_id and to_pipeline_id != id:
            target = Stage.objects.filter(pipeline_id=to_pipeline_id, kind=outcome).first()
        moved += relocate(by, Deal.objects.filter(pipeline=pipeline, outcome=outcome), target)
    record("sales.set_up", by=by, what="pipeline_removed", name=pipeline.name)
    pipeline.delete()
    return moved


def _pipeline(id: UUID) -> Pipeline:
    found = Pipeline.objects.select_for_update(of=("self",)).filter(pk=id).first()
    if found is None:
        raise NotFound
    return found


def _name(text: str, others: Sequence[Pipeline]) -> str:
    name = clean(text)
    if not name:
        raise Invalid(_("Give the pipeline a name."), field="name")
    if len(name) > NAME_LONGEST:
        raise Invalid(_("This name is too long."), field="name")
    if any(fold(one.name) == fold(name) for one in others):
        raise Invalid(_("There is already a pipeline with this name."), field="name")
    return name
