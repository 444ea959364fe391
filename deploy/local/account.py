"""Which system account the embedded servers run under.

PostgreSQL refuses to run as root, so root lends the servers to an account that
already exists. An ordinary user keeps his own.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local import places
from deploy.local.say import Problem

_CANDIDATES = ("postgres", "nobody", "daemon")


@dataclass(frozen=True)
class Account:
    """A system account; ``lent`` when it differs from the one that runs the launcher."""

    name: str
    uid: int
    gid: int
    lent: bool

    def spawn_options(self) -> dict[str, Any]:
        """Keyword arguments for subprocess that drop to this account."""
        if not self.lent:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path, mode: int) -> Path:
        """Make the folder, give it to this account, and set its mode."""
        path.mkdir(parents=True, exist_ok=True)
        if self.lent:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)
        return path

    def may_enter(self, folder: Path) -> bool:
        """Whether this account can pass through every folder down to ``folder``."""
        for place in (folder, *folder.parents):
            found = place.stat()
            if found.st_mode & 0o001:
                continue
            if not (found.st_uid == self.uid and found.st_mode & 0o100):
                return False
        return True


def server_account() -> Account:
    """The account for PostgreSQL and Redis: this user, or for root one that exists."""
    uid = os.getuid()
    if uid != 0:
        try:
            name = pwd.getpwuid(uid).pw_name
        except KeyError:
            raise Problem(
                f"User id {uid} has no name on this system, and PostgreSQL needs one.",
                "Add the user to /etc/passwd, or run as a user that is listed there.",
            ) from None
        return Account(name, uid, os.getgid(), lent=False)
    for candidate in _CANDIDATES:
        try:
            found = pwd.getpwnam(candidate)
        except KeyError:
            continue
        if found.pw_uid != 0:
            return Account(candidate, found.pw_uid, found.pw_gid, lent=True)
    raise Problem(
        "PostgreSQL does not run as root, and this system has none of the accounts "
        f"{', '.join(_CANDIDATES)}.",
        "Run ./terem as an ordinary user, or make one: useradd --system postgres",
    )


def servers_home(account: Account) -> Path:
    """The folder for the servers' data: var/, or for a closed checkout one in /var/lib.

    The borrowed account cannot pass through a home of mode 700; opening the home
    would be worse than keeping the data elsewhere.
    """
    places.prepare_var()
    inside = places.VAR / "servers"
    if account.may_enter(places.VAR):
        inside.mkdir(exist_ok=True)
        inside.chmod(0o711)
        return inside
    mark = hashlib.sha256(str(places.ROOT).encode()).hexdigest()[:12]
    outside = Path("/var/lib/terem") / mark
    outside.mkdir(parents=True, exist_ok=True)
    for folder in (outside.parent, outside):
        folder.chmod(0o711)
    if not inside.exists():
        inside.unlink(missing_ok=True)
        inside.symlink_to(outside)
    return outside


def runs_as(account: Account, argv: list[str]) -> bool:
    """Whether the account can execute this command at all."""
    try:
        done = subprocess.run(
            argv,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            check=False,
            timeout=20,
            **account.spawn_options(),
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def copy_readable(source: Path, target: Path) -> None:
    """Copy a file or tree so that every account can read it; whole or not at all.

    Two processes may do so at once: each makes its own draft, the first one wins.
    """
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        draft = folder / target.name
        if source.is_dir():
            shutil.copytree(source, draft, symlinks=True)
            members = [draft, *draft.rglob("*")]
        else:
            shutil.copy2(source, draft)
            members = [draft]
        for member in members:
            if not member.is_symlink():
                member.chmod(0o755 if member.is_dir() or member.stat().st_mode & 0o100 else 0o644)
        with contextlib.suppress(OSError):
            draft.rename(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not target.exists():
        raise OSError(f"{source} could not be copied to {target}")
