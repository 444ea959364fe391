"""A worker is killed with -9 in the middle of an import, three times; Redis is killed and comes back empty.

Each time the work goes on within a minute, and at the end every row was written once.
"""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from deploy.local import places
from deploy.local.redis import Redis
from tests.support import cluster
from tests.support.tenants import Company

ROWS = 8_000
RESUMED_WITHIN = 120  # seconds: a lease is twenty, and a busy machine takes long to start a worker
PATIENCE = 240


class Workers:
    """Real worker and scheduler processes on the test's own database, with a Redis of their own to kill."""

    def __init__(self, run: cluster.Run) -> None:
        folder = run.folder / f"killed-{os.getpid()}"
        folder.mkdir(mode=0o711, exist_ok=True)
        account = run.servers.postgres.account
        self.redis = Redis(
            folder / "redis", account, port=places.free_port(), password=run.servers.keys.redis
        )
        self.environment = dict(os.environ) | {
            "TEREM_REDIS": self.redis.url,
            "PYTHONPATH": os.pathsep.join((str(places.ROOT), str(places.ROOT / "platform"))),
        }
        self.folder = folder
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        # What stands behind Python in the command of a worker.
        self.program: tuple[str, ...] = ("-m", "celery", "-q", "-A", "config.worker")

    def start_redis(self) -> None:
        """Start Redis, always empty."""
        import shutil

        shutil.rmtree(self.redis.home, ignore_errors=True)
        self.redis.prepare()
        options = self.redis.account.spawn_options()
        process = subprocess.Popen(
            self.redis.argv(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **options,
        )
        self.running["redis"] = process
        self.redis.wait_ready(process)

    def start_worker(self) -> None:
        """One worker for the tenants' queue and the sweeper's."""
        queues = [
            "worker",
            "-P",
            "threads",
            "-c",
            "2",
            "-Q",
            "tenant,control",
            "--without-mingle",
            "--without-gossip",
        ]
        self._start("worker", *self.program, *queues, "-n", f"killed{os.getpid()}@%h")

    def start_scheduler(self) -> None:
        program = ("-m", "celery", "-q", "-A", "config.worker", "beat")
        self._start("scheduler", *program, "-s", str(self.folder / "schedule"))

    def _start(self, name: str, *arguments: str) -> None:
        command = [sys.executable, *arguments, "--loglevel", "warning"]
        log = (self.folder / f"{name}.log").open("ab")
        self.running[name] = subprocess.Popen(
            command, cwd=places.ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
        )

    def kill(self, name: str) -> None:
        """kill -9, with no chance to say goodbye."""
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)

    def log(self) -> str:
        """The workers' last words, for failures."""
        return "\n".join(path.read_text("utf-8", "replace")[-3000:] for path in self.folder.glob("*.log"))


@pytest.fixture
def workers(test_run: cluster.Run, own_tenant: Callable[..., Company]) -> Iterator[Workers]:
    made = Workers(test_run)
    try:
        made.start_redis()
        made.start_scheduler()
        made.start_worker()
        yield made
    finally:
        made.stop()


def table(rows: int) -> bytes:
    """Companies with ids, each with a person."""
    lines = ["Id,Company,E-mail,City,Contact name,Mobile"]
    lines += [
        f"k{n},Company {n},office@company{n}.example,Bath,Anna Keller{n},+44 7700 {n:06d}"
        for n in range(rows)
    ]
    return "\n".join(lines).encode()


def begin(company: Company, rows: int) -> Any:
    """A checked import that has begun, in the company's own database schema."""
    from crm_core.imports import actions
    from tenants import api

    with api.inside(company.tenant, cause="page"):
        found = actions.upload(
            by=company.owner, source=io.BytesIO(table(rows)), name="large.csv", kind="company"
        )
        found = actions.check(by=company.owner, id=found.id)
        assert found.facts["counts"]["new"] == rows
        return actions.start(by=company.owner, id=found.id)


def progress(company: Company, id: Any) -> tuple[str, int]:
    """State of the import and the number of the last row that is written."""
    from crm_core.imports.models import Import
    from tenants import api

    with api.inside(company.tenant, cause="page"):
        found = Import.objects.get(id=id)
        return found.state, int(found.progress.get("after", 0))


def wait(
    company: Company, id: Any, ready: Callable[[str, int], bool], seconds: float, workers: Workers
) -> float:
    """Wait until state and row say so; the seconds that it took."""
    started = time.monotonic()
    state, row = progress(company, id)
    while not ready(state, row):
        took = time.monotonic() - started
        assert took < seconds, f"still {state} at row {row} after {took:.0f} s\n{workers.log()}"
        time.sleep(0.02)
        state, row = progress(company, id)
    return time.monotonic() - started


def test_three_kills_lose_and_double_nothing(workers: Workers, own_tenant: Callable[..., Company]) -> None:
    company = own_tenant("Killed")
    found = begin(company, ROWS)
    chance = random.Random()
    # Each blow falls somewhere in its own third, after the first and before the last batch.
    third = ROWS // 3
    blows = [part * third + chance.randint(600, third - 1_600) for part in range(3)]
    for row in blows:
        wait(company, found.id, lambda _state, done, row=row: done >= row, PATIENCE, workers)  # type: ignore[misc]
        state, reached = progress(company, found.id)
        assert state == "running" and 0 < reached < ROWS
        workers.kill("worker")
        _state, reached = progress(company, found.id)
        workers.start_worker()
        wait(company, found.id, lambda _state, done, at=reached: done > at, RESUMED_WITHIN, workers)  # type: ignore[misc]
    wait(company, found.id, lambda state, _done: state == "done", PATIENCE, workers)
    expect_everything_once(company, found.id)


def test_redis_comes_back_empty_and_no_job_is_lost(
    workers: Workers, own_tenant: Callable[..., Company]
) -> None:
    company = own_tenant("Redis")
    found = begin(company, ROWS)
    wait(company, found.id, lambda _state, done: done > 0, PATIENCE, workers)
    workers.kill("redis")
    workers.kill("worker")
    workers.start_redis()
    workers.start_worker()
    wait(company, found.id, lambda state, _done: state == "done", PATIENCE, workers)
    expect_everything_once(company, found.id)


def test_a_job_asked_for_while_redis_is_down_is_done(
    workers: Workers, own_tenant: Callable[..., Company]
) -> None:
    company = own_tenant("Waiting")
    workers.kill("redis")
    found = begin(company, 600)
    workers.start_redis()
    wait(company, found.id, lambda state, _done: state == "done", PATIENCE, workers)
    expect_everything_once(company, found.id, 600)


def expect_everything_once(company: Company, id: Any, rows: int = ROWS) -> None:
    """Right counts, and no row twice: neither record, nor contact, nor fact."""
    from django.db.models import Count

    from crm_core.clients.models import ContactWay, Employment
    from crm_core.events.models import Event
    from crm_core.imports.models import Import
    from crm_core.records.models import Card
    from tenants import api

    with api.inside(company.tenant, cause="page"):
        found = Import.objects.get(id=id)
        assert (found.counts["company.created"], found.counts["person.created"]) == (rows, rows)
        assert found.counts["rows.new"] == rows
        cards = Card.objects.live()
        assert cards.filter(kind="company").count() == rows
        assert cards.filter(kind="person").count() == rows
        assert cards.filter(kind="company").values("origin").distinct().count() == rows
        assert Employment.objects.count() == rows
        assert ContactWay.objects.count() == 2 * rows
        told = Event.objects.filter(verb="clients.created", change_set=found.change_set)
        assert told.count() == 2 * rows
        assert not told.values("record_id").annotate(n=Count("id")).filter(n__gt=1).exists()
