"""From a plan to a lease, by a pure function: same plan and moment, same lease."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypedDict

from billing.catalog import Plan


class Lease(TypedDict):
    """What ``tenants`` stores and the product reads; see ``kernel.context.Lease``."""

    plan: str
    status: str
    features: list[str]
    limits: dict[str, int]
    valid_until: str | None


def lease_of(plan: Plan, *, since: datetime) -> Lease:
    """What a tenant may do under ``plan`` if it began ``since`` (aware). ``valid_until`` is ISO text in UTC."""
    if since.tzinfo is None:
        raise ValueError("A moment needs a zone.")
    until = None if plan.days is None else since + timedelta(days=plan.days)
    return Lease(
        plan=plan.key,
        status="active",
        features=sorted(plan.features),
        limits=dict(plan.limits),
        valid_until=until.isoformat() if until else None,
    )
