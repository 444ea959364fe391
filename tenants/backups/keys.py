"""Each company's own data key: made with its first snapshot, destroyed when the company is erased."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction

from kernel import sealing
from kernel.errors import NotFound
from tenants.backups.models import TenantKey


def key_of(tenant_id: UUID) -> bytes:
    """The company's data key. Raises ``NotFound`` once it is destroyed, ``Broken`` without its master key."""
    found = TenantKey.objects.filter(tenant_id=tenant_id).first()
    if found is None:
        raise NotFound
    return sealing.unwrap(found.master, bytes(found.wrapped), str(tenant_id))


def ensure(tenant_id: UUID) -> bytes:
    """The company's data key, made now if there is none."""
    if not TenantKey.objects.filter(tenant_id=tenant_id).exists():
        master, wrapped = sealing.wrap(sealing.new_key(), str(tenant_id))
        TenantKey.objects.get_or_create(tenant_id=tenant_id, defaults={"master": master, "wrapped": wrapped})
    return key_of(tenant_id)


def destroy(tenant_id: UUID) -> bool:
    """Destroy the key: every snapshot of the company is unreadable from now on. True if there was one."""
    removed, _kinds = TenantKey.objects.filter(tenant_id=tenant_id).delete()
    return bool(removed)


def rewrap() -> int:
    """Wrap every key with the newest master key; returns how many were wrapped anew. Safe to repeat."""
    newest = sealing.mark_of(settings.TEREM_MASTER_KEYS[0])
    done = 0
    for tenant_id in list(TenantKey.objects.exclude(master=newest).values_list("tenant_id", flat=True)):
        with transaction.atomic(using="default"):
            found = TenantKey.objects.select_for_update().get(tenant_id=tenant_id)
            key = sealing.unwrap(found.master, bytes(found.wrapped), str(tenant_id))
            found.master, found.wrapped = sealing.wrap(key, str(tenant_id))
            found.save()
            done += 1
    return done
