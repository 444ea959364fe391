"""Why deals are won and lost: reasons over time and by owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import TruncMonth

from crm_core.sales.models import Outcome, Pipeline
from crm_core.sales.queries.deals import visible_to
from crm_core.sales.queries.figures import Sums, fold, grouped
from crm_core.sales.queries.forecast import add_months
from crm_core.team.models import Member

MONTHS = 12


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One reason: deals in each month, their figures in all, and the share of all deals of its kind in per cent."""

    reason_id: UUID | None
    name: str
    months: list[int]
    sums: Sums
    share: int


@dataclass(frozen=True, slots=True)
class Why:
    """Both halves of the report over ``months`` (first days, oldest first)."""

    months: list[date]
    won: list[ReasonLine]
    lost: list[ReasonLine]
    won_total: Sums
    lost_total: Sums


def why(member: Member, today: date, pipeline: Pipeline | None = None) -> Why:
    """Closed deals of this and the eleven months before, by reason. One query."""
    months = [add_months(today.replace(day=1), -back) for back in range(MONTHS - 1, -1, -1)]
    deals = visible_to(member).exclude(outcome=Outcome.OPEN).filter(closed_on__gte=months[0])
    if pipeline is not None:
        deals = deals.filter(pipeline=pipeline)
    named = deals.annotate(month=TruncMonth("closed_on"), reason_name=F("reason__name"))
    rows = grouped(named, "outcome", "month", "reason", "reason_name")
    won = [row for row in rows if row["outcome"] == Outcome.WON]
    lost = [row for row in rows if row["outcome"] == Outcome.LOST]
    return Why(months, _lines(won, months), _lines(lost, months), fold(won), fold(lost))


def _lines(rows: list[dict[str, Any]], months: list[date]) -> list[ReasonLine]:
    total = sum(row["n"] for row in rows)
    lines = []
    for reason, name in {row["reason"]: row["reason_name"] or "" for row in rows}.items():
        mine = [row for row in rows if row["reason"] == reason]
        sums = fold(mine)
        counts = [sum(row["n"] for row in mine if row["month"] == month) for month in months]
        lines.append(ReasonLine(reason, name, counts, sums, round(100 * sums.count / total)))
    return sorted(lines, key=lambda line: (line.reason_id is None, -line.sums.count, line.name))
