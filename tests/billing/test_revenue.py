"""The figures of revenue: by example, and by properties over any history of payments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import revenue
from billing.revenue import Move, Paid

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
JANUARY, FEBRUARY, MARCH, APRIL = (datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 5))


def day(number: int) -> datetime:
    return BEGIN + timedelta(days=number)


moves = st.lists(
    st.builds(Move, st.integers(1, 5), st.integers(0, 120).map(day), st.integers(0, 10_000)), max_size=30
)

HISTORY = [
    Move("anna", day(3), 1000),
    Move("boris", day(5), 2000),
    Move("boris", day(40), 3000),
    Move("clara", day(10), 4000),
    Move("clara", day(45), 1000),
    Move("dora", day(12), 500),
    Move("dora", day(50), 0),
    Move("emil", day(50), 700),
    Move("dora", day(70), 600),
]


@pytest.mark.parametrize(
    ("items", "percent", "amount", "expected"),
    [
        ([], 0, 0, 0),
        ([Paid(900, 3, 1)], 0, 0, 2700),
        ([Paid(80_000, 50, 12)], 0, 0, 333_333),
        ([Paid(900, 1, 12)], 0, 0, 75),
        ([Paid(900, 2, 1)], 50, 0, 900),
        ([Paid(900, 2, 1)], 0, 1900, 0),
        ([Paid(18, 1, 12)], 0, 0, 2),
    ],
)
def test_the_value_of_a_month(items: list[Paid], percent: int, amount: int, expected: int) -> None:
    assert revenue.monthly(items, percent_off=Decimal(percent), amount_off=Decimal(amount)) == expected


def test_growth_by_its_parts() -> None:
    found = revenue.growth(HISTORY, FEBRUARY, MARCH)
    assert found == revenue.Growth(7500, 700, 0, 1000, 3000, 500, 5700)
    assert revenue.growth(HISTORY, MARCH, APRIL).reactivated == 600
    assert (revenue.mrr(HISTORY, MARCH), revenue.arr(HISTORY, MARCH)) == (5700, 68_400)


def test_churn_and_retention() -> None:
    assert revenue.churn(HISTORY, FEBRUARY, MARCH) == Decimal("20.0"), "Dora of five."
    assert revenue.retention(HISTORY, FEBRUARY, MARCH) == Decimal("66.7"), "5000 of 7500."
    assert revenue.churn([], FEBRUARY, MARCH) is None
    assert revenue.retention(HISTORY, JANUARY, FEBRUARY) is None, "Nobody paid at the beginning."


def test_conversion_of_trials() -> None:
    trials = [("anna", day(3)), ("boris", day(5)), ("frida", day(9))]
    assert revenue.conversion(trials, HISTORY) == (3, 2, Decimal("66.7"))
    assert revenue.conversion([], HISTORY) == (0, 0, None)


def test_cohorts() -> None:
    found = revenue.cohorts(HISTORY, [JANUARY, FEBRUARY, MARCH], day(80))
    assert [(one.month, one.customers, one.begin) for one in found] == [
        (JANUARY, 4, 7500),
        (FEBRUARY, 1, 700),
    ]
    assert found[0].kept == (Decimal("100.0"), Decimal("66.7"), Decimal("74.7"))
    assert found[1].kept == (Decimal("100.0"), Decimal("100.0"))


@given(moves, st.integers(0, 120), st.integers(0, 120))
def test_the_parts_of_growth_make_the_whole(history: list[Move], early: int, late: int) -> None:
    found = revenue.growth(history, day(min(early, late)), day(max(early, late)))
    parts = found.begin + found.new + found.reactivated + found.expansion - found.contraction - found.churned
    assert parts == found.end == revenue.mrr(history, day(max(early, late)))
    assert min(found.new, found.reactivated, found.expansion, found.contraction, found.churned) >= 0


@given(moves, st.integers(0, 60), st.integers(61, 120))
def test_rates_stay_in_their_bounds(history: list[Move], early: int, late: int) -> None:
    churned = revenue.churn(history, day(early), day(late))
    assert churned is None or 0 <= churned <= 100
    kept = revenue.retention(history, day(early), day(late))
    found = revenue.growth(history, day(early), day(late))
    expected = revenue.share(found.begin + found.expansion - found.contraction - found.churned, found.begin)
    assert kept == expected


@given(moves, st.integers(0, 120))
def test_every_customer_is_in_one_cohort(history: list[Move], late: int) -> None:
    at = day(late)
    months = [month for month in (JANUARY, FEBRUARY, MARCH, APRIL) if month <= at]
    paid = {move.customer for move in history if move.monthly and move.at <= at}
    known = [move for move in history if move.at <= at]
    assert sum(one.customers for one in revenue.cohorts(known, months, at)) == len(paid)


@given(st.lists(st.builds(Paid, st.integers(0, 10**6), st.integers(0, 500), st.sampled_from((1, 12)))))
def test_a_month_is_exact_to_half_a_coin(items: list[Paid]) -> None:
    exact = sum(Decimal(one.unit * one.quantity) / one.months for one in items)
    assert abs(revenue.monthly(items) - exact) <= Decimal("0.5")
    assert revenue.monthly(items, percent_off=Decimal(100)) == 0
