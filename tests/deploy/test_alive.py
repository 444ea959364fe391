"""The beat of workers and scheduler, asked by the very command of the containers' probes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import alive
from deploy.local import places
from tests.support import cluster
from tests.support.product import RunningProduct

COMMANDS = {
    "worker": [
        "worker",
        "-P",
        "threads",
        "-c",
        "1",
        "-Q",
        "tenant,control",
        "--without-mingle",
        "--without-gossip",
    ],
    "scheduler": ["beat", "--pidfile", ""],
}


def ask(beat: Path, seconds: str = "60") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.alive", seconds],
        cwd=places.ROOT, env={"PATH": os.environ["PATH"], "TEREM_BEAT": str(beat)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_without_a_beat_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(tmp_path / "beat").returncode == 1
    assert "There is no beat" in ask(tmp_path / "beat").stdout
    (tmp_path / "beat").touch()
    assert ask(tmp_path / "beat").returncode == 0
    old = time.time() - 90_000
    os.utime(tmp_path / "beat", (old, old))
    assert "The last beat was 90" in ask(tmp_path / "beat").stdout
    assert ask(tmp_path / "beat", "120000").returncode == 0
    monkeypatch.delenv("TEREM_BEAT", raising=False)
    assert alive.main([]) == 1


@pytest.fixture(params=sorted(COMMANDS))
def beating(
    request: pytest.FixtureRequest, test_run: cluster.Run, tmp_path: Path
) -> Iterator[tuple[Path, subprocess.Popen[bytes]]]:
    """One real process with a beat; its file."""
    product = RunningProduct(test_run, f"beat_{request.param}_{os.getpid()}")
    cluster.create_database(product.run, product.database)
    product.start_redis()
    beat = tmp_path / "beat"
    argv = [sys.executable, "-m", "celery", "-q", "-A", "config.worker", *COMMANDS[request.param]]
    if request.param == "scheduler":
        argv += ["-s", str(tmp_path / "schedule")]
    running = subprocess.Popen(
        argv, cwd=places.ROOT, env=product.environment | {"TEREM_BEAT": str(beat)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield beat, running
    finally:
        running.kill()
        running.wait()
        product.stop()


def test_a_living_process_beats_and_a_dead_one_does_not(
    beating: tuple[Path, subprocess.Popen[bytes]],
) -> None:
    beat, running = beating
    first = _next(beat, 0, running)
    second = _next(beat, first, running)
    assert second - first < 60
    assert ask(beat, "60").returncode == 0
    running.kill()
    running.wait()
    time.sleep(2)
    assert ask(beat, "1").returncode == 1


def _next(beat: Path, after: float, running: subprocess.Popen[bytes]) -> float:
    """The time of the beat that comes after ``after``."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        assert running.poll() is None, f"the process ended with {running.returncode}"
        if beat.exists() and beat.stat().st_mtime > after:
            return beat.stat().st_mtime
        time.sleep(0.1)
    raise AssertionError("no beat in four minutes")


def test_a_worker_that_waits_for_its_broker_is_alive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stuck consumer beside an answering broker stops the beat; a broker that is gone does not."""
    from kernel.jobs import beating as module

    monkeypatch.setattr(module, "_file", [tmp_path / "beat"])
    monkeypatch.setattr(module, "_turned_at", [time.monotonic() - module.STUCK_SECONDS - 1])
    for answers, beats in ((True, False), (False, True)):
        monkeypatch.setattr(module, "answers", lambda _app, told=answers: told)
        module.beat_once(object())
        assert (tmp_path / "beat").exists() == beats
