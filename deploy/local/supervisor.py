"""One parent for every server and worker: prefixed logs, restarts, a clean end.

Children live in process groups of their own, so that Ctrl-C reaches the launcher
alone and the launcher ends them in order. On Linux they also die with the launcher.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.local import say
from deploy.local.say import Problem

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child between fork and exec must not touch the loader.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_STEADY_SECONDS = 30
_LONGEST_PAUSE = 30.0


@dataclass
class Child:
    """A program to keep alive: its command, environment and manner of stopping."""

    name: str
    argv: list[str]
    environment: dict[str, str]
    spawn_options: dict[str, Any] = field(default_factory=dict)
    stop_signal: int = signal.SIGTERM
    # What the kernel sends when the launcher itself was killed: then nobody counts seconds any more.
    orphan_signal: int = signal.SIGTERM
    stop_seconds: float = 10
    folder: str = "/"
    muted: Callable[[str], bool] = lambda _line: False
    # Asked now and then, if it can be asked: one that runs but has not answered for so long is started anew.
    alive: Callable[[], bool] | None = None
    patience: float = 120.0
    # How far it stands back where processors are scarce: in steps of ``nice``.
    niceness: int = 0
    silent: bool = False
    running: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    restart_at: float | None = None
    last_words: deque[str] = field(default_factory=lambda: deque(maxlen=30))


class Supervisor:
    """Starts children, watches them, and ends them all in the reverse order."""

    def __init__(self, announce: bool = True) -> None:
        self.children: list[Child] = []
        self.announce = announce
        self.stopping = False
        self._hurried = False

    def start(self, child: Child) -> subprocess.Popen[bytes]:
        """Start a child now and keep it from now on."""
        if child not in self.children:
            self.children.append(child)
            if child.alive is not None:
                threading.Thread(target=self._listen, args=(child, child.alive), daemon=True).start()
        return self._spawn(child)

    def catch_signals(self) -> None:
        """Let Ctrl-C, SIGTERM and a closed terminal end everything in order."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def watch(self) -> None:
        """Restart what dies until somebody asks to stop."""
        while not self.stopping:
            time.sleep(0.2)
            for child in self.children:
                self._look_after(child)

    def stop(self) -> None:
        """End every child: the last started first, each with its signal and deadline."""
        self.stopping = True
        servers = [c for c in self.children if c.stop_seconds > 10]
        others = [c for c in self.children if c not in servers]
        self._end(others)
        for child in reversed(servers):
            self._end([child])

    def check_stop(self) -> None:
        """Raise KeyboardInterrupt between two steps of a start if a signal has come."""
        if self.stopping:
            raise KeyboardInterrupt

    def _on_signal(self, _number: int, _frame: object) -> None:
        if self.stopping:
            self._hurried = True
        self.stopping = True

    def _spawn(self, child: Child) -> subprocess.Popen[bytes]:
        """Start the program. Only the main thread may: a child dies with its thread."""
        try:
            running = subprocess.Popen(
                child.argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=child.environment,
                cwd=child.folder,
                start_new_session=True,
                preexec_fn=_die_with_parent(child.orphan_signal),  # noqa: PLW1509 (one call into the kernel)
                **child.spawn_options,
            )
        except OSError as error:
            raise Problem(
                f"{child.name} could not be started: {error.strerror or error} ({child.argv[0]}).",
                "Remove .venv and run the command again to install everything anew.",
            ) from error
        child.running, child.started_at, child.restart_at = running, time.monotonic(), None
        if child.niceness:
            _stand_back(running.pid, child.niceness)
        threading.Thread(target=self._relay, args=(child, running), daemon=True).start()
        return running

    def _relay(self, child: Child, running: subprocess.Popen[bytes]) -> None:
        """Print the child's lines behind its name until it closes its end."""
        assert running.stdout is not None
        with running.stdout as lines:
            for raw in lines:
                text = raw.decode("utf-8", "replace").rstrip()
                child.last_words.append(text)
                if text and self.announce and not child.muted(text):
                    say.prefixed(child.name, text)

    def _listen(self, child: Child, alive: Callable[[], bool]) -> None:
        """Ask a child whether it lives; the main thread ends one that has been silent for too long."""
        heard = time.monotonic()
        while not self.stopping:
            time.sleep(child.patience / 12)
            asked = child.running
            if asked is None or asked.poll() is not None or alive() or asked is not child.running:
                heard = time.monotonic()
            elif time.monotonic() - max(heard, child.started_at) > child.patience:
                child.silent = True

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.silent and not self.stopping:
            child.silent = False
            say.prefixed(child.name, f"has not answered for {child.patience:.0f} s; killed")
            _signal_group(child, signal.SIGKILL)
            if child.running is not None:
                child.running.wait()
        if child.restart_at is not None:
            if now >= child.restart_at and not self.stopping:
                self._spawn(child)
            return
        code = child.running.poll() if child.running else None
        if code is None or self.stopping:
            return
        if now - child.started_at > _STEADY_SECONDS:
            child.failures = 0
        child.failures += 1
        pause = min(0.5 * 2**child.failures, _LONGEST_PAUSE)
        child.restart_at = now + pause
        say.prefixed(child.name, f"ended ({_in_words(code)}); starts again in {pause:.0f} s")
        # What the dead parent left behind in its group would hold ports and leases.
        _signal_group(child, signal.SIGKILL)

    def _end(self, children: list[Child]) -> None:
        live = [c for c in children if c.running and c.running.poll() is None]
        for child in reversed(live):
            assert child.running is not None
            try:
                child.running.send_signal(child.stop_signal)
            except ProcessLookupError:
                continue
        begun = time.monotonic()
        for child in live:
            assert child.running is not None
            while child.running.poll() is None:
                allowed = 2 if self._hurried else child.stop_seconds
                if time.monotonic() - begun > allowed:
                    say.prefixed(child.name, "does not stop; killed")
                    _signal_group(child, signal.SIGKILL)
                    child.running.wait()
                    break
                time.sleep(0.02)
            _signal_group(child, signal.SIGKILL)


def _die_with_parent(number: int) -> Callable[[], None] | None:
    """A first act for a child: ask the kernel to end it with the launcher, even after kill -9."""
    if _LIBC is None:
        return None
    control = _LIBC.prctl
    return lambda: control(_PR_SET_PDEATHSIG, number)


def _stand_back(pid: int, niceness: int) -> None:
    """Let a child that has just begun, and all that it will start, give way to the others.

    Children have sessions of their own, and Linux may weigh sessions first (autogroup): then theirs stands back too.
    """
    try:
        niceness = min(19, os.getpriority(os.PRIO_PROCESS, 0) + niceness)
        os.setpriority(os.PRIO_PROCESS, pid, niceness)
        Path(f"/proc/{pid}/autogroup").write_text(str(niceness), "ascii")
    except OSError:
        # It is gone already, or this system knows no such thing: then it works at its ordinary weight.
        pass


def _signal_group(child: Child, number: int) -> None:
    if child.running is None:
        return
    try:
        os.killpg(child.running.pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def _in_words(code: int) -> str:
    if code < 0:
        return f"by signal {signal.Signals(-code).name}"
    return f"with code {code}"
