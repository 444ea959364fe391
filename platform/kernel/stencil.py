"""Rows with which every new workspace begins: worded once per process, then written by one statement each time.

The rows say the same in every workspace; only their keys, what points at these keys, and the moment are new.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connections, models

from kernel.ids import uuid7
from kernel.models import TenantModel
from kernel.when import now


class Stencil:
    """Made of unsaved rows of any models, whose keys are UUIDs. Nothing of the tenant at hand is kept of them.

    A foreign key that holds the key of another of these rows will hold that row's new key. A moment is replaced
    by that of writing. Raises ``ValueError`` for what would not be the same in every workspace: another key.
    """

    def __init__(self, rows: Sequence[TenantModel]) -> None:
        numbers = {row.pk: number for number, row in enumerate(rows, start=1)}
        tables: dict[type[TenantModel], list[TenantModel]] = {}
        for row in rows:
            tables.setdefault(type(row), []).append(row)
        parts, told = [], {}
        for model, those in tables.items():
            name = model._meta.db_table
            fields = _filled(those)
            told[name] = [{field.column: _word(field, row, numbers) for field in fields} for row in those]
            parts.append(_insertion(name, fields))
        self._count = len(rows)
        self._told = json.dumps(told, ensure_ascii=False)
        self._statement = (
            "WITH given AS MATERIALIZED (SELECT %s::jsonb AS told, %s::uuid[] AS keys, %s::timestamptz AS moment), "
            + ", ".join(f"part{number} AS ({part})" for number, part in enumerate(parts))
            + " SELECT 1"
        )

    def write(self) -> list[UUID]:
        """Insert the rows in the present transaction; returns their keys in the order of the rows.

        Raises ``IntegrityError`` as plain inserts do.
        """
        keys = [uuid7() for _ in range(self._count)]
        with connections["tenant"].cursor() as cursor:
            cursor.execute(self._statement, [self._told, "{" + ",".join(map(str, keys)) + "}", now()])
        return keys


def _filled(rows: list[TenantModel]) -> list[Any]:
    """The columns in which something stands in any of these rows."""
    return [
        field
        for field in rows[0]._meta.concrete_fields
        if any(getattr(row, field.attname) is not None for row in rows)
    ]


def _is_moment(field: Any) -> bool:
    return isinstance(field, models.DateTimeField)


def _is_key(field: Any) -> bool:
    return isinstance(field.target_field if field.is_relation else field, models.UUIDField)


def _word(field: Any, row: TenantModel, numbers: dict[UUID, int]) -> Any:
    """A value as JSON: a key is the number of its row."""
    value = getattr(row, field.attname)
    if _is_key(field):
        if value is not None and value not in numbers:
            raise ValueError(f"{field} points at a row that is not the stencil's.")
        return value and numbers[value]
    if _is_moment(field) or isinstance(field, models.JSONField):
        return None if _is_moment(field) else value
    return field.get_prep_value(value)


def _insertion(table: str, fields: list[Any]) -> str:
    connection = connections["tenant"]
    quoted = {field: connection.ops.quote_name(field.column) for field in fields}
    taken, typed = [], []
    for field, name in quoted.items():
        new = (
            "given.moment"
            if _is_moment(field)
            else f"given.keys[x.{name}]"
            if _is_key(field)
            else f"x.{name}"
        )
        taken.append(new)
        typed.append(f"{name} {'integer' if _is_key(field) else field.db_type(connection)}")
    return (  # names of models
        f"INSERT INTO {connection.ops.quote_name(table)} ({', '.join(quoted.values())})"  # noqa: S608
        f" SELECT {', '.join(taken)}"
        f" FROM given, jsonb_to_recordset(given.told -> '{table}') AS x({', '.join(typed)})"
    )
