"""The blows: what is done to the running product while people use it."""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

from tests.failure.harness.disk import Disk
from tests.failure.harness.load import BROKEN, CLEAR, FIELD, REFUSED
from tests.failure.harness.reckoning import connect
from tests.failure.harness.slow import held
from tests.failure.harness.standing import Standing

AWAY, STUCK = 30, 15  # seconds
SLOW = 300  # clients


@dataclass(frozen=True)
class Blow:
    """``strike`` does it and returns once its cause is gone; ``known`` are processes that may be new afterwards."""

    name: str
    strike: Callable[[Standing], None]
    known: tuple[str, ...] = ()
    # What people may see of it, beside right answers; and whether every page can be read all the while.
    bearable: tuple[str, ...] = ()
    reading: bool = True
    # Whether answers have to come as fast as ever.
    quick: bool = False
    needs_disk: bool = False
    needs_clock: bool = False


def killed(*names: str) -> Callable[[Standing], None]:
    """kill -9 of processes at once; the supervisor brings them back."""

    def strike(standing: Standing) -> None:
        for name in names:
            standing.kill(name)

    return strike


def killed_child(name: str) -> Callable[[Standing], None]:
    """kill -9 of what a process started: the process that does the work."""

    def strike(standing: Standing) -> None:
        parent = standing.pid(name)
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        os.kill(int(children[-1]), signal.SIGKILL)

    return strike


def renewed(*names: str) -> Callable[[Standing], None]:
    """A rolling restart, one after the other."""

    def strike(standing: Standing) -> None:
        for name in names:
            standing.renew(name)

    return strike


def database_restarts(standing: Standing) -> None:
    """A fast shutdown, as an administrator's restart begins with."""
    before = standing.pid("postgres")
    os.kill(before, signal.SIGINT)
    standing.wait_for(lambda: standing.pid("postgres") != before and standing.servers.postgres.is_ready(), 60)


def database_dies(standing: Standing) -> None:
    """kill -9 of the server itself: what was in memory is gone, the log is replayed."""
    before = standing.pid("postgres")
    os.kill(before, signal.SIGKILL)
    standing.wait_for(lambda: standing.pid("postgres") != before and standing.servers.postgres.is_ready(), 60)


def backend_dies(standing: Standing) -> None:
    """kill -9 of one process that serves a connection: the server ends all others and recovers."""
    with connect(standing) as line:
        row = line.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() LIMIT 1"
        ).fetchone()
    assert row is not None
    os.kill(int(str(row[0])), signal.SIGKILL)


def redis_is_wiped(standing: Standing) -> None:
    redis.Redis.from_url(standing.servers.redis.url).flushall()


def redis_is_away(standing: Standing) -> None:
    """Nobody brings it back for half a minute."""
    child = standing.child("redis")
    standing.kill("redis")
    standing.wait_for(lambda: child.restart_at is not None, 10)
    child.restart_at = math.inf
    time.sleep(AWAY)
    child.restart_at = 0.0


def redis_is_stuck(standing: Standing) -> None:
    """It takes connections and says nothing."""
    pid = standing.pid("redis")
    os.kill(pid, signal.SIGSTOP)
    time.sleep(STUCK)
    os.kill(pid, signal.SIGCONT)


def full(disk: str) -> Callable[[Standing], None]:
    """A disk without a free block for half a minute."""

    def strike(standing: Standing) -> None:
        found: Disk = getattr(standing, disk)
        with connect(standing) as line:
            for company in standing.companies:
                # The next request of everybody would note that the session is in use.
                line.execute(
                    f"UPDATE {company.schema}.team_session SET seen_at = seen_at - interval '1 hour'"
                )  # type: ignore[arg-type]
        found.fill()
        try:
            time.sleep(AWAY)
        finally:
            found.free()

    return strike


def log_without_room(standing: Standing) -> None:
    """The disk is full and PostgreSQL's own log needs more of it: it stops, and stays away until there is room."""
    disk = standing.server_disk
    disk.fill()
    try:
        with suppress(psycopg.Error), connect(standing) as line:
            for _megabyte in range(400):
                line.execute("SELECT pg_logical_emit_message(false, 'harness', repeat('x', 1000000))")
        time.sleep(AWAY)
    finally:
        disk.free()


def clock_moves(hours: int, *names: str) -> Callable[[Standing], None]:
    """The wall clock jumps under everybody who follows one of these clocks, and later back to the truth."""

    def strike(standing: Standing) -> None:
        try:
            for name in names:
                standing.clocks[name].move(hours * 3600)
            time.sleep(AWAY)
        finally:
            for name in names:
                standing.clocks[name].move(0)

    return strike


def slow_clients(standing: Standing) -> None:
    """Many more lines than there are threads, each of which takes its time."""
    there = held(standing, SLOW, AWAY)
    # Whoever has not sent the head of a request after 15 s has lost the line; the others are let.
    assert there > SLOW // 3, f"only {there} of the slow ones were there all the while"


EVERYBODY = ("postgres", "redis", "web", "web2", "worker", "keeper", "scheduler", "edge")

_AWAY = (CLEAR, REFUSED, BROKEN)
BLOWS: list[Blow] = [
    Blow("One web process: kill -9", killed("web"), ("web",), (CLEAR, BROKEN), reading=False),
    Blow(
        "What a web process started: kill -9", killed_child("web"), ("web",), (CLEAR, BROKEN), reading=False
    ),
    Blow(
        "Both web processes: kill -9", killed("web", "web2"), ("web", "web2"), (CLEAR, BROKEN), reading=False
    ),
    Blow("Worker: kill -9", killed("worker"), ("worker",)),
    Blow("Keeper: kill -9", killed("keeper"), ("keeper",)),
    Blow("Scheduler: kill -9", killed("scheduler"), ("scheduler",)),
    Blow("Edge: kill -9", killed("edge"), ("edge",), _AWAY, reading=False),
    Blow("Web processes renewed one after the other", renewed("web", "web2"), ("web", "web2")),
    Blow("Worker renewed", renewed("worker"), ("worker",)),
    Blow("PostgreSQL restarted", database_restarts, ("postgres",), (CLEAR,), reading=False),
    Blow("PostgreSQL: kill -9", database_dies, ("postgres",), (CLEAR,), reading=False),
    Blow("A process of PostgreSQL: kill -9", backend_dies, (), (CLEAR,), reading=False),
    Blow("Redis wiped", redis_is_wiped),
    Blow("Redis: kill -9", killed("redis"), ("redis",)),
    Blow(f"Redis gone for {AWAY} s", redis_is_away, ("redis",)),
    Blow(f"Redis stuck for {STUCK} s", redis_is_stuck),
    Blow(f"The files' disk full for {AWAY} s", full("files_disk"), bearable=(FIELD,), needs_disk=True),
    Blow(f"The server's disk full for {AWAY} s", full("server_disk"), bearable=(CLEAR,), needs_disk=True),
    Blow(
        f"The server's disk full for {AWAY} s, and PostgreSQL's log without room",
        log_without_room,
        ("postgres",),
        (CLEAR,),
        reading=False,
        needs_disk=True,
    ),
    Blow(f"{SLOW} slow clients for {AWAY} s", slow_clients, quick=True),
    Blow("The product's clock an hour ahead", clock_moves(1, "product"), needs_clock=True),
    Blow("The product's clock an hour behind", clock_moves(-1, "product"), needs_clock=True),
    Blow("Every clock an hour ahead, and back", clock_moves(1, "product", "servers"), needs_clock=True),
    Blow("Every clock an hour behind, and back", clock_moves(-1, "product", "servers"), needs_clock=True),
    Blow("Everything at once: kill -9", killed(*EVERYBODY), EVERYBODY, _AWAY, reading=False),
]
