"""May this code serve a company of that release? Yes if the schema has every column that the models read.

A company that an upgrade left too far behind sees the page of a workspace being
prepared, which tries again by itself; nobody else notices.
"""

from __future__ import annotations

import re
from functools import cache

from django.apps import apps

from tenants import schemas
from tenants.database.router import side_of
from tenants.models import Blueprint

_TABLE = re.compile(r"^CREATE TABLE \{schema\}\.\"?(\w+)\"? \((.*)\)$", re.S)
_COLUMN = re.compile(r"^    \"?(\w+)\"? ", re.M)


@cache
def _release() -> str:
    return schemas.current_release()


@cache
def _read() -> frozenset[tuple[str, str]]:
    """(table, column) of everything that the models of the tenants' apps name."""
    return frozenset(
        (model._meta.db_table, str(column.column))
        for model in apps.get_models(include_auto_created=True)
        if side_of(model._meta.app_label) == "tenant" and model._meta.managed
        for column in model._meta.local_concrete_fields
    )


@cache
def can_serve(release: str) -> bool:
    """Asked once per release and process. A release that nobody kept a blueprint of is served."""
    if release == _release():
        return True
    known = Blueprint.objects.filter(release=release).first()
    if known is None:
        return True
    there = {
        (table[1], column)
        for statement in known.statements
        if (table := _TABLE.match(statement))
        for column in _COLUMN.findall(table[2])
    }
    return there >= _read()
