"""The operators' figures of revenue, as pure functions over movements: what each customer pays a month, from when on.

Definitions are those of Stripe's billing metrics (docs.stripe.com/billing/subscriptions/analytics/glossary):
active and late subscriptions count, normalised to a month, less discounts that last for ever; trials, free plans,
taxes and use by volume do not. Net revenue retention is reckoned over the customers that paid at the beginning.
Money is in minor units, and every function is asked for one currency: currencies are never added up.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

COUNTED: Final = ("active", "past_due")


@dataclass(frozen=True, slots=True)
class Move:
    """From ``at`` on the customer pays ``monthly`` a month (0: nothing any more)."""

    customer: Hashable
    at: datetime
    monthly: int


@dataclass(frozen=True, slots=True)
class Paid:
    """A priced item of a subscription: ``unit`` is paid ``quantity`` times every ``months`` months."""

    unit: int
    quantity: int
    months: int


def monthly(
    items: Iterable[Paid], *, percent_off: Decimal = Decimal(0), amount_off: Decimal = Decimal(0)
) -> int:
    """The value of a month, rounded half up: a year's price counts a twelfth. The discounts are those that last for
    ever; ``amount_off`` is of a month. Never below 0. (Stripe: MRR is the sum of the monthly-normalised amounts.)"""
    whole = sum((Decimal(one.unit * one.quantity) / one.months for one in items), Decimal(0))
    less = whole * (1 - percent_off / 100) - amount_off
    return int(max(Decimal(0), less).quantize(Decimal(1), ROUND_HALF_UP))


def standing(moves: Iterable[Move], at: datetime) -> dict[Hashable, int]:
    """What each customer pays a month at ``at`` by its last movement until then; who pays nothing is left out."""
    last: dict[Hashable, Move] = {}
    for move in moves:
        known = last.get(move.customer)
        if move.at <= at and (known is None or move.at >= known.at):
            last[move.customer] = move
    return {customer: move.monthly for customer, move in last.items() if move.monthly}


def mrr(moves: Iterable[Move], at: datetime) -> int:
    """Monthly recurring revenue at ``at``: the sum of what all customers pay a month (Stripe: MRR)."""
    return sum(standing(moves, at).values())


def arr(moves: Iterable[Move], at: datetime) -> int:
    """Annual recurring revenue: twelve times the monthly one (annual run rate)."""
    return 12 * mrr(moves, at)


@dataclass(frozen=True, slots=True)
class Growth:
    """How the monthly revenue came from ``begin`` to ``end``: begin + new + reactivated + expansion − contraction −
    churned = end (Stripe: MRR growth)."""

    begin: int
    new: int
    reactivated: int
    expansion: int
    contraction: int
    churned: int
    end: int


def growth(moves: Sequence[Move], begin: datetime, end: datetime) -> Growth:
    """The parts of the change between two moments, customer by customer. A customer that ever paid before and pays
    again is reactivated, one that never did is new (Stripe: new, reactivation, expansion, contraction, churn MRR)."""
    before, after = standing(moves, begin), standing(moves, end)
    former = {move.customer for move in moves if move.at <= begin and move.monthly}
    came = {customer: value for customer, value in after.items() if customer not in before}
    stayed = [(before[one], after[one]) for one in before if one in after]
    return Growth(
        begin=sum(before.values()),
        new=sum(value for customer, value in came.items() if customer not in former),
        reactivated=sum(value for customer, value in came.items() if customer in former),
        expansion=sum(max(0, late - early) for early, late in stayed),
        contraction=sum(max(0, early - late) for early, late in stayed),
        churned=sum(value for customer, value in before.items() if customer not in after),
        end=sum(after.values()),
    )


def share(part: int, whole: int) -> Decimal | None:
    """Per cent with one place, rounded half up; None of nothing."""
    if not whole:
        return None
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def churn(moves: Sequence[Move], begin: datetime, end: datetime) -> Decimal | None:
    """Subscriber churn in per cent: who paid at the beginning or came since and pays nothing at the end, of all these
    (Stripe: churned subscribers by subscribers at the start plus new ones)."""
    paid = set(standing(moves, begin)) | {m.customer for m in moves if begin < m.at <= end and m.monthly}
    return share(len(paid - set(standing(moves, end))), len(paid))


def retention(moves: Sequence[Move], begin: datetime, end: datetime) -> Decimal | None:
    """Net revenue retention in per cent: what those who paid at the beginning pay at the end, by what they paid then:
    (begin + expansion − contraction − churned) / begin. Who came since does not count."""
    before, after = standing(moves, begin), standing(moves, end)
    return share(sum(after.get(customer, 0) for customer in before), sum(before.values()))


def conversion(
    trials: Iterable[tuple[Hashable, datetime]], moves: Iterable[Move]
) -> tuple[int, int, Decimal | None]:
    """Of the trials that ended (customer, moment of the end): how many, how many of them ever paid, and the share in
    per cent (Stripe: trial conversion rate; here every trial counts with the month of its end)."""
    paid = {move.customer for move in moves if move.monthly}
    ended = [customer for customer, _end in trials]
    converted = sum(customer in paid for customer in ended)
    return len(ended), converted, share(converted, len(ended))


@dataclass(frozen=True, slots=True)
class Cohort:
    """Who first paid in one month: how many, what they paid then, and the share of that money in each later month."""

    month: datetime
    customers: int
    begin: int
    kept: tuple[Decimal | None, ...]


def cohorts(moves: Sequence[Move], months: Sequence[datetime], at: datetime) -> list[Cohort]:
    """Customers by the month of their first payment; ``months`` are their beginnings, the last may be under way at
    ``at``. Each figure is the money of the cohort at a month's end (at ``at`` for the present one), in per cent of that
    at its own month's end (Stripe: revenue retention by cohort)."""
    first: dict[Hashable, datetime] = {}
    for move in moves:
        if move.monthly and (move.customer not in first or move.at < first[move.customer]):
            first[move.customer] = move.at
    ends = [*months[1:], at]
    states = [standing(moves, end) for end in ends]
    found = []
    for place, (begin, end) in enumerate(zip(months, ends, strict=True)):
        last = place == len(months) - 1
        mine = {
            who
            for who, moment in first.items()
            if begin <= moment and (moment <= at if last else moment < end)
        }
        sums = [sum(state.get(customer, 0) for customer in mine) for state in states[place:]]
        if mine:
            kept = tuple(share(one, sums[0]) for one in sums)
            found.append(Cohort(begin, len(mine), sums[0], kept))
    return found
