"""A company with many clients, written by set-wise SQL: card, wide row, two ways to reach it, a note, two facts each."""

from __future__ import annotations

from typing import Any

from tests.bench._filling import fill

# What a client of a real company has beside its wide row; the columns are those that have no default.
_BESIDE = {
    "notes_note": ("kind IN ('company', 'person')", 1),
    "clients_contactway": ("kind IN ('company', 'person')", 2),
    "events_event": ("kind IN ('company', 'person')", 2),
}
_PLAIN = {
    "jsonb": "'{}'::jsonb",
    "integer": "0",
    "bigint": "0",
    "smallint": "0",
    "boolean": "false",
    "uuid": "uuidv7()",
    "timestamp with time zone": "now()",
}


def plant(connection: Any, schema: str, owner: Any, clients: int) -> int:
    """Fill a schema; returns the number of rows beside the clients' cards and wide rows."""
    companies = clients * 2 // 5
    fill(connection, schema, owner, companies, clients - companies)
    made = 0
    for table, (which, times) in _BESIDE.items():
        made += _beside(connection, schema, table, which, times)
    return made


def _beside(connection: Any, schema: str, table: str, which: str, times: int) -> int:
    columns = connection.execute(
        "SELECT column_name, data_type, character_maximum_length, column_name = 'record_id' OR column_name = 'card_id'"
        " FROM information_schema.columns WHERE table_schema = %s AND table_name = %s AND is_identity = 'NO'"
        " AND (is_nullable = 'NO' AND column_default IS NULL OR column_name IN ('card_id', 'record_id'))",
        [schema, table],
    ).fetchall()
    names, values = [], []
    for name, kind, length, is_card in columns:
        names.append(name)
        if is_card:
            values.append("card.id")
        elif kind in _PLAIN:
            values.append(_PLAIN[kind])
        else:
            words = "card.label || ' ' || n || ' ' || md5(card.id::text || n)"
            values.append(f"left({words}, {length or 200})")
    done = connection.execute(
        f"INSERT INTO {schema}.{table} ({', '.join(names)}) SELECT {', '.join(values)}"
        f" FROM {schema}.records_card AS card, generate_series(1, {times}) AS n WHERE card.{which}"
    )
    connection.execute(f"ANALYZE {schema}.{table}")
    return int(done.rowcount)
