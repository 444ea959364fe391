"""What only the database knows of a tenant's size."""

from __future__ import annotations

from django.db import connections


def schema_bytes() -> int:
    """How many bytes the tables and indexes of the tenant in the context take on disk."""
    with connections["tenant"].cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = to_regnamespace(current_schema())"
        )
        return int(cursor.fetchone()[0])
