"""``./terem up`` in a clean copy: addresses, sign-in page, second start, stopping, kill -9."""

from __future__ import annotations

import http.client
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.checks import leaks
from deploy.local import places
from tests.support.folders import open_to_servers

START_SECONDS = 240


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of this checkout in a folder of their own, with the packages of this one."""
    folder = tmp_path_factory.mktemp("clone")
    open_to_servers(folder)
    for source in leaks.tracked():
        target = folder / source.relative_to(places.ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
    (folder / ".venv").symlink_to(places.VENV)
    return folder


@contextmanager
def up(folder: Path, port: int) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A running launcher and the file with its words; ended on the way out."""
    log = folder / f"up-{time.monotonic_ns()}.log"
    argv = [sys.executable, "terem", "up", "--port", str(port)]
    with log.open("wb") as stream:
        launcher = subprocess.Popen(argv, cwd=folder, stdout=stream, stderr=stream, start_new_session=True)
    try:
        yield launcher, log
    finally:
        launcher.send_signal(signal.SIGINT)
        launcher.wait(timeout=180)


def wait_for(words: str, launcher: subprocess.Popen[bytes], log: Path) -> str:
    """Block until the launcher has said the words; all that it said."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        said = log.read_text("utf-8", "replace")
        if words in said:
            return said
        if launcher.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"{words!r} was not said:\n{log.read_text('utf-8', 'replace')[-6000:]}", pytrace=False)


def status(port: int, host: str, path: str) -> int:
    """The status of a page, asked by address and Host header."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request("GET", path, headers={"Host": f"{host}:{port}"})
        return line.getresponse().status
    finally:
        line.close()


def processes_in(folder: Path) -> list[str]:
    """Command lines of the processes that work in the folder or on its data."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            place = (entry / "cwd").resolve()
        except OSError:
            continue
        if command and (str(folder) in command or place.is_relative_to(folder)):
            found.append(command)
    return found


def wait_until_empty(folder: Path, seconds: float = 90) -> list[str]:
    """The processes that are left after a while; none is right."""
    deadline = time.monotonic() + seconds
    while processes_in(folder) and time.monotonic() < deadline:
        time.sleep(0.1)
    return processes_in(folder)


def test_up_from_nothing_and_again(copy: Path) -> None:
    """First start, use, orderly stop, second start with the same data, kill -9, third start."""
    port = places.free_port()
    with up(copy, port) as (launcher, log):
        said = wait_for("Terem runs (", launcher, log)
        said = wait_for("Mailbox", launcher, log)
        for title in ("Public site", "Demo workspace", "sign in with", "Operator console"):
            assert title in said
        demo = places.read_note(copy / "var" / "demo.json")
        assert status(port, "localhost", "/") == 200
        assert status(port, "localhost", "/account/login/") == 200
        assert status(port, f"{demo['subdomain']}.localhost", "/") in (200, 302)
        again = subprocess.run(
            [sys.executable, "terem", "up"], cwd=copy, capture_output=True, text=True, check=False
        )
        assert again.returncode == 1
        assert "already runs from this folder" in again.stderr
        asked = subprocess.run(
            [sys.executable, "terem", "manage", "check"],
            cwd=copy,
            capture_output=True,
            text=True,
            check=False,
        )
        assert asked.returncode == 0, asked.stderr
        assert (copy / "var" / "secrets.json").stat().st_mode & 0o077 == 0
    assert wait_until_empty(copy) == []

    with up(copy, port) as (launcher, log):
        said = wait_for("Terem runs (", launcher, log)
        assert places.read_note(copy / "var" / "demo.json") == demo
        assert "Making the demo company" not in said
        launcher.send_signal(signal.SIGKILL)
        launcher.wait()
        assert wait_until_empty(copy) == []

    with up(copy, port) as (launcher, log):
        wait_for("Terem runs (", launcher, log)
    assert wait_until_empty(copy) == []


def test_a_busy_port_is_a_sentence(copy: Path) -> None:
    """With a free port to take instead."""
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "terem", "up", "--port", str(port)],
            cwd=copy, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert f"Port {port} on 127.0.0.1 is used by another program." in done.stderr
    assert "Choose a free one: ./terem up --port" in done.stderr
