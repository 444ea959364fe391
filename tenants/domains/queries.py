"""Reading domains: for the settings of a company, for the console, and for the way in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings

from kernel.errors import NotFound
from tenants.domains import naming
from tenants.domains.models import Domain
from tenants.models import Address, Tenant


@dataclass(frozen=True, slots=True)
class Shown:
    """A domain as pages need it: its name for people, its records, where it stands."""

    domain: Domain
    primary: bool

    @property
    def name(self) -> str:
        return naming.shown(self.domain.host)

    @property
    def foreign(self) -> bool:
        """Whether the name for people differs from the one for machines."""
        return self.name != self.domain.host

    @property
    def proof_name(self) -> str:
        return naming.proof_name(self.domain.host)

    @property
    def proof_value(self) -> str:
        return naming.proof_value(self.domain.token)

    @property
    def edge(self) -> str:
        return str(settings.TEREM_EDGE)

    @property
    def state(self) -> str:
        """``primary``, ``failing``, ``ready``, ``proved`` (leads elsewhere), ``out`` or ``waiting``."""
        domain = self.domain
        if domain.verified_at is None:
            return "out" if domain.out_at else "waiting"
        if domain.failing_since:
            return "failing"
        if self.primary:
            return "primary"
        return "ready" if domain.pointing == Domain.Answer.FOUND else "proved"

    @property
    def ends_at(self) -> object:
        """When a failing domain goes out of service; None for others."""
        since = self.domain.failing_since
        return since + timedelta(days=settings.TEREM_DOMAIN_DAYS) if since else None


def domains_of(tenant_id: UUID) -> list[Shown]:
    """The domains of a company in the order in which they were added."""
    primary = primary_host(tenant_id)
    rows = Domain.objects.filter(tenant_id=tenant_id).order_by("added_at", "id")
    return [Shown(row, primary=row.host == primary) for row in rows]


def domain_of(tenant_id: UUID, domain_id: UUID) -> Shown:
    """One of them. Raises ``NotFound``."""
    row = Domain.objects.filter(id=domain_id, tenant_id=tenant_id).first()
    if row is None:
        raise NotFound
    return Shown(row, primary=row.host == primary_host(tenant_id))


def primary_host(tenant_id: UUID) -> str:
    """The host to which links of a company lead. Raises ``NotFound`` for a closed one."""
    rows = Address.objects.filter(tenant_id=tenant_id, primary=True)
    found = rows.values_list("host", flat=True).first()
    if found is None:
        raise NotFound
    return found


def primary_hosts(tenants: Iterable[Tenant]) -> dict[UUID, str]:
    """The same of several companies, in one query."""
    found = Address.objects.filter(tenant__in=list(tenants), primary=True)
    return dict(found.values_list("tenant_id", "host"))


def is_address_of(tenant_id: UUID, host: str) -> bool:
    """Whether a company answers at a host."""
    return Address.objects.filter(tenant_id=tenant_id, host=host, verified_at__isnull=False).exists()


def counts() -> dict[str, int]:
    """How many domains are in service, fail, and wait for their proof."""
    rows = Domain.objects.using("default")
    served = rows.filter(verified_at__isnull=False)
    return {
        'state="served"': served.filter(failing_since=None).count(),
        'state="failing"': served.exclude(failing_since=None).count(),
        'state="waiting"': rows.filter(verified_at=None).count(),
    }
