"""The slowest statements by tenant, read from PostgreSQL's own statistics. Their texts hold no values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import Error, connections, transaction

from tenants.models import Tenant

# The extension lies in a schema that no tenant's role may enter.
VIEW = "stats.pg_stat_statements"
ORDERS = {"mean": "mean", "total": "total", "calls": "calls", "max": "slowest"}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of one tenant's role. Times are milliseconds, ``company`` is empty for our own roles."""

    role: str
    company: str
    tenant_id: Any
    text: str
    calls: int
    total: float
    mean: float
    slowest: float
    rows: int

    @property
    def gist(self) -> str:
        """The telling part of the text: the columns that a query asks for are left out."""
        head, found, rest = self.text.partition(" FROM ")
        told = f"SELECT … FROM {rest}"  # noqa: S608 (only shown)
        return told if found and head.startswith("SELECT") else self.text


@dataclass(frozen=True, slots=True)
class Report:
    """``missing`` is true where the server has not loaded the statistics, and then nothing can be said."""

    statements: list[Statement]
    missing: bool = False


_SQL = f"""
SELECT r.rolname, s.query, s.calls, s.total_exec_time AS total, s.mean_exec_time AS mean,
       s.max_exec_time AS slowest, s.rows
FROM {VIEW} s JOIN pg_roles r ON r.oid = s.userid
WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND r.rolname LIKE 't\\_%%' AND s.toplevel AND (%s = '' OR r.rolname = %s) AND s.mean_exec_time >= %s
ORDER BY {{order}} DESC LIMIT %s
"""  # noqa: S608 (a constant)


def report(*, role: str = "", order: str = "mean", least_ms: float = 0, limit: int = 50) -> Report:
    """The slowest statements of all tenants or of one ``role``, by mean, total, calls or max."""
    try:
        with transaction.atomic(using="default"), connections["default"].cursor() as cursor:
            cursor.execute(_SQL.format(order=ORDERS.get(order, "mean")), [role, role, least_ms, limit])
            rows = cursor.fetchall()
    except Error:
        return Report([], missing=True)
    known = {
        tenant.schema_name: tenant
        for tenant in Tenant.objects.filter(schema_name__in={row[0] for row in rows})
    }
    return Report([_statement(row, known.get(row[0])) for row in rows])


def _statement(row: tuple[Any, ...], tenant: Tenant | None) -> Statement:
    role, text, calls, total, mean, slowest, rows = row
    name = tenant.name if tenant else ""
    return Statement(role, name, tenant.id if tenant else None, text, calls, total, mean, slowest, rows)
