"""Where things lie in a checkout, and the small JSON notes kept under var/."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import random
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deploy.local.say import Problem

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
VENV = ROOT / ".venv"
STATE = VAR / "state.json"
SECRETS = VAR / "secrets.json"
DEMO = VAR / "demo.json"
MAIL = VAR / "mail"
STORAGE = VAR / "storage"
BACKUPS = VAR / "backups"
STATIC = VAR / "static"


def prepare_var() -> None:
    """Make var/ for this user only; say so clearly when it cannot be written."""
    try:
        VAR.mkdir(exist_ok=True)
        for folder in (MAIL, STORAGE, BACKUPS, STATIC):
            folder.mkdir(exist_ok=True)
        # Others may pass through, because as root the database runs as another
        # account; only the owner may look around. Secrets have their own mode.
        VAR.chmod(0o711)
        for folder in (MAIL, STORAGE, BACKUPS):
            folder.chmod(0o700)
    except PermissionError as error:
        raise Problem(
            f"This user may not write to {VAR}.",
            "It was probably made by another user: run as that user, or give the folder back "
            f"with: chown -R $(id -u) {VAR}",
        ) from error


def read_note(path: Path) -> dict[str, Any]:
    """The JSON object in ``path``; an absent or torn file reads as empty."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_note(path: Path, content: dict[str, Any], mode: int = 0o600) -> None:
    """Write a JSON object so that a crash leaves the old or the new file, never half."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=2, sort_keys=True)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)


@contextlib.contextmanager
def only_one(name: str, otherwise: Problem | None) -> Iterator[None]:
    """Hold the lock file var/``name``.lock; wait for it when ``otherwise`` is None."""
    VAR.mkdir(exist_ok=True)
    with open(VAR / f"{name}.lock", "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (fcntl.LOCK_NB if otherwise else 0))
        except BlockingIOError:
            assert otherwise is not None
            raise otherwise from None
        yield


# Systems take the ports of connections that go out from above these: one that was found free there may be
# somebody's a moment later, before its server listens. Browsers refuse some below.
_PORTS = range(10_240, 32_768)
_given: set[int] = set()


def free_port(preferred: int | None = None) -> int:
    """A TCP port that is free on loopback now, and given to nobody before; the preferred one when it is free."""
    for wanted in (preferred, *random.sample(_PORTS, 200)):
        if wanted is not None and (wanted == preferred or wanted not in _given) and _is_free(wanted):
            _given.add(wanted)
            return wanted
    raise Problem("No free port was found on 127.0.0.1.", "Close some programs and try again.")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def port_is_taken(host: str, port: int) -> bool:
    """Whether another program listens on that address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise Problem(
                f"Port {port} may only be opened by root.",
                "Choose a port from 1024 upwards: ./terem up --port 8000",
            ) from error
        except OSError:
            return True
    return False
