"""Schemas and roles: the template, the blueprint made from it, and replaying it for a tenant.

All of this runs as the owner login, on connections of its own. A schema of a
release is made by replaying single statements; no migration runs at signup.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from kernel.errors import Unavailable
from tenants import placement
from tenants.database.base import SCHEMA_NAME
from tenants.database.binaries import pg_dump
from tenants.database.router import migrating, side_of
from tenants.models import Blueprint

log = logging.getLogger("terem.schemas")

TEMPLATE = "t_template000000000000"
SCHEMA_MARK = "{schema}"
_LOCK = 7305811


@contextmanager
def owner() -> Iterator[psycopg.Connection[Any]]:
    """A connection of the owner login in autocommit. Raises ``Unavailable`` where it is not configured."""
    if not settings.TEREM_OWNER_DB:
        raise Unavailable("This process may not change schemas: TEREM_OWNER_DB is not set.")
    with psycopg.connect(settings.TEREM_OWNER_DB, autocommit=True) as connection:
        yield connection


def labels(side: str) -> list[str]:
    return [config.label for config in apps.get_app_configs() if side_of(config.label) == side]


def tenant_migrations() -> list[str]:
    """All migrations of the tenants' side, as ``app.name``, in the order of their graph."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    plan: list[str] = []
    for node in leaves(loader, "tenant"):
        for app, name in loader.graph.forwards_plan(node):
            if f"{app}.{name}" not in plan:
                plan.append(f"{app}.{name}")
    return plan


def leaves(loader: MigrationLoader, side: str) -> list[tuple[str, str]]:
    wanted = set(labels(side))
    return [node for node in loader.graph.leaf_nodes() if node[0] in wanted]


@cache
def current_release() -> str:
    """The name of the schema that this code wants: a digest of its migrations, read once per process."""
    return release_of(tenant_migrations())


def release_of(migrations: Iterable[str]) -> str:
    """The name of the release that holds exactly these migrations."""
    return hashlib.sha256("\n".join(sorted(migrations)).encode()).hexdigest()[:16]


def migrate_control() -> int:
    """Bring the control plane up to date; returns how many migrations ran."""
    return _migrate("control", "public")


def _migrate(side: str, schema: str) -> int:
    connection = connections["owner"]
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute(f'SET search_path = "{schema}", ext')
    try:
        with migrating(side):
            executor = MigrationExecutor(connection)
            targets = leaves(executor.loader, side)
            plan = executor.migration_plan(targets)
            if plan:
                executor.migrate(targets, plan)
            return len(plan)
    finally:
        connection.close()


def make_role(connection: psycopg.Connection[Any], name: str) -> None:
    """Make a tenant's role: owns nothing, reachable by the tenants' login only by SET ROLE. Whether it may log in
    is up to the engine, see :mod:`tenants.placement`."""
    if not SCHEMA_NAME.match(name):
        raise ValueError("This is not the name of a tenant's schema.")
    role = sql.Identifier(name)
    if name == TEMPLATE and _role_exists(connection, name):
        # Roles belong to the cluster: another database of it may have made this one.
        return
    options = placement.engine(connection).role_options()
    connection.execute(sql.SQL("CREATE ROLE {} {}").format(role, options))
    connection.execute(
        sql.SQL("GRANT {} TO terem_tenant WITH INHERIT FALSE, SET TRUE, ADMIN FALSE").format(role)
    )


def _role_exists(connection: psycopg.Connection[Any], name: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone() is not None


def grant_rights(connection: psycopg.Connection[Any], schema: str) -> None:
    """Give the role DML on its own tables; insert and select only where a model says so."""
    pair = {"s": sql.Identifier(schema), "r": sql.Identifier(schema)}
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {s} TO {r}").format(**pair))
    kept = {model._meta.db_table for model in apps.get_models() if getattr(model, "insert_only", False)}
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema]).fetchall()
    with connection.pipeline():
        for (table,) in tables:
            rights = "SELECT, INSERT" if table in kept else "SELECT, INSERT, UPDATE, DELETE"
            rights = "SELECT" if table == "django_migrations" else rights
            connection.execute(
                sql.SQL("GRANT {} ON {}.{} TO {}").format(
                    sql.SQL(rights), pair["s"], sql.Identifier(table), pair["r"]
                )
            )
        connection.execute(
            sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {s} TO {r}").format(**pair)
        )


def make_by_migrations(name: str) -> None:
    """Make a schema by running every migration: the template, and the yardstick for tests."""
    with owner() as connection:
        make_role(connection, name)
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
    _migrate("tenant", name)
    with owner() as connection:
        grant_rights(connection, name)


def refresh_template() -> bool:
    """Bring the template to the newest release; True if anything ran."""
    with owner() as connection:
        known = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [TEMPLATE]).fetchone()
    if not known:
        make_by_migrations(TEMPLATE)
        return True
    ran = _migrate("tenant", TEMPLATE)
    if ran:
        with owner() as connection:
            grant_rights(connection, TEMPLATE)
    return bool(ran)


def dump(schema: str) -> str:
    """The schema's definition as pg_dump writes it, rights and owners included."""
    environment = {**os.environ, "PGOPTIONS": "-c enable_mergejoin=off"}
    command = [str(pg_dump()), "--schema-only", f"--schema={schema}", f"--dbname={settings.TEREM_OWNER_DB}"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise Unavailable(f"The schema could not be read: {done.stderr.strip()}")
    return done.stdout


# PostgreSQL prints ``column IN ('a', 'b')`` on a varchar in a form that it prints differently
# once read back; written as IN again, a replayed constraint prints like a migrated one.
_IN_LIST = re.compile(
    r"\(\((\w+)\)::text = ANY \(\(ARRAY\[((?:'[^']*'::character varying(?:, )?)+)\]\)::text\[\]\)\)"
)


def _as_in_list(found: re.Match[str]) -> str:
    return f"({found[1]} IN ({found[2].replace('::character varying', '')}))"


def statements_of(text: str, schema: str = TEMPLATE) -> list[str]:
    """The dump of ``schema`` as single statements with placeholders, without what only a session needs."""
    lines = [line for line in text.splitlines() if line and not line.startswith(("--", "\\"))]
    parts = [part.strip() for part in re.split(r";\n", "\n".join(lines) + "\n")]
    # Whatever does not name the schema belongs to the database; the owner is who replays.
    keep = [part for part in parts if schema in part and " OWNER TO " not in part]
    return [_IN_LIST.sub(_as_in_list, part).replace(schema, SCHEMA_MARK) for part in keep]


def compile_blueprint() -> Blueprint:
    """Read the template into the blueprint of this release. The fingerprint is that of its statements.

    Raises ``Unavailable`` if a newer release has been at the template: its schema is not ours.
    """
    migrations = tenant_migrations()
    with owner() as connection:
        rows = connection.execute(
            sql.SQL("SELECT app || '.' || name FROM {}.django_migrations").format(sql.Identifier(TEMPLATE))
        ).fetchall()
    if {name for (name,) in rows} != set(migrations):
        raise Unavailable(
            "The template has migrations that this code does not know: it is newer than the code."
        )
    return read_blueprint(TEMPLATE, migrations)


def read_blueprint(schema: str, migrations: list[str]) -> Blueprint:
    """Store how ``schema``, which holds these migrations, is made."""
    statements = statements_of(dump(schema), schema)
    fingerprint = hashlib.sha256("\n".join(statements).encode()).hexdigest()
    blueprint, _ = Blueprint.objects.update_or_create(
        release=release_of(migrations),
        defaults={"statements": statements, "migrations": migrations, "fingerprint": fingerprint},
    )
    return blueprint


def replay(connection: psycopg.Connection[Any], blueprint: Blueprint, name: str) -> None:
    """Make schema and role ``name`` by the blueprint, in one transaction and few round trips."""
    with connection.transaction():
        make_role(connection, name)
        with connection.pipeline(), connection.cursor() as cursor:
            for statement in blueprint.statements:
                cursor.execute(statement.replace(SCHEMA_MARK, name).encode())
            cursor.execute(
                sql.SQL(
                    "INSERT INTO {}.django_migrations (app, name, applied)"
                    " SELECT split_part(m, '.', 1), split_part(m, '.', 2), now() FROM unnest(%s::text[]) AS m"
                ).format(sql.Identifier(name)),
                [blueprint.migrations],
            )


def settle(connection: psycopg.Connection[Any], name: str) -> None:
    """Give a schema that was just made and committed its place. Where that fails the schema is removed again."""
    try:
        placement.engine(connection).settle(name)
    except psycopg.Error:
        drop(name)
        raise


def drop(name: str) -> None:
    """Remove a schema with all it holds, and its role. One schema per transaction: locks are many."""
    with owner() as connection:
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name)))
        if not _role_exists(connection, name):
            return
        try:
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
        except psycopg.errors.DependentObjectsStillExist:
            # A copy of this database in the same cluster still names the role; it has no login.
            log.warning("role %s stays: another database of this cluster still names it", name)


@contextmanager
def alone() -> Iterator[None]:
    """Hold the fleet's lock: one process at a time makes templates and blueprints."""
    with owner() as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            connection.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
