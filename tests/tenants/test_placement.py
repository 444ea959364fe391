"""Where schemas live: one place on plain PostgreSQL; on Citus the engine's own calls.

No Citus can be installed where these tests run. What is proved here of its half is that our statements are
well-formed and call what its documentation names, against stand-ins of the same signatures: never the real thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from kernel import context
from kernel.errors import Conflict, Invalid
from tenants import placement, schemas
from tenants.models import OperatorAct
from tests.support.tenants import Company

STAND_IN = """
CREATE SCHEMA stand_in;
SET LOCAL search_path = stand_in, public;
CREATE TABLE called (what text, schema text, place text);
CREATE TABLE pg_dist_node (nodename text, nodeport int, noderole text, isactive boolean, shouldhaveshards boolean);
INSERT INTO pg_dist_node VALUES ('one', 5432, 'primary', true, true), ('two', 5432, 'primary', true, true),
    ('coordinator', 5432, 'primary', true, false), ('spare', 5432, 'secondary', true, true);
CREATE FUNCTION citus_schema_distribute(schemaname regnamespace) RETURNS void LANGUAGE sql
    AS $$ INSERT INTO stand_in.called VALUES ('distribute', schemaname::text, '') $$;
CREATE FUNCTION citus_schema_move(schema_id regnamespace, node text, port integer, mode text DEFAULT 'auto')
    RETURNS void LANGUAGE sql
    AS $$ INSERT INTO stand_in.called VALUES ('move', schema_id::text, node || ' ' || port) $$;
CREATE TABLE citus_schemas (schema_name regnamespace, colocation_id int, schema_size text, schema_owner name);
CREATE TABLE citus_shards (table_name regclass, colocation_id int, nodename text, nodeport int, shard_size bigint);
"""


@pytest.fixture(autouse=True)
def command(database: None) -> Iterator[None]:
    with context.enter(context.Context(cause="command")):
        yield


@pytest.fixture
def owner() -> Iterator[psycopg.Connection[Any]]:
    """The owner's connection; what is made on it is gone afterwards."""
    with schemas.owner() as connection, connection.transaction(force_rollback=True):
        yield connection


def test_plain_postgresql_is_one_place(
    owner: psycopg.Connection[Any], own_tenant: Callable[..., Company]
) -> None:
    schema = own_tenant("Placed").tenant.schema_name
    engine = placement.engine(owner)
    assert isinstance(engine, placement.Plain)
    (place,) = engine.places()
    (found,) = [one for one in engine.placed() if one.schema == schema]
    assert found.place == place
    row = owner.execute(
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = %s::regnamespace",
        [schema],
    ).fetchone()
    assert row == (found.size,)
    with pytest.raises(Conflict):
        engine.move(schema, place)
    assert owner.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [schema]).fetchone() == (
        False,
    )


def test_the_command(own_tenant: Callable[..., Company]) -> None:
    company = own_tenant("Commanded place").tenant
    said = StringIO()
    call_command("placement", "list", stdout=said)
    assert said.getvalue().startswith("PostgreSQL: ")
    (line,) = [line for line in said.getvalue().splitlines() if line.startswith(company.schema_name)]
    assert line.endswith(f" MB {company.slug}")
    said = StringIO()
    call_command("placement", "list", "--largest", "1", stdout=said)
    assert len(said.getvalue().splitlines()) == 3
    with pytest.raises(CommandError, match="There is one database only"):
        call_command("placement", "move", company.slug, "elsewhere:5432", reason="Full.")
    with pytest.raises(CommandError):
        call_command("placement", "move", company.slug, "elsewhere:5432", reason=" ")
    assert not OperatorAct.objects.filter(tenant=company, verb="moved").exists()
    call_command("placement", "settle", stdout=StringIO())


def test_citus_is_asked_by_its_own_calls(
    owner: psycopg.Connection[Any], own_tenant: Callable[..., Company]
) -> None:
    near, far = own_tenant("Near").tenant.schema_name, own_tenant("Far").tenant.schema_name
    owner.execute(STAND_IN)
    owner.execute("INSERT INTO citus_schemas SELECT %s::text::regnamespace, 7, '9 kB', 'o'", [near])
    owner.execute(
        "INSERT INTO citus_shards VALUES ('called', 7, 'one', 5432, 4000), ('called', 7, 'one', 5432, 96)"
    )
    engine = placement.Citus(owner)
    assert engine.places() == ["one:5432", "two:5432"]
    found = {one.schema: one for one in engine.placed()}
    assert found[near] == placement.Placed(near, "one:5432", 4096)
    assert found[far].place == placement.Plain(owner).places()[0], "not spread yet"
    engine.settle(far)
    engine.move(near, "two:5432")
    for wrong in ("three:5432", "coordinator:5432", "two"):
        with pytest.raises(Invalid):
            engine.move(near, wrong)
    assert owner.execute("SELECT * FROM called").fetchall() == [
        ("distribute", far, ""),
        ("move", near, "two 5432"),
    ]


def test_a_move_is_told_with_its_reason(
    owner: psycopg.Connection[Any], own_tenant: Callable[..., Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    company = own_tenant("Moved").tenant
    owner.execute(STAND_IN)
    monkeypatch.setattr(placement, "engine", placement.Citus)
    with pytest.raises(Invalid):
        placement.move(owner, company, "two:5432", by=None, reason="")
    placement.move(owner, company, "two:5432", by=None, reason="The first node is full.")
    act = OperatorAct.objects.get(tenant=company, verb="moved")
    assert (act.reason, act.values) == ("The first node is full.", {"place": "two:5432"})


def test_roles_of_a_cluster_may_log_in_without_a_password(
    owner: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placement, "engine", placement.Citus)
    name = "t_placed00000000000000"[:22]
    schemas.make_role(owner, name)
    row = owner.execute(
        "SELECT rolcanlogin, rolinherit, rolcanlogin AND pg_has_role('terem_tenant', oid, 'USAGE') FROM pg_roles"
        " WHERE rolname = %s",
        [name],
    ).fetchone()
    assert row == (True, False, False)


def test_a_schema_that_finds_no_place_is_removed(
    own_tenant: Callable[..., Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tenants import actions

    def refuse(_self: placement.Plain, schema: str) -> None:
        refused.append(schema)
        raise psycopg.OperationalError("no node answers")

    refused: list[str] = []
    monkeypatch.setattr(placement.Plain, "settle", refuse)
    with pytest.raises(psycopg.OperationalError):
        actions.make_schema()
    with schemas.owner() as connection:
        names = [one.schema for one in placement.engine(connection).placed()]
    assert refused[0] not in names
