"""The two system accounts, and the folders that are theirs."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
from pathlib import Path

from deploy.server import layout
from deploy.server.layout import Trouble

_MEND = "Install the package passwd (useradd), or make the account by hand."


def prepare() -> None:
    """Make what is missing; what exists keeps its content, and gets the owner that it must have."""
    for name, home in ((layout.USER, layout.DATA), (layout.EDGE_USER, layout.EDGE_DATA)):
        if not exists(name):
            layout.step(f"Account {name}")
            options = ["--system", "--user-group", "--home-dir", str(home), "--no-create-home"]
            layout.run(["useradd", *options, "--shell", _no_shell(), name], way_on=_MEND)
            _take_over(home, name)
    for folder, name, mode in (
        (layout.DATA, layout.USER, 0o750),
        (layout.DATA / "files", layout.USER, 0o750),
        (layout.DATA / "backups", layout.USER, 0o750),
        (layout.EDGE_DATA, layout.EDGE_USER, 0o700),
    ):
        _folder(folder, name, mode)
    for folder, mode in ((layout.SETTINGS, 0o700), (layout.HOME, 0o755)):
        _folder(folder, "root", mode)


def _take_over(folder: Path, name: str) -> None:
    """What was brought from another server belongs to a number of that one: an account made now gets it."""
    account = pwd.getpwnam(name)
    for parent, folders, files in os.walk(folder):
        for path in (parent, *(os.path.join(parent, one) for one in (*folders, *files))):
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def _folder(folder: Path, name: str, mode: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    account = pwd.getpwnam(name)
    os.chown(folder, account.pw_uid, account.pw_gid)
    folder.chmod(mode)


def exists(name: str) -> bool:
    """Whether the system has an account of that name."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def remove() -> None:
    """Take both accounts away. What still belongs to them keeps their numbers."""
    for name in (layout.USER, layout.EDGE_USER):
        if exists(name):
            layout.step(f"Account {name}: removed")
            layout.run(["userdel", name], way_on="End what still runs under it, then run the command again.")
        if _group_exists(name):
            layout.run(["groupdel", name], way_on=_MEND)


def _group_exists(name: str) -> bool:
    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True


def _no_shell() -> str:
    return shutil.which("nologin", path="/usr/sbin:/sbin:/usr/bin:/bin") or "/bin/false"


def demand_root() -> None:
    """Accounts, units and /opt are root's to change."""
    if os.geteuid() != 0:
        raise Trouble("This changes the system, so it needs root.", "Run it again with sudo.")
