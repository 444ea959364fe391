"""Whole tables of a tenant as lines of JSON, exactly as PostgreSQL writes them: out by COPY, in by batches.

A line is one row, its columns by name; times are in UTC, numbers exact. The lines of a table
come in the order of its key, so that equal tables give equal lines and equal digests.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections, models, transaction

# PostgreSQL's number for REPEATABLE READ in the driver: everything read shows the same moment.
_ONE_MOMENT = 3
CHUNK = 20_000
BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a table: its rows, and the SHA-256 of its lines in hexadecimal."""

    rows: int
    digest: str


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything read within shows one moment of the tenant's data. Inside another transaction it joins that one."""
    connection = connections["tenant"]
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        # The context is applied outside the transaction that follows.
        cursor.execute("SELECT 1")
    connection.connection.isolation_level = _ONE_MOMENT
    try:
        with transaction.atomic(using="tenant"):
            yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            connection.connection.isolation_level = None


def columns_of(model: type[models.Model]) -> list[str]:
    """The columns of a table that hold values of their own, in the order of the model."""
    return [
        field.column
        for field in model._meta.concrete_fields
        if field.column and not isinstance(field, models.GeneratedField)
    ]


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(connections["tenant"].ops.quote_name(name) for name in names)


def write_lines(model: type[models.Model], columns: Sequence[str], sink: Callable[[bytes], Any]) -> Told:
    """Give every row of the table to ``sink`` as one line with its end; use it within :func:`one_moment`."""
    name, key = _quoted([model._meta.db_table]), model._meta.pk
    column = key.column or ""
    cast = key.db_type(connections["tenant"]) or "text"
    digest, rows, last = hashlib.sha256(), 0, None
    while True:
        after = "" if last is None else f" WHERE {_quoted([column])} > %s::{_plain(cast)}"
        inner = f"SELECT {_quoted(columns)} FROM {name}{after} ORDER BY {_quoted([column])} LIMIT {CHUNK}"  # noqa: S608 (names of models)
        count, line = 0, b""
        for line in _copied(f"COPY (SELECT to_json(r) FROM ({inner}) r) TO STDOUT", last):  # noqa: S608
            digest.update(line)
            sink(line)
            count += 1
        rows += count
        if count < CHUNK:
            return Told(rows, digest.hexdigest())
        last = str(json.loads(line)[column])


def _plain(kind: str) -> str:
    """A column's type without what only its definition says: ``bigint``, not ``bigint GENERATED …``."""
    return kind.partition(" GENERATED")[0]


def _copied(statement: str, last: str | None) -> Iterator[bytes]:
    connection = connections["tenant"]
    values = () if last is None else (last,)
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement, values) as copy,
    ):
        for data in copy:
            # COPY doubles the backslashes, and JSON holds no other character that it would escape.
            yield bytes(data).replace(b"\\\\", b"\\")


def read_lines(
    model: type[models.Model],
    columns: Sequence[str],
    lines: Iterable[bytes],
    *,
    reached: Callable[[int], Any] = lambda rows: None,
) -> int:
    """Insert lines of JSON as rows, in the present transaction; returns how many.

    Columns that the lines do not have get the model's default. ``reached`` hears of every batch.
    Raises Django's database errors for rows that do not fit.
    """
    statement, values = _insert(model, columns)
    rows, batch = 0, []
    for line in lines:
        batch.append(line)
        if len(batch) >= BATCH:
            rows += _insert_batch(statement, values, batch)
            reached(rows)
            batch = []
    if batch:
        rows += _insert_batch(statement, values, batch)
        reached(rows)
    return rows


def _insert_batch(statement: str, values: list[Any], batch: list[bytes]) -> int:
    text = "[" + ",".join(line.decode() for line in batch) + "]"
    with connections["tenant"].cursor() as cursor:
        cursor.execute(statement, [*values, text])
    return len(batch)


def _insert(model: type[models.Model], columns: Sequence[str]) -> tuple[str, list[Any]]:
    """The statement that takes a batch, and the values of columns that the lines do not have."""
    connection, table = connections["tenant"], _quoted([model._meta.db_table])
    names, sources, values = [], [], []
    for field in model._meta.concrete_fields:
        if isinstance(field, models.GeneratedField) or not field.column:
            continue
        quoted = _quoted([field.column])
        if field.column in columns:
            # A JSON null stands for both; where nothing may stand, it is the value "null".
            whole = isinstance(field, models.JSONField) and not field.null
            sources.append(f"coalesce(r.{quoted}, 'null'::jsonb)" if whole else f"r.{quoted}")
        elif field.has_default():
            values.append(field.get_db_prep_save(field.get_default(), connection))
            sources.append(f"%s::{_plain(field.db_type(connection) or 'text')}")
        else:
            continue
        names.append(field.column)
    statement = (
        f"INSERT INTO {table} ({_quoted(names)}) SELECT {', '.join(sources)}"  # noqa: S608 (names of models)
        f" FROM json_populate_recordset(NULL::{table}, %s::json) AS r"
    )
    return statement, values


def empty_out(model: type[models.Model]) -> int:
    """Remove every row of a table in the present transaction; returns how many. Insert-only tables refuse."""
    with connections["tenant"].cursor() as cursor:
        cursor.execute(f"DELETE FROM {_quoted([model._meta.db_table])}")  # noqa: S608 (names of models)
        return int(cursor.rowcount)
