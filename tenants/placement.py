"""Where a company's schema lives: on the one PostgreSQL, or on a node of a Citus cluster (decision 0014).

Which of the two it is, the database says by its extension; everything else of the room is the
same. A schema keeps its place through swaps (names of the registry change, schemas do not) and
leaves it when it is dropped, which both engines do by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import psycopg
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from kernel.errors import Conflict, Invalid
from tenants.console import acts
from tenants.models import Tenant

_SIZES = """
SELECT n.nspname, coalesce(sum(pg_total_relation_size(c.oid)) FILTER (WHERE c.relkind IN ('r', 'm')), 0)::bigint
FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid
WHERE n.nspname LIKE 't\\_%' GROUP BY n.nspname ORDER BY n.nspname
"""


@dataclass(frozen=True, slots=True)
class Placed:
    """A schema, the place where its rows lie (``host:port``), and their size with indexes in bytes."""

    schema: str
    place: str
    size: int


class Engine(Protocol):
    """What provisioning, restoring and moving ask of the database, as the owner."""

    @property
    def name(self) -> str:
        """What the engine is called."""

    def role_options(self) -> sql.SQL:
        """How a company's role is made, beside owning nothing."""

    def places(self) -> list[str]:
        """Every place that may hold schemas, as ``host:port``."""

    def placed(self) -> list[Placed]:
        """Every company's schema with its place, by name."""

    def settle(self, schema: str) -> None:
        """Give a schema that was just made and filled its place. Repeating it changes nothing."""

    def move(self, schema: str, place: str) -> None:
        """Bring a schema to another place while it is in use. Raises ``Invalid`` or ``Conflict``."""


class Plain:
    """PostgreSQL as it is: one place, which is the database itself."""

    name = "PostgreSQL"

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def role_options(self) -> sql.SQL:
        return sql.SQL("NOLOGIN NOINHERIT")

    def places(self) -> list[str]:
        return [f"{self.connection.info.host}:{self.connection.info.port}"]

    def placed(self) -> list[Placed]:
        (place,) = self.places()
        return [Placed(schema, place, size) for schema, size in self.connection.execute(_SIZES)]

    def settle(self, schema: str) -> None:
        """It is where it was made."""

    def move(self, schema: str, place: str) -> None:
        raise Conflict(
            _("There is one database only. Workspaces can be moved where Citus spreads them over nodes.")
        )


class Citus:
    """Citus with a whole schema on one node. The calls are the engine's own; see decision 0014 for what was proved."""

    name = "Citus"

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def role_options(self) -> sql.SQL:
        # Nodes are entered as the role itself: it may log in, has no password, and pg_hba.conf of the
        # nodes admits it by the coordinator's certificate only.
        return sql.SQL("LOGIN PASSWORD NULL NOINHERIT")

    def places(self) -> list[str]:
        rows = self.connection.execute(
            "SELECT nodename || ':' || nodeport FROM pg_dist_node"
            " WHERE noderole = 'primary' AND isactive AND shouldhaveshards ORDER BY 1"
        ).fetchall()
        return [place for (place,) in rows]

    def placed(self) -> list[Placed]:
        rows = self.connection.execute(
            "SELECT s.schema_name::text, t.nodename || ':' || t.nodeport, sum(t.shard_size)::bigint"
            " FROM citus_schemas s JOIN citus_shards t ON t.colocation_id = s.colocation_id"
            " GROUP BY 1, 2"
        ).fetchall()
        found = {schema: Placed(schema, place, size) for schema, place, size in rows}
        # What has no place among the nodes yet lies on the coordinator: the template, and what was there before.
        for local in Plain(self.connection).placed():
            found.setdefault(local.schema, local)
        return [found[schema] for schema in sorted(found)]

    def settle(self, schema: str) -> None:
        self.connection.execute("SELECT citus_schema_distribute(%s::text::regnamespace)", [schema])

    def move(self, schema: str, place: str) -> None:
        if place not in self.places():
            raise Invalid(place=_("There is no such place."))
        node, _colon, port = place.rpartition(":")
        self.connection.execute(
            "SELECT citus_schema_move(%s::text::regnamespace, %s, %s)", [schema, node, int(port)]
        )


def engine(connection: psycopg.Connection[Any]) -> Engine:
    """The engine behind this connection of the owner, which must be in autocommit to settle or move."""
    found = connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'citus'").fetchone()
    return Citus(connection) if found else Plain(connection)


def move(connection: psycopg.Connection[Any], tenant: Tenant, place: str, *, by: Any, reason: str) -> None:
    """Move a company's schema and tell the company. Raises ``Invalid`` (reason, place) or ``Conflict``."""
    words = acts.demand_reason(reason)
    engine(connection).move(tenant.schema_name, place)
    acts.note(tenant, by, "moved", words, place=place)


def settle_all(connection: psycopg.Connection[Any]) -> int:
    """Give every company's schema a place that has none yet, one after the other; returns how many were there.

    Needed once, after Citus came to a database that had companies already.
    """
    found = engine(connection)
    names = list(Tenant.objects.live().order_by("created_at").values_list("schema_name", flat=True))
    for schema in names:
        found.settle(schema)
    return len(names)
