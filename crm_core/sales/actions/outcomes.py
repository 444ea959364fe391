"""Winning and losing: the end of a deal, with its reason."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import record
from crm_core.records import actions as cards
from crm_core.sales import queries
from crm_core.sales.actions.deals import EARLIEST, EDIT, TEXT_LONGEST, here_today, named, said
from crm_core.sales.actions.lanes import locked
from crm_core.sales.models import Deal, Outcome, Pipeline, Reason, Stage
from crm_core.team.models import Member
from kernel.actions import action
from kernel.errors import Invalid
from kernel.text import clean
from kernel.when import now


@action(EDIT)
def win(*, by: Member, id: UUID, version: int | None = None, **told: Any) -> Deal:
    """The client has bought. ``told``: reason_id, reason_text, closed_on (today), stage_id (the first won stage).

    Raises ``Invalid`` where the pipeline asks for a reason from the list and none was chosen.
    A deal that is won already stays as it is.
    """
    return _close(by, id, version, Outcome.WON, "sales.won", **told)


@action(EDIT)
def lose(*, by: Member, id: UUID, version: int | None = None, **told: Any) -> Deal:
    """The client will not buy. Arguments and errors as for :func:`win`."""
    return _close(by, id, version, Outcome.LOST, "sales.lost", **told)


def _close(
    by: Member,
    id: UUID,
    version: int | None,
    outcome: Outcome,
    verb: str,
    *,
    reason_id: UUID | None = None,
    reason_text: str = "",
    closed_on: date | None = None,
    stage_id: UUID | None = None,
) -> Deal:
    card, deal = locked(by, id, version)
    if deal.outcome == outcome:
        return deal
    pipeline = next(found for found in queries.pipelines() if found.id == deal.pipeline_id)
    reason_text = clean(reason_text, multiline=True)[:TEXT_LONGEST]
    reason = _reason(pipeline, outcome, reason_id, reason_text)
    stage = _stage(pipeline, outcome, stage_id)
    day = _closing_day(deal, closed_on)
    changes = {"stage": [named(deal.stage), named(stage)]}
    if reason != deal.reason:
        changes["reason"] = [named(deal.reason), named(reason)]
    deal.outcome, deal.stage, deal.closed_on = outcome, stage, day
    deal.reason, deal.reason_text = reason, reason_text
    deal.stage_since = now()
    deal.save()
    cards.touch_card(by=by, card=card)
    record(
        verb,
        by=by,
        record=card,
        client_id=deal.client_id,
        changes=changes,
        reason_text=reason_text,
        closed_on=day.isoformat(),
        amount=said("amount", deal),
    )
    return deal


def _reason(pipeline: Pipeline, outcome: Outcome, reason_id: UUID | None, text: str) -> Reason | None:
    """The chosen reason. Own words stand beside one from the list, never instead, where the list is mandatory."""
    listed = {reason.id: reason for reason in queries.reasons(outcome)}
    if reason_id is not None:
        if reason_id not in listed:
            raise Invalid(_("This reason is no longer on the list. Choose another."), field="reason")
        return listed[reason_id]
    if pipeline.reason_required and listed:
        if text:
            raise Invalid(
                _("Choose a reason from the list as well: your own words stand beside it."), field="reason"
            )
        raise Invalid(_("Choose a reason from the list."), field="reason")
    return None


def _stage(pipeline: Pipeline, outcome: Outcome, stage_id: UUID | None) -> Stage:
    if stage_id is None:
        return queries.closing_stage(pipeline, outcome)
    for stage in pipeline.stages.all():
        if stage.id == stage_id and stage.kind == outcome:
            return stage
    raise Invalid(_("Choose a stage from the list."), field="stage")


def _closing_day(deal: Deal, closed_on: date | None) -> date:
    today = here_today()
    if closed_on is None:
        return max(today, deal.opened_on)
    if closed_on > today:
        raise Invalid(_("A deal cannot be closed in the future."), field="closed_on")
    if closed_on < max(deal.opened_on, EARLIEST):
        raise Invalid(_("This day is before the deal was opened."), field="closed_on")
    return closed_on
