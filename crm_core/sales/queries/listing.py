"""What the list of deals, its board, and the lists of clients read of deals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from crm_core.activities.models import Activity
from crm_core.activities.queries import next_step_for
from crm_core.lists.queries.declaring import Lane, Option, Step
from crm_core.records.queries import Reader, asking
from crm_core.sales.models import Deal, DealQuerySet, Outcome, Pipeline, Reason, Stage, StageQuerySet
from crm_core.sales.queries.choosing import is_key
from crm_core.sales.queries.deals import visible_to
from crm_core.sales.queries.figures import Sums, closed_between, figures_of, sums_by
from crm_core.team.models import Member
from kernel.money import Totals
from kernel.standing import AnyOf, standing
from kernel.when import today

# So many own deals without a next step are looked for.
MOST_WITHOUT_STEP = 6
STEP_ICONS = {"task": "square-check", "call": "phone", "meeting": "users"}


def deal_rows(member: Member) -> DealQuerySet:
    """The rows of the list with cards and owners; what else a page shows comes along with its columns."""
    return visible_to(member).select_related("card__owner")


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
    stages = _open_stages(pipeline=UUID(pipeline_id)) if is_key(pipeline_id) else []
    return [Lane(str(stage.id), stage.name, hue=stage.hue) for stage in stages]


@standing
def _open_stages(*, pipeline: Any) -> StageQuerySet:
    return Stage.objects.open().filter(pipeline_id=pipeline)


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
    found = sums_by(_open_of_clients(clients=list(ids)), "client")
    return {client: sums.amounts for client, sums in found.items() if sums.amounts}


@standing
def _open_of_clients(*, clients: Any) -> Any:
    return figures_of(Deal.objects.live().open().filter(AnyOf(F("client_id"), clients)), "client")


def has_open_deals() -> Exists:
    """For filters of clients: there is an open deal."""
    return Exists(Deal.objects.live().open().filter(client=OuterRef("pk")))


def closing_this_month(member: Member) -> Q:
    """Open deals expected in this calendar month, overdue ones of this month included."""
    here = today(member.zone)
    return Q(outcome=Outcome.OPEN, expected_on__year=here.year, expected_on__month=here.month)


def rails(member: Member, pipeline_id: str, here: date) -> dict[str, Any]:
    """What was won and lost this month in a pipeline, for both sides of the board. One query."""
    part = {"pipeline": UUID(pipeline_id)} if pipeline_id else {}
    rows = _closed(first=here.replace(day=1), last=here, **part, **asking(member))
    found = sums_by(rows, "outcome")
    return {kind: found.get(kind, Sums()) for kind in (Outcome.WON.value, Outcome.LOST.value)}


@standing
def _closed(
    *, first: Any, last: Any, sees: tuple[str], member: Any, team: Any = None, pipeline: Any = None
) -> Any:
    deals = visible_to(Reader.of(sees, member, team))
    if pipeline is not None:
        deals = deals.filter(pipeline_id=pipeline)
    return figures_of(closed_between(deals, first, last), "outcome")


def without_step(member: Member, limit: int) -> list[Deal]:
    """The member's own open deals that nobody has planned anything for, the longest in their stage first."""
    return _without_step(**asking(member))[:limit]


@standing
def _without_step(*, sees: tuple[str], member: Any, team: Any = None) -> DealQuerySet:
    mine = visible_to(Reader.of(sees, member, team)).open().filter(card__owner_id=member)
    rows = mine.exclude(has_step()).select_related("card", "client", "stage")
    return rows.order_by("stage_since", "pk")[:MOST_WITHOUT_STEP]
