"""Moving a deal through its pipeline, and back from closing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Max, Min, Q
from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import record
from crm_core.records import actions as cards
from crm_core.records.actions import Outcome
from crm_core.records.models import Card
from crm_core.sales import queries
from crm_core.sales.actions.deals import EDIT, named
from crm_core.sales.models import Deal, Stage
from crm_core.sales.models import Outcome as Closing
from crm_core.team.models import Member
from kernel.actions import action
from kernel.errors import Invalid
from kernel.when import now


@action(EDIT)
def move(
    *,
    by: Member,
    id: UUID,
    stage_id: UUID,
    before_id: UUID | None = None,
    last: bool = False,
    version: int | None = None,
) -> Deal:
    """Put a deal into an open stage: above ``before_id`` in its lane, or ``last``, else on top.

    A closed deal is thereby reopened. Within a stage only the place changes, without history.
    Raises ``Invalid`` for a stage that closes deals: those need :func:`win` or :func:`lose`.
    """
    card, deal = locked(by, id, version, stage=str(stage_id))
    stage = Stage.objects.select_related("pipeline").filter(pk=stage_id).first()
    if stage is None:
        raise Invalid(
            _("This stage no longer exists. Reload the page to see the present ones."), field="stage"
        )
    if stage.kind != Closing.OPEN:
        raise Invalid(_("A deal is closed by winning or losing it, with a reason."), field="stage")
    return enter(deal, card, stage, by=by, position=_place(stage, id, before_id, last))


@action(EDIT)
def bulk_move(*, by: Member, ids: Sequence[UUID], stage_id: UUID) -> Outcome:
    """Put several deals on top of an open stage, each with its own fact; closed ones are left alone.

    Returns what was done and what was kept, with the reason.
    """
    stage = Stage.objects.select_related("pipeline").filter(pk=stage_id, kind=Closing.OPEN).first()
    if stage is None:
        raise Invalid(_("Choose a stage from the list."), field="stage_id")
    outcome = Outcome()
    for deal_id in ids:
        card, deal = locked(by, deal_id, None)
        if not deal.is_open:
            outcome.keep(card, _("It is closed: open it again first."))
        elif deal.stage_id == stage.id:
            outcome.keep(card, _("It is in this stage already."))
        else:
            enter(deal, card, stage, by=by, position=-now().timestamp())
            outcome.done.append(deal_id)
    return outcome


@action(EDIT)
def reopen(*, by: Member, id: UUID, version: int | None = None) -> Deal:
    """Take a won or lost deal back to the open stage that it came from. Open deals stay as they are."""
    card, deal = locked(by, id, version)
    if deal.is_open:
        return deal
    pipeline = next(found for found in queries.pipelines() if found.id == deal.pipeline_id)
    stages = queries.open_stages(pipeline)
    stage = next((found for found in stages if found.id == deal.last_open_id), stages[0])
    return enter(deal, card, stage, by=by, position=-now().timestamp())


def locked(by: Member, id: UUID, version: int | None, **yours: Any) -> tuple[Card, Deal]:
    """The deal and its card, locked until the transaction ends. Raises ``NotFound`` and ``Conflict``.

    A newer version is a conflict only if it changed the same fields: by default stage and reason.
    """
    card = cards.lock_card(
        by=by, kind="deal", id=id, version=version, yours=yours or {"stage": "", "reason": ""}
    )
    deal = queries.with_rows(Deal.objects.filter(pk=id)).get()
    deal.card = card
    return card, deal


def enter(deal: Deal, card: Card, stage: Stage, *, by: Member, position: float) -> Deal:
    """Write a deal's new stage and place, and the fact if the stage is another one."""
    deal.position = position
    if stage.id == deal.stage_id:
        deal.save(update_fields=["position"])
        return deal
    verb = "sales.moved" if deal.is_open else "sales.reopened"
    changes = {"stage": [named(deal.stage), named(stage)]}
    if stage.pipeline_id != deal.pipeline_id:
        changes["pipeline"] = [named(deal.pipeline), named(stage.pipeline)]
    if deal.reason:
        changes["reason"] = [named(deal.reason), None]
    deal.stage, deal.pipeline, deal.last_open = stage, stage.pipeline, stage
    deal.outcome, deal.closed_on, deal.reason, deal.reason_text = Closing.OPEN, None, None, ""
    deal.stage_since = now()
    deal.save()
    cards.touch_card(by=by, card=card)
    record(verb, by=by, record=card, client_id=deal.client_id, changes=changes)
    return deal


def _place(stage: Stage, moving: UUID, before_id: UUID | None, last: bool) -> float:
    """A position in the lane. Makes room where none is left between two neighbours."""
    lane = Deal.objects.filter(stage=stage).exclude(pk=moving).order_by("position", "pk")
    below = lane.filter(pk=before_id).first() if before_id else None
    if below is None:
        ends = lane.aggregate(first=Min("position"), final=Max("position"))
        if ends["first"] is None:
            return -now().timestamp()
        return ends["final"] + 1 if last else min(-now().timestamp(), ends["first"] - 1)
    earlier = lane.filter(Q(position__lt=below.position) | Q(position=below.position, pk__lt=below.pk))
    above = earlier.last()
    if above is None:
        return below.position - 1
    middle = (above.position + below.position) / 2
    if above.position < middle < below.position:
        return middle
    _spread(stage)
    return _place(stage, moving, before_id, last)


def _spread(stage: Stage) -> None:
    """Give every deal of a lane a whole-number place, in the present order."""
    deals = list(Deal.objects.select_for_update(of=("self",)).filter(stage=stage).order_by("position", "pk"))
    start = -now().timestamp()
    for place, deal in enumerate(deals):
        deal.position = start + place
    Deal.objects.bulk_update(deals, ["position"], batch_size=500)
