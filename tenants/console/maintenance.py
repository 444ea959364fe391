"""Maintenance: the platform or one tenant is read-only or closed for a while; their jobs wait."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kernel.actions import action, after_commit
from kernel.errors import Conflict, Invalid, NotFound
from kernel.jobs import relay
from kernel.jobs.broker import nudge
from kernel.when import now
from tenants import bulletin
from tenants.console import acts
from tenants.models import Maintenance, Tenant


def present() -> list[Maintenance]:
    """Maintenance that holds now, that of the whole platform first."""
    running = Maintenance.objects.filter(ended_at__isnull=True).select_related("tenant")
    return sorted(running, key=lambda found: (found.tenant_id is not None, found.started_at))


def past(limit: int = 20) -> list[Maintenance]:
    """Maintenance that is over, the last first."""
    over = Maintenance.objects.filter(ended_at__isnull=False).select_related("tenant")
    return list(over.order_by("-ended_at")[:limit])


def running(id: UUID) -> Maintenance:
    """Maintenance that holds now. Raises ``NotFound``."""
    found = Maintenance.objects.filter(id=id, ended_at__isnull=True).select_related("tenant").first()
    if found is None:
        raise NotFound
    return found


def of_tenant(tenant: Tenant) -> Maintenance | None:
    """The maintenance of one tenant alone, if there is any now."""
    return Maintenance.objects.filter(tenant=tenant, ended_at__isnull=True).first()


@action()
def begin(
    *, mode: str, reason: str, until: datetime, tenant_id: UUID | None = None, by: Any = None
) -> Maintenance:
    """Make the platform (no ``tenant_id``) or one tenant read-only or closed until ``end`` is called.

    ``until`` is the end that people are told. Raises ``Invalid`` without a reason or for an end that
    is past, ``Conflict`` where there is maintenance already, ``NotFound`` for a tenant that is gone.
    """
    words = acts.demand_reason(reason)
    if until <= now():
        raise Invalid(until=_("The planned end must lie ahead."))
    tenant = _tenant(tenant_id)
    try:
        with transaction.atomic(using="default"):
            found = Maintenance.objects.create(
                tenant=tenant,
                mode=Maintenance.Mode(mode),
                reason=words,
                until=until,
                account_label=acts.label_of(by),
            )
    except IntegrityError as error:
        raise Conflict(_("There is maintenance already. End it first.")) from error
    acts.note(tenant, by, f"maintenance_{mode}", words, until=until.isoformat())
    after_commit(bulletin.forget, alias="default")
    return found


@action()
def end(*, id: UUID, by: Any = None) -> Maintenance:
    """Maintenance is over: serve as before and let the waiting jobs run. Raises ``NotFound``."""
    found = Maintenance.objects.select_for_update().filter(id=id, ended_at__isnull=True).first()
    if found is None:
        raise NotFound
    found.ended_at = now()
    found.save(update_fields=["ended_at"])
    acts.note(found.tenant, by, "maintenance_over", found.reason)
    after_commit(bulletin.forget, alias="default")
    freed = relay.unpark(found.tenant.schema_name) if found.tenant else relay.unpark_all()
    if freed:
        after_commit(nudge, "tenant", alias="default")
    return found


def _tenant(tenant_id: UUID | None) -> Tenant | None:
    if tenant_id is None:
        return None
    found = Tenant.objects.live().filter(id=tenant_id).first()
    if found is None:
        raise NotFound
    return found
