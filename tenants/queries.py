"""Reading the registry, for the console, for accounts and for the rooms above."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from kernel.errors import NotFound
from tenants.models import Blank, Membership, OperatorAct, Tenant
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


def names_by_schema() -> dict[str, str]:
    """Every tenant's name by its schema, for pages that know the schema only."""
    return dict(Tenant.objects.values_list("schema_name", "name"))


def find(words: str = "", status: str = "") -> QuerySet[Tenant]:
    """Tenants for the console, newest first."""
    found = Tenant.objects.originals().order_by("-created_at", "-id")
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


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page and the key of the next one, empty at the end."""

    rows: list[Tenant]
    next: str


def page_of(found: QuerySet[Tenant], after: str, size: int) -> Page:
    """The page after key ``after`` (a tenant's id: ids grow with time). A nonsense key is the first page."""
    try:
        key = UUID(after) if after else None
    except ValueError:
        key = None
    if key is not None:
        found = found.filter(id__lt=key)
    rows = list(found.order_by("-id")[: size + 1])
    return Page(rows[:size], str(rows[size - 1].id) if len(rows) > size else "")


def totals() -> dict[str, int]:
    """Status → number of companies."""
    counted = Tenant.objects.originals().values_list("status").annotate(number=Count("id"))
    return dict(counted)


def reserve_now() -> int:
    """Blank schemas of this release that wait for companies."""
    return Blank.objects.filter(release=current_release()).count()
