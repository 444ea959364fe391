"""``./terem manage`` and ``./terem demo``: a management command on this checkout's data."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator

from deploy.local import places, product, python, say
from deploy.local.account import server_account, servers_home
from deploy.local.product import Address
from deploy.local.say import Problem
from deploy.local.servers import Secrets, Servers
from deploy.local.supervisor import Supervisor


def command(arguments: list[str]) -> int:
    """Run ``manage.py`` with the owner's rights; start the servers for it when needed."""
    if not arguments:
        raise Problem("Which management command?", "List them with: ./terem manage help")
    python.ensure("run")
    with running_servers() as (servers, address):
        return subprocess.run(
            [str(python.INTERPRETER), "manage.py", *arguments],
            env=product.environment(servers, address),
            cwd=places.ROOT,
            check=False,
        ).returncode


@contextlib.contextmanager
def running_servers() -> Iterator[tuple[Servers, Address]]:
    """The servers of a running ``up``, or this checkout's own for as long as they are needed."""
    note = places.read_note(places.STATE)
    places.prepare_var()
    try:
        with places.only_one("up", Problem("")):
            address = _address(note)
            supervisor = Supervisor()
            supervisor.catch_signals()
            servers = product.embedded_servers()
            product.remember(servers, address)
            try:
                servers.start(supervisor)
                if "terem" not in _databases(servers):
                    raise Problem("There is no database yet.", "Start Terem once first: ./terem up")
                yield servers, address
            finally:
                supervisor.stop()
            return
    except Problem as found:
        if found.what:
            raise
    yield _neighbours(note), _address(note)


def _neighbours(note: dict[str, object]) -> Servers:
    account = server_account()
    database, broker = note.get("postgres_port"), note.get("redis_port")
    if not isinstance(database, int) or not isinstance(broker, int):
        raise Problem("Terem is just starting here.", "Wait until it prints its addresses.")
    keys = Secrets.kept(places.SECRETS)
    return Servers(servers_home(account), account, keys, postgres_port=database, redis_port=broker)


def _address(note: dict[str, object]) -> Address:
    return Address(
        host=str(note.get("host", "127.0.0.1")),
        port=int(str(note.get("port", 8000))),
        domain=str(note.get("domain", "localhost")),
    )


def _databases(servers: Servers) -> set[str]:
    done = subprocess.run(
        [
            *(servers.postgres.bin / "psql", "-XAt", "-d", servers.postgres.superuser_dsn),
            *("-c", "select datname from pg_database"),
        ],
        capture_output=True,
        text=True,
        check=False,
        env=servers.postgres.environment(),
    )
    if done.returncode:
        say.prefixed("postgres", done.stderr.strip())
    return set(done.stdout.split())
