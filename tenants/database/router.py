"""Which rows live where: the CRM in the tenants' schemas, everything else in the control plane."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.apps import apps
from django.conf import settings

# The side that migrations are being applied to by the owner; see tenants.schemas.
_side: ContextVar[str] = ContextVar("terem_migration_side", default="")


def side_of(app_label: str) -> str:
    """``tenant`` for apps whose tables are part of every tenant's schema, else ``control``."""
    return "tenant" if apps.get_app_config(app_label).name in settings.TENANT_APPS else "control"


@contextmanager
def migrating(side: str) -> Iterator[None]:
    """While this is open, migrations on alias ``owner`` apply to ``side``."""
    token = _side.set(side)
    try:
        yield
    finally:
        _side.reset(token)


class Router:
    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "tenant" if side_of(model._meta.app_label) == "tenant" else "default"

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return side_of(one._meta.app_label) == side_of(other._meta.app_label)

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner" and side_of(app_label) == _side.get()
