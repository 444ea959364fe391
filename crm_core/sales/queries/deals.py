"""Who sees which deals, and how one deal or a client's deals are read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Q, When

from crm_core.records import queries as records
from crm_core.sales.models import Deal, DealQuerySet, Outcome
from crm_core.team.models import Member
from kernel.standing import standing


def visible_to(member: Member | records.Reader) -> DealQuerySet:
    """The live deals that a member sees in full: own, of the team, or all, as the role says."""
    return Deal.objects.live().filter(records.visibility_q(member))


def with_rows(deals: DealQuerySet) -> DealQuerySet:
    """All that a deal's own page reads and a change of it tells: ten tables in one query."""
    return deals.select_related(
        "card__owner", "client", "contact__person", "stage", "pipeline", "last_open", "reason"
    )


def deal_of(member: Member, deal_id: UUID) -> Deal:
    """A deal that the member may see, ready for its page. Raises ``NotFound``."""
    found: list[Deal] = _deal(id=deal_id, **records.asking(member))
    return found[0] if found else records.refuse(member, "deal", deal_id)


@standing
def _deal(*, id: Any, sees: tuple[str], member: Any, team: Any = None) -> DealQuerySet:
    return with_rows(visible_to(records.Reader.of(sees, member, team))).filter(pk=id).order_by()


def deals_of_card(member: Member, card_id: UUID) -> DealQuerySet:
    """Deals of a client, or in which a person is the contact: open ones first, then the newest.

    With card and stage, which is what the page of the client says of them.
    """
    mine = visible_to(member).filter(Q(client_id=card_id) | Q(contact_id=card_id))
    shut = Case(When(outcome=Outcome.OPEN, then=0), default=1)
    return mine.select_related("card", "stage").order_by(shut, "-opened_on", "-card_id")


def known_sources(limit: int = 30) -> list[str]:
    """Sources already used, the commonest first: suggestions while typing."""
    rows = (
        Deal.objects.exclude(source="").values("source").annotate(n=Count("card_id")).order_by("-n", "source")
    )
    return [row["source"] for row in rows[:limit]]


def client_of(deal_id: UUID) -> UUID | None:
    """The client in whose timeline a deal's facts also stand."""
    return Deal.objects.filter(pk=deal_id).values_list("client_id", flat=True).first()
