"""One company back to a moment: the cluster is restored beside from base backup and WAL, the company swapped in."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.backup import cluster as backup
from deploy.local import places
from deploy.local.account import server_account
from deploy.local.postgres import Postgres
from deploy.local.servers import LOGINS, Secrets, Servers, base_environment, run_python
from deploy.local.supervisor import Child, Supervisor

pytestmark = pytest.mark.full
DATABASE = "terem_moment"


class Place:
    """A cluster with archiving, and the product installed in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.account = server_account()
        self.archive = self.account.own(folder / "archive", 0o700)
        self.supervisor = Supervisor(announce=False)
        self.servers = Servers(
            folder / "live", self.account, Secrets.made(),
            postgres_port=places.free_port(), redis_port=places.free_port(),
        )  # fmt: skip

    def environment(self, servers: Servers) -> dict[str, str]:
        return base_environment() | servers.database_environment(DATABASE, LOGINS) | {
            "TEREM_ENV": "test", "TEREM_SECRET_KEY": servers.keys.key, "TEREM_MASTER_KEYS": servers.keys.master,
            "TEREM_DOMAIN": "terem.test", "TEREM_SCHEME": "http", "TEREM_PORT": "80",
            "TEREM_REDIS": self.servers.redis.url, "TEREM_STORAGE": str(self.folder / "storage"),
            "TEREM_BACKUPS": str(self.folder / "backups"), "TEREM_MAIL": f"file://{self.folder / 'mail'}",
            "TEREM_STATIC": str(self.folder / "static"), "TEREM_VAR": str(self.folder), "TEREM_RESERVE": "0",
        }  # fmt: skip

    def start_live(self) -> None:
        live = self.servers.postgres
        live.prepare()
        # Starting writes the settings anew, so the line that archives stands in a file of its own.
        (live.data / "archive.conf").write_text(backup.archive_settings(self.archive))
        with (live.data / "postgresql.conf").open("a") as stream:
            stream.write("\ninclude 'archive.conf'\n")
        if self.account.lent:
            os.chown(live.data / "archive.conf", self.account.uid, self.account.gid)
        self.servers.start(self.supervisor)
        self.servers.prepare_cluster(DATABASE)
        run_python(["manage.py", "install"], self.environment(self.servers), "Installing")

    def restored(self, base: Path, moment: datetime) -> Servers:
        beside = Servers(
            self.folder / "beside", self.account, self.servers.keys,
            postgres_port=places.free_port(), redis_port=self.servers.redis.port,
        )  # fmt: skip
        postgres: Postgres = beside.postgres
        backup.restore_beside(postgres, base, self.archive, moment)
        postgres.prepare()
        child = Child(
            "beside", postgres.argv(), postgres.environment(), self.account.spawn_options(),
            stop_signal=signal.SIGINT, stop_seconds=30,
        )  # fmt: skip
        postgres.wait_ready(self.supervisor.start(child), 120)
        return beside

    def step(self, name: str, servers: Servers, **told: Any) -> dict[str, Any]:
        """One step of this module's ``main`` as a process of the product; what it answered."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.failure.test_moment", name, json.dumps(told)],
            env=self.environment(servers), cwd=places.ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4000:]
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer


@pytest.fixture
def place() -> Iterator[Place]:
    folder = Path(tempfile.mkdtemp(prefix="terem-moment-"))
    folder.chmod(0o711)
    made = Place(folder)
    try:
        made.start_live()
        yield made
    finally:
        made.supervisor.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_one_company_back_to_a_moment(place: Place) -> None:
    opened = place.step("open", place.servers)
    base = place.account.own(place.folder / "base", 0o700)
    base.rmdir()
    backup.base_backup(place.servers.postgres, base)
    good = place.step("write", place.servers, words="Good", **opened)
    time.sleep(1)
    moment = datetime.now(UTC)
    time.sleep(1)
    place.step("damage", place.servers, **opened)
    after = place.step("content", place.servers, **opened)
    assert after["company"] != good["company"]
    with psycopg.connect(place.servers.postgres.superuser_dsn, autocommit=True) as administrator:
        administrator.execute("SELECT pg_switch_wal()")
    _wait_archived(place)
    beside = place.restored(base, moment)
    assert place.step("content", beside, **opened)["company"] == good["company"]
    # The snapshot is taken there with the company's own key and handed to the live registry.
    taken = place.step("take", beside, **opened)
    put = place.step("put", place.servers, **opened, **taken)
    assert put["company"] == good["company"]
    assert place.step("content", place.servers, **opened)["neighbour"] == after["neighbour"]


def _wait_archived(place: Place) -> None:
    """Until the segment that holds the damage is in the archive."""
    with psycopg.connect(place.servers.postgres.superuser_dsn, autocommit=True) as administrator:
        for _ in range(300):
            row = administrator.execute(
                "SELECT last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 16777216) FROM pg_stat_archiver"
            ).fetchone()
            if row and row[0]:
                return
            time.sleep(0.2)
    raise AssertionError("the WAL was not archived within a minute")


def main(name: str, told: dict[str, Any]) -> dict[str, Any]:
    """The steps, inside the product."""
    import django

    django.setup()
    from kernel import context

    with context.enter(context.Context(cause="command")):
        answer: dict[str, Any] = globals()[f"_{name}"](**told)
        return answer


def _open() -> dict[str, Any]:
    from tenants.backups import keys
    from tests.support.tenants import open_company

    found, other = open_company("Moment", "moment"), open_company("Other", "other")
    keys.ensure(found.tenant.id)
    return {"id": str(found.tenant.id), "other": str(other.tenant.id), "owner": str(found.owner_id)}


def _content(id: str, other: str, owner: str) -> dict[str, Any]:
    from tenants.models import Tenant
    from tests.tenants.backups.conftest import content

    settled = {"team_session", "jobs_job"}
    found = {}
    for key, tenant_id in (("company", id), ("neighbour", other)):
        tables = content(Tenant.objects.get(id=tenant_id).schema_name)
        found[key] = {name: list(value) for name, value in tables.items() if name not in settled}
    return found


def _write(words: str, **told: str) -> dict[str, Any]:
    from crm_core.team.models import Member
    from tenants import api
    from tests.tenants.backups.conftest import fill

    for tenant_id in (told["id"], told["other"]):
        with api.inside(api.tenant(tenant_id), cause="page"):  # type: ignore[arg-type]
            fill(Member.objects.select_related("role").get(), words)
    return _content(**told)


def _damage(**told: str) -> dict[str, Any]:
    from tenants import schemas
    from tenants.models import Tenant

    name = Tenant.objects.get(id=told["id"]).schema_name
    with schemas.owner() as connection:
        connection.execute(f"DELETE FROM {name}.notes_note")
        connection.execute(f"UPDATE {name}.clients_company SET description = 'damaged'")
    return _write("Later", **{**told, "id": told["other"]})


def _take(**told: str) -> dict[str, Any]:
    from tenants import api
    from tenants.backups import taking

    found = taking.take(api.tenant(told["id"]), "asked")  # type: ignore[arg-type]
    return {"snapshot": str(found.id)}


def _put(snapshot: str, **told: str) -> dict[str, Any]:
    from tenants import api
    from tenants.backups import copies, restoring

    found = restoring.adopt(api.tenant(told["id"]), snapshot)  # type: ignore[arg-type]
    copy = copies.beside(found, by=None, reason="Back to the moment.")
    copies.swap(copy.id, by=None, reason="Back to the moment.")
    return _content(**told)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], json.loads(sys.argv[2]))))
