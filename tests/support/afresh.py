"""What a process remembers is forgotten before each test: no test lives on another's Redis, limits or notices.

What is rolled back after a test has been remembered all the same: a lease that never was, a company that
stands still. And what the product believes for a second or two it believes for a minute here, so that a busy
machine does not change how often somebody is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest
import redis

from tests.support import cluster, device
from tests.support.plugin import DATABASE

# How long a remembered thing is fresh, and how long a server may take to answer; seconds.
FRESH = 60.0
PATIENCE = 60.0


@pytest.fixture(scope="session", autouse=True)
def unhurried() -> Iterator[None]:
    """A Redis that takes its time on a busy machine has not gone away, and what is fresh stays fresh for a test."""
    from django.conf import settings

    from kernel import health, line
    from tenants import bulletin, directory

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line, "SECONDS", PATIENCE)
        patch.setitem(
            settings.CACHES["default"],
            "OPTIONS",
            {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE},
        )
        for module in (directory, bulletin, health):
            patch.setattr(module, "FRESH_SECONDS", FRESH)
        yield


def no_redis(patch: pytest.MonkeyPatch) -> None:
    """From here on nothing listens where Redis is said to be; the line is made by the product's own function."""
    from django.conf import settings

    from kernel.line import line

    with pytest.MonkeyPatch.context() as elsewhere:
        elsewhere.setattr(settings, "TEREM_REDIS", "redis://127.0.0.1:1/0")
        patch.setattr(line, "_made", [line._make()])


@pytest.fixture(scope="session")
def own_redis() -> Iterator[redis.Redis]:
    """The Redis database of this worker, on a line that no test takes away."""
    from django.conf import settings

    with redis.Redis.from_url(settings.TEREM_REDIS) as line:
        yield line


class Registry:
    """The committed rows that all tests of a worker share, on a connection that no test takes away."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._line: psycopg.Connection[Any] | None = None

    def _ask(self, query: str) -> list[Any]:
        if self._line is None or self._line.closed:
            self._line = psycopg.connect(self._dsn, autocommit=True)
        found = self._line.execute(query)
        return found.fetchall() if found.description else []

    def empty_queue(self) -> None:
        """No work is left over from other tests. Costs a third of a millisecond."""
        self._ask(
            "WITH a AS (DELETE FROM relay.ticket), b AS (DELETE FROM relay.turn) DELETE FROM relay.used"
        )

    def standing(self) -> dict[str, Any]:
        """What every test finds: the shared companies, and what holds for the whole house. Half a millisecond."""
        return dict(self._ask(_STANDING))

    def close(self) -> None:
        if self._line is not None:
            self._line.close()


_STANDING = """
SELECT 'company ' || slug, concat_ws(' | ', status, name, language, zone, currency, release, generation, lease)
FROM tenants_tenant WHERE slug IN ('acme', 'beta', 'crawl-owner', 'crawl-stranger')
UNION ALL
SELECT 'maintenance of everybody', mode FROM tenants_maintenance WHERE ended_at IS NULL AND tenant_id IS NULL
UNION ALL
SELECT 'notice to many', text_en FROM tenants_announcement
WHERE withdrawn_at IS NULL AND ends_at > now() AND coalesce(audience->'tenants', '[]') = '[]'
UNION ALL
SELECT 'incident', title_en FROM tenants_incident WHERE over_at IS NULL
"""


@pytest.fixture(scope="session")
def registry_of_worker(test_run: cluster.Run, django_db_setup: None) -> Iterator[Registry]:
    """The registry of this worker's database."""
    dsn = psycopg.conninfo.make_conninfo(test_run.servers.postgres.superuser_dsn, dbname=DATABASE)
    registry = Registry(dsn)
    yield registry
    registry.close()


@pytest.fixture(autouse=True)
def afresh(request: pytest.FixtureRequest, own_redis: redis.Redis) -> Iterator[None]:
    """Nothing is remembered, nothing waits in line; and a test that changes what all find is told so, by its name."""
    _forget()
    # Where no servers run (tests of the sources) there is nothing to empty.
    with suppress(redis.RedisError):
        own_redis.flushdb()
    if "django_db_setup" not in request.fixturenames:
        yield
        return
    registry: Registry = request.getfixturevalue("registry_of_worker")
    registry.empty_queue()
    before = registry.standing()
    yield
    changed = differences(before, registry.standing())
    assert not changed, "this test leaves behind what others find:\n" + "\n".join(changed)


@pytest.fixture(autouse=True)
def half_minute(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Authenticator and product read one clock that stands still: no code grows old on its way."""
    if request.node.get_closest_marker("browser"):  # The product is other processes then, by the true clock.
        yield
        return
    from allauth.mfa import app_settings
    from allauth.mfa.totp.internal import auth

    device.held.clear()
    now, far = device.half_minute(), app_settings.TOTP_TOLERANCE
    device.held.append(now)
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter(range(now - far, now + far + 1)))
    yield
    device.held.clear()


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What a test changed of what every test finds; that the shared companies were opened in it is none."""
    return [
        f"{name}: {before.get(name, 'not there')} -> {after.get(name, 'not there')}"
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name) and (name in before or not name.startswith("company "))
    ]


def _forget() -> None:
    from django.core.cache.backends import locmem

    from kernel import health, shelf
    from kernel.fairness import network, shared
    from tenants import bulletin, directory, middleware

    directory._memory.clear()
    bulletin.forget()
    health.forget()
    network._held.clear()
    shared._resting_until[0] = shelf._resting_until[0] = 0.0
    middleware._refused = middleware._Refusals()
    # The cache's own memory, used while Redis is away.
    for kept in locmem._caches.values():
        kept.clear()
