"""Proving in the running platform, with its real connections, that one company cannot reach another.

Nothing is assumed: PostgreSQL is asked for another company's tables and has to refuse, a value laid into
one company's cache and a file in its storage have to be invisible from the other.
"""

from __future__ import annotations

import io
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connections

from kernel import cache, storage
from kernel.errors import NotFound
from tenants.actions import report_meter
from tenants.database.router import side_of
from tenants.entering import inside
from tenants.models import Meter, Tenant

log = logging.getLogger("terem.proving")

TRIED, FAULTS = "isolation.tried", "isolation.faults"
_REFUSED = "42501"


@dataclass(frozen=True, slots=True)
class Proof:
    """The last proof of a company: when (UTC), how many tries, and how many of them got through."""

    at: datetime
    tried: int
    faults: int


def proof_of(tenant_id: Any) -> Proof | None:
    """The last proof of a company, or None if none has run yet."""
    found = {
        meter.name: meter for meter in Meter.objects.filter(tenant_id=tenant_id, name__in=(TRIED, FAULTS))
    }
    if len(found) < 2:
        return None
    return Proof(found[TRIED].measured_at, found[TRIED].value, found[FAULTS].value)


def prove(tenant: Tenant) -> Proof | None:
    """Try to reach ``tenant`` from another active company chosen by chance; None if there is no other."""
    others = Tenant.objects.filter(status=Tenant.Status.ACTIVE).exclude(id=tenant.id)
    intruder = others.order_by("?").first()
    if intruder is None:
        return None
    faults = [*_tables(tenant, intruder), *_cache(tenant, intruder), *_storage(tenant, intruder)]
    tried = len(_names()) + 2
    report_meter(tenant_id=tenant.id, name=TRIED, value=tried)
    report_meter(tenant_id=tenant.id, name=FAULTS, value=len(faults))
    for fault in faults:
        log.error(
            "isolation of %s is broken: %s was reached from %s",
            tenant.schema_name,
            fault,
            intruder.schema_name,
        )
    return proof_of(tenant.id)


def _names() -> list[str]:
    """The tables of every company."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if side_of(model._meta.app_label) == "tenant"
    )


def _tables(tenant: Tenant, intruder: Tenant) -> list[str]:
    """The tables of ``tenant`` that PostgreSQL does not refuse to the intruder's role."""
    reached = []
    with inside(intruder, cause="job"), connections["tenant"].cursor() as cursor:
        for name in _names():
            try:
                cursor.execute(f'SELECT 1 FROM "{tenant.schema_name}"."{name}" LIMIT 1')  # noqa: S608 (our own names)
            except DatabaseError as error:
                if getattr(error.__cause__, "sqlstate", "") != _REFUSED:
                    raise
            else:
                reached.append(name)
    return reached


def _cache(tenant: Tenant, intruder: Tenant) -> list[str]:
    """Whether a value in the company's cache is seen by the intruder, or overwritten."""
    key, mark = f"proof:{secrets.token_hex(8)}", secrets.token_hex(8)
    with inside(tenant, cause="job"):
        cache.put(key, mark, seconds=60)
        kept = cache.get(key) == mark
    with inside(intruder, cause="job"):
        seen = cache.get(key) is not None
        cache.put(key, "intruder", seconds=60)
    with inside(tenant, cause="job"):
        changed = kept and cache.get(key) != mark
        cache.drop(key)
    with inside(intruder, cause="job"):
        cache.drop(key)
    return ["cache"] if seen or changed else []


def _storage(tenant: Tenant, intruder: Tenant) -> list[str]:
    """Whether a file in the company's storage is found by the intruder."""
    name = f"proof-{secrets.token_hex(8)}"
    with inside(tenant, cause="job"):
        storage.save(name, io.BytesIO(b"proof"))
    try:
        with inside(intruder, cause="job"):
            return ["storage"] if _found(name) else []
    finally:
        with inside(tenant, cause="job"):
            storage.remove(name)


def _found(name: str) -> bool:
    try:
        storage.open_file(name).close()
    except NotFound:
        return False
    return True
