"""What the keeper's process does for upgrades: carry out what the console asked for, fetch whoever came late."""

from __future__ import annotations

import logging

from kernel.errors import Conflict, TeremError
from kernel.when import now
from tenants import schemas
from tenants.models import Tenant
from tenants.upgrades import rehearsal, runs
from tenants.upgrades.models import UpgradeRun
from tenants.upgrades.running import carry_out, drop_old_blanks, prepare
from tenants.upgrades.runs import State, Wanted

log = logging.getLogger("terem.upgrades")


def _quiet(run: UpgradeRun, words: str) -> None:
    if words:
        log.info("upgrade %s: %s", run.id, words)


def tend() -> bool:
    """Do what an operator asked for in the console; True if there was something to do.

    A run of another release is left to the keeper of that release. If this
    process dies on the way, the next call goes on.
    """
    run = runs.open_run()
    if run is None or run.wanted not in (Wanted.PLAN, Wanted.RUN):
        return False
    if run.to_release != schemas.current_release():
        return False
    try:
        if run.wanted == Wanted.PLAN:
            draw(run)
        else:
            carry_out(run, _quiet)
    except Conflict:
        return False
    except TeremError as error:
        _give_up(run, str(error))
    return True


def draw(run: UpgradeRun) -> None:
    """Rehearse the way from every release that a company is at; the console shows the kept plans."""
    prepare()
    for release in runs.fleet().behind:
        rehearsal.plan(release)
    UpgradeRun.objects.filter(id=run.id, wanted=Wanted.PLAN).update(wanted=Wanted.NOTHING)


def _give_up(run: UpgradeRun, reason: str) -> None:
    UpgradeRun.objects.filter(id=run.id).update(
        state=State.STOPPED, wanted=Wanted.NOTHING, reason=reason, finished_at=now()
    )


def catch_up() -> int:
    """Upgrade companies that a process of the former release opened after the run; returns how many."""
    release = schemas.current_release()
    run = UpgradeRun.objects.filter(to_release=release).order_by("-id").first()
    if run is None or run.state != State.DONE:
        return 0
    drop_old_blanks()
    late = Tenant.objects.live().exclude(release=release).exclude(upgrades__run=run)
    known = run.done
    if not late.exists():
        return 0
    try:
        return carry_out(run, _quiet).done - known
    except Conflict:
        return 0
