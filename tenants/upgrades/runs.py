"""Asking for an upgrade, pausing, resuming and retrying it; and reading how it stands."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models import Avg, Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.actions import action
from kernel.errors import Conflict, Invalid, NotFound
from kernel.when import now
from tenants import schemas
from tenants.models import Blueprint, Tenant
from tenants.upgrades import plans
from tenants.upgrades.models import UpgradePlan, UpgradeRun, UpgradeStep

LEADER_LOCK = 7305812
MOST_PARALLEL = 64

State = UpgradeRun.State
Wanted = UpgradeRun.Wanted


@dataclass(frozen=True, slots=True)
class Fleet:
    """How many companies are at which release, and which one this code wants."""

    wanted: str
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def behind(self) -> dict[str, int]:
        return {release: count for release, count in self.counts.items() if release != self.wanted}


def target() -> str:
    """The release that the fleet is to have: that of a newer installation beside us, else this code's.

    The console of the old release thus starts the upgrade that the keeper of the new one carries out.
    """
    ours = schemas.tenant_migrations()
    release = schemas.release_of(ours)
    # Some made after ours may be those of older releases, read from companies that are behind.
    for told in Blueprint.objects.order_by("-made_at").only("release", "migrations"):
        if told.release == release:
            break
        if set(told.migrations) > set(ours):
            return str(told.release)
    return release


def fleet(wanted: str = "") -> Fleet:
    """One query, however many companies there are. ``wanted`` is this code's release unless given."""
    rows = Tenant.objects.live().values_list("release").annotate(number=Count("id")).order_by()
    return Fleet(wanted or schemas.current_release(), dict(rows))


def shares(text: str) -> list[float]:
    """Waves such as ``5%,25%,100%`` as growing shares of the fleet; the last one is always all of it."""
    try:
        found = [float(part.strip().removesuffix("%")) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise Invalid(waves=_("Write growing shares such as 5%,25%,100%.")) from error
    if not found or found != sorted(set(found)) or found[0] <= 0 or found[-1] > 100:
        raise Invalid(waves=_("Write growing shares such as 5%,25%,100%."))
    return found if found[-1] == 100 else [*found, 100.0]


def failures_allowed(stop_at: str, total: int) -> float:
    """How many companies may fail; one more stops the run. ``5%`` is a share, ``5`` a number."""
    try:
        value = float(stop_at.strip().removesuffix("%"))
    except ValueError as error:
        raise Invalid(stop_at=_("Write a share such as 5% or a number of companies.")) from error
    if value < 0 or (stop_at.strip().endswith("%") and value > 100):
        raise Invalid(stop_at=_("Write a share such as 5% or a number of companies."))
    return total * value / 100 if stop_at.strip().endswith("%") else value


def canaries_of(text: str) -> tuple[int, list[str]]:
    """``3`` is a number of canaries, anything else names of companies' addresses."""
    if text.strip().isdigit():
        return int(text), []
    return 0, [name.strip().lower() for name in text.split(",") if name.strip()]


def check(*, canary: str, waves: str, parallel: int, stop_at: str) -> None:
    """Raise ``Invalid`` with a sentence for options that make no sense."""
    shares(waves)
    failures_allowed(stop_at, 100)
    if not 1 <= parallel <= MOST_PARALLEL:
        raise Invalid(parallel=_("Between 1 and 64 connections."))
    _number, names = canaries_of(canary)
    found = (
        set(Tenant.objects.live().filter(slug__in=names).values_list("slug", flat=True)) if names else set()
    )
    missing = [name for name in names if name not in found]
    if missing:
        raise Invalid(canary=_("There is no company with the address “%(name)s”.") % {"name": missing[0]})


def open_run() -> UpgradeRun | None:
    """The run that is planned, running or paused, if there is one."""
    opened = (State.PLANNED, State.RUNNING, State.PAUSED)
    return UpgradeRun.objects.filter(state__in=opened).order_by("-id").first()


def newest() -> UpgradeRun | None:
    return UpgradeRun.objects.order_by("-id").first()


def run_of(number: int) -> UpgradeRun:
    """One run. Raises ``NotFound``."""
    found = UpgradeRun.objects.filter(id=number).first()
    if found is None:
        raise NotFound
    return found


def is_led() -> bool:
    """True while some process carries out an upgrade: it holds the leader's lock."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LEADER_LOCK],
        )
        return cursor.fetchone() is not None


def standing(run: UpgradeRun) -> str:
    """The state in one word for people: a run whose process died is interrupted."""
    if run.state == State.RUNNING and not is_led():
        return "interrupted"
    return str(run.state)


def _refuse_second(run: UpgradeRun | None, to_release: str) -> None:
    if run is None:
        return
    if run.state == State.RUNNING and is_led():
        raise Conflict(
            _("Upgrade %(number)s is running: watch it with “upgrade status”.") % {"number": run.id}
        )
    if run.state in (State.RUNNING, State.PAUSED) and run.to_release == to_release:
        raise Conflict(
            _("Upgrade %(number)s is not finished: go on with “upgrade resume”.") % {"number": run.id}
        )


@action()
def begin(
    *,
    canary: str = "3",
    waves: str = "5%,25%,100%",
    parallel: int = 4,
    stop_at: str = "1%",
    by: Any = None,
    wanted: str = "",
    to_release: str = "",
) -> UpgradeRun:
    """Write down a new run (to this code's release unless another one is named). Raises ``Conflict`` while another one is open.

    A run to an earlier release that was never finished is given up: the new one covers its companies.
    """
    check(canary=canary, waves=waves, parallel=parallel, stop_at=stop_at)
    to_release = to_release or schemas.current_release()
    _refuse_second(open_run(), to_release)
    UpgradeRun.objects.filter(state__in=(State.PLANNED, State.RUNNING, State.PAUSED)).update(
        state=State.STOPPED,
        wanted=Wanted.NOTHING,
        finished_at=now(),
        reason="superseded",
    )
    return UpgradeRun.objects.create(
        to_release=to_release,
        canary=canary,
        waves=waves,
        parallel=parallel,
        stop_at=stop_at,
        wanted=wanted,
        total=sum(fleet(to_release).behind.values()),
        asked_by=getattr(by, "email", "") or "platform",
    )


@action()
def ask(*, number: int, wanted: str) -> UpgradeRun:
    """Ask the process that works on a run (or the next one that comes) to go on or to pause.

    Raises ``Conflict`` if that makes no sense in the run's state.
    """
    run = UpgradeRun.objects.select_for_update().filter(id=number).first()
    if run is None:
        raise NotFound
    if not run.is_open:
        raise Conflict(_("This upgrade is over."))
    if run.to_release != target():
        raise Conflict(_("This upgrade is of another release."))
    if wanted == Wanted.PAUSE and not (run.state == State.RUNNING and is_led()):
        run.state = State.PAUSED if run.state == State.RUNNING else run.state
        run.wanted = Wanted.NOTHING
    else:
        run.wanted = wanted
    run.save(update_fields=["wanted", "state"])
    return run


@action()
def retry(*, number: int, names: list[str] | None = None, wanted: str = "") -> UpgradeRun:
    """Put failed companies (all, or those with these addresses) back in line and open the run again."""
    run = UpgradeRun.objects.select_for_update().filter(id=number).first()
    if run is None:
        raise NotFound
    _refuse_other(run)
    failed = run.steps.filter(state=UpgradeStep.State.FAILED)
    if names:
        failed = failed.filter(tenant__slug__in=names)
    if not failed.update(state=UpgradeStep.State.WAITING, attempts=0):
        raise Conflict(_("No company of this upgrade has failed."))
    run.state = State.PAUSED
    run.wanted = wanted
    run.reason = ""
    run.finished_at = None
    run.save(update_fields=["state", "wanted", "reason", "finished_at"])
    return run


def _refuse_other(run: UpgradeRun) -> None:
    if run.to_release != target():
        raise Conflict(_("This upgrade is of another release."))
    other = open_run()
    if other is not None and (other.id != run.id or is_led()):
        raise Conflict(
            _("Upgrade %(number)s is running: watch it with “upgrade status”.") % {"number": other.id}
        )


def order(tenant_id: Any) -> bytes:
    """Companies are visited in an order that has nothing to do with their age or name."""
    return hashlib.blake2b(str(tenant_id).encode(), digest_size=8).digest()


def waves_of(rows: list[tuple[Any, str, str]], canary: str, waves: str) -> list[tuple[int, Any, str]]:
    """(wave, company, release) for rows of (company, address, release): canaries are wave 0."""
    number, names = canaries_of(canary)
    rows = sorted(rows, key=lambda row: (row[1] not in names, order(row[0])))
    first = min(len(rows), max(number, sum(row[1] in names for row in rows)))
    ends = [round(len(rows) * share / 100) for share in shares(waves)]
    made = []
    for position, (tenant_id, _slug, release) in enumerate(rows):
        wave = 0 if position < first else 1 + next(i for i, end in enumerate(ends) if position < end)
        made.append((wave, tenant_id, release))
    return made


@action()
def enlist(*, run: UpgradeRun, late: bool = False) -> int:
    """Write a journal row for each company that is behind and has none in this run; returns how many."""
    behind = Tenant.objects.live().exclude(release=run.to_release).exclude(upgrades__run=run)
    rows = list(behind.values_list("id", "slug", "release"))
    if late:
        last = run.steps.aggregate(last=Max("wave"))["last"] or 0
        placed = [(last + 1, tenant_id, release) for tenant_id, _slug, release in rows]
    else:
        placed = waves_of(rows, run.canary, run.waves)
    UpgradeStep.objects.bulk_create(
        UpgradeStep(run=run, tenant_id=tenant_id, from_release=release, to_release=run.to_release, wave=wave)
        for wave, tenant_id, release in placed
    )
    return len(placed)


STEP_STATES = dict(UpgradeStep.State.choices)
STANDINGS = {**dict(State.choices), "interrupted": gettext_lazy("Interrupted")}


def counts(run: UpgradeRun) -> dict[str, int]:
    """Journal rows by state."""
    return dict(run.steps.values_list("state").annotate(number=Count("id")).order_by())


def failures(run: UpgradeRun, limit: int = 100) -> list[UpgradeStep]:
    """Companies that stayed where they were, with what they failed on."""
    failed = run.steps.filter(state=UpgradeStep.State.FAILED).select_related("tenant")
    return list(failed.order_by("tenant__slug")[:limit])


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds for the whole fleet, and what the figure rests on."""

    seconds: float
    rests_on: str


def estimate(companies: int, parallel: int, rehearsed: float) -> Estimate:
    """From what canaries of earlier runs took, else what any company took, else from the rehearsal."""
    finished = UpgradeStep.objects.filter(state=UpgradeStep.State.DONE, seconds__isnull=False)
    found = finished.aggregate(canaries=Avg("seconds", filter=Q(wave=0)), all=Avg("seconds"))
    each = found["canaries"] or found["all"]
    if each is not None:
        return Estimate(round(companies * each / parallel, 1), _("the canaries of earlier upgrades"))
    return Estimate(round(companies * rehearsed / parallel, 1), _("the rehearsal; no upgrade ran here yet"))


def listing(limit: int = 50) -> list[tuple[UpgradeRun, str, Any]]:
    """The newest runs, each with its standing and the word for it."""
    found = UpgradeRun.objects.order_by("-id")[:limit]
    return [(run, stands, STANDINGS[stands]) for run in found if (stands := standing(run))]


def picture(run: UpgradeRun) -> dict[str, Any]:
    """All that the page of one run shows."""
    stands = standing(run)
    behind = fleet(run.to_release).behind if run.state == State.PLANNED else {}
    sources = list(behind) or sorted(set(run.steps.values_list("from_release", flat=True)))
    drawn = plans_to(run.to_release, sources)
    ready = run.wanted == Wanted.NOTHING and len(drawn) == len(sources)
    companies = run.total - run.done - run.failed
    slowest = max((plan.seconds for plan in drawn), default=0.0)
    return {
        "run": run,
        "stands": stands,
        "word": STANDINGS[stands],
        "live": run.is_open and (bool(run.wanted) or stands == State.RUNNING),
        "plans": drawn,
        "estimate": estimate(companies, run.parallel, slowest) if ready and run.is_open else None,
        "startable": ready and stands in (State.PLANNED, State.PAUSED, "interrupted"),
        "pausable": stands == State.RUNNING and run.wanted != Wanted.PAUSE,
        "failures": failures(run),
        "retriable": run.failed and not (run.is_open and stands == State.RUNNING),
        "waves": wave_counts(run),
    }


def wave_counts(run: UpgradeRun) -> list[Any]:
    """Per wave: how many companies it has, how many are done, how many failed."""
    rows = run.steps.values("wave").annotate(
        total=Count("id"),
        done=Count("id", filter=Q(state=UpgradeStep.State.DONE)),
        failed=Count("id", filter=Q(state=UpgradeStep.State.FAILED)),
    )
    return list(rows.order_by("wave"))


def plans_to(release: str, sources: list[str]) -> list[plans.Plan]:
    """The kept plans to ``release`` from each of these releases."""
    found = UpgradePlan.objects.filter(to_release=release, from_release__in=sources)
    return [plan for row in found if (plan := plans.known(row.from_release, row.to_release)) is not None]
