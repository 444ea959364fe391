"""A unit of work, wherever it runs: its time, its name, its workspace that was closed, its neighbours in one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.db import DatabaseError, OperationalError, connections, transaction

from crm_core.team.models import Member
from kernel import context
from kernel.jobs import BACKGROUND, background, relay
from kernel.models import WrongTenant
from tenants import api, schemas
from tenants.database.base import switch_script
from tenants.models import Blueprint
from tests.support.tenants import Company, run_queue

pytestmark = pytest.mark.usefixtures("database")


def shown(name: str) -> str:
    """A setting of the present tenant's session."""
    with connections["tenant"].cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        return str(cursor.fetchone()[0])


def test_a_statement_has_its_time_and_no_more(companies: tuple[Company, Company], settings: Any) -> None:
    """What ALTER ROLE … SET would say is not applied by SET ROLE: each switch sets it."""
    settings.TEREM_STATEMENT_TIMEOUT = 150
    for company in companies:
        with api.inside(company.tenant), connections["tenant"].cursor() as cursor:
            assert shown("statement_timeout") == "150ms"
            with pytest.raises(OperationalError, match="statement timeout"):
                cursor.execute("SELECT count(*) FROM generate_series(1, 100000000) AS a")
    settings.TEREM_STATEMENT_TIMEOUT = 4_000
    with api.inside(companies[0].tenant):
        assert shown("statement_timeout") == "4s"


@pytest.mark.parametrize(
    "name",
    [
        "public",
        "../../etc",
        "t1/../t2",
        "t_" + "A" * 20,
        "t_" + "a" * 19,
        "t_" + "a" * 21,
        "t_" + "a" * 20 + "\n",
        "t_" + "٣" * 20,
        "",
    ],
)
def test_a_name_that_is_none_of_ours_is_never_switched_to(name: str) -> None:
    with pytest.raises(DatabaseError):
        switch_script(name, 1000)
    with schemas.owner() as connection, pytest.raises(ValueError, match="not the name"):
        schemas.make_role(connection, name)


def test_a_new_workspace_never_adopts_a_schema_that_is_there(companies: tuple[Company, Company]) -> None:
    blueprint = Blueprint.objects.get(release=schemas.current_release())
    name = companies[0].tenant.schema_name
    with api.inside(companies[0].tenant):
        before = Member.objects.count()
    with schemas.owner() as connection, pytest.raises(psycopg.errors.DuplicateObject):
        schemas.replay(connection, blueprint, name)
    with api.inside(companies[0].tenant):
        assert Member.objects.count() == before


def test_work_of_a_closed_workspace_runs_nowhere(own_tenant: Callable[..., Company]) -> None:
    """The message came back late: its ticket is there again, its workspace is not."""
    seen: list[str] = []
    work: Any = background("tests.came_back")(lambda job: seen.append(context.tenant().schema))
    company = own_tenant("Closed before its work")
    with api.inside(company.tenant), transaction.atomic(using="tenant"):
        work.later(by=company.owner)
    role = [company.tenant.schema_name]
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT to_jsonb(t)::text FROM relay.ticket AS t WHERE role = %s", role)
        (kept,) = cursor.fetchone()
    with context.enter(context.Context(cause="command")):
        api.close(tenant_id=company.tenant.id, reason="Asked to.")
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM relay.ticket WHERE role = %s", role)
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "INSERT INTO relay.ticket SELECT * FROM jsonb_populate_record(NULL::relay.ticket, %s)", [kept]
        )
    try:
        run_queue()
        assert seen == []
        assert [row["role"] for row in relay.overview()] == role
    finally:
        relay.drop_all(company.tenant.schema_name)
        BACKGROUND.pop("tests.came_back")


def test_neighbours_in_one_event_loop_keep_their_workspaces(companies: tuple[Company, Company]) -> None:
    """A connection belongs to a thread, and the loop has one: the context goes with the task."""

    async def visit(company: Company, turn: int) -> tuple[bool, Any]:
        with context.enter(context.Context(tenant=found[company], cause="page")):
            await asyncio.sleep(0)
            await cache.aset("same-key", f"{company.tenant.slug}")
            await asyncio.sleep(0.001 * (turn % 3))
            members = [member.id async for member in Member.objects.all()]
            held = cache.get("same-key")
            count = await sync_to_async(Member.objects.count)()
            return company.owner_id in members and len(members) == count, held

    async def all_of_them() -> list[Any]:
        return await asyncio.gather(*(visit(company, turn) for turn in range(10) for company in companies))

    found: dict[Company, Any] = {}
    for company in companies:
        with api.inside(company.tenant):
            found[company] = context.tenant()
    told = asyncio.run(all_of_them())
    assert told == [(True, company.tenant.slug) for _turn in range(10) for company in companies]
    with api.inside(companies[0].tenant):
        lazy = Member.objects.all()
    with api.inside(companies[1].tenant), pytest.raises(WrongTenant):
        asyncio.run(lazy.acount())
