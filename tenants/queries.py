"""Reading the registry, for the console, for accounts and for the rooms above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from kernel.errors import Invalid, NotFound
from kernel.standing import standing
from tenants.models import Address, Blank, Membership, OperatorAct, Tenant
from tenants.schemas import current_release


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


def active() -> QuerySet[Tenant]:
    """Every company that is served now; copies beside them are not companies."""
    return Tenant.objects.originals().filter(status=Tenant.Status.ACTIVE)


def by_schema() -> dict[str, Tenant]:
    """Every tenant by its schema, for pages that know the schema only."""
    return {found.schema_name: found for found in Tenant.objects.only("schema_name", "name", "slug", "id")}


def ids_of(slugs: list[str]) -> list[UUID]:
    """The live tenants with these first words of addresses. Raises ``Invalid`` naming one that is unknown."""
    known = dict(Tenant.objects.live().filter(slug__in=slugs).values_list("slug", "id"))
    for slug in slugs:
        if slug not in known:
            raise Invalid(_("There is no company “%(slug)s”."), field="tenants", slug=slug)
    return [known[slug] for slug in slugs]


def memberships(account_id: int) -> list[Membership]:
    """The workspaces of an account that it can enter or at least see (suspended ones too)."""
    return list(
        Membership.objects.filter(account_id=account_id, active=True)
        .exclude(tenant__status=Tenant.Status.CLOSED)
        .select_related("tenant")
        .order_by("tenant__name")
    )


def membership(account_id: int, slug: str) -> Membership | None:
    """The same for the workspace with this first label; ``host`` is its primary address."""
    rows: list[Membership] = _memberships(account_id=account_id, slug=slug)
    return rows[0] if rows else None


@standing
def _memberships(*, account_id: int, slug: str) -> QuerySet[Membership]:
    primary = Address.objects.filter(tenant_id=OuterRef("tenant_id"), primary=True).values("host")
    return (
        Membership.objects.filter(account_id=account_id, tenant__slug=slug, active=True)
        .exclude(tenant__status=Tenant.Status.CLOSED)
        .select_related("tenant")
        .annotate(host=Subquery(primary))
    )


def meters(found: Tenant) -> dict[str, int]:
    return dict(found.meters.values_list("name", "value"))


def acts(found: Tenant, limit: int = 50) -> list[OperatorAct]:
    return list(found.acts.order_by("-at")[:limit])


def acts_for(tenant_id: UUID, limit: int = 200) -> list[OperatorAct]:
    """What a tenant may read of the operators' acts, newest first: all on itself, and maintenance of the whole house."""
    ours = Q(tenant_id=tenant_id) | Q(tenant__isnull=True, verb__startswith="maintenance_")
    return list(OperatorAct.objects.using("default").filter(ours).order_by("-at", "-id")[:limit])


@dataclass(frozen=True, slots=True)
class Use:
    """A meter beside what the lease allows (None: without limit, or not yet measured)."""

    name: str
    words: Any
    used: int | None
    allowed: int | None

    @property
    def percent(self) -> int | None:
        if self.used is None or not self.allowed:
            return None
        return min(100, self.used * 100 // self.allowed)


# Meters in words; those that count bytes.
METERS: dict[str, Any] = {
    "members": _("Members"),
    "records": _("Records"),
    "storage": _("Files"),
    "database": _("Database"),
}
BYTES = frozenset({"storage", "database"})


def usage(found: Tenant) -> list[Use]:
    """What a tenant uses of what its lease allows."""
    limits = (found.lease or {}).get("limits", {})
    known = meters(found)
    names = [*METERS, *sorted((set(known) | set(limits)) - set(METERS) - {"active_at"})]
    return [Use(name, METERS.get(name, name), known.get(name), limits.get(name)) for name in names]


def measured_at(found: Tenant) -> datetime | None:
    """When the tenant's meters were last reported."""
    moment: datetime | None = found.meters.aggregate(last=Max("measured_at"))["last"]
    return moment


def lease_of(found: Tenant) -> dict[str, Any]:
    """The lease for reading: plan, status, features, and its end as a moment (None: without end)."""
    lease = found.lease or {}
    until = lease.get("valid_until")
    return {
        "plan": lease.get("plan", ""),
        "status": lease.get("status", ""),
        "features": sorted(lease.get("features", ())),
        "valid_until": datetime.fromisoformat(until) if until else None,
    }


def totals() -> dict[str, int]:
    """Status → number of companies."""
    counted = Tenant.objects.originals().values_list("status").annotate(number=Count("id"))
    return dict(counted)


def reserve_now() -> int:
    """Blank schemas of this release that wait for companies."""
    return Blank.objects.filter(release=current_release()).count()
