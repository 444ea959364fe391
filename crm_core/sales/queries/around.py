"""What stands around a deal on its page, and small questions that pages ask."""

from __future__ import annotations

from uuid import UUID

from crm_core.clients.models import Employment
from crm_core.sales.models import Deal, Outcome, Stage
from crm_core.sales.queries.deals import deals_of_card, visible_to
from crm_core.team.models import Member

MOST_PEOPLE = 8
MOST_DEALS = 6


def sees(member: Member, deal_id: UUID) -> bool:
    """Whether the member sees the deal in full."""
    return visible_to(member).filter(pk=deal_id).exists()


def stages_of(deal: Deal) -> list[Stage]:
    """All stages of the deal's pipeline, in order. One query."""
    return list(Stage.objects.filter(pipeline_id=deal.pipeline_id))


def people_around(member: Member, deal: Deal) -> list[Employment]:
    """The people of the client's company, with their roles there; for members who may see clients."""
    if deal.client is None or deal.client.kind != "company" or not member.may("clients.view"):
        return []
    rows = Employment.objects.filter(company_id=deal.client_id, person__card__state="live")
    return list(rows.select_related("person__card").order_by("person__card__sort_key")[:MOST_PEOPLE])


def other_deals(member: Member, deal: Deal) -> list[Deal]:
    """The client's other deals."""
    if deal.client_id is None:
        return []
    return list(deals_of_card(member, deal.client_id).exclude(pk=deal.pk)[:MOST_DEALS])


def closes(deal: Deal, lane: str) -> str:
    """``won`` or ``lost`` if a board's lane or a stage's id closes deals, else nothing."""
    if lane in (Outcome.WON, Outcome.LOST):
        return lane
    try:
        stage = Stage.objects.filter(pk=UUID(lane)).first()
    except ValueError:
        return ""
    return "" if stage is None or stage.kind == Outcome.OPEN else stage.kind
