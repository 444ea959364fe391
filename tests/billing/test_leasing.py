"""The lease follows from standing and moment alone: every state, every step, every order of events."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.catalog import ALWAYS, FEATURES, FREE, PLANS, TEAM
from billing.leasing import LADDER, STATES, STATUSES, Standing, folded, lease_of, newer

BEGIN = datetime(2026, 11, 3, 9, tzinfo=UTC)
DAY = timedelta(days=1)
RANK = {status: rank for rank, status in enumerate(STATUSES)}

# The letters that announce what is taken away went out in time.
TOLD: Any = {"warned": BEGIN + 11 * DAY, "warned_again": BEGIN + 41 * DAY}

moments = st.integers(0, 400 * 24).map(lambda hours: BEGIN + timedelta(hours=hours))
standings = st.builds(
    Standing,
    state=st.sampled_from(STATES),
    plan=st.sampled_from(sorted(key for key, plan in PLANS.items() if plan.public)),
    seats=st.integers(0, 60),
    members=st.integers(0, 60),
    since=st.none() | moments,
    ends=st.none() | moments,
    told_at=moments,
    warned=st.none() | moments,
    warned_again=st.none() | moments,
)
paid = Standing("active", "team", 5, 5, ends=BEGIN + 30 * DAY, told_at=BEGIN)


def status(standing: Standing, at: datetime) -> str:
    return lease_of(standing, at=at)["status"]


def test_a_trial_becomes_the_free_plan_for_a_small_team() -> None:
    trial = Standing("trial", "team", 3, 3, ends=BEGIN + 14 * DAY, told_at=BEGIN)
    lease = lease_of(trial, at=BEGIN)
    assert (lease["plan"], lease["status"]) == ("team", "trial")
    assert lease["valid_until"] == (BEGIN + 14 * DAY).isoformat()
    after = lease_of(trial, at=BEGIN + 14 * DAY)
    assert (after["plan"], after["status"], after["valid_until"]) == ("free", "active", None)


def test_a_trial_of_a_larger_team_ends_in_reading_and_no_further() -> None:
    trial = Standing("trial", "team", 9, 9, ends=BEGIN, told_at=BEGIN, **TOLD)
    found = [status(trial, BEGIN + n * DAY) for n in (0, 6, 7, 13, 15, 45, 4000)]
    assert found == ["reminder", "reminder", "grace", "grace", "read-only", "read-only", "read-only"]


def test_a_failed_payment_climbs_the_ladder() -> None:
    late = replace(paid, state="past_due", since=BEGIN, **TOLD)
    found = [status(late, BEGIN + n * DAY) for n in (0, 6, 7, 15, 44, 45, 4000)]
    assert found == ["reminder", "reminder", "grace", "read-only", "read-only", "suspended", "suspended"]
    assert lease_of(late, at=BEGIN)["valid_until"] == (BEGIN + 7 * DAY).isoformat()
    assert lease_of(late, at=BEGIN + 50 * DAY)["valid_until"] is None


def test_paying_opens_again() -> None:
    late = replace(paid, state="past_due", since=BEGIN, told_at=BEGIN, **TOLD)
    again = folded([late, replace(paid, told_at=BEGIN + 20 * DAY)])
    assert status(late, BEGIN + 20 * DAY) == "read-only"
    assert status(again, BEGIN + 20 * DAY) == "active"


def test_an_unpaid_subscription_begins_at_grace_and_a_paused_one_reads() -> None:
    assert status(replace(paid, state="unpaid", since=BEGIN), BEGIN) == "grace"
    assert status(replace(paid, state="unpaid", since=BEGIN, **TOLD), BEGIN + 60 * DAY) == "suspended"
    assert status(replace(paid, state="paused"), BEGIN + 400 * DAY) == "read-only"


def test_cancelled_keeps_what_is_paid_until_its_end() -> None:
    gone = replace(paid, state="canceled", ends=BEGIN + 10 * DAY, members=2)
    assert lease_of(gone, at=BEGIN)["plan"] == "team"
    assert lease_of(gone, at=BEGIN + 10 * DAY)["plan"] == "free"


def test_late_news_of_a_renewal_cuts_nobody_off() -> None:
    assert status(paid, BEGIN + 300 * DAY) == "active"


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        lease_of(paid, at=datetime(2026, 11, 3))


def test_leases_share_nothing() -> None:
    first, second = lease_of(paid, at=BEGIN), lease_of(paid, at=BEGIN)
    first["limits"]["members"] = 0
    assert second["limits"]["members"] == 5, "As many members as seats are paid."
    assert TEAM.limits["members"] == 50


@given(standings, moments)
def test_export_is_always_possible_and_the_lease_is_of_a_known_kind(standing: Standing, at: datetime) -> None:
    lease = lease_of(standing, at=at)
    assert "export" in lease["features"]
    assert lease["status"] in STATUSES
    assert lease["plan"] in PLANS
    assert lease == lease_of(standing, at=at)


@given(standings, moments, st.integers(0, 200 * 24))
def test_time_alone_never_makes_it_better(standing: Standing, at: datetime, hours: int) -> None:
    """A standing only changes for the better when the provider says so; the ends of trials and terms lead to Free."""
    before, after = lease_of(standing, at=at), lease_of(standing, at=at + timedelta(hours=hours))
    if before["status"] == "trial" and after["plan"] == FREE.key:
        return
    assert RANK[after["status"]] >= RANK[before["status"]]


@given(standings, moments)
def test_valid_until_is_the_next_change(standing: Standing, at: datetime) -> None:
    standing = replace(standing, since=standing.since or BEGIN)
    lease = lease_of(standing, at=at)
    if lease["valid_until"] is None:
        assert lease_of(standing, at=at + 4000 * DAY)["status"] == lease["status"]
        return
    until = datetime.fromisoformat(lease["valid_until"])
    if until > at:
        assert lease_of(standing, at=until - timedelta(seconds=1))["status"] == lease["status"]


@given(standings, st.integers(0, 60))
def test_no_step_is_skipped_without_its_days(standing: Standing, days: int) -> None:
    """Between two days a lease moves by one step of the ladder at most: nobody is cut off at night without notice."""
    if standing.state != "past_due" or standing.since is None:
        return
    today, tomorrow = (status(standing, standing.since + n * DAY) for n in (days, days + 1))
    assert RANK[tomorrow] - RANK[today] <= 1
    assert today in [step for _days, step in LADDER]


@settings(max_examples=200)
@given(st.lists(standings, max_size=12), st.data())
def test_any_order_and_repetition_of_events_leads_to_the_same_lease(
    history: list[Standing], data: st.DataObject
) -> None:
    mixed = data.draw(
        st.permutations(history + data.draw(st.lists(st.sampled_from(history))) if history else [])
    )
    at = data.draw(moments)
    assert folded(mixed) == folded(history)
    assert lease_of(folded(mixed), at=at) == lease_of(folded(history), at=at)
    assert folded(history, folded(history)) == folded(history)


@given(st.lists(standings, min_size=1, max_size=12))
def test_no_going_back_in_time(history: list[Standing]) -> None:
    known = Standing()
    for told in history:
        after = newer(known, told)
        assert known.told_at is None or (after.told_at is not None and after.told_at >= known.told_at)
        known = after


@given(st.lists(standings, min_size=1, max_size=12), st.data())
def test_losing_all_but_the_last_telling_changes_nothing(
    history: list[Standing], data: st.DataObject
) -> None:
    last = folded(history)
    kept = [told for told in history if told == last or data.draw(st.booleans())]
    assert folded(kept) == last


@given(standings, moments, st.lists(st.sampled_from((*FEATURES, "unheard")), max_size=8))
def test_entitlements_narrow_a_paid_plan_and_nothing_else(
    standing: Standing, at: datetime, entitled: list[str]
) -> None:
    plain = lease_of(standing, at=at)
    found = lease_of(replace(standing, entitled=tuple(entitled)), at=at)
    assert found | {"features": []} == plain | {"features": []}
    assert {*ALWAYS} <= {*found["features"]} <= {*plain["features"]}
    if not entitled or found["plan"] == FREE.key:
        assert found == plain
    elif found["plan"] == standing.plan:
        assert {*found["features"]} == {*plain["features"]} & {*entitled, *ALWAYS}
