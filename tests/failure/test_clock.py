"""The wall clock of one machine jumps: work is still done, limits still hold nobody, people stay signed in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import Celery
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from identity import slowdown
from kernel import context, when
from kernel.errors import TooMany
from kernel.fairness import shared
from kernel.jobs import Running, background, beating, relay
from kernel.line import line
from tenants import api
from tests.support.tenants import Browser, Company, run_queue, sign_in

_SLOW = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)
jumps = some.integers(-36 * 3600, 36 * 3600)  # seconds; what a wrongly set clock is off by
several = settings(max_examples=12, deadline=None, suppress_health_check=_SLOW)
RAN: list[int] = []


@pytest.fixture
def company(own_tenant: Callable[..., Company]) -> Company:
    return own_tenant("Clock")


def moved(seconds: int) -> Any:
    """Our clock, so far from the database's and Redis'."""
    return when.frozen(datetime.now(UTC) + timedelta(seconds=seconds))


@background("tests.clock")
def work(job: Running, *, number: int) -> None:
    RAN.append(number)


@several
@given(asking=jumps, working=jumps)
def test_work_is_done_at_once_and_once_whosever_clock_is_wrong(
    company: Company, asking: int, working: int
) -> None:
    RAN.clear()
    with moved(asking), api.inside(company.tenant):
        job = work.later(by=company.owner, number=asking)
    with moved(working):
        run_queue()
        run_queue()
    assert [asking] == RAN
    with api.inside(company.tenant):
        job.refresh_from_db()
        assert job.state == "done"


@several
@given(jump=jumps)
def test_work_in_hand_is_taken_from_nobody(company: Company, jump: int) -> None:
    with api.inside(company.tenant):
        job = work.later(by=company.owner, number=1)
    with context.enter(context.Context(cause="job")):
        ticket = relay.claim_one(job.id, when_id())
        assert ticket is not None
        with moved(jump):
            relay.release_dead()
            assert relay.beat(ticket), "another worker was given it"
        relay.finish(ticket)


def when_id() -> Any:
    from kernel.ids import uuid7

    return uuid7()


@several
@given(jump=jumps)
def test_people_stay_signed_in(company: Company, jump: int) -> None:
    with api.inside(company.tenant, cause="page"):
        browser = sign_in(Browser(company.host), company.owner)
    with moved(jump):
        assert browser.get("/companies/").status_code == 200
        assert browser.post("/companies/new/", {"name": f"Clock {jump}"}).status_code == 302
    assert browser.get("/companies/").status_code == 200


@pytest.fixture
def inside(company: Company) -> Iterator[Company]:
    with api.inside(company.tenant):
        yield company


@several
@given(ahead=some.integers(1, 36 * 3600))
def test_redis_clock_set_back_holds_nobody(inside: Company, ahead: int) -> None:
    """What was noted before the jump lies ahead afterwards: neither the minute's allowance nor heavy work waits for it."""
    shared.spend_request()
    redis, prefix = line(), str(shared.settings.CACHES["default"]["KEY_PREFIX"])
    rate, heavy = (shared.make_key(key, prefix, 1) for key in ("rate", "heavy:export"))
    redis.hset(rate, "at", str(time.time() + ahead))
    for _request in range(3):
        shared.spend_request()
    for number in range(shared.HEAVY["export"]):
        redis.zadd(heavy, {f"place{number}": time.time() + ahead + shared.HEAVY_SECONDS})
    with shared.heavy("export"):
        pass
    redis.delete(rate, heavy)


@pytest.mark.usefixtures("database")
@several
@given(ahead=some.integers(600, 36 * 3600))
def test_tries_noted_before_a_jump_back_hold_nobody(ahead: int) -> None:
    direction = slowdown.Direction("sign-in", f"{ahead}@clock.example", "192.0.2.7")
    with context.enter(context.Context(cause="page")):
        slowdown.Attempt.objects.all().delete()
        with moved(ahead):
            for _try in range(slowdown.FREE_TRIES):
                slowdown.claim(direction)
            with pytest.raises(TooMany):
                slowdown.claim(direction)
        slowdown.claim(direction)
        with pytest.raises(TooMany) as told:
            slowdown.claim(direction)
        assert 0 < told.value.retry_after <= slowdown.LONGEST_PAUSE
        slowdown.Attempt.objects.all().delete()


@several
@given(ahead=some.integers(10, 36 * 3600))
def test_the_scheduler_does_not_wait_for_a_clock_that_was_set_back(
    tmp_path_factory: pytest.TempPathFactory, ahead: int
) -> None:
    app = Celery("clock", set_as_current=False)
    app.conf.update(enable_utc=True, timezone="UTC")
    app.conf.beat_schedule = {"often": {"task": "tests.often", "schedule": 60.0}}
    place = tmp_path_factory.mktemp("clock") / "schedule"
    scheduler = beating.Scheduler(app=app, schedule_filename=str(place))
    entry = scheduler.schedule["often"]
    entry.last_run_at = entry.default_now() + timedelta(seconds=ahead)
    assert scheduler.tick() <= 60
    _due, wait = scheduler.schedule["often"].is_due()
    assert wait <= 60
    scheduler.close()
