"""The board: every lane's count and sums in one query, the first cards of all lanes in another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from crm_core.lists.queries.declaring import Board, Lane, Table
from crm_core.lists.queries.paging import Page, key_of, keys_for, order, page
from kernel.money import Money
from kernel.standing import AnyOf

CARDS = 20


@dataclass(slots=True)
class FilledLane:
    """A lane with its first cards. ``more`` is the page key of the next ones, empty if all are there."""

    lane: Lane
    count: int = 0
    sums: list[Money] = field(default_factory=list)
    rows: list[Any] = field(default_factory=list)
    more: str = ""


def filled(table: Table, board: Board, lanes: list[Lane], rows: QuerySet[Any], sort: str) -> list[FilledLane]:
    """All lanes in two queries. ``rows`` must carry the annotations of board and sort."""
    made = {lane.key: FilledLane(lane) for lane in lanes}
    rows = rows.filter(**{f"{board.path}__in": list(made)})
    _count(board, rows, made)
    keys = keys_for(table, rows.model, sort)
    rows = rows.annotate(**{f"key_{i}": key.expression for i, key in enumerate(keys)})
    place_in_lane = Window(RowNumber(), partition_by=F(board.path), order_by=order(keys))
    # Places are counted over keys alone; only the cards that are shown are joined and read in full.
    firsts = rows.order_by().annotate(place_in_lane=place_in_lane).filter(place_in_lane__lte=CARDS)
    shown = rows.filter(AnyOf(F("pk"), ArraySubquery(firsts.values("pk"))))
    for row in shown.annotate(lane_of_card=F(board.path)).order_by(*order(keys)):
        made[str(row.lane_of_card)].rows.append(row)
    for one in made.values():
        if one.count > len(one.rows) and one.rows:
            one.more = key_of(place(table, board, one.lane.key, sort), keys, one.rows[-1])
    return list(made.values())


def _count(board: Board, rows: QuerySet[Any], made: dict[str, FilledLane]) -> None:
    told: dict[str, Any] = {"n": Count("pk")}
    by = {"lane_of_card": F(board.path)}
    if board.amount:
        told["total"] = Sum(board.amount)
        by["currency_of_card"] = F(board.currency)
    for part in rows.order_by().values(**by).annotate(**told).order_by("-n"):
        one = made[str(part["lane_of_card"])]
        one.count += part["n"]
        if part.get("total") is not None and part["currency_of_card"]:
            one.sums.append(Money(round(part["total"]), part["currency_of_card"]))


def more_cards(table: Table, board: Board, key: str, rows: QuerySet[Any], sort: str, after: str) -> Page:
    """The next cards of one lane."""
    rows = rows.filter(**{board.path: key})
    keys = keys_for(table, rows.model, sort)
    return page(rows, keys, of=place(table, board, key, sort), after=after, size=CARDS)


def place(table: Table, board: Board, key: str, sort: str) -> str:
    """What a lane's page key is good for."""
    return f"{table.name}:{board.name}:{key}:{sort}"
