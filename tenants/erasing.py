"""Erasing a workspace from every live store. What is kept: a tombstone without name, and the certificate."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from typing import Any

import redis
from django.conf import settings

from kernel import storage
from kernel.line import line
from tenants import actions, reserved
from tenants.backups import keys, store
from tenants.backups.models import Drill, Order, Snapshot, Tombstone
from tenants.models import Address, Handover, OperatorAct, Tenant
from tenants.support import asking as support

log = logging.getLogger("terem.leaving")

# Rooms above add what they keep of a tenant in the control plane; each returns one line for the certificate.
ERASERS: list[Callable[[Tenant], str]] = []


def on_erasure(eraser: Callable[[Tenant], str]) -> None:
    """Called at start-up by a room that keeps rows about tenants."""
    ERASERS.append(eraser)


def everything(tenant: Tenant) -> list[dict[str, Any]]:
    """Erase a tenant and its copies; returns for each store what was done, for the certificate."""
    said: list[dict[str, Any]] = []
    for eraser in ERASERS:
        said.append({"store": "control plane", "erased": eraser(tenant)})
    said.append({"store": "support", "erased": f"{support.forget(tenant)} questions with their answers"})
    # First what may not answer: all of this can be repeated, and the letter needs the name until then.
    backups = _backups(tenant)
    copies = list(tenant.copies.all())
    # Of the company's own domains nothing is kept: they are its own, and nobody else could prove them.
    for host in tenant.addresses.filter(kind=Address.Kind.SUBDOMAIN).values_list("host", flat=True):
        Tombstone.objects.get_or_create(digest=reserved.digest_of(host))
    for one in (*copies, tenant):
        actions.close(tenant_id=one.id, reason="", by=None)
        shutil.rmtree(storage.folder_of(one.schema_name), ignore_errors=True)
        _blank(one)
    said.append(
        {
            "store": "database",
            "erased": f"{1 + len(copies)} schemas with roles, background work and addresses",
        }
    )
    said.append({"store": "files", "erased": "every file of the workspace"})
    said.append({"store": "cache", "erased": f"{sum(_cache(one) for one in (*copies, tenant))} entries"})
    said.append({"store": "backups", "erased": backups})
    said.append(
        {"store": "logs", "erased": "log lines name workspaces by an opaque mark only; nothing to erase"}
    )
    return said


def _blank(tenant: Tenant) -> None:
    """What the registry's tombstone and its neighbours still tell of the company."""
    Tenant.objects.filter(id=tenant.id).update(name="", reason="", lease={})
    Handover.objects.filter(tenant=tenant).delete()
    OperatorAct.objects.filter(tenant=tenant).update(reason="", values={})
    Order.objects.filter(tenant=tenant).delete()
    Drill.objects.filter(tenant=tenant).delete()


def _backups(tenant: Tenant) -> str:
    store.present().remove_all(tenant.id)
    destroyed = keys.destroy(tenant.id)
    removed = Snapshot.objects.filter(tenant=tenant).delete()[0]
    return f"{removed} snapshots removed" + ("; the key is destroyed" if destroyed else "")


def _cache(tenant: Tenant) -> int:
    """Whatever stands in Redis under the tenant's id or schema; entries would end by themselves within the hour."""
    removed = 0
    try:
        for mark in (tenant.id.hex, str(tenant.id), tenant.schema_name):
            for key in line().scan_iter(match=f"terem:{settings.TEREM_INSTALLATION}:*{mark}*", count=1000):
                removed += int(line().delete(key))
    except redis.RedisError:
        log.warning("Redis does not answer: what it holds of the company ends by itself")
    return removed
