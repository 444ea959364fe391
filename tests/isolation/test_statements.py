"""Raw SQL inside one tenant's context: every way out is refused, each by the layer that the table names.

``cursor`` is our own fence (tenants.database.statements); ``protocol`` is the
extended protocol, which takes one statement; ``postgresql`` is the server's rights.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connections

from tenants import api
from tenants.database.statements import Refused
from tests.support.tenants import Company

# (layer, statement). {other} is the other tenant's schema, {own} this one's.
ESCAPES = [
    ("cursor", "SET search_path = {other}"),
    ("cursor", "SET ROLE {other}"),
    ("cursor", "SET SESSION AUTHORIZATION {other}"),
    ("cursor", "RESET ROLE"),
    ("cursor", "/* quiet */ -- words\n SET ROLE {other}"),
    ("cursor", "/* /* nested */ SELECT */ RESET ROLE"),
    ("cursor", "DISCARD ALL"),
    ("cursor", "DO $$ BEGIN PERFORM 1; END $$"),
    ("cursor", "LISTEN anything"),
    ("cursor", "NOTIFY anything"),
    ("cursor", "CREATE TABLE stolen AS SELECT 1"),
    ("cursor", "CREATE TEMPORARY TABLE stolen (a int)"),
    ("cursor", "ALTER TABLE team_role ADD COLUMN b int"),
    ("cursor", "DROP TABLE team_role"),
    ("cursor", "TRUNCATE team_role"),
    ("cursor", "GRANT SELECT ON team_role TO PUBLIC"),
    ("cursor", "COPY team_role TO '/tmp/stolen'"),
    ("cursor", "COPY team_role TO PROGRAM 'cat'"),
    ("cursor", "PREPARE x AS SELECT 1"),
    ("cursor", "EXECUTE x"),
    ("cursor", "EXPLAIN SELECT 1"),
    ("cursor", "LOCK TABLE team_role"),
    ("cursor", "BEGIN"),
    ("cursor", "COMMIT"),
    ("cursor", "ROLLBACK"),
    ("cursor", "CALL something()"),
    ("cursor", "VACUUM"),
    ("protocol", "SELECT 1; SET ROLE {other}"),
    ("protocol", "SELECT 1; SELECT name FROM {other}.team_role"),
    ("postgresql", "SELECT name FROM {other}.team_role"),
    ("postgresql", "SELECT name FROM team_role UNION SELECT name FROM {other}.team_role"),
    ("postgresql", "WITH stolen AS (SELECT name FROM {other}.team_role) SELECT * FROM stolen"),
    ("postgresql", "INSERT INTO {other}.team_team (id, name) VALUES (gen_random_uuid(), 'x')"),
    ("postgresql", "UPDATE {other}.team_role SET name = 'x'"),
    ("postgresql", "DELETE FROM {other}.team_role"),
    (
        "postgresql",
        "MERGE INTO {other}.team_team t USING (SELECT 1) s ON false WHEN NOT MATCHED THEN DO NOTHING",
    ),
    ("postgresql", "SELECT * FROM public.tenants_tenant"),
    ("postgresql", "SELECT * FROM public.auth_user"),
    ("postgresql", "SELECT * FROM public.django_session"),
    ("postgresql", "SELECT * FROM relay.ticket"),
    ("postgresql", "DELETE FROM relay.ticket"),
    ("postgresql", "UPDATE relay.ticket SET state = 'ready'"),
    ("postgresql", "SELECT * FROM relay.turn"),
    ("postgresql", "SELECT * FROM relay.used"),
    ("postgresql", "DELETE FROM relay.used"),
    (
        "postgresql",
        "INSERT INTO relay.used (role, meter, amount, at) VALUES ('{other}', 'letters', 1, now())",
    ),
    ("postgresql", "SELECT * FROM public.tenants_useofday"),
    ("postgresql", "SELECT * FROM stats.pg_stat_statements"),
    ("postgresql", "SELECT * FROM stats.pg_stat_statements(true)"),
    (
        "postgresql",
        "INSERT INTO relay.ticket (id, role, queue) VALUES (gen_random_uuid(), '{other}', 'tenant')",
    ),
    (
        "postgresql",
        "INSERT INTO relay.ticket (id, queue, state) VALUES (gen_random_uuid(), 'tenant', 'parked')",
    ),
    ("postgresql", "SELECT set_config('role', '{other}', false)"),
    ("postgresql", "SELECT set_config('search_path', '{other}', false)"),
    ("postgresql", "WITH s AS (SELECT pg_catalog.set_config('role', '{other}', true)) SELECT * FROM s"),
    ("postgresql", "UPDATE pg_settings SET setting = '{other}' WHERE name = 'search_path'"),
    ("postgresql", "SELECT query_to_xml('SELECT * FROM {other}.team_role', true, true, '')"),
    ("postgresql", "SELECT table_to_xml('{other}.team_role'::regclass, true, true, '')"),
    ("postgresql", "SELECT schema_to_xml('{other}', true, true, '')"),
    ("postgresql", "SELECT database_to_xml(true, true, '')"),
    ("postgresql", "SELECT cursor_to_xml('c'::refcursor, 1, true, true, '')"),
    ("postgresql", "SELECT pg_read_file('/etc/passwd')"),
    ("postgresql", "SELECT lo_import('/etc/passwd')"),
    ("postgresql", "SELECT lo_from_bytea(0, 'x')"),
    ("postgresql", "SELECT * FROM pg_authid"),
    ("postgresql", "SELECT * FROM pg_shadow"),
    ("postgresql", "SELECT pg_notify('x', 'y')"),
    ("postgresql", "SELECT nextval('{other}.django_migrations_id_seq')"),
    ("postgresql", "SELECT 1 INTO stolen"),
    ("postgresql", "UPDATE events_event SET verb = 'x'"),
    ("postgresql", "DELETE FROM events_event"),
    ("postgresql", "UPDATE django_migrations SET name = 'x'"),
]


@pytest.fixture
def inside(companies: tuple[Company, Company], database: None) -> Iterator[dict[str, str]]:
    """Work as Acme; the other company is Beta."""
    acme, beta = companies
    with api.inside(acme.tenant):
        yield {"own": acme.tenant.schema_name, "other": beta.tenant.schema_name}


@pytest.mark.parametrize(("layer", "statement"), ESCAPES, ids=lambda value: value[:60])
def test_escape_is_refused(inside: dict[str, str], layer: str, statement: str) -> None:
    with pytest.raises((DatabaseError, Refused)) as caught, connections["tenant"].cursor() as cursor:
        cursor.execute(statement.format(**inside))
        cursor.fetchall()
    assert _layer(caught.value) == layer
    with connections["tenant"].cursor() as cursor:
        cursor.execute("SELECT current_user, current_schema()")
        assert cursor.fetchone() == (inside["own"], inside["own"])


def _layer(error: BaseException) -> str:
    if isinstance(error, Refused):
        return "cursor"
    words = str(error)
    if "multiple commands" in words:
        return "protocol"
    refusals = (
        "permission denied",
        "must be superuser",
        "row-level security",
        "must be owner",
        "cannot be performed",
    )
    return "postgresql" if any(word in words for word in refusals) else f"other: {words}"


ALLOWED = [
    "SELECT 1",
    " ( SELECT 1 )",
    "-- words\nSELECT 1",
    "WITH a AS (SELECT 1) SELECT * FROM a",
    "VALUES (1)",
]


@pytest.mark.parametrize("statement", ALLOWED)
def test_ordinary_reading_passes(inside: dict[str, str], statement: str) -> None:
    with connections["tenant"].cursor() as cursor:
        cursor.execute(statement)
        assert cursor.fetchall() == [(1,)]


def test_copy_passes_through_standard_streams_only(inside: dict[str, str]) -> None:
    with connections["tenant"].cursor() as cursor:
        with cursor.copy("COPY (SELECT name FROM team_role) TO STDOUT") as rows:
            names = b"".join(rows).decode()
    assert "Administrator" in names


@pytest.mark.parametrize(
    "sent",
    [
        lambda c, other: c.executemany(f"SELECT name FROM {other}.team_role WHERE 1 = %s", [(1,)]),
        lambda c, other: c.execute(f"SELECT name FROM {other}.team_role WHERE 1 = %s", [1]),
        lambda c, other: c.execute(f"SELECT %s; SELECT name FROM {other}.team_role", [1]),
        lambda c, other: list(c.stream(f"SELECT name FROM {other}.team_role")),
    ],
    ids=["executemany", "parameters", "stacked with parameters", "stream"],
)
def test_no_way_of_sending_goes_round_the_fence(inside: dict[str, str], sent: Any) -> None:
    with pytest.raises((DatabaseError, Exception)) as caught, connections["tenant"].cursor() as cursor:
        sent(cursor, inside["other"])
    assert any(word in str(caught.value) for word in ("permission denied", "multiple commands"))


def test_named_cursors_are_fenced_too(inside: dict[str, str]) -> None:
    from crm_core.team.models import Role

    assert [role.name for role in Role.objects.order_by("name").iterator(chunk_size=2)]
    with pytest.raises(DatabaseError, match="permission denied"):
        list(Role.objects.raw(f"SELECT * FROM {inside['other']}.team_role"))
