"""Alive and ready: asked in a process of its own whose servers are really gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.db import connections

from deploy.local import places
from tests.config.test_observing import own_environment

HEALTH = """
import json
import django; django.setup()
from django.test import Client
said = {}
for path in ("/health/live", "/health/ready"):
    answer = Client(HTTP_HOST="nobody.knows.this").get(path)
    said[path] = [answer.status_code, answer.json()]
print(json.dumps(said))
"""


def asked(**changed: str) -> tuple[Any, int, Any]:
    """Live, the status of ready, and what ready says, in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", HEALTH],
        env=own_environment(**changed),
        capture_output=True,
        text=True,
        check=True,
    )
    said = json.loads(done.stdout.splitlines()[-1])
    status, words = said["/health/ready"]
    return said["/health/live"], status, words


def lost(name: str, port: int) -> str:
    """The same address at a port where nobody answers."""
    return os.environ[name].replace(f":{port}/", f":{places.free_port()}/")


@pytest.mark.usefixtures("database")
def test_all_is_there() -> None:
    live, status, words = asked()
    assert live == [200, {"alive": True}]
    assert (status, words) == (200, {"ready": True, "failed": [], "degraded": []})


@pytest.mark.usefixtures("database")
def test_a_lost_database_is_not_ready_and_alive(test_run: Any) -> None:
    port = test_run.servers.postgres.port
    live, status, words = asked(TEREM_CONTROL_DB=lost("TEREM_CONTROL_DB", port))
    assert live == [200, {"alive": True}]
    assert (status, words["ready"]) == (503, False)
    assert words["failed"] == ["database", "release"]
    live, status, words = asked(TEREM_TENANT_DB=lost("TEREM_TENANT_DB", port))
    assert live == [200, {"alive": True}]
    assert (status, words["failed"]) == (503, ["workspaces"])


@pytest.mark.usefixtures("database")
def test_without_redis_it_is_ready_and_poorer(test_run: Any) -> None:
    live, status, words = asked(TEREM_REDIS=lost("TEREM_REDIS", test_run.servers.redis.port))
    assert live == [200, {"alive": True}]
    assert (status, words) == (200, {"ready": True, "failed": [], "degraded": ["redis"]})


@pytest.mark.usefixtures("database")
def test_code_that_is_ahead_of_its_database_is_not_ready() -> None:
    """A template that is behind, and a migration of the control plane that has not run."""
    for table, take, give_back in (
        (
            "tenants_blueprint",
            "UPDATE public.tenants_blueprint SET release = 'x' || release",
            "UPDATE public.tenants_blueprint SET release = substr(release, 2)",
        ),
        (
            "django_migrations",
            "UPDATE public.django_migrations SET name = 'x' || name WHERE app = 'tenants' AND name LIKE '0001%'",
            "UPDATE public.django_migrations SET name = substr(name, 2) WHERE app = 'tenants' AND name LIKE 'x0001%'",
        ),
    ):
        with connections["owner"].cursor() as cursor:
            cursor.execute(take)
        try:
            live, status, words = asked()
        finally:
            with connections["owner"].cursor() as cursor:
                cursor.execute(give_back)
            connections["owner"].close()
        assert live[0] == 200, table
        assert (status, words["failed"]) == (503, ["release"]), table
    assert asked()[1] == 200


@pytest.mark.usefixtures("database")
def test_asking_is_cheap_and_needs_no_company() -> None:
    from django.test import Client

    from kernel import health

    health.forget()
    browser = Client(HTTP_HOST="terem.test")
    assert browser.get("/health/ready").status_code == 200
    asked_at: list[str] = []
    known = dict(health.CHECKS)
    health.CHECKS.clear()
    health.CHECKS["none"] = health.Probe(lambda: asked_at.append("again"), True)
    try:
        for _ in range(20):
            assert browser.get("/health/ready").status_code == 200
    finally:
        health.CHECKS.clear()
        health.CHECKS.update(known)
        health.forget()
    assert len(asked_at) <= 2, "what was found is believed for a second"
