"""A workspace that closes pays nothing in its days of grace: its subscription is held, and goes on if the company stays.

Nothing is ended before the erasure, so that staying costs no new purchase. Whether a workspace is closing is asked of
the registry each time: a provider that does not answer is asked again, and doing it twice changes nothing.
"""

from __future__ import annotations

import logging
from typing import Final
from uuid import UUID

from billing import actions, providers, queries
from billing.models import Customer
from billing.providers.told import Declined, Unreachable
from kernel.actions import action
from kernel.when import now
from tenants import api as tenants

log = logging.getLogger("terem.billing")

# What would go on charging.
_CHARGES: Final = ("trial", "active", "past_due", "unpaid")


@action()
def settle(*, tenant_id: UUID) -> bool:
    """Hold the subscription of a workspace that is closing, let that of one that stays go on; true if one changed.

    Raises ``Unreachable``.
    """
    customer = Customer.objects.select_for_update().known_to_provider().filter(tenant_id=tenant_id).first()
    if customer is None or not providers.sells():
        return False
    found = queries.subscription_of(customer)
    closing = tenants.tenant(tenant_id).status == tenants.Tenant.Status.CLOSING
    charges = found is not None and bool(found.reference) and found.state in _CHARGES
    if found is None or closing == (customer.held_at is not None) or (closing and not charges):
        return False
    if closing:
        providers.provider().hold(customer=str(customer.reference), subscription=found.reference)
    else:
        _release(customer)
    customer.held_at = now() if closing else None
    customer.save(update_fields=["held_at"])
    actions.note(customer, "held" if closing else "released")
    actions.lease(customer)
    return True


def _release(customer: Customer) -> None:
    """Go on, unless the subscription has come to its end in the meantime; then take over how it stands."""
    stripe, reference = providers.provider(), str(customer.reference)
    told = stripe.tell(reference).subscription
    if told is not None and told.state == "paused":
        stripe.release(customer=reference, subscription=told.reference)
    actions.store(customer, stripe.tell(reference))
    customer.refresh_from_db()


def settle_quietly(tenant_id: UUID) -> None:
    """At once, when a workspace closes or stays; what fails is done by the next look."""
    try:
        settle(tenant_id=tenant_id)
    except (Unreachable, Declined) as error:
        log.warning("the subscription of %s is not settled yet: %s", tenant_id, error)


def watch() -> int:
    """Settle what is not settled: workspaces that closed or stayed while the provider did not answer. Returns how many."""
    if not providers.sells():
        return 0
    known = Customer.objects.known_to_provider()
    closing = tenants.Tenant.objects.filter(status=tenants.Tenant.Status.CLOSING).values_list("id", flat=True)
    due = known.filter(held_at=None, tenant_id__in=list(closing), subscription__state__in=_CHARGES)
    over = known.exclude(held_at=None).exclude(tenant_id__in=list(closing))
    before = list(known.exclude(held_at=None).values_list("tenant_id", flat=True))
    for tenant_id in [one.tenant_id for one in (*due, *over)]:
        settle_quietly(tenant_id)
    after = set(known.exclude(held_at=None).values_list("tenant_id", flat=True))
    return len(after.symmetric_difference(before))
