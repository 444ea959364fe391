"""The forecast: what is likely to be sold, month by month, and what was."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, F, Q, Value, When
from django.db.models.functions import TruncMonth

from crm_core.records.queries import Reader, asking
from crm_core.sales.models import DealQuerySet, Outcome, Pipeline
from crm_core.sales.queries.deals import visible_to
from crm_core.sales.queries.figures import Sums, figures_of, fold, grouped
from crm_core.team.models import Member
from kernel.standing import standing

LEAST_MONTHS = 6
MOST_MONTHS = 18
MONTHS_BACK = 12


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the forecast: open deals expected from ``first`` to ``last``, both included."""

    first: date
    last: date
    sums: Sums


@dataclass(frozen=True, slots=True)
class OwnerLine:
    """One colleague's share. ``owner_id`` None: deals without an owner."""

    owner_id: UUID | None
    name: str
    months: list[Sums]
    overdue: Sums
    undated: Sums
    total: Sums


@dataclass(frozen=True, slots=True)
class Forecast:
    """Open deals by expected month. Overdue and undated ones stand beside it and in no month.

    ``total`` is everything open, ``ahead`` the months alone. Deals without an amount are in the counts
    and in ``without_amount`` of each part, and in no sum.
    """

    today: date
    months: list[Span]
    later: Sums
    overdue: Sums
    undated: Sums
    ahead: Sums
    total: Sums
    owners: list[OwnerLine] = field(default_factory=list)
    won: list[Span] = field(default_factory=list)


def forecast(member: Member, today: date, pipeline: Pipeline | None = None) -> Forecast:
    """The forecast over the deals that a member sees. Three queries."""
    deals = visible_to(member)
    if pipeline is not None:
        deals = deals.filter(pipeline=pipeline)
    rows = _open_rows(deals, today)
    firsts = _months(rows, today)
    return Forecast(
        today=today,
        months=[_span(first, today, [row for row in rows if _is_in(row, first)]) for first in firsts],
        later=fold(row for row in rows if row["month"] and row["month"] > firsts[-1] and not row["late"]),
        overdue=fold(row for row in rows if row["late"]),
        undated=fold(row for row in rows if row["month"] is None),
        ahead=fold(row for row in rows if row["month"] and not row["late"]),
        total=fold(rows),
        owners=_owners(rows, firsts),
        won=won_by_month(deals, today),
    )


def won_by_month(deals: DealQuerySet, today: date) -> list[Span]:
    """What was won in each of the last twelve months and this one, oldest first. One query."""
    firsts = [add_months(today.replace(day=1), -back) for back in range(MONTHS_BACK, -1, -1)]
    wanted = deals.won().filter(closed_on__gte=firsts[0]).annotate(month=TruncMonth("closed_on"))
    rows = grouped(wanted, "month")
    return [
        Span(first, end_of_month(first), fold(row for row in rows if row["month"] == first))
        for first in firsts
    ]


def add_months(first: date, count: int) -> date:
    """The first day of the month that lies ``count`` months after the one of ``first``."""
    months = first.year * 12 + first.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def end_of_month(first: date) -> date:
    return add_months(first, 1) - timedelta(days=1)


def _open_rows(deals: DealQuerySet, today: date) -> list[dict[str, Any]]:
    late = Case(
        When(Q(expected_on__lt=today), then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    named = deals.open().annotate(
        month=TruncMonth("expected_on"),
        late=late,
        owner=F("card__owner_id"),
        owner_name=F("card__owner__name"),
    )
    return grouped(named, "month", "late", "owner", "owner_name")


def _months(rows: list[dict[str, Any]], today: date) -> list[date]:
    """The months shown: from this one, six at least, as far as deals reach within a year and a half."""
    this = today.replace(day=1)
    last = max((row["month"] for row in rows if row["month"]), default=this)
    count = min(MOST_MONTHS, max(LEAST_MONTHS, (last.year - this.year) * 12 + last.month - this.month + 1))
    return [add_months(this, ahead) for ahead in range(count)]


def _is_in(row: dict[str, Any], first: date) -> bool:
    return not row["late"] and row["month"] == first


def _span(first: date, today: date, rows: list[dict[str, Any]]) -> Span:
    return Span(max(first, today), end_of_month(first), fold(rows))


def _owners(rows: list[dict[str, Any]], firsts: list[date]) -> list[OwnerLine]:
    people: dict[UUID | None, str] = {row["owner"]: row["owner_name"] or "" for row in rows}
    lines = []
    for owner_id, name in people.items():
        mine = [row for row in rows if row["owner"] == owner_id]
        lines.append(
            OwnerLine(
                owner_id=owner_id,
                name=name,
                months=[fold(row for row in mine if _is_in(row, first)) for first in firsts],
                overdue=fold(row for row in mine if row["late"]),
                undated=fold(row for row in mine if row["month"] is None),
                total=fold(mine),
            )
        )
    return sorted(lines, key=lambda line: (line.owner_id is None, line.name.casefold()))


def month_figures(member: Member, here: date) -> dict[str, Sums]:
    """The member's own figures of the month: ``won``, ``open``, and ``likely`` (open, expected by its end). One query."""
    first = here.replace(day=1)
    rows = _of_month(first=first, last=end_of_month(first), **asking(member))
    still = [row for row in rows if row["outcome"] == Outcome.OPEN]
    won = [row for row in rows if row["outcome"] == Outcome.WON]
    return {"won": fold(won), "open": fold(still), "likely": fold(row for row in still if row["soon"])}


@standing
def _of_month(*, first: Any, last: Any, sees: tuple[str], member: Any, team: Any = None) -> Any:
    """Own deals: those that are open, ``soon`` if expected by the last day, and those won since the first."""
    mine = visible_to(Reader.of(sees, member, team)).filter(card__owner_id=member)
    told = mine.filter(
        Q(outcome=Outcome.OPEN) | Q(outcome=Outcome.WON, closed_on__gte=first, closed_on__lte=last)
    )
    soon = Case(
        When(Q(expected_on__lte=last), then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    return figures_of(told.annotate(soon=soon), "outcome", "soon")
