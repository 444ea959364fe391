"""A release that fails on three companies, its process killed twice, people at work in every company meanwhile."""

from __future__ import annotations

import http.client
import itertools
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.support.product import RunningProduct
from tests.upgrades.conftest import Fleet, prepared

PAGES = ("/", "/companies/", "/deals/", "/tasks/")


class Visitors:
    """Threads that open pages of every company in turn, as their owners, until they are told to stop."""

    def __init__(self, product: RunningProduct, companies: list[dict[str, str]]) -> None:
        self.product = product
        self.turns = itertools.cycle([(company, page) for page in PAGES for company in companies])
        self.answers: dict[int, int] = {}
        self.visited: set[str] = set()
        self.wrong: list[str] = []
        self.over = threading.Event()
        self.lock = threading.Lock()

    @contextmanager
    def at_work(self, count: int = 3) -> Iterator[None]:
        threads = [threading.Thread(target=self._visit) for _ in range(count)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join()

    def _visit(self) -> None:
        while not self.over.is_set():
            with self.lock:
                company, page = next(self.turns)
            try:
                status = self._get(company, page)
            except (OSError, http.client.HTTPException) as error:
                self.wrong.append(f"{company['slug']}{page}: {error!r}")
                continue
            with self.lock:
                self.answers[status] = self.answers.get(status, 0) + 1
                self.visited.add(company["slug"])
            if status != 200:
                self.wrong.append(f"{company['slug']}{page}: {status}")

    def _get(self, company: dict[str, str], page: str) -> int:
        line = http.client.HTTPConnection("127.0.0.1", self.product.address.port, timeout=60)
        host = f"{company['slug']}.localhost:{self.product.address.port}"
        cookie = f"{company['cookie']}={company['session']}"
        try:
            line.request("GET", page, headers={"Host": host, "Cookie": cookie})
            answer = line.getresponse()
            answer.read()
            return answer.status
        finally:
            line.close()


def killed_on_the_way(product: RunningProduct, count: int) -> None:
    fleet = Fleet(product.environment, product.servers.postgres.superuser_dsn, product.database)
    companies = fleet.open(count)
    broken = [companies[index] for index in (1, count // 2, count - 2)]
    prepared(fleet, broken)
    before = fleet.releases()
    visitors = Visitors(product, companies)
    # The canary is none of those that fail or are in use: chance would stop the run with it, or hold everybody up.
    first = ["start", "--canary", companies[0]["slug"], "--waves", "100%"]
    # One company's table is in use until the second kill, so that no run ends before it.
    held = psycopg.connect(product.environment["TEREM_OWNER_DB"])
    held.execute(f"SELECT 1 FROM {companies[2]['schema']}.clients_company LIMIT 1")
    with held, visitors.at_work():
        for part, verb in (
            (4, [*first, "--stop-at", "5%" if count >= 60 else "3"]),
            (2, ["resume"]),
        ):
            process = fleet.start("manage.py", "upgrade", *verb, "--parallel", "2", ahead="1")
            wanted = count // part
            fleet.wait_until(
                f"SELECT count(*) >= {wanted} FROM tenants_upgradestep WHERE state = 'done'", process
            )
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
            assert "interrupted" in fleet.upgrade("status")
        assert fleet.rows("SELECT count(*) > 0 FROM tenants_upgradestep WHERE state = 'waiting'")[0][0]
        held.rollback()
        said = fleet.upgrade("resume", code=1)
        deadline = time.monotonic() + 120
        visitors.visited.clear()
        while len(visitors.visited) < count and time.monotonic() < deadline:
            time.sleep(0.2)
    assert f"{count - 3} of {count} done, 3 failed" in said
    assert visitors.wrong == []
    assert len(visitors.visited) == count, "every company was visited after the upgrade, the failed ones too"
    after = fleet.releases()
    for company in companies:
        moved = company not in broken
        assert (after[company["slug"]] != before[company["slug"]]) == moved
        assert fleet.times_upgraded(company["schema"]) == int(moved)
    journal = fleet.rows("SELECT state, statement, error FROM tenants_upgradestep ORDER BY state")
    failed = [row for row in journal if row[0] == "failed"]
    assert len(failed) == 3
    assert len(journal) == count
    for _state, statement, error in failed:
        assert 'CREATE TABLE "clients_badge"' in statement
        assert "already exists" in error


def test_killed_twice_among_thirty_companies(own_product: RunningProduct) -> None:
    killed_on_the_way(own_product, 30)


@pytest.mark.full
def test_killed_twice_among_three_hundred_companies(own_product: RunningProduct) -> None:
    killed_on_the_way(own_product, 300)
