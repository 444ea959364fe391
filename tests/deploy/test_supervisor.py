"""The supervisor restarts what dies, ends everything, and leaves nobody behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.say import Problem
from deploy.local.supervisor import Child, Supervisor

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def alive(pid: int) -> bool:
    """Whether a process runs (and is no zombie)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_until(true: Callable[[], bool], seconds: float = 60) -> bool:
    """Poll a condition."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.05)
    return False


def test_a_dead_child_starts_again(capfd: pytest.CaptureFixture[str]) -> None:
    """With a clear line, after a pause."""
    supervisor = Supervisor()
    first = supervisor.start(Child("worker", SLEEP, dict(os.environ)))
    threading.Timer(0.2, first.kill).start()
    seen: list[int] = []

    def stop_when_back() -> None:
        wait_until(lambda: supervisor.children[0].running is not first)
        seen.append(supervisor.children[0].running.pid)  # type: ignore[union-attr]
        supervisor.stopping = True

    watcher = threading.Thread(target=stop_when_back)
    watcher.start()
    supervisor.watch()
    watcher.join()
    supervisor.stop()
    assert seen
    assert seen[0] != first.pid
    assert "ended (by signal SIGKILL); starts again in 1 s" in capfd.readouterr().out
    assert not alive(seen[0])


def test_a_deaf_child_is_killed_with_its_group(capfd: pytest.CaptureFixture[str]) -> None:
    """SIGTERM is ignored; the deadline ends the child and what it started."""
    script = textwrap.dedent(
        """
        import signal, subprocess, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid, flush=True)
        time.sleep(600)
        """
    )
    supervisor = Supervisor()
    child = Child("web", [sys.executable, "-c", script], dict(os.environ), stop_seconds=0.5)
    running = supervisor.start(child)
    assert wait_until(lambda: bool(child.last_words))
    grandchild = int(child.last_words[0])
    supervisor.stop()
    assert "does not stop; killed" in capfd.readouterr().out
    assert not alive(running.pid)
    assert wait_until(lambda: not alive(grandchild))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's death signal is Linux's own")
def test_children_die_with_a_killed_launcher() -> None:
    """kill -9 of the launcher leaves no orphan."""
    script = textwrap.dedent(
        """
        import os, sys, time
        from deploy.local.supervisor import Child, Supervisor
        child = Child("worker", [sys.executable, "-c", "import time; time.sleep(600)"], dict(os.environ))
        print(Supervisor().start(child).pid, flush=True)
        time.sleep(600)
        """
    )
    launcher = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert launcher.stdout is not None
    pid = int(launcher.stdout.readline())
    assert alive(pid)
    launcher.send_signal(signal.SIGKILL)
    launcher.wait()
    launcher.stdout.close()
    assert wait_until(lambda: not alive(pid))


def test_a_missing_program_is_a_sentence() -> None:
    """Not a traceback."""
    with pytest.raises(Problem, match="could not be started"):
        Supervisor().start(Child("web", ["/nowhere/granian"], {}))


def test_a_child_that_is_silent_is_started_anew(capfd: pytest.CaptureFixture[str]) -> None:
    """It runs, but has not answered for longer than anybody waits."""
    supervisor = Supervisor()
    child = Child("web", SLEEP, dict(os.environ), alive=lambda: False, patience=1.0)
    first = supervisor.start(child)
    patient = Child("other", SLEEP, dict(os.environ), alive=lambda: True, patience=1.0)
    kept = supervisor.start(patient)
    seen: list[bool] = []

    def stop_when_back() -> None:
        seen.append(wait_until(lambda: child.running is not first))
        seen.append(patient.running is kept)
        supervisor.stopping = True

    threading.Thread(target=stop_when_back, daemon=True).start()
    supervisor.watch()
    supervisor.stop()
    assert seen == [True, True]
    assert not alive(first.pid)
    assert "has not answered for 1 s; killed" in capfd.readouterr().out


@pytest.mark.skipif(sys.platform != "linux", reason="nice values are read in /proc")
def test_what_nobody_waits_for_stands_back() -> None:
    supervisor = Supervisor()
    script = "import os, time; time.sleep(1); print(os.nice(0), flush=True); time.sleep(600)"
    first = Child("web", [sys.executable, "-c", script], dict(os.environ))
    later = Child("worker", first.argv, dict(os.environ), niceness=4)
    try:
        for child in (first, later):
            supervisor.start(child)
        assert wait_until(lambda: bool(first.last_words) and bool(later.last_words))
        assert int(later.last_words[0]) == min(19, int(first.last_words[0]) + 4)
    finally:
        supervisor.stop()
