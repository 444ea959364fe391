"""The blows: what is done to the running product while people use it."""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import redis

from tests.failure.harness.disk import Disk
from tests.failure.harness.reckoning import connect
from tests.failure.harness.standing import Standing

AWAY, STUCK = 30, 15  # seconds


@dataclass(frozen=True)
class Blow:
    """``strike`` does it and returns once its cause is gone; ``known`` are processes that may be new afterwards."""

    name: str
    strike: Callable[[Standing], None]
    known: tuple[str, ...] = ()
    needs_disk: bool = False


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
        found.fill()
        try:
            time.sleep(AWAY)
        finally:
            found.free()

    return strike


EVERYBODY = ("postgres", "redis", "web", "web2", "worker", "keeper", "scheduler", "edge")

BLOWS: list[Blow] = [
    Blow("One web process: kill -9", killed("web"), ("web",)),
    Blow("What a web process started: kill -9", killed_child("web"), ("web",)),
    Blow("Both web processes: kill -9", killed("web", "web2"), ("web", "web2")),
    Blow("Worker: kill -9", killed("worker"), ("worker",)),
    Blow("Keeper: kill -9", killed("keeper"), ("keeper",)),
    Blow("Scheduler: kill -9", killed("scheduler"), ("scheduler",)),
    Blow("Edge: kill -9", killed("edge"), ("edge",)),
    Blow("Web processes renewed one after the other", renewed("web", "web2"), ("web", "web2")),
    Blow("Worker renewed", renewed("worker"), ("worker",)),
    Blow("PostgreSQL restarted", database_restarts, ("postgres",)),
    Blow("PostgreSQL: kill -9", database_dies, ("postgres",)),
    Blow("One connection's process of PostgreSQL: kill -9", backend_dies),
    Blow("Redis wiped", redis_is_wiped),
    Blow("Redis: kill -9", killed("redis"), ("redis",)),
    Blow(f"Redis gone for {AWAY} s", redis_is_away, ("redis",)),
    Blow(f"Redis stuck for {STUCK} s", redis_is_stuck),
    Blow(f"The files' disk full for {AWAY} s", full("files_disk"), needs_disk=True),
    Blow(f"The server's disk full for {AWAY} s", full("server_disk"), needs_disk=True),
    Blow("Everything at once: kill -9", killed(*EVERYBODY), EVERYBODY),
]
