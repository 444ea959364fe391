"""The revenue page's figures, read from our copies: by currency, for a month, and compared with the provider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Sum

from billing import providers, revenue
from billing.catalog import TRIAL_DAYS
from billing.models import Change, Customer, Invoice, Movement, Subscription
from billing.providers.told import Unreachable
from billing.revenue import Cohort, Growth, Move
from kernel.when import now
from tenants import api as tenants

# Months of cohorts on the page, the present one included.
MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Failed:
    """Bills whose payment failed: how many, what is owed in minor units."""

    count: int
    owed: int


@dataclass(frozen=True, slots=True)
class Compared:
    """Our monthly revenue beside the provider's; ``theirs`` None: it does not answer. ``differing`` are the customers
    for whom the two differ: (tenant's id, ours, theirs)."""

    ours: int
    theirs: int | None
    differing: tuple[tuple[UUID, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything about one currency. Rates in per cent, None where there is nothing to reckon from."""

    currency: str
    payers: int
    mrr: int
    arr: int
    growth: Growth
    churn: Decimal | None
    retention: Decimal | None
    retention_year: Decimal | None
    failed: Failed
    cohorts: list[Cohort]
    compared: Compared


@dataclass(frozen=True, slots=True)
class Trials:
    """The trials that ended in the present month and the two before: how many, how many of them ever paid."""

    ended: int
    converted: int
    share: Decimal | None
    running: int


@dataclass(frozen=True, slots=True)
class RevenuePage:
    """The page: its moment, the beginning of the period that growth and rates are about, trials, figures by currency."""

    at: datetime
    begin: datetime
    months: list[datetime]
    trials: Trials
    figures: list[Figures]


def months_until(at: datetime, count: int = MONTHS) -> list[datetime]:
    """The beginnings (UTC) of the last months, the present one last."""
    found = [at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)]
    while len(found) < count:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[::-1]


def page() -> RevenuePage:
    """All figures as they stand now. A provider's clock that runs ahead (a moved one) counts."""
    at = _latest()
    begin = at - timedelta(days=30)
    moves = moves_by_currency()
    theirs = _theirs()
    found = [_figures(code, rows, begin, at, theirs) for code, rows in sorted(moves.items())]
    every = [move for rows in moves.values() for move in rows]
    return RevenuePage(at, begin, months_until(at), _trials(every, at), found)


def _latest() -> datetime:
    last = Movement.objects.order_by("-at").values_list("at", flat=True).first()
    return max(now(), last) if last is not None else now()


def moves_by_currency() -> dict[str, list[Move]]:
    """Currency → movements, oldest first. A customer that changes its currency pays nothing any more in the former."""
    found: dict[str, list[Move]] = {}
    last: dict[Any, str] = {}
    rows = Movement.objects.order_by("at", "id").values_list("customer_id", "currency", "at", "monthly")
    for customer, currency, at, monthly in rows:
        former = last.get(customer)
        if former is not None and former != currency:
            found[former].append(Move(customer, at, 0))
        last[customer] = currency
        found.setdefault(currency, []).append(Move(customer, at, monthly))
    return found


def _figures(
    currency: str, moves: Sequence[Move], begin: datetime, at: datetime, theirs: dict[str, Any] | None
) -> Figures:
    standing = revenue.standing(moves, at)
    return Figures(
        currency=currency,
        payers=len(standing),
        mrr=revenue.mrr(moves, at),
        arr=revenue.arr(moves, at),
        growth=revenue.growth(moves, begin, at),
        churn=revenue.churn(moves, begin, at),
        retention=revenue.retention(moves, begin, at),
        retention_year=revenue.retention(moves, at - timedelta(days=365), at),
        failed=_failed(currency),
        cohorts=revenue.cohorts(moves, months_until(at), at),
        compared=_compared(currency, standing, theirs),
    )


def _failed(currency: str) -> Failed:
    rows = Invoice.objects.filter(
        currency=currency,
        status=Invoice.Status.OPEN,
        customer__subscription__state__in=("past_due", "unpaid"),
    )
    owed = rows.aggregate(due=Sum("due"), paid=Sum("paid"))
    return Failed(rows.count(), (owed["due"] or 0) - (owed["paid"] or 0))


def _theirs() -> dict[str, Any] | None:
    """The provider's customers with what they pay a month; None where it does not answer or nothing is sold."""
    if not providers.sells():
        return None
    try:
        return dict(providers.provider().monthly())
    except Unreachable:
        return None


def _compared(currency: str, standing: dict[Any, int], theirs: dict[str, Any] | None) -> Compared:
    ours = sum(standing.values())
    if theirs is None:
        return Compared(ours, None)
    rows = Customer.objects.exclude(reference=None).values_list("id", "reference", "tenant_id")
    told = {reference: minor for reference, (code, minor) in theirs.items() if code == currency}
    differing = tuple(
        (tenant_id, standing.get(key, 0), told.get(str(reference), 0))
        for key, reference, tenant_id in rows
        if standing.get(key, 0) != told.get(str(reference), 0)
    )
    return Compared(ours, sum(told.values()), differing)


def _trials(moves: list[Move], at: datetime) -> Trials:
    since = months_until(at, 3)[0]
    begun = Change.objects.filter(verb="trial").values_list("customer_id", "at")
    ended = [(who, start + timedelta(days=TRIAL_DAYS)) for who, start in begun]
    ended = [(who, end) for who, end in ended if since <= end <= at]
    count, converted, share = revenue.conversion(ended, moves)
    return Trials(count, converted, share, Subscription.objects.filter(state="trial").count())


@dataclass(frozen=True, slots=True)
class CompanyPage:
    """One company's billing for operators."""

    tenant: Any
    customer: Customer | None
    subscription: Subscription | None
    plan: str
    status: str
    members: int
    invoices: list[Invoice]
    changes: list[Change]


def company(tenant_id: UUID) -> CompanyPage:
    """One company's billing. Raises ``NotFound``."""
    found = tenants.tenant(tenant_id)
    customer = Customer.objects.select_related("subscription").filter(tenant_id=tenant_id).first()
    return CompanyPage(
        tenant=found,
        customer=customer,
        subscription=getattr(customer, "subscription", None) if customer is not None else None,
        plan=found.lease.get("plan", ""),
        status=found.lease.get("status", ""),
        members=tenants.meters(found).get("members", 0),
        invoices=list(customer.invoices.order_by("-issued_at")[:12]) if customer is not None else [],
        changes=list(customer.changes.order_by("-at")[:20]) if customer is not None else [],
    )
