"""How many rows there are and what they sum up to: one query, and never more rows than it says.

The database counts to a limit and stops, so that a list of a million rows opens as fast as one of a hundred.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, IntegerField, JSONField, QuerySet, Subquery, Value, When

from crm_core.lists.queries.declaring import Sum, Table
from crm_core.lists.queries.reader import Reader
from crm_core.team.models import Member
from kernel.money import Money

COUNT_TO = 1000
SUM_TO = 100_000


class CappedCount(Subquery):
    """The number of rows of a sliced query, as a value within another query."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


# Only our own column numbers are written in; values travel as parameters.
_SUMMED = (
    "(SELECT COALESCE(JSONB_AGG(found), '[]'::jsonb) FROM (SELECT summed.currency, COUNT(*) AS nAND_SUMS"
    " FROM (%(subquery)s) summed GROUP BY summed.currency ORDER BY COUNT(*) DESC) found)"
)


class SummedUp(Subquery):
    """Count and sums per currency of a sliced query, as one JSON value.

    The query must select ``currency`` and ``sum_0``, ``sum_1`` … for as many sums as are told.
    """

    output_field = JSONField()

    def __init__(self, queryset: QuerySet[Any], sums: int, **extra: Any) -> None:
        columns = "".join(f", SUM(summed.sum_{i}) AS sum_{i}" for i in range(sums))
        self.template = _SUMMED.replace("AND_SUMS", columns)
        self.sums = sums
        super().__init__(queryset, **extra)


@dataclass(frozen=True, slots=True)
class Total:
    """One sum of the foot: its words and an amount per currency, the most frequent currency first."""

    label: Any
    amounts: list[Money]


@dataclass(frozen=True, slots=True)
class Foot:
    """``count`` is exact unless ``capped``; then it is the limit and there are no totals."""

    count: int
    capped: bool
    totals: list[Total]


def foot(table: Table, reader: Reader, rows: QuerySet[Any]) -> Foot:
    """Count and sums of the rows in one query. The rows must carry the annotations that the sums name."""
    if not table.sums:
        found = _ask(reader, count=CappedCount(_sliced(rows.values("pk"), COUNT_TO)))["count"]
        return Foot(min(found, COUNT_TO), found > COUNT_TO, [])
    by_currency: dict[str, list[Sum]] = {}
    for one in table.sums:
        by_currency.setdefault(one.currency, []).append(one)
    asked = {
        f"part_{i}": _summed(rows, path, sums, reader) for i, (path, sums) in enumerate(by_currency.items())
    }
    answers = _ask(reader, **asked)
    count = sum(part["n"] for part in answers["part_0"])
    if count > SUM_TO:
        return Foot(SUM_TO, True, [])
    totals: dict[str, Total] = {}
    for i, sums in enumerate(by_currency.values()):
        for j, one in enumerate(sums):
            totals[one.name] = Total(one.label, _amounts(answers[f"part_{i}"], f"sum_{j}"))
    return Foot(count, False, [totals[one.name] for one in table.sums])


def counts(reader: Reader, queries: dict[str, QuerySet[Any]]) -> dict[str, tuple[int, bool]]:
    """Several capped counts in one query: name → number and whether there are more."""
    if not queries:
        return {}
    asked = {
        f"n_{i}": CappedCount(_sliced(rows.values("pk"), COUNT_TO)) for i, rows in enumerate(queries.values())
    }
    answers = _ask(reader, **asked)
    found = [answers[f"n_{i}"] for i in range(len(queries))]
    return {name: (min(n, COUNT_TO), n > COUNT_TO) for name, n in zip(queries, found, strict=True)}


def _sliced(rows: QuerySet[Any], limit: int) -> QuerySet[Any]:
    return rows.order_by()[: limit + 1]


def _summed(rows: QuerySet[Any], currency: str, sums: list[Sum], reader: Reader) -> SummedUp:
    told: dict[str, Any] = {}
    for i, one in enumerate(sums):
        only = one.only(reader.member) if one.only else None
        told[f"sum_{i}"] = (
            F(one.amount) if only is None else Case(When(only, then=F(one.amount)), default=Value(0))
        )
    plain = (
        rows.order_by().annotate(currency_of_sum=F(currency)) if currency != "currency" else rows.order_by()
    )
    named = plain.annotate(**told)
    if currency != "currency":
        named = named.values(*told, currency=F("currency_of_sum"))
    else:
        named = named.values("currency", *told)
    return SummedUp(named[: SUM_TO + 1], len(sums))


def _ask(reader: Reader, **what: Any) -> dict[str, Any]:
    """Values without a table of their own: they ride on the reader's own row."""
    return Member.objects.filter(pk=reader.member.pk).annotate(**what).values(*what).get()


def _amounts(parts: list[dict[str, Any]], name: str) -> list[Money]:
    return [
        Money(round(part[name]), part["currency"])
        for part in parts
        if part["currency"] and part[name] is not None and (part[name] or len(parts) == 1)
    ]
