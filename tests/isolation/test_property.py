"""Random tenants do random things at once over few shared connections, with failures everywhere.

Each company has a twin that carries out the same plan alone and undisturbed; what
both hold must be equal after every round. Seconds come from TEREM_PROPERTY_SECONDS,
the seed from TEREM_PROPERTY_SEED or the clock; a failure prints it.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import Error, connections

from kernel.errors import Unavailable
from tenants import api
from tenants.database import pool
from tests.isolation import plans
from tests.isolation.chaos import Chaos, Injected
from tests.support import pooler
from tests.support.tenants import Company

TENANTS = 6
THREADS = 6
STEPS = 10
MOST_TRIES = 40
# Fewer connections than threads, and fewer tenants per connection than there are.
SHARED_CONNECTIONS = 4
TENANTS_PER_CONNECTION = 4


@dataclass
class Party:
    """One plan with the company that carries it out in the crowd and the twin that does so alone."""

    plan: plans.Plan
    crowded: plans.Doer
    alone: plans.Doer
    steps: list[plans.Step] = field(default_factory=list)
    busy: bool = False


def seconds(config: pytest.Config) -> float:
    told = os.environ.get("TEREM_PROPERTY_SECONDS")
    return float(told) if told else (600.0 if config.getoption("--full") else 20.0)


@pytest.fixture
def parties(own_tenant: Callable[..., Company]) -> list[Party]:
    def doer(number: int, mark: str) -> plans.Doer:
        from crm_core.team.actions import open_session

        company = own_tenant(f"Party {number}")
        with api.inside(company.tenant):
            _session, key = open_session(member=company.owner, agent="tests", network="127.0.0.1")
        return plans.Doer(company, mark, company, key)

    made = []
    for number in range(TENANTS):
        mark = f"PLAN{number}"
        made.append(Party(plans.Plan(mark), doer(number, mark), doer(number, mark)))
    for number, party in enumerate(made):
        party.crowded.other = party.alone.other = made[number - 1].crowded.company
    return made


@pytest.fixture
def fresh_pool(settings: Any) -> Iterator[None]:
    """The test's own sizes: the pool of this process is made anew, before and after."""
    settings.TEREM_POOL = SHARED_CONNECTIONS
    settings.TEREM_TENANTS_PER_CONNECTION = TENANTS_PER_CONNECTION
    settings.TEREM_CONNECTION_AGE = 10
    _forget_pool()
    yield
    _forget_pool()


def _forget_pool() -> None:
    connections["tenant"].close()
    found = pool._pools.pop(os.getpid(), None)
    if found is not None:
        found.close()


@pytest.fixture
def through_pgbouncer(test_run: Any, tmp_path: Path) -> Iterator[None]:
    place: Any = connections.settings["tenant"]  # type: ignore[attr-defined]
    former = place["HOST"], place["PORT"]
    with pooler.running(test_run.servers, test_run.folder, "session", size=SHARED_CONNECTIONS + 2) as port:
        place["HOST"], place["PORT"] = "127.0.0.1", str(port)
        try:
            yield
        finally:
            place["HOST"], place["PORT"] = former
            _forget_pool()


@pytest.mark.usefixtures("fresh_pool")
def test_pooled(
    parties: list[Party], test_run: Any, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    _run(parties, test_run, monkeypatch, seconds(pytestconfig))


@pytest.mark.pgbouncer
@pytest.mark.usefixtures("fresh_pool", "through_pgbouncer")
def test_through_pgbouncer(
    parties: list[Party], test_run: Any, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    _run(parties, test_run, monkeypatch, seconds(pytestconfig))


def _run(parties: list[Party], test_run: Any, patch: pytest.MonkeyPatch, allowed: float) -> None:
    seed = int(os.environ.get("TEREM_PROPERTY_SEED") or time.time_ns() % 10**9)
    print(f"seed {seed}: TEREM_PROPERTY_SEED={seed} ./terem test tests/isolation/test_property.py")
    dice = random.Random(seed)
    chaos = Chaos(test_run.servers.postgres.superuser_dsn)
    deadline = time.monotonic() + allowed
    rounds = steps = 0
    while rounds == 0 or time.monotonic() < deadline:
        for party in parties:
            party.steps = [party.plan.draw(dice) for _ in range(STEPS)]
        planned = {party.plan.marker: list(party.steps) for party in parties}
        with chaos.let_loose(patch):
            _crowd(parties, chaos, dice)
        for party in parties:
            for step in planned[party.plan.marker]:
                _try(party.alone, step, None, dice)
            assert _content(party.crowded) == _content(party.alone), (
                f"seed {seed}, round {rounds}, {party.plan.marker}: {[str(s) for s in planned[party.plan.marker]]}"
            )
        rounds += 1
        steps += TENANTS * STEPS
    struck = sum(chaos.struck.values())
    print(
        f"{rounds} rounds, {steps} steps, {struck} failures at {len(chaos.struck)} places, no digest differs"
    )
    assert struck, "no failure struck: the test proves nothing"


def _content(doer: plans.Doer) -> dict[str, Any]:
    with api.inside(doer.company.tenant):
        return plans.content()


def _crowd(parties: list[Party], chaos: Chaos, dice: random.Random) -> None:
    """All plans at once: every thread takes the next step of whichever company is free."""
    lock = threading.Lock()
    trouble: list[BaseException] = []

    def work(own: random.Random) -> None:
        try:
            while not trouble:
                with lock:
                    free = [party for party in parties if party.steps and not party.busy]
                    if not free:
                        if any(party.steps or party.busy for party in parties):
                            party = None
                        else:
                            return
                    else:
                        party = own.choice(free)
                        party.busy, step = True, party.steps.pop(0)
                if party is None:
                    time.sleep(0.002)
                    continue
                try:
                    _try(party.crowded, step, chaos, own)
                finally:
                    party.busy = False
        except BaseException as error:
            trouble.append(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool_of_threads:
        for _ in range(THREADS):
            pool_of_threads.submit(work, random.Random(dice.random()))
    if trouble:
        raise trouble[0]


def _try(doer: plans.Doer, step: plans.Step, chaos: Chaos | None, dice: random.Random) -> None:
    """Carry out a step until it is done, as often as failures demand it."""
    for number in range(MOST_TRIES):
        if chaos is not None:
            chaos.arm(dice)
        try:
            with api.inside(doer.company.tenant, cause="page", actor=doer.company.owner_id):
                if number and doer.done(step):
                    return
                if chaos is None:
                    doer.do(step)
                else:
                    with chaos.watching_statements():
                        doer.do(step)
                return
        except (Error, Injected, Unavailable, plans.Refused):
            pass
        finally:
            if chaos is not None:
                chaos.calm()
            # As at the end of a request.
            connections["tenant"].close_if_unusable_or_obsolete()
    raise AssertionError(f"{step} was not done in {MOST_TRIES} tries")
