"""The upgrade pages of the console, and the keeper that does what they ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from identity import api
from kernel import context
from kernel.ids import uuid7
from tenants.models import Tenant, UpgradeRun, UpgradeStep
from tenants.schemas import current_release
from tenants.upgrades import keeping, runs
from tests.identity.test_operators import _AtConsole, sign_in
from tests.identity.test_second_factor import set_up
from tests.support.tenants import make_account
from tests.upgrades.conftest import Fleet


@pytest.fixture
def console(database: None) -> Iterator[_AtConsole]:
    """An operator with a second factor, at the console."""
    with context.enter(context.Context(cause="command")):
        account = make_account(f"operator-{uuid7().hex[-8:]}@terem.example")
        api.make_operator(account=account)
        visitor = _AtConsole()
        sign_in(visitor, account.email)
        set_up(visitor)
        # Companies that other tests left with an untrue release would be taken for fallen behind.
        Tenant.objects.live().update(release=current_release())
        yield visitor
        UpgradeRun.objects.all().delete()


def test_plan_start_and_end(console: _AtConsole, companies: Any) -> None:
    """Nobody is behind here; the run is planned, started and over all the same."""
    assert "Every company is at the newest release." in console.walk("/upgrades/").content.decode()
    answer = console.fill("/upgrades/new/", canary="1", parallel="2", waves="10%,100%", stop_at="2%")
    run = UpgradeRun.objects.get()
    assert answer["Location"] == f"/upgrades/{run.id}/"
    assert (run.wanted, run.parallel, run.waves) == ("plan", 2, "10%,100%")
    assert "The plan is being drawn up." in console.walk(f"/upgrades/{run.id}/").content.decode()
    assert keeping.tend()
    page = console.walk(f"/upgrades/{run.id}/")
    assert f'action="/upgrades/{run.id}/running/"' in page.content.decode()
    console.send(page, to="/running/")
    run.refresh_from_db()
    assert run.wanted == "run"
    assert keeping.tend()
    run.refresh_from_db()
    assert run.state == "done"
    assert not keeping.tend()
    assert "Done" in console.walk(f"/upgrades/{run.id}/").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("canary", "no-such-company", "There is no company with the address"),
        ("waves", "50%,5%", "Write growing shares"),
        ("parallel", "0", "Between 1 and 64"),
        ("stop_at", "many", "Write a share"),
    ],
)
def test_options_that_make_no_sense(console: _AtConsole, field: str, value: str, words: str) -> None:
    good = {"canary": "3", "waves": "100%", "parallel": "4", "stop_at": "1%"}
    answer = console.fill("/upgrades/new/", **(good | {field: value}))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not UpgradeRun.objects.exists()


def test_failures_with_statement_and_error(console: _AtConsole, companies: Any) -> None:
    run = runs.begin()
    tenant = companies[0].tenant
    UpgradeStep.objects.create(
        run=run, tenant=tenant, from_release="one", to_release=run.to_release, state="failed",
        statement="CREATE TABLE <badge>", error='relation "badge" already exists',
    )  # fmt: skip
    UpgradeRun.objects.filter(id=run.id).update(state="done", failed=1, total=1)
    text = console.walk(f"/upgrades/{run.id}/").content.decode()
    assert "CREATE TABLE &lt;badge&gt;" in text
    assert "already exists" in text
    assert "Try the failed ones again" in text
    assert re.search(r'<progress class="progress" max="100" value="100"', text)
    part = console.client("operator.terem.test").get(
        f"/upgrades/{run.id}/",
        headers={"HX-Request": "true", "HX-Request-Type": "partial"},
        HTTP_HOST="operator.terem.test",
    )
    assert part.content.decode().strip().startswith('<div id="upgrade"')


def test_unknown_release_ends_the_run_with_a_sentence(console: _AtConsole, companies: Any) -> None:
    """The registry names a release that the schema does not have: nothing is touched, the page says why."""
    tenant = companies[0].tenant
    former = tenant.release
    Tenant.objects.filter(id=tenant.id).update(release="nonsense")
    try:
        runs.begin(wanted="plan")
        assert keeping.tend()
    finally:
        Tenant.objects.filter(id=tenant.id).update(release=former)
    run = UpgradeRun.objects.get()
    assert run.state == "stopped"
    assert "is not at release nonsense" in run.reason


def test_keeper_fetches_whoever_came_late(fleet: Fleet) -> None:
    """A company that the old code opens after the run; the keeper of the new release brings it along."""
    fleet.open(1)
    fleet.upgrade("start")
    late = fleet.open(2, "late")
    assert "caught up: 2" in fleet.run("-m", "tests.upgrades.catching", ahead="1")
    assert [fleet.times_upgraded(company["schema"]) for company in late] == [1, 1]


def test_second_start_of_an_installation_upgrades_its_companies(fleet: Fleet) -> None:
    """What ``./terem up`` does after an update of the code."""
    (company,) = fleet.open(1)
    assert "Companies: 1 upgraded, 0 failed." in fleet.run("manage.py", "install", "--companies", ahead="1")
    assert fleet.times_upgraded(company["schema"]) == 1
    assert fleet.rows("SELECT count(DISTINCT release) FROM tenants_blank") == [(1,)]
