"""Examples: an invented company beside a real one, to look at and to try things in.

An example is a tenant of its own, with its own schema, role and address, so it is apart from the real
company by the same walls as any other company. Like a copy it sends and schedules nothing and is nobody's
customer. A company has at most one; it goes with its company, by hand, or once nobody has entered it for long.
"""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from kernel.actions import action, after_commit
from kernel.context import Lease
from kernel.errors import Conflict, NotFound, Unavailable
from kernel.jobs import relay
from kernel.when import now
from tenants import actions, directory
from tenants.backups.composing import COMPOSED
from tenants.entering import inside
from tenants.models import Address, Membership, Tenant

log = logging.getLogger("terem.examples")

# So long an example waits for somebody to enter it.
KEPT = timedelta(days=30)


def example_of(tenant_id: UUID) -> Tenant | None:
    """The example of a company, if it has one."""
    found = Tenant.objects.examples().filter(copy_of_id=tenant_id, status=Tenant.Status.ACTIVE)
    return found.order_by("-created_at").first()


@action()
def open_example(*, tenant_id: UUID, name: str) -> Tenant:
    """Open an empty example beside a company, in its language, zone and currency; what was there is given up.

    Raises ``NotFound`` for what is not a company, ``Conflict`` for one that is not served now.
    """
    live = Tenant.objects.select_for_update().originals().live().filter(id=tenant_id).first()
    if live is None:
        raise NotFound
    if live.status != Tenant.Status.ACTIVE:
        raise Conflict
    _give_up(Tenant.objects.examples().filter(copy_of=live))
    schema_name, release = actions.claim_schema()
    slug = f"{live.slug[:36]}--ex-{secrets.token_hex(3)}"
    example = Tenant.objects.create(
        schema_name=schema_name,
        slug=slug,
        name=name,
        status=Tenant.Status.ACTIVE,
        release=release,
        language=live.language,
        zone=live.zone,
        currency=live.currency,
        lease=_lease(live),
        opened_at=now(),
        copy_of=live,
        copy_kind=Tenant.CopyKind.EXAMPLE,
        copied_at=now(),
        copy_until=_until(),
    )
    Address.objects.create(tenant=example, host=actions.host_of(slug), verified_at=now())
    after_commit(directory.forget, example, alias="default")
    return example


def _lease(live: Tenant) -> dict[str, Any]:
    """What the company may do, without its limits: invented records fill no plan."""
    lease = live.lease or {}
    return {
        "plan": lease.get("plan", ""),
        "status": Lease().status,
        "features": lease.get("features", []),
        "limits": {},
        "valid_until": None,
    }


def _until() -> Any:
    return now() + KEPT


@action()
def keep_example(*, tenant_id: UUID) -> None:
    """Somebody has entered the example: its days begin anew."""
    Tenant.objects.examples().filter(id=tenant_id, status=Tenant.Status.ACTIVE).update(copy_until=_until())


@action()
def remove_example(*, tenant_id: UUID) -> bool:
    """Give up the example of a company: nobody enters it from now on, and within seconds nothing is left.

    Returns whether there was one. The company itself cannot be named here.
    """
    return _give_up(Tenant.objects.examples().filter(copy_of_id=tenant_id)) > 0


def _give_up(found: Any) -> int:
    """Close the doors now; schema, role and files go with the next round of the process that may drop them."""
    given_up = 0
    for example in found.filter(status=Tenant.Status.ACTIVE).select_for_update(of=("self",)):
        example.status, example.copy_until = Tenant.Status.CLOSING, now()
        example.version += 1
        example.save(update_fields=["status", "copy_until", "version"])
        Membership.objects.filter(tenant=example).delete()
        relay.drop_all(example.schema_name)
        after_commit(directory.forget, example, alias="default")
        given_up += 1
    return given_up


def drop_given_up() -> int:
    """Remove the examples that were given up, and those whose days are over; returns how many.

    Needs the owner's login.
    """
    dropped = 0
    for example in list(Tenant.objects.examples().live().filter(copy_until__lte=now())):
        try:
            actions.close(tenant_id=example.id, reason="The example is no longer wanted.", by=None)
        except Unavailable as error:
            log.warning("an example is not removed yet: %s", error)
        else:
            dropped += 1
    return dropped


def part_from_example(tenant_id: UUID, account_id: int) -> None:
    """Somebody has left the company: the example is closed to them too, and every session in it ends.

    The others come in again by themselves; nothing but invented records stood between.
    """
    example = example_of(tenant_id)
    if example is None:
        return
    if Membership.objects.filter(tenant=example, account_id=account_id).delete()[0]:
        with inside(example):
            COMPOSED.settle()
