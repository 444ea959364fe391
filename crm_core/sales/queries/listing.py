"""What the list of deals, its board, and the lists of clients read of deals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from crm_core.activities.models import Activity
from crm_core.activities.queries import next_step_for
from crm_core.lists.queries.declaring import Lane, Option, Step
from crm_core.sales.models import Deal, DealQuerySet, Outcome, Pipeline, Reason, Stage
from crm_core.sales.queries.deals import visible_to, with_rows
from crm_core.sales.queries.figures import Sums, closed_in_month, sums_by
from crm_core.team.models import Member
from kernel.money import Totals
from kernel.when import today

STEP_ICONS = {"task": "square-check", "call": "phone", "meeting": "users"}


def deal_rows(member: Member) -> DealQuerySet:
    """The rows of the list, with everything that its cells and cards read."""
    return with_rows(visible_to(member))


def pipeline_options(member: Member) -> list[Option]:
    return [Option(str(pipeline.id), pipeline.name) for pipeline in Pipeline.objects.all()]


def stage_options() -> list[Option]:
    """Every stage; with several pipelines a stage says which one it belongs to."""
    stages = list(
        Stage.objects.select_related("pipeline").order_by("pipeline__position", "pipeline_id", "position")
    )
    several = len({stage.pipeline_id for stage in stages}) > 1
    return [
        Option(str(stage.id), f"{stage.pipeline.name}: {stage.name}" if several else stage.name, stage.hue)
        for stage in stages
    ]


def reason_options() -> list[Option]:
    return [Option(str(reason.id), reason.name) for reason in Reason.objects.all()]


def stage_lanes(member: Member, pipeline_id: str) -> list[Lane]:
    """The open stages of one pipeline; won and lost ones stand beside the board as rails."""
    stages = Stage.objects.open().filter(pipeline_id=pipeline_id) if pipeline_id else Stage.objects.none()
    return [Lane(str(stage.id), stage.name, hue=stage.hue) for stage in stages]


def steps_for(ids: Iterable[UUID]) -> dict[UUID, Step]:
    """The next step of each deal that has one, in one query."""
    return {key: step_of(activity) for key, activity in next_step_for(ids).items()}


def step_of(activity: Activity) -> Step:
    return Step(
        text=activity.title,
        when=activity.due_at or activity.due_on,
        icon=STEP_ICONS[activity.kind],
        tone="negative" if activity.is_overdue else "",
    )


def has_step() -> Exists:
    """For filters: somebody has planned something for the deal."""
    return Exists(Activity.objects.open().filter(card=OuterRef("pk")))


def open_sums_for(ids: Iterable[UUID]) -> dict[UUID, Totals]:
    """What the open deals of each client amount to, in one query.

    For everybody's deals, as a client's row is only shown to those who see the client.
    """
    found = sums_by(Deal.objects.live().open().filter(client_id__in=list(ids)), "client")
    return {client: sums.amounts for client, sums in found.items() if sums.amounts}


def has_open_deals() -> Exists:
    """For filters of clients: there is an open deal."""
    return Exists(Deal.objects.live().open().filter(client=OuterRef("pk")))


def closing_this_month(member: Member) -> Q:
    """Open deals expected in this calendar month, overdue ones of this month included."""
    here = today(member.zone)
    return Q(outcome=Outcome.OPEN, expected_on__year=here.year, expected_on__month=here.month)


def rails(member: Member, pipeline_id: str, here: date) -> dict[str, Any]:
    """What was won and lost this month in a pipeline, for both sides of the board. One query."""
    deals = visible_to(member)
    if pipeline_id:
        deals = deals.filter(pipeline_id=pipeline_id)
    found = sums_by(closed_in_month(deals, here), "outcome")
    return {kind: found.get(kind, Sums()) for kind in (Outcome.WON.value, Outcome.LOST.value)}


def without_step(member: Member, limit: int) -> list[Deal]:
    """The member's own open deals that nobody has planned anything for, the longest in their stage first."""
    mine = deal_rows(member).open().filter(card__owner=member).exclude(has_step())
    return list(mine.order_by("stage_since", "pk")[:limit])
