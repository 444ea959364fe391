"""Features of the lease: may this tenant use a part of the product, and how much of it."""

from __future__ import annotations

from kernel import context
from kernel.errors import OverLimit


def allowed(feature: str) -> bool:
    """True if the tenant's lease names the feature."""
    return context.tenant().lease.allows(feature)


def demand_room(meter: str, used: int, more: int = 1) -> None:
    """Raise ``OverLimit`` if ``used + more`` passes the lease's limit for ``meter``."""
    limit = context.tenant().lease.limit(meter)
    if limit is not None and used + more > limit:
        raise OverLimit(limit=meter, used=used, allowed=limit)
