"""Nothing is cut off at night or unannounced: reading only and suspension begin in a working morning, after a letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import api, inbox
from billing.leasing import CUTS, NOTICE, STATUSES, Standing, lease_of, working_morning
from billing.models import Customer, Letter
from billing.providers.fake import checkout
from tenants import api as tenants
from tests.billing.test_pages import LATER_BAD, buy, go_on

BEGIN = datetime(2026, 11, 3, 9, tzinfo=UTC)
DAY = timedelta(days=1)
ZONES = (
    "UTC",
    "Europe/Moscow",
    "America/Los_Angeles",
    "Asia/Vladivostok",
    "Pacific/Kiritimati",
    "Europe/Berlin",
)
RANK = {status: rank for rank, status in enumerate(STATUSES)}

moments = st.integers(0, 90 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
troubles = st.builds(
    Standing,
    state=st.sampled_from(["past_due", "unpaid", "canceled", "trial"]),
    plan=st.just("team"),
    seats=st.integers(1, 9),
    members=st.integers(4, 9),
    since=moments,
    ends=moments,
    told_at=moments,
    zone=st.sampled_from(ZONES),
    warned=st.none() | moments,
    warned_again=st.none() | moments,
)


@given(moments, st.sampled_from(ZONES))
def test_a_working_morning_is_ten_o_clock_from_monday_to_thursday(moment: datetime, zone: str) -> None:
    found = working_morning(moment, zone)
    here = found.astimezone(ZoneInfo(zone))
    assert moment <= found < moment + 5 * DAY
    assert (here.hour, here.minute) == (10, 0)
    assert here.weekday() < 4


@given(troubles, st.integers(0, 200 * 24))
def test_what_takes_something_away_begins_in_a_working_morning_after_its_letter(
    standing: Standing, hours: int
) -> None:
    """Follow the lease from change to change: each cut begins at ten o'clock, and a day after its letter at least."""
    at, status = BEGIN, lease_of(standing, at=BEGIN)["status"]
    for _ in range(12):
        lease = lease_of(standing, at=at)
        if lease["status"] != status and lease["status"] in CUTS:
            told = standing.warned if lease["status"] == "read-only" else standing.warned_again
            assert told is not None and at >= told + NOTICE
            here = at.astimezone(ZoneInfo(standing.zone))
            assert (here.hour, here.minute, here.weekday() < 4) == (10, 0, True)
        status = lease["status"]
        if lease["valid_until"] is None:
            return
        at = datetime.fromisoformat(lease["valid_until"])


@given(troubles, moments)
def test_without_its_letter_nothing_is_taken_away(standing: Standing, at: datetime) -> None:
    silent = replace(standing, warned=None, warned_again=None)
    assert RANK[lease_of(silent, at=at + 4000 * DAY)["status"]] <= RANK["grace"]
    half = replace(standing, warned_again=None)
    assert lease_of(half, at=at + 4000 * DAY)["status"] != "suspended"


def test_a_late_letter_puts_off_both_steps_and_keeps_their_distance() -> None:
    late = Standing(
        "past_due", "team", 5, 5, since=BEGIN, told_at=BEGIN, zone="Europe/Moscow",
        warned=BEGIN + 40 * DAY, warned_again=BEGIN + 41 * DAY,
    )  # fmt: skip
    found = [lease_of(late, at=BEGIN + n * DAY)["status"] for n in (39, 41, 43, 71, 75)]
    assert found == ["grace", "grace", "read-only", "read-only", "suspended"]


def test_a_friday_night_waits_for_monday() -> None:
    friday = datetime(2026, 11, 20, 23, 30, tzinfo=ZoneInfo("Europe/Moscow"))
    assert working_morning(friday, "Europe/Moscow") == datetime(
        2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Moscow")
    )


@pytest.fixture
def late(browser: Any, tenant: Any, fake: Any, clock: Any) -> Any:
    """Acme in Moscow, seven days after its renewal has failed."""
    type(tenant).objects.filter(id=tenant.id).update(zone="Europe/Moscow")
    go_on(fake, clock, 14, browser)
    buy(browser)
    checkout.change_card(fake.world, str(Customer.objects.get().reference), LATER_BAD)
    go_on(fake, clock, 31, browser)
    go_on(fake, clock, 7, browser)
    assert status(tenant) == "grace"
    return tenant


def status(tenant: Any) -> str:
    return str(tenants.tenant(tenant.id).lease["status"])


def test_a_silent_post_cuts_nobody_off(late: Any, browser: Any, fake: Any, clock: Any) -> None:
    go_on(fake, clock, 30, browser)
    assert status(late) == "grace"
    assert api.watch_letters() == 1
    api.send_letters()
    assert Letter.objects.get(kind="grace_ends").sent_at is not None
    go_on(fake, clock, 0.5, browser)
    assert status(late) == "grace", "The letter has to be read first."
    before = clock.moment
    for _ in range(6 * 24):
        clock.advance(hours=1)
        inbox.renew_leases()
        if status(late) == "read-only":
            break
    here = clock.moment.astimezone(ZoneInfo("Europe/Moscow"))
    assert before < clock.moment
    assert (here.hour, here.weekday() < 4) == (10, True)


def test_the_letter_names_the_day_that_comes_true(
    late: Any, browser: Any, fake: Any, clock: Any, mailoutbox: list[Any]
) -> None:
    for _ in range(14):
        go_on(fake, clock, 1, browser, told=True)
        if status(late) == "read-only":
            break
    (letter,) = [one for one in mailoutbox if "can only be read from" in one.subject]
    begun = tenants.tenant(late.id).lease
    assert begun["status"] == "read-only"
    here = clock.moment.astimezone(ZoneInfo("Europe/Moscow"))
    days = [f"{here - n * DAY:%b.} {(here - n * DAY).day}, 2026" for n in (0, 1)]
    days += [f"{here - n * DAY:%b.} {(here - n * DAY).day}, 2027" for n in (0, 1)]
    assert any(day in letter.subject for day in days), (letter.subject, days)


def test_a_letter_that_is_no_longer_true_is_not_sent(
    late: Any, browser: Any, fake: Any, clock: Any, mailoutbox: list[Any]
) -> None:
    go_on(fake, clock, 8, browser)
    assert api.watch_letters() == 1
    checkout.change_card(fake.world, str(Customer.objects.get().reference), "4242424242424242")
    inbox.reconcile()
    mailoutbox.clear()
    api.send_letters()
    assert not any("can only be read from" in one.subject for one in mailoutbox)
