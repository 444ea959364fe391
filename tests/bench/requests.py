"""What tenancy costs per request: the product among 200 tenants against the same pages on one fixed schema.

One tenant has 100,000 companies and 300,000 people and gets 70 per cent of the
requests (a list of 50 companies); the rest go evenly to the others. The yardstick
is the same view, template, middleware, session, rights and server with role
switch, path and directory taken out; one server for the large schema, one for a
small one, asked in the same shares. CPU is that of web process and database
backends per request, the median of interleaved rounds.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django

BIG_SHARE = 0.7
PATH = "/companies/?draw=table"


@dataclass
class Server:
    """A granian on a port of its own; ``pid`` is the process whose children are counted too."""

    port: int
    process: subprocess.Popen[bytes]
    latencies: list[float] = field(default_factory=list)
    connections: list[http.client.HTTPConnection] = field(default_factory=list)

    def get(self, host: str, cookie: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        started = time.perf_counter()
        connection.request("GET", PATH, headers={"Host": host, "Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read()
        self.latencies.append((time.perf_counter() - started) * 1000)
        connection.close()
        if answer.status != 200:
            raise SystemExit(f"{host}{PATH} answered {answer.status}: {body[:500]!r}")


def cpu_of(pids: set[int]) -> float:
    """CPU seconds that these processes have used so far."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(parts[11]) + int(parts[12])
    return total / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> set[int]:
    """A process and all below it."""
    found, fresh = {pid}, {pid}
    while fresh:
        below = set()
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                parts = path.read_text().rpartition(")")[2].split()
                if int(parts[1]) in fresh:
                    below.add(int(path.parent.name))
        fresh = below - found
        found |= fresh
    return found


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(settings: str, **variables: str) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1"]
    command += ["--blocking-threads", "1", "--no-ws", "--log-level", "error", "config.wsgi:application"]
    environment = {**os.environ, **variables, "DJANGO_SETTINGS_MODULE": settings, "TEREM_LOG": "ERROR"}
    process = subprocess.Popen(command, env=environment)
    try:
        for _ in range(200):
            with (
                contextlib.suppress(OSError),
                contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=2)) as probe,
            ):
                probe.request("GET", "/health/live", headers={"Host": "localhost"})
                probe.getresponse().read()
                break
            time.sleep(0.1)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait(timeout=20)


def prepare(tenants: int, companies: int, people: int) -> list[tuple[str, str, str]]:
    """Open and fill the tenants; (host, session cookie, schema) of each, the large one first."""
    from django.conf import settings

    from crm_core.team.actions import open_session
    from kernel import context
    from tenants import api, schemas
    from tenants.actions import fill_reserve
    from tests.bench._filling import fill
    from tests.support.tenants import open_company

    with context.enter(context.Context(cause="command")):
        fill_reserve(tenants)
    made = []
    for number in range(tenants):
        company = open_company(f"Bench {number}", f"requests-{number}")
        with api.inside(company.tenant):
            _session, key = open_session(member=company.owner, agent="bench", network="127.0.0.1")
        name = company.tenant.schema_name
        with schemas.owner() as connection:
            sizes = (companies, people) if number == 0 else (60, 60)
            fill(connection, name, company.owner_id, *sizes)
        made.append((f"requests-{number}.localhost", f"{settings.WORKSPACE_COOKIE}={key}", name))
        print(f"\rtenants {number + 1}/{tenants}", end="", file=sys.stderr)
    print(file=sys.stderr)
    return made


def backends() -> set[int]:
    """The database's processes for our logins."""
    from django.db import connections

    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE usename IN ('terem_tenant', 'terem_control')")
        return {row[0] for row in cursor.fetchall()}


def round_of(count: int, seed: int, ask: Any, pids: set[int]) -> float:
    """CPU milliseconds per request over ``count`` requests of one random order."""
    order = random.Random(seed)
    before = cpu_of(pids)
    for _ in range(count):
        ask(order.random() < BIG_SHARE, order)
    return (cpu_of(pids) - before) * 1000 / count


def measure(tenants: int, companies: int, people: int, rounds: int, count: int) -> dict[str, Any]:
    made = prepare(tenants, companies, people)
    big, small = made[0], made[1]
    single = "tests.bench._single.settings"
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(serving("config.settings"))
        large = stack.enter_context(serving(single, TEREM_BENCH_SLUG="requests-0", TEREM_BENCH_SCHEMA=big[2]))
        little = stack.enter_context(
            serving(single, TEREM_BENCH_SLUG="requests-1", TEREM_BENCH_SCHEMA=small[2])
        )

        def ask_ours(of_big: bool, order: random.Random) -> None:
            host, cookie, _name = big if of_big else order.choice(made[1:])
            ours.get(host, cookie)

        def ask_single(of_big: bool, order: random.Random) -> None:
            order.random()
            host, cookie, _name = big if of_big else small
            (large if of_big else little).get(host, cookie)

        for ask in (ask_ours, ask_single):
            round_of(min(count, 100), 0, ask, set())
        own_backends = split_backends((ours, large, little), big, small)
        ours_pids = family(ours.process.pid)
        single_pids = family(large.process.pid) | family(little.process.pid)
        ours.latencies.clear()
        mine, theirs, started = [], [], 0.0
        for number in range(rounds):
            began = time.perf_counter()
            mine.append(round_of(count, number + 1, ask_ours, ours_pids | own_backends["ours"]()))
            started += time.perf_counter() - began
            theirs.append(round_of(count, number + 1, ask_single, single_pids | own_backends["single"]()))
    cpu, base = statistics.median(mine), statistics.median(theirs)
    return {
        "rps": round(rounds * count / started, 1),
        "p95_ms": round(sorted(ours.latencies)[int(len(ours.latencies) * 0.95)], 1),
        "cpu_ms": round(cpu, 2),
        "baseline_cpu_ms": round(base, 2),
        "ratio": round(base / cpu, 3),
        "rounds": rounds,
        "requests_per_round": count,
    }


def split_backends(servers: tuple[Server, ...], big: Any, small: Any) -> dict[str, Any]:
    """Which backends serve which side, by the client port of each web process's sockets."""

    def of(pids: set[int]) -> set[int]:
        ports = set()
        for pid in pids:
            ports |= _ports(pid)
        return {backend for backend, port in _clients().items() if port in ports}

    return {
        "ours": lambda: of(family(servers[0].process.pid)),
        "single": lambda: of(family(servers[1].process.pid) | family(servers[2].process.pid)),
    }


def _ports(pid: int) -> set[int]:
    """Local ports of a process's TCP sockets."""
    nodes = set()
    with contextlib.suppress(OSError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                target = os.readlink(link)
                if target.startswith("socket:["):
                    nodes.add(target[8:-1])
    ports = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        parts = line.split()
        if parts[9] in nodes:
            ports.add(int(parts[1].rpartition(":")[2], 16))
    return ports


def _clients() -> dict[int, int]:
    from django.db import connections

    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pid, client_port FROM pg_stat_activity WHERE client_port IS NOT NULL")
        return dict(cursor.fetchall())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--tenants", type=int, default=200)
    parser.add_argument("--companies", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--requests", type=int, default=100)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    figures = measure(options.tenants, options.companies, options.people, options.rounds, options.requests)
    print(json.dumps(figures) if options.json else "\n".join(f"{k:22} {v}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
