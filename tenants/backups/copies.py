"""Copies beside the live workspace: restored into, looked at, put in place, taken back, removed.

A copy is a tenant of its own with an address of its own. It sends no letters, and
its background work waits. A swap exchanges the two schemas' names in the registry,
in one transaction: what was live until then stays as the copy, for some days.
"""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.actions import after_commit
from kernel.errors import Conflict, NotFound
from kernel.ids import opaque_name
from kernel.jobs import relay
from kernel.jobs.broker import nudge
from kernel.when import now, read_zone
from tenants import actions, directory, schemas
from tenants.backups.composing import COMPOSED
from tenants.backups.models import Snapshot
from tenants.backups.restoring import restore
from tenants.backups.taking import Progress, silent, take
from tenants.console import acts
from tenants.entering import inside
from tenants.models import Address, Membership, Tenant

log = logging.getLogger("terem.backups")


def beside(snapshot: Snapshot, *, by: Any, reason: str, progress: Progress = silent) -> Tenant:
    """Restore a snapshot into a copy beside the live workspace and return the copy."""
    live = Tenant.objects.live().filter(id=snapshot.tenant_id).first()
    if live is None or live.copy_of_id is not None:
        raise NotFound
    name = opaque_name("t_")
    restore(snapshot, name, progress)
    try:
        copy = _register(live, name, snapshot)
    except BaseException:
        schemas.drop(name)
        raise
    with inside(copy, cause="operator"):
        COMPOSED.settle()
        for visitor in COMPOSED.visitors():
            Membership.objects.update_or_create(
                tenant=copy, account_id=visitor.account_id, defaults={"member_id": visitor.member_id}
            )
    # A copy says what it is by its release: an older one opens once it is upgraded.
    acts.note(live, by, "restored", reason, snapshot=str(snapshot.id), copy=copy.slug)
    return copy


@transaction.atomic(using="default")
def _register(live: Tenant, name: str, snapshot: Snapshot) -> Tenant:
    slug = f"{live.slug[:40]}--{secrets.token_hex(3)}"
    copy = Tenant.objects.create(
        schema_name=name,
        slug=slug,
        name=_named(live, snapshot.taken_at),
        status=Tenant.Status.ACTIVE,
        release=snapshot.release,
        language=live.language,
        zone=live.zone,
        currency=live.currency,
        lease=live.lease,
        opened_at=now(),
        copy_of=live,
        copy_kind=Tenant.CopyKind.RESTORED,
        copied_at=snapshot.taken_at,
        copy_until=now() + timedelta(days=settings.TEREM_COPY_DAYS),
    )
    Address.objects.create(tenant=copy, host=actions.host_of(slug), verified_at=now())
    after_commit(directory.forget, copy, alias="default")
    return copy


def _named(live: Tenant, moment: datetime) -> str:
    """A copy's name tells it from the workspace itself on every page and in the chooser."""
    return f"{live.name[:170]} · {moment.astimezone(read_zone(live.zone)):%Y-%m-%d %H:%M}"


def _pair(copy_id: UUID, kind: str) -> tuple[Tenant, Tenant]:
    """The live tenant and its copy, locked, in this order."""
    copy = Tenant.objects.filter(id=copy_id, copy_kind=kind).exclude(status=Tenant.Status.CLOSED).first()
    if copy is None or copy.copy_of_id is None:
        raise NotFound
    rows = {
        row.id: row for row in Tenant.objects.select_for_update().filter(id__in=[copy.copy_of_id, copy_id])
    }
    live, copy = rows[copy.copy_of_id], rows[copy_id]
    if live.status not in (Tenant.Status.ACTIVE, Tenant.Status.SUSPENDED):
        raise Conflict(_("This workspace is neither active nor suspended."))
    if live.release != copy.release:
        raise Conflict(_("The copy is of an earlier release: upgrade it first."))
    return live, copy


def _exchange(live: Tenant, copy: Tenant) -> None:
    """Exchange the names. Caches, sessions and directory entries of before are void by the generation."""
    names = [("schema", row.schema_name) for row in (live, copy)]
    names += [("host", host) for row in (live, copy) for host in row.addresses.values_list("host", flat=True)]
    first, second = live.schema_name, copy.schema_name
    # The name is unique at every statement: it goes by way of one that no schema has.
    Tenant.objects.filter(id=copy.id).update(schema_name=f"x{secrets.token_hex(10)}")
    for row, name in ((live, second), (copy, first)):
        row.schema_name = name
        row.generation += 1
        row.version += 1
        row.save()
    after_commit(directory.forget_names, names, alias="default")


def swap(copy_id: UUID, *, by: Any, reason: str, progress: Progress = silent) -> Tenant:
    """Put a restored copy in the live workspace's place; what was live stays beside. Returns the live tenant."""
    copy = Tenant.objects.filter(id=copy_id).select_related("copy_of").first()
    if copy is None or copy.copy_of is None:
        raise NotFound
    take(copy.copy_of, Snapshot.Kind.BEFORE_SWAP, progress)
    with inside(copy, cause="operator"):
        COMPOSED.settle()
    with transaction.atomic(using="default"):
        live, copy = _pair(copy_id, Tenant.CopyKind.RESTORED)
        relay.drop_all(copy.schema_name)
        copy.copy_kind, copy.copied_at = Tenant.CopyKind.FORMER, now()
        copy.name = _named(live, copy.copied_at)
        copy.copy_until = now() + timedelta(days=settings.TEREM_COPY_DAYS)
        _exchange(live, copy)
        acts.note(live, by, "swapped", reason, copy=copy.slug)
    return live


def back(copy_id: UUID, *, by: Any, reason: str) -> Tenant:
    """Take a swap back: the former state is live again with its waiting work, the other stays as the copy."""
    with transaction.atomic(using="default"):
        live, copy = _pair(copy_id, Tenant.CopyKind.FORMER)
        relay.drop_all(live.schema_name)
        copy.copy_kind, copy.copied_at = Tenant.CopyKind.RESTORED, now()
        copy.name = _named(live, copy.copied_at)
        copy.copy_until = now() + timedelta(days=settings.TEREM_COPY_DAYS)
        _exchange(live, copy)
        acts.note(live, by, "swapped_back", reason, copy=copy.slug)
        if relay.unpark(live.schema_name):
            after_commit(nudge, "tenant", alias="default")
    return live


def drop(copy_id: UUID, *, by: Any, reason: str) -> None:
    """Remove a copy with schema, role, files and address. The live workspace cannot be named here."""
    copy = Tenant.objects.live().filter(id=copy_id).exclude(copy_of=None).select_related("copy_of").first()
    if copy is None or copy.copy_of is None:
        raise NotFound
    acts.note(copy.copy_of, by, "copy_dropped", reason, copy=copy.slug)
    actions.close(tenant_id=copy.id, reason=reason, by=by)


def drop_expired() -> int:
    """Remove the copies whose time is over; returns how many."""
    kinds = [Tenant.CopyKind.RESTORED, Tenant.CopyKind.FORMER]
    over = list(Tenant.objects.live().filter(copy_kind__in=kinds, copy_until__lt=now()))
    for copy in over:
        drop(copy.id, by=None, reason="Its time is over.")
        log.info("a copy was removed: its time is over")
    return len(over)
