"""Orders: asked for by a page or person, done one after the other by a process with the owner's login.

An order is held by a session lock of the database, so the order of a worker that
died is taken up again by the next one. Each verb can be repeated: what failed for a
passing reason waits a minute for each try it had, three tries in all.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kernel.actions import action
from kernel.errors import Conflict, Invalid, NotFound, TeremError
from kernel.when import now
from tenants import examples, schemas
from tenants.backups import copies, restoring, taking
from tenants.backups.composing import Asker
from tenants.backups.models import Order, Snapshot
from tenants.console import acts
from tenants.models import Tenant

log = logging.getLogger("terem.backups")

MOST_TRIES = 3
PAUSE = timedelta(minutes=1)
_LOCKS = 7305812


@action()
def ask(
    *,
    tenant_id: UUID,
    verb: str,
    by: str,
    reason: str,
    snapshot_id: UUID | None = None,
    copy_id: UUID | None = None,
) -> Order:
    """Ask for recovery work. ``by`` is a name or address. Raises ``Invalid`` (reason), ``Conflict``, ``NotFound``."""
    tenant = Tenant.objects.select_for_update().originals().live().filter(id=tenant_id).first()
    if tenant is None:
        raise NotFound
    if not reason.strip():
        raise Invalid(reason=_("Say why: the workspace's people will ask."))
    if Order.objects.filter(tenant=tenant, state__in=("waiting", "running")).exists():
        raise Conflict(_("Other recovery work of this workspace is still running."))
    if verb == Order.Verb.RESTORE:
        snapshot_id = restoring.snapshot_of(tenant_id, snapshot_id).id
    if verb in (Order.Verb.SWAP, Order.Verb.BACK, Order.Verb.DROP):
        _expect_copy(tenant, copy_id, verb)
    return Order.objects.create(
        tenant=tenant, verb=verb, asked_by=by, reason=reason.strip(), snapshot_id=snapshot_id, copy_id=copy_id
    )


def _expect_copy(tenant: Tenant, copy_id: UUID | None, verb: str) -> None:
    kinds = {
        Order.Verb.SWAP: [Tenant.CopyKind.RESTORED],
        Order.Verb.BACK: [Tenant.CopyKind.FORMER],
        Order.Verb.DROP: [Tenant.CopyKind.RESTORED, Tenant.CopyKind.FORMER],
    }[Order.Verb(verb)]
    copies_of = Tenant.objects.live().filter(copy_of_id=tenant.id, copy_kind__in=kinds)
    if copy_id is None or not copies_of.filter(id=copy_id).exists():
        raise NotFound


def work() -> int:
    """Do what is waiting, oldest first; returns how many orders ended."""
    ended = 0
    for order_id in list(
        Order.objects.filter(state__in=("waiting", "running"))
        .order_by("asked_at")
        .values_list("id", flat=True)
    ):
        with _held(order_id) as mine:
            if mine:
                ended += _do(order_id)
    examples.drop_given_up()
    return ended


@contextmanager
def _held(order_id: UUID) -> Iterator[bool]:
    with schemas.owner() as connection:
        key = [_LOCKS, order_id.int & 0x7FFFFFFF]
        row = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", key).fetchone()
        mine = bool(row and row[0])
        try:
            yield mine
        finally:
            # The server ends a closed session a moment later; whoever asks next must not meet it.
            if mine:
                connection.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def _do(order_id: UUID) -> bool:
    order = Order.objects.select_related("tenant", "snapshot", "copy").get(id=order_id)
    if not order.is_open or _waits(order):
        return False
    if order.tries >= MOST_TRIES:
        _end(order, Order.State.FAILED, "Its worker ended three times on the way.")
        return True
    order.state, order.tries, order.started_at = Order.State.RUNNING, order.tries + 1, now()
    order.save()
    try:
        _verb(order)
    except Exception as error:  # every failure must end visibly on the console
        words = (
            str(error) if isinstance(error, TeremError) and str(error) else f"{type(error).__name__}: {error}"
        )
        log.error("recovery order %s (%s) failed: %s", order.id, order.verb, words, exc_info=error)
        if getattr(error, "temporary", False) and order.tries < MOST_TRIES:
            Order.objects.filter(id=order.id).update(state=Order.State.WAITING, error=words)
            return False
        _end(order, Order.State.FAILED, words)
    else:
        _end(order, Order.State.DONE, "")
    return True


def _waits(order: Order) -> bool:
    """Whether it failed for a passing reason so lately that it is too early to try again."""
    tried = order.started_at if order.state == Order.State.WAITING else None
    return tried is not None and tried > now() - PAUSE * order.tries


def _end(order: Order, state: str, error: str) -> None:
    Order.objects.filter(id=order.id).update(
        state=state, error=error, finished_at=now(), copy=order.copy, snapshot=order.snapshot
    )


def _verb(order: Order) -> None:
    def progress(done: int, total: int) -> None:
        Order.objects.filter(id=order.id).update(done=done, total=total)

    told: dict[str, Any] = {"by": Asker(order.asked_by), "reason": order.reason}
    if order.verb == Order.Verb.TAKE:
        order.snapshot = taking.take(order.tenant, Snapshot.Kind.ASKED, progress)
        acts.note(order.tenant, told["by"], "backed_up", order.reason)
    elif order.verb == Order.Verb.RESTORE and order.snapshot is not None:
        order.copy = copies.beside(order.snapshot, progress=progress, **told)
    elif order.copy_id is None:
        raise NotFound
    elif order.verb == Order.Verb.SWAP:
        copies.swap(order.copy_id, progress=progress, **told)
    elif order.verb == Order.Verb.BACK:
        copies.back(order.copy_id, **told)
    elif order.verb == Order.Verb.DROP:
        copies.drop(order.copy_id, **told)
