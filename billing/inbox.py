"""Deliveries of the provider: verified, stored once, and worked on later, in any order, as often as they come.

A delivery is only a hint that something changed: its customer is asked for anew. So order, repetition and
gaps do not matter, and the nightly comparison mends what never arrived.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from billing import actions, metering, providers, queries
from billing.models import Customer, InboxEvent
from billing.providers.told import Hint, Unreachable
from kernel.actions import action
from kernel.when import now
from tenants import api as tenants

log = logging.getLogger("terem.billing")

# Minutes before the next try; after the last the event waits for an operator.
PAUSES: Final = (1, 5, 15, 60, 180, 360, 720, 1440)
KEPT: Final = timedelta(days=60)


def receive(body: bytes, signature: str) -> bool:
    """Store a delivery; true if it is new. Raises ``Forged`` if nobody of ours has signed it."""
    return keep(hint=providers.provider().verified(body, signature))


@action()
def keep(*, hint: Hint) -> bool:
    """Store a hint once. Events of the other mode, or of no customer, are kept as ignored."""
    provider = providers.provider()
    ours = hint.live == provider.live and bool(hint.customer) and hint.type in _types()
    _event, made = InboxEvent.objects.get_or_create(
        provider=providers.NAME,
        reference=hint.reference,
        defaults={
            "type": hint.type,
            "customer": hint.customer,
            "told_at": hint.created_at,
            "status": InboxEvent.Status.WAITING if ours else InboxEvent.Status.IGNORED,
        },
    )
    return made


def _types() -> tuple[str, ...]:
    from billing.providers.stripe import TYPES

    return TYPES


def drain(limit: int = 200) -> int:
    """Work on the deliveries whose turn it is; returns how many customers were asked for."""
    asked = 0
    for event_id in queries.due_events(now(), limit):
        asked += work(event_id=event_id)
    return asked


def work(*, event_id: UUID) -> bool:
    """Work on one delivery, unless another worker has it; true if its customer was asked for."""
    event = InboxEvent.objects.open().filter(id=event_id).first()
    if event is None:
        return False
    begun = now()
    try:
        known = actions.pull(reference=event.customer)
    except Unreachable as error:
        put_off(event_id=event_id, error=str(error))
        return False
    except Exception as error:
        log.exception("delivery %s failed", event.reference)
        put_off(event_id=event_id, error=f"{type(error).__name__}: {error}")
        return False
    # Whatever of this customer had arrived before we asked is told by the same answer.
    done = InboxEvent.Status.DONE if known else InboxEvent.Status.IGNORED
    settle(customer=event.customer, before=begun, status=done)
    return known


@action()
def settle(*, customer: str, before: object, status: str) -> None:
    """Mark the waiting deliveries of a customer that arrived before a moment."""
    InboxEvent.objects.open().filter(customer=customer, received_at__lte=before).update(
        status=status, error=""
    )


@action()
def put_off(*, event_id: UUID, error: str) -> None:
    """Try later, with growing pauses; after the last an operator is needed."""
    event = InboxEvent.objects.select_for_update().get(id=event_id)
    event.attempts += 1
    event.error = error[:500]
    if event.attempts > len(PAUSES):
        event.status = InboxEvent.Status.FAILED
        log.error("delivery %s of %s is given up: %s", event.reference, event.customer, event.error)
    else:
        event.due_at = now() + timedelta(minutes=PAUSES[event.attempts - 1])
    event.save()


@action()
def retry(*, event_id: UUID, by: Any = None) -> None:
    """An operator wants a delivery worked on again, now; the company that it is about can read of it."""
    event = InboxEvent.objects.select_for_update().get(id=event_id)
    event.status, event.attempts, event.due_at, event.error = InboxEvent.Status.WAITING, 0, now(), ""
    event.save()
    customer = Customer.objects.filter(reference=event.customer).first() if event.customer else None
    about = tenants.tenant(customer.tenant_id) if customer is not None else None
    tenants.note(about, by, "delivery_retried", event.type)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a comparison found: customers asked, deliveries that had never arrived, customers out of reach, days of use
    that the provider has counted differently."""

    customers: int
    missed: int
    unreached: int
    uses: int = 0


def reconcile(days: int = 3, by: Any = None) -> Reconciled:
    """Compare everything with the provider: fetch missed events, then ask for every customer anew.

    ``by`` is the operator who asked for it, None for the night's own.
    """
    if not providers.sells():
        return Reconciled(0, 0, 0)
    if by is not None:
        tenants.note(None, by, "payments_compared", "")
    try:
        hints = providers.provider().hints(now() - timedelta(days=days))
    except Unreachable as error:
        log.warning("nothing was compared, the provider does not answer: %s", error)
        return Reconciled(0, 0, Customer.objects.known_to_provider().count())
    missed = sum(keep(hint=hint) for hint in hints)
    drain()
    asked = unreached = 0
    for reference in Customer.objects.known_to_provider().values_list("reference", flat=True):
        try:
            asked += actions.pull(reference=str(reference))
        except Unreachable:
            unreached += 1
    forget_old()
    uses = _differing_uses()
    log.info("compared %s customers, %s deliveries had been missed, %s not reached", asked, missed, unreached)
    return Reconciled(asked, missed, unreached, uses)


def _differing_uses() -> int:
    metering.report_uses()
    try:
        return len(metering.differences())
    except Unreachable as error:
        log.warning("use was not compared: %s", error)
        return 0


@action()
def forget_old() -> None:
    """Remove deliveries that are long done."""
    InboxEvent.objects.exclude(status=InboxEvent.Status.FAILED).filter(received_at__lt=now() - KEPT).delete()


def renew_leases() -> int:
    """Compute the leases anew whose time has come (ends of trials, steps of the ladder); returns how many."""
    due = list(Customer.objects.filter(lease_until__lte=now()).values_list("id", flat=True)[:500])
    for customer_id in due:
        actions.renew_lease(customer_id=customer_id)
    return len(due)
