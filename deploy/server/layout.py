"""Where Terem lies on a server, how a step is told, and how another program is run."""

from __future__ import annotations

import fcntl
import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[2]

HOME = Path("/opt/terem")
RELEASES = HOME / "releases"
CURRENT = HOME / "current"
FORMER = HOME / "former"
SHARED = HOME / "shared"
SETTINGS = Path("/etc/terem")
DATA = Path("/var/lib/terem")
EDGE_DATA = Path("/var/lib/terem-edge")
UNITS = Path("/etc/systemd/system")
LOCK = Path("/run/terem-server.lock")
COMMAND = Path("/usr/local/sbin/terem-manage")

USER = "terem"
EDGE_USER = "terem-edge"

# Two of each, so that one serves while the other is renewed. Their order is the order of an update.
WEB = ("terem-web@8001.service", "terem-web@8002.service")
WORKERS = ("terem-worker@tenant.service", "terem-worker@control.service", "terem-keeper.service")
SCHEDULER = "terem-scheduler.service"
EDGE = "terem-edge.service"
EVERYTHING = (*WORKERS, SCHEDULER, *WEB, EDGE)


class Trouble(Exception):
    """Something that whoever installs can mend: a sentence, and a way on."""

    def __init__(self, what: str, way_on: str) -> None:
        super().__init__(what)
        self.what, self.way_on = what, way_on


def step(words: str) -> None:
    """Tell what happens now."""
    sys.stdout.write(f"  {words}\n")
    sys.stdout.flush()


def run(
    argv: list[str],
    *,
    way_on: str,
    environment: dict[str, str] | None = None,
    folder: Path = HOME,
    user: str | None = None,
) -> str:
    """Run a program to its end, as ``user`` or as whoever runs this; its output.

    Raises ``Trouble`` with its last words and ``way_on``.
    """
    other: dict[str, Any] = {}
    own: dict[str, str] = {}
    if user:
        other = {"user": user, "group": user, "extra_groups": [], "umask": 0o027}
        own = {"HOME": pwd.getpwnam(user).pw_dir}
    done = subprocess.run(
        argv,
        cwd=folder if folder.exists() else "/",
        env=plain_environment() | own | (environment or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        **other,
    )
    if done.returncode:
        words = "\n    ".join(done.stdout.rstrip().splitlines()[-25:])
        raise Trouble(f"{' '.join(argv[:4])} failed (code {done.returncode}):\n    {words}", way_on)
    return str(done.stdout)


def plain_environment() -> dict[str, str]:
    """The caller's environment without what would lead Python, PostgreSQL or Terem elsewhere."""
    foreign = ("PYTHON", "PG", "TEREM_", "DJANGO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}


@contextmanager
def alone() -> Iterator[None]:
    """Two commands at a time would undo each other. Raises ``Trouble`` if there is another."""
    with open(LOCK, "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(
                "Another install, update or uninstall is under way.", "Wait until it ends."
            ) from None
        yield


def write(path: Path, content: str, mode: int = 0o644) -> bool:
    """Put a file in place as a whole; whether that changed anything."""
    if path.exists() and path.read_text("utf-8") == content and path.stat().st_mode & 0o777 == mode:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.chmod(mode)
    draft.replace(path)
    return True


def point(link: Path, target: Path) -> None:
    """Let a link lead elsewhere in one step: there is no moment without it."""
    draft = link.with_name(f".{link.name}.new")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    draft.replace(link)
