"""Reading the registry, for the console, for accounts and for the rooms above."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from kernel.errors import NotFound
from tenants.models import Blank, Membership, OperatorAct, Tenant


def tenant(tenant_id: UUID) -> Tenant:
    """One tenant by id. Raises ``NotFound``."""
    found = Tenant.objects.filter(id=tenant_id).first()
    if found is None:
        raise NotFound
    return found


def by_slug(slug: str) -> Tenant:
    """One live tenant by the first label of its address. Raises ``NotFound``."""
    found = Tenant.objects.live().filter(slug=slug).first()
    if found is None:
        raise NotFound
    return found


def find(words: str = "", status: str = "") -> QuerySet[Tenant]:
    """Tenants for the console, newest first."""
    found = Tenant.objects.all().order_by("-created_at", "-id")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(slug__icontains=words) | Q(schema_name=words))
    return found.filter(status=status) if status else found


def memberships(account_id: int) -> list[Membership]:
    """The workspaces of an account that it can enter or at least see (suspended ones too)."""
    return list(
        Membership.objects.filter(account_id=account_id, active=True)
        .exclude(tenant__status=Tenant.Status.CLOSED)
        .select_related("tenant")
        .order_by("tenant__name")
    )


def meters(found: Tenant) -> dict[str, int]:
    return dict(found.meters.values_list("name", "value"))


def acts(found: Tenant, limit: int = 50) -> list[OperatorAct]:
    return list(found.acts.order_by("-at")[:limit])


def reserve() -> dict[str, Any]:
    """Release → number of blank schemas waiting."""
    counts: dict[str, int] = {}
    for release in Blank.objects.values_list("release", flat=True):
        counts[release] = counts.get(release, 0) + 1
    return counts
