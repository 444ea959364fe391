"""Prepare a PostgreSQL cluster for Terem: logins, database, schema ``ext``, and what PUBLIC loses.

Run once by an administrator (``python -m tenants.database.cluster``); running it
again changes nothing. Passwords come from TEREM_OWNER_PASSWORD,
TEREM_CONTROL_PASSWORD and TEREM_TENANT_PASSWORD.
"""

from __future__ import annotations

import argparse
import os
import sys

import psycopg
from psycopg import sql

LOGINS = {
    "terem_owner": "CREATEROLE CREATEDB INHERIT",
    "terem_control": "NOINHERIT",
    "terem_tenant": "NOINHERIT",
}

EXTENSIONS = ("pg_trgm",)

# What stops single statements from leaving a role: without these a query could set
# its own role or read another schema through XML. A managed server may refuse some.
REVOKES = (
    "REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM PUBLIC",
    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    "REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.query_to_xml(text, boolean, boolean, text) FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.query_to_xmlschema(text, boolean, boolean, text) FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.query_to_xml_and_xmlschema(text, boolean, boolean, text) FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.table_to_xml(regclass, boolean, boolean, text) FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.table_to_xmlschema(regclass, boolean, boolean, text) FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.table_to_xml_and_xmlschema(regclass, boolean, boolean, text) FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.cursor_to_xml(refcursor, integer, boolean, boolean, text) FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.cursor_to_xmlschema(refcursor, boolean, boolean, text) FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.schema_to_xml(name, boolean, boolean, text) FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.schema_to_xmlschema(name, boolean, boolean, text) FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.schema_to_xml_and_xmlschema(name, boolean, boolean, text) FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.database_to_xml(boolean, boolean, text) FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.database_to_xmlschema(boolean, boolean, text) FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.database_to_xml_and_xmlschema(boolean, boolean, text) FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_notify(text, text) FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.lo_create(oid) FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.lo_creat(integer) FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.lo_from_bytea(oid, bytea) FROM PUBLIC",
)

GRANTS = (
    "GRANT CONNECT ON DATABASE {database} TO terem_owner, terem_control, terem_tenant",
    "GRANT CREATE ON DATABASE {database} TO terem_owner",
    "ALTER SCHEMA public OWNER TO terem_owner",
    "GRANT USAGE ON SCHEMA public TO terem_control",
    "GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO terem_owner, terem_control",
    "GRANT USAGE ON SCHEMA ext TO PUBLIC",
    (
        "ALTER DEFAULT PRIVILEGES FOR ROLE terem_owner IN SCHEMA public"
        " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO terem_control"
    ),
    "ALTER DEFAULT PRIVILEGES FOR ROLE terem_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO terem_control",
    "ALTER ROLE terem_owner IN DATABASE {database} SET timezone = 'UTC'",
    "ALTER ROLE terem_control IN DATABASE {database} SET timezone = 'UTC'",
    "ALTER ROLE terem_tenant IN DATABASE {database} SET timezone = 'UTC'",
    "ALTER ROLE terem_tenant IN DATABASE {database} SET search_path = ''",
    "ALTER ROLE terem_owner IN DATABASE {database} SET search_path = public, ext",
    "ALTER ROLE terem_control IN DATABASE {database} SET search_path = public, ext",
)


# Statistics of statements, for the operators: in a schema that no tenant's role may enter, and their
# texts hold no values. Only the control plane's login may read those of other roles.
STATISTICS = (
    "CREATE SCHEMA IF NOT EXISTS stats",
    "REVOKE ALL ON SCHEMA stats FROM PUBLIC",
    "CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA stats",
    "REVOKE ALL ON ALL TABLES IN SCHEMA stats FROM PUBLIC",
    "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA stats FROM PUBLIC",
    "GRANT USAGE ON SCHEMA stats TO terem_control",
    "GRANT SELECT ON ALL TABLES IN SCHEMA stats TO terem_control",
    "GRANT EXECUTE ON FUNCTION stats.pg_stat_statements(boolean) TO terem_control",
    "GRANT pg_read_all_stats TO terem_control WITH INHERIT TRUE, SET FALSE",
)


def _statistics(connection: psycopg.Connection) -> None:
    """Let operators read the slowest statements, where the server has the extension; a convenience, no guard."""
    for statement in STATISTICS:
        try:
            connection.execute(sql.SQL(statement))
        except psycopg.Error as error:
            sys.stderr.write(f"No statistics of statements: {error.diag.message_primary}\n")
            return


def _logins(connection: psycopg.Connection, passwords: dict[str, str]) -> None:
    for name, rights in LOGINS.items():
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
        verb = "ALTER" if known else "CREATE"
        statement = sql.SQL("{verb} ROLE {name} LOGIN NOSUPERUSER {rights} PASSWORD {password}").format(
            verb=sql.SQL(verb),
            name=sql.Identifier(name),
            rights=sql.SQL(rights),
            password=sql.Literal(passwords[name]),
        )
        connection.execute(statement)


def prepare(superuser_dsn: str, database: str, passwords: dict[str, str]) -> list[str]:
    """Make logins and database. Returns the guards that this server refused, one sentence each."""
    with psycopg.connect(superuser_dsn, autocommit=True) as connection:
        _logins(connection, passwords)
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER terem_owner").format(sql.Identifier(database))
            )
    missing = []
    with psycopg.connect(superuser_dsn, dbname=database, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS ext")
        for extension in EXTENSIONS:
            connection.execute(
                sql.SQL("CREATE EXTENSION IF NOT EXISTS {} SCHEMA ext").format(sql.Identifier(extension))
            )
        for statement in REVOKES:
            try:
                connection.execute(sql.SQL(statement).format(database=sql.Identifier(database)))
            except psycopg.Error as error:
                missing.append(f"{statement.split(' FROM ')[0]}: {error.diag.message_primary}")
        for statement in GRANTS:
            connection.execute(sql.SQL(statement).format(database=sql.Identifier(database)))
        _statistics(connection)
    return missing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--superuser-dsn", required=True)
    parser.add_argument("--database", default="terem")
    options = parser.parse_args()
    passwords = {name: os.environ[f"TEREM_{name.removeprefix('terem_').upper()}_PASSWORD"] for name in LOGINS}
    missing = prepare(options.superuser_dsn, options.database, passwords)
    for guard in missing:
        sys.stderr.write(f"This server refused a guard: {guard}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
