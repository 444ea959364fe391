"""One throw-away PostgreSQL and Redis per test run.

The pytest master chooses ports and secrets and starts this module as a *warden*
process in the background. The warden starts the servers, prepares a template
database by the same steps as a real installation, and waits on its standard input:
when the master ends, however it ends, the pipe closes and everything is removed.
Each xdist worker copies the template into a database of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from deploy.local import places
from deploy.local.account import server_account
from deploy.local.say import Problem
from deploy.local.servers import Secrets, Servers, base_environment, run_python
from deploy.local.supervisor import Supervisor

TEMPLATE = "terem_template"
DOMAIN = "terem.test"
_RUN = "TEREM_TEST_RUN"
_READY_SECONDS = 300


@dataclass(frozen=True)
class Run:
    """One test run: its folder, ports and secrets, the same in every worker."""

    folder: Path

    @property
    def servers(self) -> Servers:
        """The run's servers (described, not started)."""
        note = json.loads((self.folder / "run.json").read_text())
        return Servers(
            self.folder,
            server_account(),
            Secrets(**note["secrets"]),
            postgres_port=note["postgres_port"],
            redis_port=note["redis_port"],
            throwaway=True,
        )

    def environment(self, database: str, worker: str) -> dict[str, str]:
        """The product's settings for one worker of this run."""
        servers = self.servers
        own = self.folder / worker
        own.mkdir(exist_ok=True)
        return servers.database_environment(database, ("owner", "control", "tenant")) | {
            "TEREM_ENV": "test",
            "TEREM_SECRET_KEY": servers.keys.key,
            "TEREM_MASTER_KEYS": servers.keys.master,
            "TEREM_DOMAIN": DOMAIN,
            "TEREM_SCHEME": "http",
            "TEREM_PORT": "80",
            # Each worker has a Redis database of its own; 16 exist.
            "TEREM_REDIS": servers.redis.url.removesuffix("/0") + f"/{_number(worker) % 16}",
            "TEREM_STORAGE": str(own / "storage"),
            "TEREM_BACKUPS": str(own / "backups"),
            "TEREM_MAIL": f"file://{own / 'mail'}",
            "TEREM_STATIC": str(self.folder / "static"),
            "TEREM_VAR": str(own),
            # A test asks more in a second than a company in a minute.
            "TEREM_REQUESTS_PER_MINUTE": "1000000",
            # No test asks the world's DNS; those that need answers start a server of their own.
            "TEREM_DNS": "127.0.0.1:9",
        }


def begin() -> Run:
    """Choose folder, ports and secrets, and let the workers know by the environment."""
    folder = Path(tempfile.mkdtemp(prefix="terem-test-"))
    folder.chmod(0o711)  # As root the servers run under another account.
    note = {
        "postgres_port": places.free_port(),
        "redis_port": places.free_port(),
        "secrets": Secrets.made().__dict__,
    }
    places.write_note(folder / "run.json", note)
    os.environ[_RUN] = str(folder)
    return Run(folder)


def joined() -> Run | None:
    """The run that this process belongs to, if the master began one."""
    folder = os.environ.get(_RUN)
    return Run(Path(folder)) if folder and Path(folder).exists() else None


def start_warden(run: Run) -> subprocess.Popen[bytes]:
    """Start the servers in the background; they end when the returned pipe closes."""
    log = open(run.folder / "cluster.log", "wb")  # noqa: SIM115 (the warden keeps it)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.cluster", str(run.folder)],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        cwd=places.ROOT,
        env=base_environment() | {"PYTHONWARNINGS": "ignore"},
        start_new_session=True,
    )


def stop_warden(warden: subprocess.Popen[bytes], run: Run) -> None:
    """Close the pipe and wait until servers and folder are gone."""
    assert warden.stdin is not None
    warden.stdin.close()
    try:
        warden.wait(timeout=60)
    except subprocess.TimeoutExpired:
        warden.kill()
    shutil.rmtree(run.folder, ignore_errors=True)


def wait_ready(run: Run) -> None:
    """Block until the template database is ready; fail with the warden's words."""
    deadline = time.monotonic() + _READY_SECONDS
    ready = run.folder / "ready.json"
    while not ready.exists():
        if time.monotonic() > deadline or not run.folder.exists():
            raise Problem(f"The test cluster was not ready in {_READY_SECONDS} s.", _log(run))
        time.sleep(0.05)
    failure = json.loads(ready.read_text()).get("failure")
    if failure:
        raise Problem(f"The test cluster could not be prepared: {failure}", _log(run))


def create_database(run: Run, name: str, template: str = TEMPLATE) -> None:
    """Copy the template, and give the copy its database-level rights, which are not copied."""
    import psycopg

    wait_ready(run)
    servers = run.servers
    with psycopg.connect(servers.postgres.superuser_dsn, autocommit=True) as administrator:
        # Two copies of one template at a time disturb each other.
        administrator.execute("SELECT pg_advisory_lock(8000)")
        administrator.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        # So do two preparations: both alter the logins.
        servers.prepare_cluster(name)


def main() -> None:
    """The warden: serve one run until the master's pipe closes."""
    run = Run(Path(sys.argv[1]))
    supervisor = Supervisor()
    outcome: dict[str, str] = {}
    try:
        _prepare(run, supervisor)
    except Problem as found:
        outcome = {"failure": found.what}
    except Exception as error:
        outcome = {"failure": repr(error)}
        traceback.print_exc()
    _tell(run, outcome)
    sys.stdin.buffer.read()
    supervisor.stop()
    shutil.rmtree(run.folder, ignore_errors=True)


def _prepare(run: Run, supervisor: Supervisor) -> None:
    servers = run.servers
    if not servers.redis.kind.real:
        raise Problem("The tests need a real Redis, and this machine has no binary of it.")
    servers.start(supervisor)
    servers.prepare_cluster(TEMPLATE)
    # Roles belong to the whole cluster: blank schemas of the template would share theirs
    # with every copy, so the copies fill their own reserve.
    environment = base_environment() | run.environment(TEMPLATE, "template") | {"TEREM_RESERVE": "0"}
    run_python(["manage.py", "install"], environment, "Installing into the template database")


def _tell(run: Run, outcome: dict[str, str]) -> None:
    if not run.folder.exists():  # The master has ended and cleaned up already.
        return
    places.write_note(run.folder / "ready.json", dict(outcome))


def _log(run: Run) -> str:
    log = run.folder / "cluster.log"
    return log.read_text("utf-8", "replace")[-6000:] if log.exists() else ""


def _number(worker: str) -> int:
    """Worker gw3 has number 3; the template and a run without workers use 15 and 0."""
    digits = "".join(character for character in worker if character.isdigit())
    return int(digits) if digits else (15 if worker == "template" else 0)


if __name__ == "__main__":
    main()
