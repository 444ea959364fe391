"""What recovery does by the clock: snapshots spread over the day, old ones removed, copies dropped, a drill a week."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from typing import Any

from django.db.models import Max, Q

from kernel.errors import TeremError
from kernel.when import now
from tenants import leaving, schemas
from tenants.backups import copies, drills, keys, store
from tenants.backups.models import Drill, Snapshot
from tenants.backups.taking import clear_halves, take
from tenants.models import Tenant

log = logging.getLogger("terem.backups")

SLICES = 288  # five minutes each: a day
EVERY = timedelta(hours=20)
LATE = timedelta(hours=25)
AGAIN = timedelta(minutes=30)
DRILL_EVERY = timedelta(days=7)
MOST_A_TIME = 50


def due(slice_number: int) -> list[Tenant]:
    """Companies of this slice without a snapshot of today, and those of other slices that were missed or failed.

    What failed is tried again after half an hour, not at once: the store may need the time.
    """
    good, bad = Q(snapshots__state=Snapshot.State.READY), Q(snapshots__state=Snapshot.State.FAILED)
    found = (
        Tenant.objects.originals()
        .filter(status__in=[Tenant.Status.ACTIVE, Tenant.Status.SUSPENDED, Tenant.Status.CLOSING])
        .annotate(
            newest=Max("snapshots__taken_at", filter=good), failed=Max("snapshots__taken_at", filter=bad)
        )
        .filter(Q(newest=None) | Q(newest__lt=now() - EVERY))
        .filter(Q(failed=None) | Q(failed__lt=now() - AGAIN))
        .order_by("newest", "id")
    )
    return [tenant for tenant in found if tenant.id.int % SLICES == slice_number or _missed(tenant)][
        :MOST_A_TIME
    ]


def _missed(tenant: Any) -> bool:
    """Late, or tried since the last good one without success."""
    if tenant.failed is not None and (tenant.newest is None or tenant.failed > tenant.newest):
        return True
    return bool((tenant.newest or tenant.opened_at or tenant.created_at) < now() - LATE)


def take_due(slice_number: int | None = None) -> int:
    """Take the snapshots that are due; one that fails does not stop the next. Returns how many are good."""
    moment = now()
    wanted = (moment.hour * 60 + moment.minute) // 5 if slice_number is None else slice_number
    found = due(wanted)
    if not found or not _answers():
        return 0
    good = 0
    for tenant in found:
        try:
            take(tenant, Snapshot.Kind.NIGHTLY)
            good += 1
        except Exception:
            log.exception("the nightly snapshot of %s failed", tenant.schema_name)
    return good


def _answers() -> bool:
    """Whether the store can be used; a dead one is told once a round, not once a company."""
    try:
        store.present().ask()
    except TeremError as error:
        log.error("no snapshot is taken now: %s", error)
        return False
    return True


def prune() -> int:
    """Remove snapshots whose time is over, but never a company's newest good one. Returns how many."""
    good = Snapshot.objects.filter(state=Snapshot.State.READY).exclude(tenant__status=Tenant.Status.CLOSED)
    newest = good.order_by("tenant_id", "-taken_at")
    kept = newest.distinct("tenant_id").values_list("id", flat=True)
    over = list(Snapshot.objects.filter(expires_at__lt=now()).exclude(id__in=list(kept)))
    # A worker that died leaves a row that says "running" for ever.
    over += list(Snapshot.objects.filter(state=Snapshot.State.RUNNING, taken_at__lt=now() - LATE))
    for snapshot in over:
        store.present().remove(snapshot.tenant_id, snapshot.id)
        snapshot.delete()
    return len(over)


def drill_due() -> Drill | None:
    """Prove a random company's newest snapshot, if the last proof is a week old."""
    if Drill.objects.filter(at__gt=now() - DRILL_EVERY).exists():
        return None
    found = list(
        Snapshot.objects.filter(state=Snapshot.State.READY, tenant__copy_of=None)
        .exclude(tenant__status=Tenant.Status.CLOSED)
        .order_by("tenant_id", "-taken_at")
        .distinct("tenant_id")
    )
    return drills.prove(secrets.choice(found)) if found else None


def _tidy() -> None:
    """Remove what is over, and once an hour what was left behind; a store that does not answer is for later."""
    try:
        prune()
        if now().minute < 5:
            clear_halves()
    except TeremError as error:
        log.error("the store of the backups is not tidied now: %s", error)


def run() -> None:
    """All of it; every part can be repeated."""
    with schemas.owner() as connection:
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [7305813]).fetchone()
        if not row or not row[0]:
            return
        keys.rewrap()
        take_due()
        _tidy()
        copies.drop_expired()
        drill_due()
        leaving.remind()
        leaving.erase_due()
        leaving.send_certificates()
