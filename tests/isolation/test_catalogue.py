"""The catalogues tell the truth about rights: every table, every role, nothing for PUBLIC."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.support.plugin import DATABASE
from tests.support.tenants import Company


@pytest.fixture
def ask(companies: tuple[Company, Company], test_run: Any) -> Any:
    def query(sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(test_run.servers.postgres.superuser_dsn, dbname=DATABASE) as administrator:
            return administrator.execute(sql).fetchall()

    return query


def test_tables_belong_to_their_own_role_only(ask: Any) -> None:
    rows = ask(
        "SELECT n.nspname, c.relname, a.grantee::regrole::text FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a"
        " WHERE n.nspname LIKE 't\\_%' AND c.relkind IN ('r', 'p', 'v', 'S')"
    )
    assert rows
    strangers = [row for row in rows if row[2] not in (row[0], "terem_owner")]
    assert strangers == []


def test_roles_own_nothing_and_cannot_log_in(ask: Any) -> None:
    assert (
        ask(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 't\\_%' AND (rolcanlogin OR rolsuper OR rolcreaterole)"
        )
        == []
    )
    assert (
        ask(
            "SELECT relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname LIKE 't\\_%'"
        )
        == []
    )


def test_tenants_login_inherits_nothing(ask: Any) -> None:
    rows = ask(
        "SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid"
        " JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = 'terem_tenant'"
        " AND (m.inherit_option OR m.admin_option OR NOT m.set_option)"
    )
    assert rows == []
    assert (
        ask(
            "SELECT relname FROM pg_class, aclexplode(relacl) a WHERE a.grantee::regrole::text = 'terem_tenant'"
        )
        == []
    )


def test_no_foreign_key_leaves_its_schema(ask: Any) -> None:
    rows = ask(
        "SELECT c.conname FROM pg_constraint c JOIN pg_class a ON a.oid = c.conrelid"
        " JOIN pg_class b ON b.oid = c.confrelid WHERE c.contype = 'f' AND a.relnamespace <> b.relnamespace"
    )
    assert rows == []


def test_public_lost_what_lets_one_out(ask: Any) -> None:
    left = ask(
        "SELECT p.proname FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a"
        " WHERE a.grantee = 0 AND p.pronamespace = 'pg_catalog'::regnamespace"
        " AND (p.proname = 'set_config' OR p.proname LIKE '%\\_to\\_xml%')"
        " AND p.proname NOT IN ('xpath')"
    )
    assert left == []
    for sql in (
        "SELECT has_schema_privilege('public', 'public', 'USAGE')",
        "SELECT has_language_privilege('public', 'plpgsql', 'USAGE')",
        "SELECT has_database_privilege('public', current_database(), 'TEMPORARY')",
        "SELECT has_database_privilege('public', current_database(), 'CREATE')",
    ):
        assert ask(sql) == [(False,)], sql


def test_facts_can_only_be_added(ask: Any, companies: tuple[Company, Company]) -> None:
    schema = companies[0].tenant.schema_name
    for right, expected in (("INSERT", True), ("SELECT", True), ("UPDATE", False), ("DELETE", False)):
        assert ask(f"SELECT has_table_privilege('{schema}', '{schema}.events_event', '{right}')") == [
            (expected,)
        ]
