"""A new server from the copies of one that is gone: the database, /etc/terem and the folders under /var/lib.

As the README tells an operator: nothing else of the old server is there, and the accounts have other numbers.
"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from deploy.server import layout
from tests.deploy.booted import Booted
from tests.deploy.host import Host

FOLDERS = ("etc/terem", "var/lib/terem", "var/lib/terem-edge")


def prepare_redis(root: Path) -> None:
    """Debian's Redis with a password, as its operator sets it."""
    conf = root / "etc/redis/redis.conf"
    conf.write_text(conf.read_text("utf-8") + "\nrequirepass loopback\n", "utf-8")


def copy(host: Host, slug: str, folder: Path) -> None:
    """What an operator keeps elsewhere; before it, a snapshot of a company."""
    host.manage("backup", "take", slug)
    folder.mkdir()
    for path in FOLDERS:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", str(host.root / path), str(folder / path)], check=True)
    _postgres(host, "pg_dumpall", "--file", str(folder / "all.sql"))
    host.report["copied_mb"] = round(_size(folder) / 1e6)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _postgres(host: Host, program: str, *words: str) -> None:
    """A program of PostgreSQL, as the cluster's administrator."""
    server = host.servers.postgres
    argv = [str(server.bin / program), "--dbname", server.superuser_dsn, *words]
    done = subprocess.run(argv, capture_output=True, text=True, env=server.environment(), check=False)
    assert done.returncode == 0, f"{program}: {done.stderr[-3000:]}"


def begin(host: Host, root: Path, folder: Path) -> Host:
    """Another machine and an empty database in place of the former ones; the copies come back, and Terem with them."""
    prepare_redis(root)
    # Accounts of the new machine take the numbers that are free: not those of the old one.
    (root / "etc/login.defs").write_text(
        (root / "etc/login.defs").read_text("utf-8") + "\nSYS_UID_MAX 940\nSYS_GID_MAX 940\n", "utf-8"
    )
    _postgres(host, "psql", "--quiet", "--file", str(folder / "all.sql"))
    for path in FOLDERS:
        subprocess.run(["cp", "-a", str(folder / path), str(root / path)], check=True)
    new = Host(root, Booted(root), host.servers, host.dns, host.report)
    admin, password = new.administrator()
    began = time.monotonic()
    new.timed(
        "anew",
        "/after/deploy/server/install",
        "--release",
        "after",
        "--database-admin",
        admin,
        PGPASSWORD=password,
    )
    new.report["anew_serving_s"] = round(time.monotonic() - began, 1)
    return new


def look(new: Host, slug: str, before: dict[str, str]) -> None:
    """The snapshot opens with the master keys, the settings are the old ones, files belong to the accounts of here."""
    new.report["anew_settings_same"] = new.settings() == before
    new.report["anew_check"] = new.manage("backup", "check", slug).strip()
    strangers = new.run("find", *(f"/{path}" for path in FOLDERS[1:]), "-nouser", "-o", "-nogroup")
    new.report["anew_strangers"] = strangers.split()
    new.report["anew_active"] = new.server.active("terem*.service")
    new.report["anew_status"] = new.server.command(str(layout.COMMAND), "status").stdout
