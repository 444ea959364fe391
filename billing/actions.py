"""What billing decides about a tenant. The product never asks here: it reads the lease."""

from __future__ import annotations

from uuid import UUID

from billing.catalog import OPEN
from billing.leasing import open_lease
from tenants import api as tenants


def start(tenant_id: UUID) -> None:
    """Give a new tenant its first lease: the open plan. Repeating it writes the same lease again.

    Raises ``NotFound`` for a tenant that is unknown or closed.
    """
    tenants.set_lease(tenant_id=tenant_id, lease=dict(open_lease(OPEN)))
