"""Warnings of volumes and of storage: at 80 and 100 per cent by letter, and by a sentence across the administrators' pages."""

from __future__ import annotations

from uuid import UUID

from billing import letters, providers, queries, usage
from billing.models import Customer
from kernel.actions import action
from kernel.when import now
from tenants import api as tenants

SLICES = 12  # five minutes each: an hour
# A limit, not a volume: once it is reached new files are refused.
STORAGE = "storage"


def watch_volumes(slice_number: int | None = None) -> int:
    """Look at the volumes of the customers whose slice of the hour it is; returns how many."""
    if not providers.sells():
        return 0
    wanted = now().minute // 5 if slice_number is None else slice_number
    seen = 0
    for tenant_id in Customer.objects.values_list("tenant_id", flat=True).iterator(chunk_size=1000):
        if tenant_id.int % SLICES == wanted:
            warn(tenant_id=tenant_id)
            seen += 1
    return seen


@action()
def warn(*, tenant_id: UUID) -> None:
    """Write down the letters about volumes that are nearly or quite used, and what the pages are to say."""
    customer = Customer.objects.select_for_update().get(tenant_id=tenant_id)
    found = tenants.tenant(tenant_id)
    if found.status == tenants.Tenant.Status.CLOSED:
        return
    use = usage.of(tenant_id, queries.customer_of(tenant_id))
    near = {one.key: one.level for one in use.volumes if one.level}
    for one in use.volumes:
        if one.level:
            letters.claim(
                customer, f"volume_{one.level}", f"{one.key} {use.period.begin}",
                meter=one.key, used=one.used, included=one.included, charged=one.charged,
            )  # fmt: skip
    near |= _storage(customer, f"{STORAGE} {use.period.begin}")
    if found.lease.get("near", {}) != near:
        kept = {name: value for name, value in found.lease.items() if name != "near"}
        tenants.set_lease(tenant_id=tenant_id, lease=kept | ({"near": near} if near else {}))


def _storage(customer: Customer, fact: str) -> dict[str, int]:
    """The same for the storage of files."""
    kept = next(one for one in queries.usage_of(customer.tenant_id) if one.key == STORAGE)
    level = {"near": 80, "full": 100}.get(kept.level)
    if level is None:
        return {}
    letters.claim(customer, f"storage_{level}", fact, used=kept.used, included=kept.limit)
    return {STORAGE: level}
