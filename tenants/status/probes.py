"""How the parts that this room knows are now. A probe asks and says; it changes nothing and names nobody."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

import redis
from django.conf import settings
from django.db.models import Max, Q

from kernel import health, processes
from kernel.errors import TeremError
from kernel.jobs import watching
from kernel.when import now
from tenants.backups import store
from tenants.backups.models import Drill, Snapshot
from tenants.models import Tenant
from tenants.status.checks import Finding
from tenants.status.parts import State

# Seconds for which due work has waited.
LATE_WORK: Final = 180
STILL_WORK: Final = 900
# Snapshots are taken once a day and tried again when they fail.
LATE_BACKUP: Final = timedelta(hours=28)
LOST_BACKUP: Final = timedelta(hours=52)
PROBE_SECONDS: Final = 5


def workspaces() -> Finding:
    """Databases, web processes, and the way of a request to them where ``TEREM_PROBE`` names it."""
    part = "workspaces"
    for name in ("database", "workspaces", "release"):
        if not health.answers(name):
            return Finding(part, State.DOWN, f"{name} does not answer")
    try:
        webs = processes.numbers()["web"]
    except redis.RedisError:
        return Finding(part, State.LIMITED, "redis does not answer")
    if settings.TEREM_PROBE:
        return _asked(settings.TEREM_PROBE)
    return Finding(part, State.OK if webs else State.DOWN, f"{webs} web processes")


def _asked(address: str) -> Finding:
    """What a web process says of itself when it is asked as the edge asks it."""
    part = "workspaces"
    try:
        with urlopen(f"{address.rstrip('/')}/health/ready", timeout=PROBE_SECONDS) as answer:  # noqa: S310 (set by us)
            missed = json.load(answer).get("degraded") or []
    except (URLError, OSError, ValueError) as error:
        return Finding(
            part, State.DOWN, f"the probe got {getattr(error, 'code', '') or type(error).__name__}"
        )
    return Finding(part, State.LIMITED if missed else State.OK, ", ".join(missed))


def work() -> Finding:
    """How long due work has waited, and whether somebody does the owner's work."""
    part = "work"
    oldest = [found.oldest for found in watching.queues() if found.oldest]
    waited = int((now() - min(oldest)).total_seconds()) if oldest else 0
    if waited > STILL_WORK:
        return Finding(part, State.DOWN, f"due work waits for {waited} s")
    if waited > LATE_WORK:
        return Finding(part, State.LIMITED, f"due work waits for {waited} s")
    try:
        keepers = processes.numbers()["keeper"]
    except redis.RedisError:
        return Finding(part, State.LIMITED, "redis does not answer")
    return Finding(part, State.OK if keepers else State.LIMITED, "" if keepers else "no keeper")


def backups() -> Finding:
    """Whether every company has a good snapshot of the last day, and the last drill was without a difference."""
    part = "backups"
    try:
        store.present().ask()
    except TeremError:
        return Finding(part, State.DOWN, "the store does not answer")
    drill = Drill.objects.order_by("-at").first()
    if drill is not None and drill.differences:
        return Finding(part, State.DOWN, "the last drill found differences")
    lost, late = without_backup(LOST_BACKUP), without_backup(LATE_BACKUP)
    if lost:
        return Finding(part, State.DOWN, f"{lost} companies without a snapshot for two days")
    return Finding(part, State.LIMITED if late else State.OK, f"{late} companies are late" if late else "")


def without_backup(age: timedelta = LATE_BACKUP) -> int:
    """How many served companies that are older than ``age`` have no good snapshot younger than that."""
    since = now() - age
    good = Q(snapshots__state=Snapshot.State.READY)
    return (
        Tenant.objects.originals()
        .filter(status=Tenant.Status.ACTIVE, created_at__lt=since)
        .annotate(newest=Max("snapshots__taken_at", filter=good))
        .filter(Q(newest=None) | Q(newest__lt=since))
        .count()
    )
