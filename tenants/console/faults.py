"""The feed of unhandled errors: kept by fingerprint, settled by operators, forgotten after a while."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext_lazy as _

from kernel.actions import action
from kernel.errors import Invalid, NotFound
from kernel.faults import Told
from kernel.when import now
from tenants import schemas
from tenants.console import acts
from tenants.models import Fault, Tenant, Touched

# Faults that were not seen for so long are forgotten, and never more than so many are kept.
KEPT = timedelta(days=30)
MOST = 5000


@cache
def code_release() -> str:
    """The release of this process's code, worked out once."""
    return schemas.current_release()


def keep(told: Told) -> None:
    """Count one occurrence. A fault that was resolved opens again; an ignored one stays ignored."""
    moment = now()
    seen = {
        "last_at": moment,
        "release": code_release(),
        "request_id": told.request_id,
        "trace": list(told.trace),
    }
    with transaction.atomic(using="default"):
        fault, _made = Fault.objects.get_or_create(
            fingerprint=told.fingerprint,
            defaults={"kind": told.kind, "error": told.error, "place": told.place, "task": told.task, **seen},
        )
        Fault.objects.filter(id=fault.id).update(count=F("count") + 1, **seen)
        Fault.objects.filter(id=fault.id, state=Fault.State.RESOLVED).update(state=Fault.State.OPEN)
        if told.tenant_id is not None and Tenant.objects.filter(id=told.tenant_id).exists():
            touched, _new = Touched.objects.get_or_create(fault=fault, tenant_id=told.tenant_id)
            Touched.objects.filter(id=touched.id).update(count=F("count") + 1, last_at=moment)


def feed(state: str = Fault.State.OPEN, kind: str = "", *, tenant: Tenant | None = None) -> QuerySet[Fault]:
    """Faults of a state ("" for all), those seen last first, each with the number of tenants it met."""
    found = Fault.objects.annotate(tenants=Count("touched")).order_by("-last_at", "-id")
    if state:
        found = found.filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    return found.filter(id__in=Touched.objects.filter(tenant=tenant).values("fault")) if tenant else found


def counts() -> dict[str, int]:
    """State → number of faults."""
    return dict(Fault.objects.values_list("state").annotate(number=Count("id")))


def fault(id: UUID) -> Fault:
    """One fault. Raises ``NotFound``."""
    found = Fault.objects.filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def tenants_of(found: Fault, limit: int = 100) -> list[Touched]:
    """The tenants that a fault met, the last first."""
    return list(found.touched.select_related("tenant").order_by("-last_at")[:limit])


@action()
def settle(*, id: UUID, state: str, note: str, by: Any) -> Fault:
    """Resolve a fault (it opens again when it comes back), ignore it, or open it again, with a note.

    Raises ``NotFound``, and ``Invalid`` where resolving or ignoring lacks a note.
    """
    found = Fault.objects.select_for_update().filter(id=id).first()
    if found is None:
        raise NotFound
    wanted = Fault.State(state)
    if wanted != Fault.State.OPEN and not note.strip():
        raise Invalid(note=_("Say what was done, or why it does not matter."))
    found.state = wanted
    found.note = note.strip()[:300]
    found.settled_by = acts.label_of(by)
    found.settled_at = now()
    found.save(update_fields=["state", "note", "settled_by", "settled_at"])
    return found


@action()
def forget_old() -> int:
    """Remove faults not seen for thirty days, and the oldest above the bound; returns how many."""
    gone, _rows = Fault.objects.filter(last_at__lt=now() - KEPT).delete()
    surplus = list(Fault.objects.order_by("-last_at", "-id").values_list("id", flat=True)[MOST : MOST + 1000])
    more, _rows = Fault.objects.filter(id__in=surplus).delete()
    return gone + more
