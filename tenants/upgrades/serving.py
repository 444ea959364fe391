"""May this code serve a company of that release? Newer schemas always, older ones if nothing is missing that it reads.

A company that an upgrade left behind sees the page of a workspace being prepared,
which tries again by itself; nobody else notices.
"""

from __future__ import annotations

from functools import cache

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from tenants import schemas
from tenants.models import Blueprint

# What these do can be missing without a query of ours failing.
_NOT_READ = ("Index", "Constraint", "RemoveField", "DeleteModel", "RunSQL", "AlterModelOptions", "Rename")


@cache
def _release() -> str:
    return schemas.current_release()


@cache
def can_serve(release: str) -> bool:
    """Asked once per release and process. A release that nobody kept a blueprint of is served."""
    if release == _release():
        return True
    known = Blueprint.objects.filter(release=release).first()
    if known is None:
        return True
    missing = set(schemas.tenant_migrations()) - set(known.migrations)
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return not any(
        _is_read(operation)
        for name in missing
        for operation in loader.graph.nodes[tuple(name.split(".", 1))].operations
    )


def _is_read(operation: Operation) -> bool:
    inner = getattr(operation, "state_operations", None)
    if inner is not None:
        return any(_is_read(found) for found in inner)
    return not any(word in type(operation).__name__ for word in _NOT_READ)
