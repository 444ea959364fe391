"""Entering a tenant outside a request: commands, schedules, steps of the control plane."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kernel import context
from kernel.errors import NotFound
from tenants import directory
from tenants.backups.composing import COMPOSED, Visitor
from tenants.models import Tenant


@contextmanager
def inside(tenant: Tenant, *, at: str = "", **fields: Any) -> Iterator[context.Context]:
    """Work in a tenant's context. ``fields`` are those of :class:`kernel.context.Context`.

    ``at`` is its primary address, if the caller knows it; else it is looked up.
    """
    host = at or tenant.addresses.filter(primary=True).values_list("host", flat=True).first()
    if host is None:
        raise NotFound
    entry = directory.reference(tenant, host)
    former = context.maybe()
    values: dict[str, Any] = {
        "tenant": entry,
        "language": tenant.language,
        "zone": tenant.zone,
        "cause": "command",
        "request_id": former.request_id if former else "",
        **fields,
    }
    with context.enter(context.Context(**values)) as entered:
        yield entered


def administrators(tenant: Tenant) -> list[Visitor]:
    """The administrators of a workspace that have an address, each with the language of their letters."""
    with inside(tenant):
        return [visitor for visitor in COMPOSED.visitors() if visitor.email]
