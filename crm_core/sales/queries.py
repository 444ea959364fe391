"""Reading sales: who sees which deals, pipelines with their stages, lanes, figures. Every read starts here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, Q, Sum, When

from crm_core.records import queries as records
from crm_core.records.models import Card
from crm_core.sales.models import Deal, DealQuerySet, Outcome, Pipeline, Reason, Stage
from crm_core.team.models import Member
from kernel.errors import NotFound
from kernel.money import Money, Totals


def visible_to(member: Member) -> DealQuerySet:
    """The live deals that a member sees in full: own, of the team, or all, as the role says."""
    return Deal.objects.live().filter(records.visibility_q(member))


def with_rows(deals: DealQuerySet) -> DealQuerySet:
    """What every drawing of a deal reads: card with owner, client, contact, stage. One query."""
    return deals.select_related("card__owner", "client", "contact__person", "stage", "pipeline", "reason")


def deal_of(member: Member, deal_id: UUID) -> Deal:
    """A deal that the member may see, ready for its page. Raises ``NotFound``."""
    deal = with_rows(visible_to(member)).filter(pk=deal_id).first()
    if deal is None:
        raise NotFound
    return deal


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


@dataclass(frozen=True, slots=True)
class Sums:
    """Figures over some deals: how many, their sums per currency, and how many without an amount."""

    count: int = 0
    amounts: Totals = field(default_factory=Totals)
    weighted: Totals = field(default_factory=Totals)
    without_amount: int = 0

    def and_also(self, other: Sums) -> Sums:
        return Sums(
            self.count + other.count,
            Totals([*self.amounts.values(), *other.amounts.values()]),
            Totals([*self.weighted.values(), *other.weighted.values()]),
            self.without_amount + other.without_amount,
        )


def fold(rows: Iterable[dict[str, Any]]) -> Sums:
    """One ``Sums`` from rows of :func:`grouped`."""
    total = Sums()
    for row in rows:
        known = row["n"] - row["missing"]
        money = [Money(int(row["total"] or 0), row["currency"])] if known else []
        weighted = [Money(int(row["likely"] or 0), row["currency"])] if known else []
        total = total.and_also(Sums(row["n"], Totals(money), Totals(weighted), row["missing"]))
    return total


def grouped(deals: DealQuerySet, *by: str) -> list[dict[str, Any]]:
    """Counts and sums of deals by the named fields and currency, in one query."""
    return list(
        deals.weighed()
        .order_by()
        .values(*by, "currency")
        .annotate(
            n=Count("card_id"),
            missing=Count("card_id", filter=Q(amount_minor__isnull=True)),
            total=Sum("amount_minor"),
            likely=Sum("weighted"),
        )
        .order_by(*by, F("total").desc(nulls_last=True), "currency")
    )


def sums_by(deals: DealQuerySet, by: str) -> dict[Any, Sums]:
    """Figures of deals for each value of one field, in one query."""
    found: dict[Any, list[dict[str, Any]]] = {}
    for row in grouped(deals, by):
        found.setdefault(row[by], []).append(row)
    return {value: fold(rows) for value, rows in found.items()}


def closed_in_month(deals: DealQuerySet, today: date) -> DealQuerySet:
    """Deals closed in the calendar month of ``today``."""
    return deals.exclude(outcome=Outcome.OPEN).filter(
        closed_on__gte=today.replace(day=1), closed_on__lte=today
    )


def deals_of_card(member: Member, card_id: UUID) -> DealQuerySet:
    """Deals of a client, or in which a person is the contact: open ones first, then the newest."""
    mine = visible_to(member).filter(Q(client_id=card_id) | Q(contact_id=card_id))
    shut = Case(When(outcome=Outcome.OPEN, then=0), default=1)
    return with_rows(mine).order_by(shut, "-opened_on", "-card_id")


def known_sources(limit: int = 30) -> list[str]:
    """Sources already used, the commonest first: suggestions while typing."""
    rows = (
        Deal.objects.exclude(source="").values("source").annotate(n=Count("card_id")).order_by("-n", "source")
    )
    return [row["source"] for row in rows[:limit]]
