"""The rehearsal: an empty schema of the old release is upgraded by Django, and every statement is noted.

What comes out is the plan for all companies of that release: the statements, the
locks that they truly took, the rights of new tables. Nothing is planned per company.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.db import connections, transaction
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from psycopg.errors import UndefinedTable

from kernel.errors import Invalid, TeremError
from kernel.ids import opaque_name
from tenants import schemas
from tenants.database.router import migrating
from tenants.models import Blueprint, Tenant
from tenants.schemas import SCHEMA_MARK
from tenants.upgrades import data, plans, rules, runs
from tenants.upgrades.plans import Hop, Plan, Statement

log = logging.getLogger("terem.upgrades")

_CONCURRENTLY = re.compile(r"\bCONCURRENTLY\b\s*", re.I)
_VALIDATE = re.compile(r"\bVALIDATE\s+CONSTRAINT\b", re.I)

# Locks of a table that others can feel, weakest first; the plan shows the strongest one.
_STRENGTH = (
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)

_LOCKS = (
    "SELECT c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
    " WHERE l.pid = pg_backend_pid() AND l.granted AND c.relkind = 'r'"
    " AND c.relnamespace = current_schema()::regnamespace AND l.mode = ANY(%s)"
)

_RIGHTS = (
    "SELECT c.relname, c.relkind::text, coalesce((SELECT string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type)"
    " FROM aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee WHERE r.rolname = %s), '')"
    " FROM pg_class c WHERE c.relkind IN ('r', 'S') AND c.relnamespace = %s::regnamespace ORDER BY 2, 1"
)


class Recorder(DatabaseSchemaEditor):
    """Django's schema editor, which also notes each statement and the locks it took."""

    def __init__(self, connection: Any, known: dict[str, set[str]]) -> None:
        super().__init__(connection, atomic=False)
        self.noted: list[Statement] = []
        self.known = known

    def execute(self, sql: Any, params: Any = ()) -> None:
        text = str(sql) if params is None else self.connection.ops.compose_sql(str(sql), params)
        text = str(text).strip().rstrip(";")
        if not text:
            return
        if _CONCURRENTLY.search(text):
            super().execute(text, None)
            locks = [[rules.table_of(text), "ShareUpdateExclusiveLock"]] if rules.table_of(text) else []
            self.noted.append(Statement(_CONCURRENTLY.sub("", text), text, locks))
            return
        with transaction.atomic(using=self.connection.alias, savepoint=False):
            before = self._locks()
            super().execute(text, None)
            locks = sorted(
                [table, mode] for table, mode in self._locks().items() if before.get(table) != mode
            )
        locks = [row for row in locks if row[0] in self.known]
        self.noted.append(Statement(text, "", locks, rules.faults([text], self.known, set())))

    def _locks(self) -> dict[str, str]:
        with self.connection.cursor() as cursor:
            cursor.execute(_LOCKS, [list(_STRENGTH)])
            found: dict[str, str] = {}
            for table, mode in cursor.fetchall():
                if table not in found or _STRENGTH.index(mode) > _STRENGTH.index(found[table]):
                    found[table] = mode
            return found


def blueprint_of(release: str) -> Blueprint:
    """How a schema of ``release`` is made; if nobody kept it, it is read from a company that has it."""
    known = Blueprint.objects.filter(release=release).first()
    if known is not None:
        return known
    tenant = Tenant.objects.live().filter(release=release).order_by("id").first()
    if tenant is None:
        raise Invalid(f"Nothing is known of release {release}, and no company has it.")
    with schemas.owner() as connection:
        try:
            rows = connection.execute(
                f'SELECT app, name FROM "{tenant.schema_name}".django_migrations ORDER BY id'  # noqa: S608
            ).fetchall()
        except UndefinedTable as error:
            raise Invalid(f"The schema of {tenant.name} is not there.") from error
    migrations = [f"{app}.{name}" for app, name in rows]
    if schemas.release_of(migrations) != release:
        raise Invalid(
            f"The schema of {tenant.name} says that it is not at release {release}, as the registry believes."
        )
    return schemas.read_blueprint(tenant.schema_name, migrations)


def plan(from_release: str, *, fresh: bool = True) -> Plan:
    """The way from ``from_release`` to the release of this code; rehearsed anew unless a kept one will do.

    A run that goes on (not ``fresh``) takes whatever leads there; one that begins takes the rehearsal of just this
    way, if neither end was read anew since. Raises ``Invalid`` with a sentence if a migration cannot be rendered.
    """
    target = schemas.current_release()
    if fresh:
        kept = plans.still_true(from_release, target)
        if kept is not None:
            return kept
    kept = plans.passing(from_release, target)
    if kept is not None and (not fresh or not Blueprint.objects.filter(release=from_release).exists()):
        return kept
    made = _rehearse(blueprint_of(from_release), target)
    plans.store(made)
    return made


def rehearse_all() -> list[Plan]:
    """Make the plans for everybody who is behind, before anybody is upgraded. What cannot be planned is left out:
    the upgrade itself says why."""
    made = []
    for release in runs.fleet().behind:
        try:
            made.append(plan(release))
        except TeremError as error:
            log.warning("no plan from release %s: %s", release, error)
    return made


def _rehearse(blueprint: Blueprint, target: str) -> Plan:
    name = opaque_name("t_")
    started = time.monotonic()
    try:
        with schemas.owner() as connection:
            schemas.replay(connection, blueprint, name)
            before = connection.execute(_RIGHTS, [name, name]).fetchall()
        hops = _upgrade(name, list(blueprint.migrations))
        with schemas.owner() as connection:
            schemas.grant_rights(connection, name)
            after = connection.execute(_RIGHTS, [name, name]).fetchall()
    finally:
        schemas.drop(name)
    if (hops[-1].to_release if hops else blueprint.release) != target:
        raise Invalid(
            "The schema has migrations that this code does not know: some companies are newer than the code."
        )
    rights = _rights(before, after)
    hops[-1] = replace(hops[-1], statements=[*hops[-1].statements, *rights])
    if name in "".join(statement.sql for hop in hops for statement in hop.statements):
        raise Invalid(
            "A migration writes the name of a schema into a statement: it cannot be applied to others."
        )
    return Plan(blueprint.release, target, tuple(hops), round(time.monotonic() - started, 3))


@contextmanager
def _at(name: str) -> Iterator[Any]:
    """Django's owner connection, looking at one schema."""
    connection = connections["owner"]
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute(f'SET search_path = "{name}", ext')
    try:
        yield connection
    finally:
        connection.close()


def _upgrade(name: str, applied: list[str]) -> list[Hop]:
    """Run the missing migrations on the empty schema; the hops that they make."""
    hops: list[Hop] = []
    with _at(name) as connection, migrating("tenant"):
        executor = MigrationExecutor(connection)
        todo = executor.migration_plan(schemas.leaves(executor.loader, "tenant"))
        state = executor._create_project_state(with_applied_migrations=True)  # type: ignore[attr-defined]
        known = {
            model._meta.db_table: {column.column for column in model._meta.local_fields}
            for model in state.apps.get_models()
        }
        for migration, backwards in todo:
            if backwards:
                raise Invalid("The schema is newer than this code: upgrades only go forwards.")
            state, statements = _record(connection, migration, state, known)
            hops = _joined(hops, migration, statements, applied)
            applied = [*applied, f"{migration.app_label}.{migration.name}"]
    return hops


def _record(
    connection: Any, migration: Migration, state: Any, known: dict[str, set[str]]
) -> tuple[Any, list[Statement]]:
    if any(isinstance(operation, RunPython) for operation in migration.operations):
        raise Invalid(
            f"{migration.app_label}.{migration.name} runs Python, which cannot be rendered once for all companies. "
            "Write single statements with RunSQL, or a data step (tenants.upgrades.data)."
        )
    editor = Recorder(connection, known)
    editor.__enter__()
    # Operations open no transaction around several statements: each one's own locks are to be seen.
    editor.atomic_migration = bool(migration.atomic)
    state = migration.apply(state, editor)
    editor.atomic_migration = False
    editor.__exit__(None, None, None)
    concurrent = [bool(statement.concurrent) for statement in editor.noted]
    if concurrent != sorted(concurrent, reverse=True):
        raise Invalid(
            f"{migration.app_label}.{migration.name} mixes concurrent indexes with other statements. "
            "Put the indexes into a migration of their own."
        )
    return state, editor.noted


def _joined(
    hops: list[Hop], migration: Migration, statements: list[Statement], applied: list[str]
) -> list[Hop]:
    """The hops with one more migration: part of the last one, unless one of them must stand apart."""
    label = f"{migration.app_label}.{migration.name}"
    apart = any(s.concurrent or _VALIDATE.search(s.sql) for s in statements)
    tables = sorted({rules.table_of(s.concurrent or s.sql) for s in statements} - {""}) if apart else []
    to_release = schemas.release_of([*applied, label])
    steps = data.following([label])
    if hops and not apart and not hops[-1].apart:
        last = hops.pop()
        migrations = [*last.migrations, label]
        joined = [*last.statements, *statements]
        return [*hops, Hop(last.from_release, to_release, migrations, joined, data=[*last.data, *steps])]
    return [
        *hops,
        Hop(schemas.release_of(applied), to_release, [label], statements, apart, tables, steps),
    ]


def _rights(before: list[Any], after: list[Any]) -> list[Statement]:
    """The rights that tables and sequences have at the end and had not at the start."""
    had = {(table, kind): rights for table, kind, rights in before}
    kinds = {"r": "TABLE", "S": "SEQUENCE"}
    return [
        Statement(f'GRANT {rights} ON {kinds[kind]} "{table}" TO "{SCHEMA_MARK}"')
        for table, kind, rights in after
        if rights and had.get((table, kind)) != rights
    ]
