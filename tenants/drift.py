"""Drift: does every schema look as its release says? Asked of the catalogue in a few queries for the whole fleet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import psycopg

from kernel.errors import NotFound
from kernel.ids import opaque_name
from tenants import schemas
from tenants.models import Blank, Blueprint, Tenant

# One line per column, constraint, index and right; the schema's own name is written as a mark.
_LINES = """
SELECT n.nspname AS schema, c.relname AS "table", 'column ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
       || ' ' || a.attnotnull || ' ' || a.attidentity::text || ' '
       || coalesce(replace(pg_get_expr(d.adbin, d.adrelid), n.nspname, '{schema}'), '') AS line
FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm')
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE n.nspname = ANY (%(names)s)
UNION ALL
SELECT n.nspname, c.relname, 'constraint ' || k.conname || ' ' || k.convalidated || ' '
       || replace(pg_get_constraintdef(k.oid), n.nspname, '{schema}')
FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid JOIN pg_constraint k ON k.conrelid = c.oid
WHERE n.nspname = ANY (%(names)s) AND k.contype <> 'n'
UNION ALL
SELECT n.nspname, c.relname, 'index ' || i.indisvalid || ' ' || replace(pg_get_indexdef(i.indexrelid), n.nspname, '{schema}')
FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid JOIN pg_index i ON i.indrelid = c.oid
WHERE n.nspname = ANY (%(names)s)
UNION ALL
SELECT n.nspname, c.relname, 'right ' || replace(replace(acl::text, n.nspname, '{schema}'), '"', '')
FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'S'), unnest(c.relacl) AS acl
WHERE n.nspname = ANY (%(names)s)
UNION ALL
SELECT n.nspname, c.relname, 'trigger ' || t.tgname FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
JOIN pg_trigger t ON t.tgrelid = c.oid WHERE n.nspname = ANY (%(names)s) AND NOT t.tgisinternal
UNION ALL
SELECT n.nspname, p.proname, 'function ' || p.oid::regprocedure::text FROM pg_namespace n
JOIN pg_proc p ON p.pronamespace = n.oid WHERE n.nspname = ANY (%(names)s)
"""
_PRINTS = """
SELECT schema, md5(string_agg("table" || line, chr(10) ORDER BY "table" COLLATE "C", line COLLATE "C"))
FROM (LINES) AS lines GROUP BY schema
""".replace("LINES", _LINES)
_BATCH = 100


@dataclass(slots=True)
class Report:
    """What a check found: how many schemas were compared, and for each that differs what differs."""

    schemas: int = 0
    different: dict[str, list[str]] = field(default_factory=dict)


def prints(connection: psycopg.Connection[Any], names: list[str]) -> dict[str, str]:
    """Schema → digest of its definition, some hundred schemas per query."""
    found: dict[str, str] = {}
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        found |= dict(connection.execute(_PRINTS.encode(), {"names": batch}).fetchall())
    return found


def lines(connection: psycopg.Connection[Any], name: str) -> set[str]:
    """Every line of one schema's definition, with its table."""
    rows = connection.execute(_LINES.encode(), {"names": [name]}).fetchall()
    return {f"{table}: {line}" for _schema, table, line in rows}


def _wanted(connection: psycopg.Connection[Any], release: str) -> tuple[str, set[str]]:
    """Digest and lines of a schema that the release's blueprint makes; made and undone in one transaction."""
    blueprint = Blueprint.objects.filter(release=release).first()
    if blueprint is None:
        raise NotFound
    name = opaque_name("t_")
    with connection.transaction(force_rollback=True):
        schemas.replay(connection, blueprint, name)
        return prints(connection, [name])[name], lines(connection, name)


def check() -> Report:
    """Compare every tenant's schema, the reserve and the copies with the blueprints of their releases."""
    releases = dict(Tenant.objects.live().values_list("schema_name", "release"))
    releases |= dict(Blank.objects.values_list("schema_name", "release"))
    report = Report(schemas=len(releases))
    with schemas.owner() as connection:
        connection.execute("SET statement_timeout = 0")
        found = prints(connection, sorted(releases))
        known = set(Blueprint.objects.values_list("release", flat=True))
        wanted = {release: _wanted(connection, release) for release in set(releases.values()) & known}
        for name, release in sorted(releases.items()):
            if release not in wanted:
                report.different[name] = [f"Its release {release} has no blueprint here."]
                continue
            digest, expected = wanted[release]
            if found.get(name) != digest:
                report.different[name] = _said(expected, lines(connection, name))
    return report


def differences(name: str, release: str) -> list[str]:
    """In what one schema differs from its release's blueprint; empty if in nothing."""
    with schemas.owner() as connection:
        _digest, expected = _wanted(connection, release)
        return _said(expected, lines(connection, name))


def _said(expected: set[str], found: set[str]) -> list[str]:
    if not found:
        return ["The schema is missing."]
    return [f"missing {line}" for line in sorted(expected - found)] + [
        f"added {line}" for line in sorted(found - expected)
    ]
