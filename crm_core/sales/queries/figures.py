"""Figures over deals: counts, sums per currency, and what has no amount counted apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, Sum

from crm_core.sales.models import DealQuerySet, Outcome
from kernel.money import Money, Totals


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


def figures_of(deals: DealQuerySet, *by: str) -> Any:
    """The query of :func:`grouped`."""
    return (
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


def grouped(deals: DealQuerySet, *by: str) -> list[dict[str, Any]]:
    """Counts and sums of deals by the named fields and currency, in one query."""
    return list(figures_of(deals, *by))


def sums_by(rows: Iterable[dict[str, Any]], by: str) -> dict[Any, Sums]:
    """Figures for each value of one field, from rows of :func:`grouped`."""
    found: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[by], []).append(row)
    return {value: fold(rows) for value, rows in found.items()}


def closed_between(deals: DealQuerySet, first: Any, last: Any) -> DealQuerySet:
    """Deals closed from one day to another, both included."""
    return deals.exclude(outcome=Outcome.OPEN).filter(closed_on__gte=first, closed_on__lte=last)
