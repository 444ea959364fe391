"""What a quiet company notices while another one sends 50 requests at once and 10,000 jobs.

Web server and worker run as in production on this machine, the load generator in a
process of its own. Quiet rounds and noisy rounds take turns in one run; ``p95_ratio``
is the quiet company's p95 in noisy rounds against its p95 alone. ``job_wait_s`` is
the longest wait of the quiet company's job, from asking to its start.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import django

PATH = "/companies/?draw=table"
JOB = "activities.remind"


class Side:
    """A company with its address and the cookie of its owner's session."""

    def __init__(self, name: str, port: int) -> None:
        from django.conf import settings

        from crm_core.team.actions import open_session
        from tenants import api, schemas
        from tests.bench._filling import fill
        from tests.support.tenants import open_company

        self.company = open_company(name, f"neighbours-{name.lower()}")
        self.port = port
        with api.inside(self.company.tenant):
            _session, key = open_session(member=self.company.owner, agent="bench", network="127.0.0.1")
        with schemas.owner() as connection:
            fill(connection, self.company.tenant.schema_name, self.company.owner_id, 2000, 2000)
        self.headers = {
            "Host": f"{self.company.tenant.slug}.{settings.TEREM_DOMAIN}",
            "Cookie": f"{settings.WORKSPACE_COOKIE}={key}",
        }

    def ask(self) -> tuple[int, float]:
        return ask(self.port, self.headers)


def ask(port: int, headers: dict[str, str], rest: threading.Event | None = None) -> tuple[int, float]:
    """Status and milliseconds of one request; 0 for a connection that was refused. ``rest`` waits as told."""
    started = time.perf_counter()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request("GET", PATH, headers=headers)
        answer = line.getresponse()
        answer.read()
        if rest is not None and answer.status == 429:
            rest.wait(float(answer.headers["Retry-After"]))
        return answer.status, (time.perf_counter() - started) * 1000
    except OSError:
        return 0, (time.perf_counter() - started) * 1000
    finally:
        line.close()


def hammer(port: int, headers: dict[str, str], at_once: int) -> None:
    """The noisy side, in its own process until its standard input closes: counts of its answers by status."""
    answers: Counter[int] = Counter()
    ended = threading.Event()

    def go() -> None:
        while not ended.is_set():
            status, _taken = ask(port, headers, ended)
            answers[status] += 1

    threads = [threading.Thread(target=go) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    ended.set()
    for thread in threads:
        thread.join()
    print(json.dumps(answers))


@contextlib.contextmanager
def noise(side: Side, at_once: int, answers: Counter[str]) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.bench.neighbours", "--hammer", str(at_once)]
    child = subprocess.Popen(
        [*command, "--port", str(side.port), "--headers", json.dumps(side.headers)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    time.sleep(2)
    try:
        yield
    finally:
        out, _ = child.communicate()
        answers.update({str(k): v for k, v in json.loads(out).items()})


@contextlib.contextmanager
def product_running(port: int) -> Iterator[None]:
    """Web, worker and scheduler on this bench's servers, started as ``./terem up`` starts them."""
    from deploy.local import product
    from deploy.local.product import Address
    from deploy.local.supervisor import Supervisor

    supervisor = Supervisor(announce=False)
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ) | {"TEREM_LOG": "ERROR"}
        for child in product.children(Address(port=port), environment, Path(folder)):
            if child.name in ("web", "worker", "scheduler"):
                supervisor.start(child)
        try:
            _wait(port)
            yield
        finally:
            supervisor.stop()


def _wait(port: int) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError):
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            line.request("GET", "/health/ready", headers={"Host": "localhost"})
            if line.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise SystemExit("The web server was not ready.")


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def ask_quietly(side: Side, count: int) -> list[float]:
    taken = []
    for _ in range(count):
        status, milliseconds = side.ask()
        if status != 200:
            raise SystemExit(f"The quiet company was answered {status}.")
        taken.append(milliseconds)
        time.sleep(0.02)
    return taken


def pour_jobs(side: Side, count: int) -> None:
    """Write this many real jobs and their tickets at once, as the company's own actions would."""
    from kernel.jobs.broker import nudge
    from tenants import schemas

    name = side.company.tenant.schema_name
    arguments = json.dumps({"activity_id": str(uuid4()), "remind_at": "2026-01-01T00:00:00+00:00"})
    with schemas.owner() as connection:
        connection.execute(
            f"WITH made AS (INSERT INTO {name}.jobs_job (id, name, title, arguments, language, state, done, words,"
            " checkpoint, result, error, attempts, stop_wanted, link, created_at)"
            " SELECT gen_random_uuid(), %s, '', %s::jsonb, 'en', 'waiting', 0, '', '{}', '{}', '', 0, false, '', now()"
            " FROM generate_series(1, %s) RETURNING id)"
            " INSERT INTO relay.ticket (id, role, queue, due) SELECT id, %s, 'tenant', now() FROM made",
            [JOB, arguments, count, name],
        )
    nudge("tenant", min(count, 1000))


def wait_of_job(side: Side) -> float:
    """Ask for one job of the quiet company; seconds until it began."""
    from django.db import transaction

    from kernel.jobs import BACKGROUND
    from kernel.jobs.models import Job
    from tenants import api

    with api.inside(side.company.tenant):
        with transaction.atomic(using="tenant"):
            job = BACKGROUND[JOB].later(
                by=side.company.owner, activity_id=str(uuid4()), remind_at="2026-01-01T00:00:00+00:00"
            )
        for _ in range(600):
            found = Job.objects.get(id=job.id)
            if found.started_at is not None:
                return float((found.started_at - found.created_at).total_seconds())
            time.sleep(0.05)
    raise SystemExit("The quiet company's job did not begin within 30 s.")


def measure(rounds: int, count: int, at_once: int, jobs: int, waits: int) -> dict[str, Any]:
    from django.db import connections

    import config.urls_workspace
    from tests.bench.requests import free_port

    assert config.urls_workspace, "loads every app's background work"
    port = free_port()
    quiet, noisy = Side("Quiet", port), Side("Noisy", port)
    alone: list[float] = []
    beside: list[float] = []
    answers: Counter[str] = Counter()
    with product_running(port):
        ask_quietly(quiet, 40)
        wait_of_job(quiet)
        for _ in range(rounds):
            alone += ask_quietly(quiet, count)
            with noise(noisy, at_once, answers):
                beside += ask_quietly(quiet, count)
        pour_jobs(noisy, jobs)
        time.sleep(1)
        job_waits = [wait_of_job(quiet) for _ in range(waits)]
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM relay.ticket")
            left = cursor.fetchone()[0]
    return {
        "p95_ratio": round(p95(beside) / p95(alone), 2),
        "job_wait_s": round(max(job_waits), 2),
        "p95_alone_ms": round(p95(alone), 1),
        "p95_beside_ms": round(p95(beside), 1),
        "median_alone_ms": round(sorted(alone)[len(alone) // 2], 1),
        "median_beside_ms": round(sorted(beside)[len(beside) // 2], 1),
        "noisy_answers": dict(sorted(answers.items())),
        "jobs_left": left,
        "requests_per_round": count,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--requests", type=int, default=100, help="of the quiet company, per round")
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--waits", type=int, default=10)
    parser.add_argument("--hammer", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--headers", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.hammer:
        hammer(options.port, options.headers, options.hammer)
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    figures = measure(options.rounds, options.requests, options.at_once, options.jobs, options.waits)
    print(json.dumps(figures) if options.json else "\n".join(f"{k:22} {v}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
