"""The line to Redis breaks in the hands of a worker: it waits until there is one again, and ends for none of it."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis

from deploy.local import places
from tests.failure.test_import_killed import PATIENCE, Workers, begin, expect_everything_once, wait
from tests.support import cluster
from tests.support.tenants import Company

AWAY = 0.7  # seconds for which nobody gets through after a break
# After so many messages of the worker the line breaks: from before its first word to well into its work.
BREAKS = (0, 5, 10, 14)


class Line:
    """A way to Redis that can be cut after a number of messages."""

    def __init__(self, port: int) -> None:
        self.behind = port
        self.left: int | None = None
        self.closed_until = 0.0
        self.open: set[socket.socket] = set()
        self.lock = threading.Lock()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def break_after(self, messages: int) -> None:
        """Cut every line once so many messages more have gone to Redis."""
        with self.lock:
            self.left = messages

    @property
    def is_whole(self) -> bool:
        """Whether the last break that was asked for has come and is over."""
        return self.left is None and time.monotonic() > self.closed_until

    def close(self) -> None:
        self.door.close()
        self._cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _from = self.door.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        if time.monotonic() < self.closed_until:
            near.close()
            return
        try:
            far = socket.create_connection(("127.0.0.1", self.behind))
        except OSError:
            near.close()
            return
        with self.lock:
            self.open |= {near, far}
        threading.Thread(target=self._pass, args=(far, near, False), daemon=True).start()
        self._pass(near, far, True)

    def _pass(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(1 << 16):
                if counted and self._is_the_last():
                    break
                target.sendall(piece)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _is_the_last(self) -> bool:
        with self.lock:
            if self.left is None:
                return False
            self.left -= 1
            if self.left >= 0:
                return False
            self.left, self.closed_until = None, time.monotonic() + AWAY
        self._cut()
        return True

    def _cut(self) -> None:
        with self.lock:
            lines, self.open = self.open, set()
        for one in lines:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def workers(test_run: cluster.Run, own_tenant: Callable[..., Company]) -> Iterator[Workers]:
    made = Workers(test_run)
    made.start_redis()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def line(workers: Workers) -> Iterator[Line]:
    """The workers' only way to Redis."""
    parts = urlsplit(workers.redis.url)
    made = Line(parts.port or 0)
    workers.environment["TEREM_REDIS"] = urlunsplit(
        parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{made.port}")
    )
    yield made
    made.close()


def expect_work(workers: Workers, company: Company) -> None:
    """The same worker as before does what is asked for."""
    worker = workers.running["worker"]
    workers.start_scheduler()
    found = begin(company, 300)
    wait(company, found.id, lambda state, _done: state == "done", PATIENCE, workers)
    assert worker.poll() is None, workers.log()
    expect_everything_once(company, found.id, 300)


@pytest.mark.full
def test_a_worker_outlives_a_line_that_breaks_again_and_again(
    line: Line, workers: Workers, own_tenant: Callable[..., Company]
) -> None:
    workers.start_worker()
    until_ready(workers)
    for messages in BREAKS:
        line.break_after(messages)
        until = time.monotonic() + 30
        while not line.is_whole and time.monotonic() < until:
            time.sleep(0.05)
        worker = workers.running["worker"]
        assert worker.poll() is None, f"ended with {worker.returncode} at {messages}\n{workers.log()}"
    expect_work(workers, own_tenant("Flapping"))


@pytest.mark.parametrize("fault", ["loop", pytest.param("join", marks=pytest.mark.full)])
def test_a_worker_outlives_what_the_library_makes_of_it(
    fault: str, workers: Workers, own_tenant: Callable[..., Company], tmp_path: Path
) -> None:
    """The library's parts raise what it calls unrecoverable itself: it ended the worker with code 1."""
    workers.program = ("-m", "tests.failure.harness.brittle", str(tmp_path))
    workers.start_worker()
    until_ready(workers)
    (tmp_path / fault).touch()
    workers.kill("redis")
    time.sleep(AWAY)
    workers.start_redis()
    until = time.monotonic() + PATIENCE
    while (tmp_path / fault).exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not (tmp_path / fault).exists(), f"the fault did not happen\n{workers.log()}"
    expect_work(workers, own_tenant(f"Brittle {fault}"))


def test_a_fault_that_stays_ends_the_worker(workers: Workers, tmp_path: Path) -> None:
    """Whoever watches it has to see it."""
    (tmp_path / "always").touch()
    workers.program = ("-m", "tests.failure.harness.brittle", str(tmp_path))
    workers.start_worker()
    assert workers.running["worker"].wait(PATIENCE) == 1
    assert "a fault of the worker's own" in workers.log()


def until_ready(workers: Workers) -> None:
    """Wait until the worker listens: a client of Redis that waits for the next message."""
    until = time.monotonic() + PATIENCE
    with redis.Redis.from_url(workers.redis.url) as asking:
        while not any(client["cmd"] == "brpop" for client in asking.client_list()):
            assert workers.running["worker"].poll() is None, workers.log()
            assert time.monotonic() < until, f"the worker does not listen\n{workers.log()}"
            time.sleep(0.05)


def test_asking_for_work_while_the_broker_is_away_is_no_error(workers: Workers) -> None:
    """Neither for a job nor for a task of the clock that somebody waits for (a sign-up without a blank schema)."""
    workers.kill("redis")
    asking = (
        "import config.worker; from kernel.jobs import broker;"
        " broker.hurry('config.keep_reserve', 'owner'); broker.nudge('tenant')"
    )
    done = subprocess.run(
        [sys.executable, "-c", asking],
        cwd=places.ROOT,
        env=workers.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("The broker does not answer") == 2
