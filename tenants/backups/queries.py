"""What pages show of a company's recovery: snapshots, copies, orders, drills, a departure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kernel.errors import NotFound
from tenants.backups.models import Departure, Drill, Order, Snapshot
from tenants.leaving import open_departure
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Recovery:
    """``last`` is the newest good snapshot; ``order`` the work that is under way, if any."""

    last: Snapshot | None
    snapshots: list[Snapshot]
    copies: list[Tenant]
    order: Order | None
    orders: list[Order]
    drill: Drill | None
    departure: Departure | None


def recovery(tenant_id: UUID) -> Recovery:
    """Everything about one company."""
    snapshots = list(Snapshot.objects.filter(tenant_id=tenant_id).order_by("-taken_at")[:20])
    orders = list(Order.objects.filter(tenant_id=tenant_id).order_by("-asked_at")[:5])
    return Recovery(
        last=Snapshot.objects.filter(tenant_id=tenant_id, state=Snapshot.State.READY)
        .order_by("-taken_at")
        .first(),
        snapshots=snapshots,
        copies=list(
            Tenant.objects.live()
            .filter(copy_of_id=tenant_id)
            .exclude(copy_kind=Tenant.CopyKind.EXAMPLE)
            .order_by("-created_at")
        ),
        order=next((order for order in orders if order.is_open), None),
        orders=orders,
        drill=Drill.objects.filter(tenant_id=tenant_id).order_by("-at").first(),
        departure=open_departure(tenant_id),
    )


@dataclass(frozen=True, slots=True)
class Beside:
    """What a copy is a copy of: the live workspace's name and host, the moment of the copy's content, its last day.

    ``former`` is true for what was live until it was replaced, ``example`` for an invented company.
    """

    name: str
    host: str
    at: datetime
    until: datetime | None
    former: bool
    example: bool = False


def beside(tenant_id: UUID) -> Beside | None:
    """The copy that this workspace is, or None for a live one. Two queries."""
    found = Tenant.objects.exclude(copy_of=None).select_related("copy_of").filter(id=tenant_id).first()
    if found is None or found.copy_of is None:
        return None
    address = found.copy_of.addresses.filter(primary=True).first()
    return Beside(
        name=found.copy_of.name,
        host=address.host if address else "",
        at=found.copied_at or found.created_at,
        until=found.copy_until,
        former=found.copy_kind == Tenant.CopyKind.FORMER,
        example=found.is_example,
    )


def order_words(verb: str) -> str:
    """What a verb is called on its button; empty for a word that is none."""
    return str(dict(Order.Verb.choices).get(verb, ""))


def ready(tenant_id: UUID) -> list[Snapshot]:
    """The snapshots that can be restored, newest first."""
    return list(
        Snapshot.objects.filter(tenant_id=tenant_id, state=Snapshot.State.READY).order_by("-taken_at")[:60]
    )


def copy_of(tenant_id: UUID, copy_id: Any) -> Tenant:
    """A copy of this company and of no other; never its example. Raises ``NotFound``."""
    kinds = [Tenant.CopyKind.RESTORED, Tenant.CopyKind.FORMER]
    found = Tenant.objects.live().filter(id=copy_id, copy_of_id=tenant_id, copy_kind__in=kinds).first()
    if found is None:
        raise NotFound
    return found
