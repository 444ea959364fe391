"""Reading a schema as it is at one moment: its tables in stable order, its rows, its sequences."""

from __future__ import annotations

import hashlib
import select
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from psycopg import sql
from psycopg.pq import ExecStatus

from kernel.errors import Unavailable
from tenants.backups.manifest import Table

# The primary key's columns give an order in which equal tables give equal bytes wherever they lie.
_TABLES = """
SELECT c.relname,
       array_agg(a.attname ORDER BY a.attnum) FILTER (WHERE a.attgenerated = ''),
       coalesce((SELECT array_agg(k.attname ORDER BY array_position(i.indkey::int2[], k.attnum))
                 FROM pg_index i JOIN pg_attribute k ON k.attrelid = i.indrelid AND k.attnum = ANY (i.indkey)
                 WHERE i.indrelid = c.oid AND i.indisprimary), '{}')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %s) AND c.relkind IN ('r', 'p')
GROUP BY c.oid, c.relname ORDER BY c.relname
"""


def tables(connection: psycopg.Connection[Any], schema: str) -> list[Table]:
    """Every table of the schema, by name. Columns are sorted by name too: two releases' histories differ in order."""
    rows = connection.execute(_TABLES, [schema]).fetchall()
    return [Table(name, sorted(columns), list(key) or sorted(columns)) for name, columns, key in rows]


def sequences(connection: psycopg.Connection[Any], schema: str) -> dict[str, int | None]:
    """Sequence → its last value, None if it was never used."""
    rows = connection.execute(
        "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = %s ORDER BY 1", [schema]
    ).fetchall()
    return dict(rows)


def columns_of(table: Table) -> sql.Composable:
    return sql.SQL(", ").join(sql.Identifier(column) for column in table.columns)


def copy_out(
    connection: psycopg.Connection[Any],
    schema: str,
    table: Table,
    take: Callable[[bytes], object] | None = None,
    *,
    sort: bool = False,
) -> None:
    """Read every row as COPY text into ``take``; sets the table's ``rows`` and ``digest``.

    Rows come as they lie, or in the key's order: sorting costs as much again as reading.
    """
    place = sql.Identifier(schema, table.name)
    if sort:
        key = sql.SQL(", ").join(sql.Identifier(column) for column in table.order)
        statement = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
            columns_of(table), place, key
        )
    else:
        statement = sql.SQL("COPY {} ({}) TO STDOUT").format(place, columns_of(table))
    sha = hashlib.sha256()
    rows = 0
    held: list[bytes] = []
    for data in _messages(connection, statement):
        held.append(data)
        rows += 1
        if not rows % 4096:
            _pass_on(held, sha, take)
    _pass_on(held, sha, take)
    table.rows, table.digest = rows, sha.hexdigest()


def _messages(connection: psycopg.Connection[Any], statement: sql.Composable) -> Iterator[bytes]:
    """What the server sends, one message per row, straight from libpq: the driver's own loop is five times slower."""
    wire = connection.pgconn
    result = wire.exec_(statement.as_bytes(connection))
    if result.status != ExecStatus.COPY_OUT:
        raise Unavailable(f"A table cannot be read: {result.error_message.decode()}")
    while True:
        size, data = wire.get_copy_data(1)
        if size > 0:
            yield bytes(data)
        elif size == 0:
            # Waiting here leaves Python to the thread that compresses.
            select.select([wire.socket], [], [])
            wire.consume_input()
        else:
            break
    while (ended := wire.get_result()) is not None:
        if ended.status != ExecStatus.COMMAND_OK:
            raise Unavailable(f"A table cannot be read: {ended.error_message.decode()}")


def _pass_on(held: list[bytes], sha: Any, take: Callable[[bytes], object] | None) -> None:
    data = b"".join(held)
    held.clear()
    sha.update(data)
    if take is not None and data:
        take(data)


def moment(connection: psycopg.Connection[Any]) -> None:
    """Begin the one transaction in which everything is read as it is now."""
    connection.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    connection.execute("SET statement_timeout = 0")
    connection.execute("SET work_mem = '64MB'")
    # A freshly restored table then gives its rows in the order in which they were written.
    connection.execute("SET synchronize_seqscans = off")


def digests(
    connection: psycopg.Connection[Any], schema: str, *, sort: bool = True
) -> dict[str, tuple[int, str]]:
    """Table → number of rows and digest, of a schema as it is now; ``connection`` must be in autocommit.

    Sorted, any two schemas can be compared; as they lie, only a fresh restore with its snapshot.
    """
    found: dict[str, tuple[int, str]] = {}
    moment(connection)
    with connection.transaction():
        for table in tables(connection, schema):
            copy_out(connection, schema, table, sort=sort)
            found[table.name] = (table.rows, table.digest)
    return found
