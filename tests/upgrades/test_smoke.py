"""What each release asked of the database, stored when it was made, still goes through the planner today.

The stored statements are those of a walk over every page of a filled workspace.
Store those of a new release, before its version is published, with:
STORE_SMOKE=1 ./terem test tests/upgrades/test_smoke.py
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from deploy.local import places
from tenants import api, schemas
from tests.isolation.payloads import query_of
from tests.isolation.test_crawl import MEMBERS, filled, signed_in
from tests.isolation.world import World, build
from tests.support.tenants import rolled_back

FOLDER = Path(__file__).parent / "smoke"
VERSION = tomllib.loads((places.ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
_LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_LIST = re.compile(r"\?(?:(?:::\w+(?:\[\])?)?, ?\?)+")


def shape(statement: str) -> str:
    """A statement without its values: one of each is enough."""
    return _LIST.sub("?", _LITERAL.sub("?", statement))


@pytest.fixture(scope="session")
def world(django_db_setup: None, django_db_blocker: Any) -> World:
    """A company with everything that a page can name."""
    with django_db_blocker.unblock():
        return build("Smoke", "smoke")


def walk(world: World) -> list[str]:
    """Open every page as the owner; the statements that the workspace's tables were asked."""
    found: dict[str, str] = {}
    for address in MEMBERS:
        if address.route is None or "GET" not in address.route.methods:
            continue
        path = filled(address, world) + query_of(address.pattern, world)
        with api.inside(world.company.tenant), rolled_back():
            browser = signed_in(world)
            with CaptureQueriesContext(connections["tenant"]) as queries:
                assert browser.get(path).status_code in (200, 302), path
        for query in queries:
            text = query["sql"]
            if text.split(" ", 1)[0] in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
                found.setdefault(shape(text), text)
    return sorted(found.values())


def explained(statements: list[str], schema: str) -> list[str]:
    """What the planner refuses, with its reason."""
    refused = []
    with schemas.owner() as connection:
        connection.execute(f"SET search_path = {schema}, ext")
        for statement in statements:
            try:
                connection.execute(f"EXPLAIN {statement}".encode())
            except Exception as error:
                refused.append(f"{error}: {statement[:300]}")
    return refused


def test_pages_of_this_release(world: World, database: None) -> None:
    """The walk itself; its statements are stored on demand and go through the planner."""
    statements = walk(world)
    assert len(statements) > 100
    if os.environ.get("STORE_SMOKE"):
        FOLDER.mkdir(exist_ok=True)
        text = json.dumps(statements, ensure_ascii=False, indent=0)
        (FOLDER / f"{VERSION}.json").write_text(text + "\n", "utf-8")
    assert explained(statements, world.company.tenant.schema_name) == []


def test_statements_of_every_release_on_the_newest_schema(world: World, database: None) -> None:
    stored = sorted(FOLDER.glob("*.json"))
    assert FOLDER / f"{VERSION}.json" in stored, (
        "Store the statements of this version; see the head of this file."
    )
    for path in stored:
        assert explained(json.loads(path.read_text("utf-8")), world.company.tenant.schema_name) == [], (
            path.name
        )


def test_a_missing_column_would_be_noticed(world: World, database: None) -> None:
    missing = 'SELECT "clients_company"."never" FROM "clients_company"'
    assert "does not exist" in explained([missing], world.company.tenant.schema_name)[0]
