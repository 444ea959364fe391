"""``./terem bench NAME``: a benchmark on servers of its own, with every write synced to disk."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.local import catalogue, places, python
from deploy.local.account import server_account, servers_home
from deploy.local.product import Address
from deploy.local.say import Problem
from deploy.local.servers import LOGINS, Secrets, Servers, base_environment, run_python
from deploy.local.supervisor import Supervisor

_FOLDER = places.ROOT / "tests" / "bench"
_DATABASE = "terem_bench"
# Benchmarks whose fleets take long to make: their servers' data stays beside the product's (var/servers/bench-NAME).
_KEPT = ("tenants",)


def command(arguments: list[str]) -> int:
    """Run the named benchmark; its figures go to standard output, everything else to the log."""
    known = sorted(path.stem for path in _FOLDER.glob("*.py") if not path.stem.startswith("_"))
    if not arguments or arguments[0] not in known:
        raise Problem("Which benchmark?", f"Choose from: {', '.join(known) or 'none yet'}.")
    name, *rest = arguments
    python.ensure("work")
    catalogue.compile_all()
    account = server_account()
    home = servers_home(account)
    kept = name in _KEPT
    folder = home / f"bench-{name}" if kept else Path(tempfile.mkdtemp(prefix="bench-", dir=home))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)
    supervisor = Supervisor(announce=False)
    supervisor.catch_signals()
    try:
        environment = _prepare(folder, supervisor)
        return subprocess.run(
            [str(python.INTERPRETER), "-m", f"tests.bench.{name}", *rest],
            env=environment,
            cwd=places.ROOT,
            check=False,
        ).returncode
    finally:
        supervisor.stop()
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)


def _prepare(folder: Path, supervisor: Supervisor) -> dict[str, str]:
    """Fresh servers with this release installed; the environment that leads to them."""
    servers = Servers(
        folder,
        server_account(),
        Secrets.kept(folder / "secrets.json"),
        postgres_port=places.free_port(),
        redis_port=places.free_port(),
    )
    if not servers.redis.kind.real:
        raise Problem(
            "The benchmarks need a real Redis, and this machine has none.", "Install redis-server first."
        )
    servers.start(supervisor)
    servers.prepare_cluster(_DATABASE)
    address = Address(port=places.free_port())
    environment = base_environment() | servers.database_environment(_DATABASE, LOGINS)
    environment |= {
        "TEREM_ENV": "test",
        "TEREM_SECRET_KEY": servers.keys.key,
        "TEREM_MASTER_KEYS": servers.keys.master,
        "TEREM_DOMAIN": "localhost",
        "TEREM_SCHEME": "http",
        "TEREM_PORT": str(address.port),
        "TEREM_REDIS": servers.redis.url,
        "TEREM_STORAGE": str(folder / "storage"),
        "TEREM_BACKUPS": str(folder / "backups"),
        "TEREM_MAIL": f"file://{folder / 'mail'}",
        "TEREM_STATIC": str(folder / "static"),
        "TEREM_VAR": str(folder),
        "TEREM_LOG": "WARNING",
        "TEREM_BENCH_SUPERUSER_DB": servers.postgres.superuser_dsn,
    }
    run_python(["manage.py", "install"], environment, "Installing into the benchmark's database")
    print("Servers are ready, fsync is on.", file=sys.stderr)
    return environment
