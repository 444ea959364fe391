"""What ``/metrics`` says of companies, stock, upgrades, backups and checks. Labels are few: at most twenty companies a meter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.conf import settings
from django.db import connections
from django.db.models import Count, Max, Min

from kernel import metrics, processes
from kernel.metrics import TOP, labels_of
from kernel.when import now
from tenants import queries, readiness, schemas
from tenants.console import faults
from tenants.database import starting
from tenants.domains import queries as domains
from tenants.models import Blank, Fault, Incident, Meter, Question, Tenant, UpgradeRun, UpgradeStep, UseOfDay
from tenants.status import checks, probes
from tenants.status.parts import State
from tenants.upgrades import runs

METERS: Final = ("database", "members", "records", "storage")
UPGRADE_STATES: Final = (UpgradeStep.State.WAITING, UpgradeStep.State.DONE, UpgradeStep.State.FAILED)


def tenants() -> dict[str, float]:
    counted = queries.totals()
    return {labels_of(status=status): float(counted.get(status, 0)) for status in Tenant.Status.values}


def behind() -> dict[str, float]:
    """Companies whose schema is not at the release of this code."""
    return {"": float(sum(runs.fleet().behind.values()))}


def stock() -> dict[str, float]:
    """Blank schemas: ready for this release, and of other releases."""
    counted = dict(Blank.objects.values_list("release").annotate(number=Count("schema_name")).order_by())
    ready = counted.pop(schemas.current_release(), 0)
    return {labels_of(state="ready"): float(ready), labels_of(state="other"): float(sum(counted.values()))}


def upgrade() -> dict[str, float]:
    """The companies of the newest upgrade, by how they fared; noughts where there was none."""
    run = runs.newest()
    counted = runs.counts(run) if run is not None else {}
    return {labels_of(state=state): float(counted.get(state, 0)) for state in UPGRADE_STATES}


def upgrade_stopped() -> dict[str, float]:
    """1 while the newest upgrade stands still because too much failed."""
    run = runs.newest()
    return {"": float(run is not None and run.state == UpgradeRun.State.STOPPED)}


def largest() -> dict[str, float]:
    """The companies with the highest meters, and with the most uses of metered things today (UTC)."""
    found: dict[str, float] = {}
    for name in METERS:
        rows = Meter.objects.filter(name=name, value__gt=0).order_by("-value", "tenant")[:TOP]
        for schema, value in rows.values_list("tenant__schema_name", "value"):
            found[labels_of(meter=name, tenant=schema)] = float(value)
    used = UseOfDay.objects.filter(day=now().date())
    for name in sorted(set(used.values_list("meter", flat=True))):
        most = used.filter(meter=name).order_by("-value", "tenant")[:TOP]
        for schema, value in most.values_list("tenant__schema_name", "value"):
            found[labels_of(meter=f"{name}_today", tenant=schema)] = float(value)
    return found


def server() -> dict[str, float]:
    """Connections that the database server of the control plane has, and how many it allows."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity")
        used, allowed = cursor.fetchone()
    return {labels_of(state="used"): float(used), labels_of(state="allowed"): float(allowed)}


def part_states() -> dict[str, float]:
    """Each part of the service with what the last fresh check found; 1 at the state that holds."""
    return {
        labels_of(part=part, state=state): float(check.state == state)
        for part, check in checks.newest().items()
        for state in State.values
    }


def check_age() -> dict[str, float]:
    """Seconds since checks were written down last; nothing before the first."""
    last = checks.last_at()
    return {"": max(0.0, (now() - last).total_seconds())} if last else {}


def questions() -> dict[str, float]:
    """Questions of companies that nobody has answered, and for how many seconds the oldest has waited."""
    found = Question.objects.filter(state=Question.State.OPEN).aggregate(n=Count("id"), oldest=Min("last_at"))
    waited = (now() - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    return {labels_of(what="number"): float(found["n"]), labels_of(what="seconds"): max(0.0, waited)}


def troubles() -> dict[str, float]:
    """Open incidents that are no announced works, and the longest silence about one of them in seconds."""
    open_ones = Incident.objects.filter(over_at=None, kind=Incident.Kind.TROUBLE)
    told = open_ones.annotate(told=Max("updates__at")).values_list("told", "starts_at")
    silences = [(now() - (last or began)).total_seconds() for last, began in told]
    return {
        labels_of(what="number"): float(len(silences)),
        labels_of(what="silent_seconds"): max([0.0, *silences]),
    }


def room() -> dict[str, float]:
    return {labels_of(place=place): float(free) for place, free in readiness.room().items()}


def number(value: float) -> dict[str, float]:
    """A figure without labels."""
    return {"": float(value)}


def declare() -> None:
    """Add all of them to ``/metrics``; called once at the start."""
    processes.tell("terem_connections", "Connections to the tenants' database.", starting.figures)
    for name, words, read in FIGURES:
        metrics.gauge(name, words, read)


FIGURES: Final[tuple[tuple[str, str, Callable[[], Mapping[str, float]]], ...]] = (
    ("terem_domains", "Companies' own domains, by state.", domains.counts),
    ("terem_tenants", "Companies, by status.", tenants),
    ("terem_tenants_behind", "Companies whose schema is not at the release of this code.", behind),
    ("terem_tenant_meter", "The largest companies of each meter.", largest),
    ("terem_reserve", "Blank schemas for new companies, of this release or another.", stock),
    (
        "terem_reserve_wanted",
        "How many ready ones there should be.",
        lambda: number(settings.TEREM_RESERVE),
    ),
    ("terem_upgrade_companies", "Companies of the newest upgrade, by how they fared.", upgrade),
    ("terem_upgrade_stopped", "1 while the newest upgrade stands still for failures.", upgrade_stopped),
    ("terem_server_connections", "Connections of the control plane's server.", server),
    (
        "terem_backups_late",
        "Served companies without a good snapshot of the last day.",
        lambda: number(probes.without_backup()),
    ),
    (
        "terem_faults_open",
        "Unhandled errors that nobody has settled.",
        lambda: number(faults.counts().get(Fault.State.OPEN, 0)),
    ),
    ("terem_check", "The last check of each part of the service: 1 at the state it found.", part_states),
    ("terem_check_age_seconds", "Seconds since the parts of the service were checked.", check_age),
    (
        "terem_incidents_open",
        "Incidents and announced works that are not over.",
        lambda: number(Incident.objects.filter(over_at=None).count()),
    ),
    (
        "terem_questions",
        "Questions of companies that wait for operators: number, and the oldest's wait.",
        questions,
    ),
    (
        "terem_troubles",
        "Open incidents: number, and the longest time in which nothing was said of one.",
        troubles,
    ),
    ("terem_room_bytes", "Free bytes where files and backups lie.", room),
)
