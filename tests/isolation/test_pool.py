"""The pool: opened late, by its own process only; connections are renewed by age, by wear and after trouble."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction

from crm_core.team.models import Team
from deploy.local import places
from kernel import context
from kernel.errors import Unavailable
from tenants import api
from tenants.database import pool, poolers
from tests.support import pooler
from tests.support.plugin import DATABASE
from tests.support.tenants import Browser, Company, sign_in

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def small_pool(settings: Any) -> Iterator[Callable[..., None]]:
    """Make the process's pool anew with other sizes: ``small_pool(TEREM_POOL=2)``."""

    def forget() -> None:
        connections["tenant"].close()
        found = pool._pools.pop(os.getpid(), None)
        if found is not None:
            found.close()

    def make(**sizes: int) -> None:
        forget()
        for name, value in sizes.items():
            setattr(settings, name, value)

    yield make
    forget()


def backend() -> int:
    """Use the present tenant's connection; its server process."""
    Team.objects.count()
    return int(connections["tenant"].connection.info.backend_pid)


def end_of_request() -> None:
    connections["tenant"].close_if_unusable_or_obsolete()


def test_connection_is_given_back_and_lent_again(companies: tuple[Company, Company], small_pool: Any) -> None:
    small_pool()
    seen = set()
    for company in (*companies, *companies):
        with api.inside(company.tenant):
            seen.add(backend())
        end_of_request()
        assert connections["tenant"].connection is None
    assert len(seen) == 1


def test_lent_connection_is_not_believed(companies: tuple[Company, Company], small_pool: Any) -> None:
    """A session may have been changed while it lay in the pool (a pooler's reset): everything is applied anew."""
    small_pool()
    with api.inside(companies[0].tenant):
        backend()
        raw = connections["tenant"].connection
    end_of_request()
    raw.pgconn.exec_(b"RESET ROLE; SET search_path = pg_catalog")
    with api.inside(companies[0].tenant), connections["tenant"].cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (companies[0].tenant.schema_name,)


def test_company_gets_the_connection_that_has_served_it(
    companies: tuple[Company, Company], small_pool: Any
) -> None:
    small_pool()
    one, other = companies
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with api.inside(other.tenant):
            Team.objects.count()
            held.set()
            release.wait(120)
        end_of_request()

    # Two connections, each of which has served one company.
    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(60)
    with api.inside(one.tenant):
        own = backend()
    end_of_request()
    release.set()
    thread.join()
    seen: dict[str, set[int]] = {}
    for company in (*companies, *companies, one, one):
        with api.inside(company.tenant):
            seen.setdefault(company.tenant.schema_name, set()).add(backend())
        end_of_request()
    assert seen[one.tenant.schema_name] == {own}
    assert len(seen[other.tenant.schema_name]) == 1
    assert own not in seen[other.tenant.schema_name]


def test_nothing_is_opened_by_starting(test_run: Any) -> None:
    """The application is loaded, as a server does before it forks: no connection, no pool, no thread."""
    told = (
        "import threading, config.wsgi, config.worker\n"
        "from tenants.database import pool\n"
        "from django.db import connections\n"
        "print(pool.present(), connections['tenant'].connection, [t.name for t in threading.enumerate()])\n"
    )
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join((str(places.ROOT), str(places.ROOT / "platform")))
    }
    done = subprocess.run(
        [sys.executable, "-c", told], env=environment, capture_output=True, text=True, check=True, cwd="/"
    )
    assert done.stdout.strip() == "None None ['MainThread']"


def test_child_makes_a_pool_of_its_own(companies: tuple[Company, Company]) -> None:
    acme, beta = companies
    with api.inside(acme.tenant):
        parents = backend()
    end_of_request()
    assert pool.present() is not None
    reading, writing = os.pipe()
    with api.inside(beta.tenant):
        child = os.fork()
        if child == 0:
            try:
                os.write(writing, f"{backend()}".encode())
            finally:
                os._exit(0)
        os.close(writing)
        os.waitpid(child, 0)
    theirs = os.read(reading, 100).decode()
    os.close(reading)
    assert theirs not in ("", str(parents))
    with api.inside(acme.tenant):
        assert backend() == parents, "the child closed its parent's connection"


def test_renewed_by_age(companies: tuple[Company, Company], small_pool: Any) -> None:
    small_pool(TEREM_CONNECTION_AGE=1)
    with api.inside(companies[0].tenant):
        first = backend()
        end_of_request()
        time.sleep(1.1)
        backend()
        end_of_request()
        assert backend() != first


def test_renewed_by_wear_also_in_the_middle_of_a_long_command(
    companies: tuple[Company, Company], small_pool: Any
) -> None:
    small_pool(TEREM_TENANTS_PER_CONNECTION=1)
    acme, beta = companies
    seen = []
    for company in (acme, acme, beta, beta, acme):
        with api.inside(company.tenant):
            seen.append(backend())
            assert len(connections["tenant"].connection.touched) == 1
    assert seen[0] == seen[1] != seen[2] == seen[3] != seen[4]


def test_open_transaction_is_not_lent_on(companies: tuple[Company, Company], small_pool: Any) -> None:
    small_pool()
    with api.inside(companies[0].tenant):
        with pytest.raises(RuntimeError), transaction.atomic(using="tenant"):
            first = backend()
            connections["tenant"].close()
            raise RuntimeError
        assert backend() != first


def test_connection_that_died_in_the_pool_costs_nobody_anything(
    companies: tuple[Company, Company], small_pool: Any, test_run: Any
) -> None:
    small_pool()
    with api.inside(companies[0].tenant):
        first = backend()
        end_of_request()
        with psycopg.connect(test_run.servers.postgres.superuser_dsn, autocommit=True) as administrator:
            administrator.execute("SELECT pg_terminate_backend(%s, 2000)", [first])
        assert backend() != first
        end_of_request()
        with psycopg.connect(test_run.servers.postgres.superuser_dsn, autocommit=True) as administrator:
            administrator.execute(
                "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
                " WHERE usename = 'terem_tenant' AND datname = %s",
                [DATABASE],
            )
        with transaction.atomic(using="tenant"):
            backend()


def test_thread_that_ended_owes_nothing(companies: tuple[Company, Company], small_pool: Any) -> None:
    small_pool(TEREM_POOL=2)

    def borrow() -> None:
        with api.inside(companies[0].tenant):
            backend()
        connections["default"].close()

    for _ in range(5):
        thread = threading.Thread(target=borrow)
        thread.start()
        thread.join()
    with api.inside(companies[0].tenant):
        assert backend()


def test_two_threads_take_the_same_connection_back(
    companies: tuple[Company, Company], small_pool: Any
) -> None:
    """Both have seen that its borrower has ended: the second finds nothing left to do."""
    small_pool(TEREM_POOL=2)
    with api.inside(companies[0].tenant):
        parameters = connections["tenant"].get_connection_params()
    desk = pool.of_this_process(parameters)
    lent = desk.take()
    desk.give_back(lent)
    desk.give_back(lent)
    again = [desk.take(), desk.take()]
    assert len({id(one) for one in again}) == 2
    for one in again:
        desk.give_back(one)
    assert desk.figures()["lent"] == 0


def test_empty_pool_is_said_in_words(
    own_tenant: Callable[..., Company], small_pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "WAIT_SECONDS", 0.3)
    small_pool(TEREM_POOL=2)
    company = own_tenant("Crowded")
    with api.inside(company.tenant):
        browser = sign_in(Browser(company.host), company.owner)
        parameters = connections["tenant"].get_connection_params()
    connections["tenant"].close()
    desk = pool.of_this_process(parameters)
    lent = [desk.take(), desk.take()]
    try:
        answer = browser.get("/")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        with api.inside(company.tenant), pytest.raises(Unavailable):
            Team.objects.count()
    finally:
        for one in lent:
            desk.give_back(one)
    assert browser.get("/").status_code == 200


@pytest.mark.pgbouncer
@pytest.mark.parametrize(("mode", "size"), [("transaction", 5), ("transaction", 1), ("statement", 5)])
def test_mixing_pooler_is_refused_with_the_reason(
    companies: tuple[Company, Company], small_pool: Any, test_run: Any, mode: str, size: int
) -> None:
    small_pool()
    place: Any = connections.settings["tenant"]  # type: ignore[attr-defined]
    former = place["HOST"], place["PORT"]
    with pooler.running(test_run.servers, test_run.folder, mode, size) as port:
        place["HOST"], place["PORT"] = "127.0.0.1", str(port)
        try:
            with (
                api.inside(companies[0].tenant),
                pytest.raises(ImproperlyConfigured, match="pool_mode = session"),
            ):
                Team.objects.count()
        finally:
            place["HOST"], place["PORT"] = former


@pytest.mark.pgbouncer
@pytest.mark.parametrize(("mode", "starts"), [("transaction", False), ("session", True)])
def test_start_behind_a_pooler(test_run: Any, mode: str, starts: bool) -> None:
    """The web server's and the worker's modules end with the reason, or load."""
    with pooler.running(test_run.servers, test_run.folder, mode) as port:
        former = os.environ["TEREM_TENANT_DB"]
        ours = former.replace(f":{test_run.servers.postgres.port}/", f":{port}/")
        environment = os.environ | {
            "TEREM_TENANT_DB": ours,
            "PYTHONPATH": os.pathsep.join((str(places.ROOT), str(places.ROOT / "platform"))),
        }
        for module in ("config.wsgi", "config.worker"):
            done = subprocess.run(
                [sys.executable, "-c", f"import {module}"],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                cwd="/",
            )
            assert (done.returncode == 0) is starts, done.stderr[-2000:]
            assert starts or "pool_mode = session" in done.stderr


def test_plain_server_is_recognised(companies: tuple[Company, Company]) -> None:
    parameters = connections["tenant"].get_connection_params()
    with psycopg.connect(**poolers.plain(parameters), autocommit=True) as one:
        assert not poolers.is_between(one)
    assert context.maybe() is None
