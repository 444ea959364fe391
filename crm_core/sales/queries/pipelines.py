"""Pipelines with their stages, and the lists of reasons."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q

from crm_core.records.models import Card
from crm_core.sales.models import Deal, Outcome, Pipeline, Reason, Stage
from kernel.errors import NotFound


def pipelines() -> list[Pipeline]:
    """All pipelines in their order, each with its stages. Two queries."""
    return list(Pipeline.objects.prefetch_related("stages"))


def choose(found: list[Pipeline], pipeline_id: str | UUID | None) -> Pipeline:
    """The pipeline that an address asks for, else the first. Raises ``NotFound`` for an unknown one."""
    if not pipeline_id:
        if not found:
            raise NotFound
        return found[0]
    for pipeline in found:
        if str(pipeline.id) == str(pipeline_id):
            return pipeline
    raise NotFound


def open_stages(pipeline: Pipeline) -> list[Stage]:
    return [stage for stage in pipeline.stages.all() if stage.kind == Outcome.OPEN]


def closing_stage(pipeline: Pipeline, kind: str) -> Stage:
    """The stage that won or lost deals of a pipeline stand in; the first if there are several."""
    return next(stage for stage in pipeline.stages.all() if stage.kind == kind)


def reasons(kind: str, keep: UUID | None = None) -> list[Reason]:
    """The reasons that may be chosen, and ``keep``, the one that already stands on a deal."""
    return list(Reason.objects.filter(Q(active=True) | Q(id=keep), kind=kind))


def all_reasons() -> list[Reason]:
    """Every reason with the number of deals that bear it, for the settings page."""
    return list(Reason.objects.annotate(used=Count("deals")).order_by("kind", "-active", "position", "id"))


def stage_counts() -> dict[UUID, int]:
    """How many deals that are not purged stand in each stage, whoever owns them."""
    rows = (
        Deal.objects.exclude(card__state=Card.State.PURGED).values_list("stage").annotate(n=Count("card_id"))
    )
    return dict(rows)


def stage(id: UUID) -> Stage:
    """One stage with its pipeline. Raises ``NotFound``."""
    found = Stage.objects.select_related("pipeline").filter(pk=id).first()
    if found is None:
        raise NotFound
    return found


def reason(id: UUID) -> Reason:
    """One reason, with ``used``: how many deals bear it. Raises ``NotFound``."""
    found = Reason.objects.annotate(used=Count("deals")).filter(pk=id).first()
    if found is None:
        raise NotFound
    return found


def reason_lists() -> dict[str, list[Reason]]:
    """Every reason by what it is for, for the settings page."""
    found = all_reasons()
    return {
        kind: [one for one in found if one.kind == kind] for kind in (Outcome.WON.value, Outcome.LOST.value)
    }


def counted_pipelines() -> list[Pipeline]:
    """All pipelines, with ``path`` (its stages) and, like each stage, ``in_it``: how many deals it holds. Three queries."""
    counts = stage_counts()
    found = pipelines()
    for one in found:
        for stage in one.stages.all():
            stage.in_it = counts.get(stage.id, 0)
        one.path = list(one.stages.all())  # type: ignore[attr-defined]
        one.in_it = sum(stage.in_it for stage in one.stages.all())  # type: ignore[attr-defined]
    return found


def placed(pipeline: Pipeline) -> list[Stage]:
    """The stages, each knowing whether it is the first or last of its kind: only among those it can move."""
    stages = list(pipeline.stages.all())
    for place, one in enumerate(stages):
        one.first = place == 0 or stages[place - 1].kind != one.kind
        one.last = place == len(stages) - 1 or stages[place + 1].kind != one.kind
    return stages
