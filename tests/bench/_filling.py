"""Filling a tenant with companies and people by set-wise SQL, for benches that read."""

from __future__ import annotations

from typing import Any

from kernel.text import fold, sort_key

CARDS = """
INSERT INTO {schema}.records_card (id, kind, label, sort_key, state, search_text, version, created_at, changed_at, owner_id)
SELECT ext_id, %(kind)s, label, lower(label), 'live', lower(label), 1, now() - n * interval '1 second', now(), %(owner)s
FROM (SELECT n, uuidv7(n * interval '1 millisecond') AS ext_id,
      (%(words)s::text[])[1 + n %% array_length(%(words)s::text[], 1)] || ' ' || n AS label
      FROM generate_series(1, %(count)s) AS n) AS made
"""

WORDS = [
    "Harbour",
    "Lakeside",
    "Северный",
    "Orion",
    "Meridian",
    "Aurora",
    "Брайт",
    "Velvet",
    "Stanhope",
    "Noble",
]


def fill(connection: Any, schema: str, owner: Any, companies: int, people: int) -> None:
    """Companies and people with cards beside those that are there, evenly named; the wide rows take their defaults."""
    for kind, table, count in (
        ("company", "clients_company", companies),
        ("person", "clients_person", people),
    ):
        if not count:
            continue
        connection.execute(
            CARDS.format(schema=schema), {"kind": kind, "count": count, "owner": owner, "words": WORDS}
        )
        required = connection.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = %s"
            " AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL AND column_name <> 'card_id'",
            [schema, table],
        ).fetchall()
        blank = {"jsonb": "'{}'::jsonb", "integer": "0", "bigint": "0", "boolean": "false", "smallint": "0"}
        names = "".join(f", {name}" for name, _kind in required)
        values = "".join(f", {blank.get(kind_, repr(''))}" for _name, kind_ in required)
        connection.execute(
            f"INSERT INTO {schema}.{table} (card_id{names}) SELECT id{values} FROM {schema}.records_card"
            f" WHERE kind = %s ON CONFLICT (card_id) DO NOTHING",
            [kind],
        )
    for table in ("records_card", "clients_company", "clients_person"):
        connection.execute(f"ANALYZE {schema}.{table}")


def key_of(label: str) -> tuple[str, str]:
    """Sort key and search text of a label, as actions write them."""
    return sort_key(label), fold(label)
