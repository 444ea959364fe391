"""Many rows at once into a tenant's table, by COPY: two to three times as fast as the ORM's inserts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections, models

from kernel.models import TenantModel


def insert(rows: Sequence[TenantModel]) -> None:
    """Insert new rows of one model in the present transaction; their defaults are those of the objects.

    Keys that the database makes are not fetched. Raises ``IntegrityError`` as a plain insert does.
    """
    if not rows:
        return
    connection = connections["tenant"]
    fields = [field for field in rows[0]._meta.concrete_fields if field.column]
    if rows[0].pk is None:
        fields = [field for field in fields if not field.primary_key]
    columns = ", ".join(connection.ops.quote_name(field.column or "") for field in fields)
    statement = f"COPY {connection.ops.quote_name(rows[0]._meta.db_table)} ({columns}) FROM STDIN"
    names = [(field.attname, _words(field, connection)) for field in fields]
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            row.check_place()
            values = [(getattr(row, name), words) for name, words in names]
            copy.write_row([words(value) if words else value for value, words in values])
    for row in rows:
        row._state.adding, row._state.db = False, "tenant"


def _words(field: Any, connection: Any) -> Callable[[Any], Any] | None:
    """How a field's value is written; None where the driver knows it as it is."""
    if isinstance(field, models.JSONField):
        return lambda value: field.get_db_prep_save(value, connection)
    if field.choices:
        return lambda value: None if value is None else field.get_prep_value(value)
    return None
