"""Fleets of one's own: a database, companies in it, and the upgrade command as a process."""

from __future__ import annotations

import contextlib
import json
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from deploy.local import places, python
from deploy.local.servers import base_environment
from tests.support import cluster
from tests.support.plugin import WORKER

AHEAD = "tests.upgrades.ahead.settings"
SHOP = "tests.upgrades.shop.settings"


@dataclass
class Fleet:
    """An installation's environment, its database and what was opened in it."""

    environment: dict[str, str]
    superuser: str
    database: str
    companies: list[dict[str, str]] = field(default_factory=list)

    def environment_of(self, ahead: str = "", shop: str = "") -> dict[str, str]:
        """The settings of a release: the present one, one ahead, or one of the shop."""
        more = {}
        if ahead:
            more = {"DJANGO_SETTINGS_MODULE": AHEAD, "TEREM_TEST_AHEAD": ahead}
        if shop:
            more = {"DJANGO_SETTINGS_MODULE": SHOP, "TEREM_TEST_SHOP": shop}
        return self.environment | more

    def start(self, *arguments: str, **release: str) -> subprocess.Popen[str]:
        """Start Python on the given module or manage.py; the caller waits or kills."""
        return subprocess.Popen(
            [str(python.INTERPRETER), *arguments],
            cwd=places.ROOT,
            env=self.environment_of(**release),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, code: int | None = 0, **release: str) -> str:
        """Run Python to its end; what it printed."""
        process = self.start(*arguments, **release)
        said, _ = process.communicate(timeout=300)
        assert code is None or process.returncode == code, f"{arguments}: {process.returncode}\n{said}"
        return said

    def upgrade(self, *arguments: str, code: int | None = 0, **release: str) -> str:
        """``manage.py upgrade …`` with the code of a release (one ahead if none is named)."""
        return self.run("manage.py", "upgrade", *arguments, code=code, **(release or {"ahead": "1"}))

    def open(self, count: int, prefix: str = "fleet", **release: str) -> list[dict[str, str]]:
        """Open companies with the code of a release."""
        said = self.run("-m", "tests.upgrades.opening", str(count), prefix, **release)
        made: list[dict[str, str]] = json.loads(said.strip().splitlines()[-1])
        self.companies += made
        return made

    @contextlib.contextmanager
    def owner(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection of the owner's login."""
        with psycopg.connect(self.environment["TEREM_OWNER_DB"], autocommit=True) as connection:
            yield connection

    def rows(self, query: str, *values: Any) -> list[Any]:
        """What a query of the owner gives."""
        with self.owner() as connection:
            return connection.execute(query, values or None).fetchall()

    def releases(self) -> dict[str, str]:
        """Address → release of every company."""
        return dict(self.rows("SELECT slug, release FROM tenants_tenant"))

    def times_upgraded(self, schema: str, migration: str = "9001_five") -> int:
        """How often a migration is recorded in a schema."""
        query = f"SELECT count(*) FROM {schema}.django_migrations WHERE name = %s"
        return int(self.rows(query, migration)[0][0])

    def wait_until(self, query: str, process: subprocess.Popen[str], seconds: float = 240) -> None:
        """Wait until a query's first value is true by the work of ``process``; not longer than that lives."""
        deadline = time.monotonic() + seconds
        alive = True
        while alive and time.monotonic() < deadline:
            alive = process.poll() is None
            found = self.rows(query)
            if found and found[0][0]:
                return
            time.sleep(0.02)
        journal = self.rows(
            "SELECT wave, state, count(*) FROM tenants_upgradestep GROUP BY 1, 2 ORDER BY 1, 2"
        )
        process.kill()
        said, _ = process.communicate(timeout=60)
        raise AssertionError(f"never true: {query}\nended: {not alive}, journal: {journal}\n{said}")

    def normal_dump(self, schema: str) -> list[str]:
        """A schema's definition without its name."""
        said = self.run("-m", "tests.upgrades.dumping", schema)
        return [
            line.replace(schema, "t_x")
            for line in said.splitlines()
            if line and not line.startswith(("--", "\\"))
        ]


def prepared(fleet: Fleet, companies: list[dict[str, str]]) -> None:
    """Make the release ahead fail for these companies: a table that it creates is there already."""
    with fleet.owner() as connection:
        for company in companies:
            connection.execute(f"CREATE TABLE {company['schema']}.clients_badge (id int)")


@pytest.fixture
def fleet(test_run: cluster.Run) -> Iterator[Fleet]:
    """An installation at the present release, in a database of its own, without companies."""
    name = f"fleet_{WORKER}_{secrets.token_hex(3)}"
    cluster.create_database(test_run, name)
    environment = base_environment() | test_run.environment(name, WORKER)
    return Fleet(environment, test_run.servers.postgres.superuser_dsn, name)


@pytest.fixture
def blocked() -> Callable[..., Any]:
    """``with blocked(fleet, company): …`` holds a lock on a company's table, as a long request would."""

    @contextlib.contextmanager
    def hold(fleet: Fleet, company: dict[str, str]) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(fleet.environment["TEREM_OWNER_DB"]) as connection:
            connection.execute(f"SELECT 1 FROM {company['schema']}.clients_company LIMIT 1")
            yield connection
            connection.rollback()

    return hold
