"""The usual task of a stage: planned for a deal that has no next step."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.activities import actions as activities
from crm_core.activities.models import Activity
from crm_core.activities.queries import open_of
from crm_core.sales import queries
from crm_core.sales.actions.deals import here_today
from crm_core.team.models import Member
from kernel.actions import action
from kernel.errors import Invalid
from kernel.locks import hold


@action(activities.EDIT)
def plan_usual(*, by: Member, id: UUID) -> Activity:
    """Plan what is usual in the deal's stage; pressed twice it plans once.

    Raises ``NotFound`` for a deal that is not seen, ``Invalid`` where nothing is usual.
    """
    hold(f"sales.usual:{id}")
    deal = queries.deal_of(by, id)
    stage = deal.stage
    if not deal.is_open or not stage.step_title:
        raise Invalid(_("This stage has no usual task."))
    known = open_of(by, deal.card)
    if known:
        return known[0]
    return activities.plan(
        by=by,
        title=stage.step_title,
        kind=stage.step_kind,
        card_id=deal.pk,
        due_on=here_today() + timedelta(days=stage.step_days),
    )
