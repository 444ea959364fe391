"""A real PgBouncer before the run's PostgreSQL, under the account that the servers use."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from deploy.local import places
from deploy.local.servers import Servers

MISSING = "No PgBouncer was found: install it (apt-get install pgbouncer)."
_START_SECONDS = 120


@cache
def executable() -> str | None:
    """The path of a PgBouncer, or None. Debian puts it where ordinary users do not look."""
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin")


@contextmanager
def running(servers: Servers, folder: Path, mode: str, size: int = 5) -> Iterator[int]:
    """A PgBouncer with this pool mode in front of the servers; yields its port on loopback."""
    program = executable()
    assert program is not None, MISSING
    account = servers.postgres.account
    home = account.own(folder / f"pooler-{mode}-{size}", 0o700)
    port = places.free_port()
    _write(home / "users.txt", f'"terem_tenant" "{servers.keys.tenant}"\n', account)
    _write(home / "pgbouncer.ini", _settings(servers, home, port, mode, size), account)
    log = open(folder / f"pooler-{mode}.log", "wb")  # noqa: SIM115 (closed below)
    child = subprocess.Popen(
        [program, str(home / "pgbouncer.ini")],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd="/",
        **account.spawn_options(),
    )
    try:
        _wait(port, child)
        yield port
    finally:
        child.terminate()
        child.wait(timeout=60)
        log.close()
        shutil.rmtree(home, ignore_errors=True)


def _settings(servers: Servers, home: Path, port: int, mode: str, size: int) -> str:
    return "\n".join(
        [
            "[databases]",
            f"* = host=127.0.0.1 port={servers.postgres.port}",
            "[pgbouncer]",
            f"listen_addr = 127.0.0.1\nlisten_port = {port}",
            "unix_socket_dir =",
            f"auth_type = scram-sha-256\nauth_file = {home / 'users.txt'}",
            f"pool_mode = {mode}\ndefault_pool_size = {size}\nmax_client_conn = 200",
            "server_reset_query = DISCARD ALL",
            "ignore_startup_parameters = extra_float_digits",
            "query_wait_timeout = 30",
            "log_connections = 0\nlog_disconnections = 0",
            "",
        ]
    )


def _write(path: Path, text: str, account: object) -> None:
    path.touch(0o600)
    path.write_text(text)
    if getattr(account, "lent", False):
        os.chown(path, account.uid, account.gid)  # type: ignore[attr-defined]


def _wait(port: int, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.03)
    raise AssertionError(f"PgBouncer did not start (code {child.poll()}).")
