"""Carrying out a run: canaries, waves, parallel connections, the rule that stops it, and whoever came late."""

from __future__ import annotations

import heapq
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from kernel.errors import Conflict, TeremError
from kernel.when import now
from tenants import actions, directory, schemas
from tenants.models import Address, Blank, Blueprint, Tenant
from tenants.upgrades import data, plans, rehearsal, runs
from tenants.upgrades.applying import Outcome, Work, pause_before
from tenants.upgrades.crew import Crew
from tenants.upgrades.models import UpgradeRun, UpgradeStep
from tenants.upgrades.plans import Plan
from tenants.upgrades.runs import LEADER_LOCK, State, Wanted

log = logging.getLogger("terem.upgrades")

BEAT_SECONDS = 0.5
# A release that is bad for everybody is noticed by so many companies at most.
BAD_FOR_EVERYBODY = 3
# Companies that came late are looked for so many times; whoever comes later is the keeper's.
MOST_ROUNDS = 20
# Seconds that a company may be held by what is left of a killed process.
MOST_WAITS = 60

Tell = Callable[[UpgradeRun, str], None]


@contextmanager
def leading() -> Iterator[None]:
    """Be the one process that upgrades. Raises ``Conflict`` if another one is at it."""
    with schemas.owner() as connection:
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [LEADER_LOCK]).fetchone()
        if row is None or not row[0]:
            found = runs.open_run()
            raise Conflict(
                f"Upgrade {found.id if found else ''} is running in another process: "
                "watch it with “upgrade status”."
            )
        try:
            yield
        finally:
            # The server ends a closed session a moment later; the next upgrade must not meet it.
            connection.execute("SELECT pg_advisory_unlock(%s)", [LEADER_LOCK])


def prepare() -> Blueprint:
    """Template and blueprint of this release, made if they are not there yet."""
    release = schemas.current_release()
    known = Blueprint.objects.filter(release=release).first()
    if known is not None:
        return known
    with schemas.alone():
        schemas.refresh_template()
        return schemas.compile_blueprint()


class Upgrade:
    """One process's work on one run, from the first waiting company to the end or the next pause."""

    def __init__(self, run: UpgradeRun, tell: Tell) -> None:
        self.run = run
        self.tell = tell
        self.plans: dict[str, Plan] = {}
        self.wanted = Wanted.RUN.value
        self.spent = run.seconds
        self.began = time.monotonic()
        self.beaten = 0.0
        self.later: list[tuple[float, int, Work]] = []
        self.done = self.failed = self.wave_failed = self.wave_done = 0
        self.arrived: list[tuple[str, str]] = []
        self.stop_reason = ""
        self.stop_values: dict[str, Any] = {}

    def carry_out(self) -> UpgradeRun:
        """Work until everything is done, or somebody asks to pause, or too much fails."""
        self._open()
        with Crew(self.run.parallel, self.plans.get) as crew:
            self._reserve(crew)
            rounds = 0
            while self._may_go_on():
                wave = self.run.steps.filter(state=UpgradeStep.State.WAITING).order_by("wave").first()
                if wave is not None:
                    self._wave(crew, wave.wave)
                elif rounds >= MOST_ROUNDS or not runs.enlist(run=self.run, late=True):
                    break
                else:
                    rounds += 1
                    self._count_fleet()
            if self._may_go_on():
                self._reserve(crew)
        if self._may_go_on():
            self._data()
        return self._close()

    def _open(self) -> None:
        run = self.run
        fresh = not run.steps.exists()
        prepare()
        UpgradeRun.objects.filter(id=run.id).update(
            state=State.RUNNING,
            wanted=Wanted.RUN if run.wanted == Wanted.RUN else Wanted.NOTHING,
            started_at=run.started_at or now(),
            finished_at=None,
            reason="",
            beat_at=now(),
        )
        if fresh:
            runs.enlist(run=run)
        waiting = run.steps.filter(state=UpgradeStep.State.WAITING)
        for release in set(waiting.values_list("tenant__release", flat=True)):
            self._learn(release, fresh=fresh)
        run.refresh_from_db()
        self._count_fleet()
        self._count()

    def _learn(self, release: str, *, fresh: bool = False) -> None:
        """Have the plan from a release; one rehearsal, whatever the number of companies."""
        if release != self.run.to_release and release not in self.plans:
            self.plans[release] = rehearsal.plan(release, fresh=fresh)
            self.tell(self.run, f"Plan from {release}: {len(self.plans[release].statements)} statements.")

    def _count_fleet(self) -> None:
        UpgradeRun.objects.filter(id=self.run.id).update(
            total=self.run.steps.exclude(state=UpgradeStep.State.GONE).count()
        )
        self.run.refresh_from_db()

    def _count(self) -> None:
        found = runs.counts(self.run)
        self.done = found.get(UpgradeStep.State.DONE, 0)
        self.failed = found.get(UpgradeStep.State.FAILED, 0)

    def _may_go_on(self) -> bool:
        return self.wanted != Wanted.PAUSE and not self.stop_reason

    def _beat(self, *, now_too: bool = False) -> None:
        """Tell the world how it stands, and hear what it wants; twice a second."""
        moment = time.monotonic()
        if not now_too and moment - self.beaten < BEAT_SECONDS:
            return
        self.beaten = moment
        self.run.seconds = round(self.spent + moment - self.began, 3)
        self.run.done, self.run.failed = self.done, self.failed
        UpgradeRun.objects.filter(id=self.run.id).update(
            done=self.done, failed=self.failed, seconds=self.run.seconds, beat_at=now()
        )
        asked = UpgradeRun.objects.filter(id=self.run.id).values_list("wanted", flat=True).first()
        if asked == Wanted.PAUSE:
            self.wanted = Wanted.PAUSE.value
        if self.arrived:
            directory.forget_names(self.arrived)
            self.arrived = []
        self.tell(self.run, "")

    def _wave(self, crew: Crew, number: int) -> None:
        """Everything that waits in one wave."""
        works = self._works(number)
        self.wave_done = self.wave_failed = 0
        self.tell(self.run, f"Wave {number}: {len(works)} companies.")
        size = len(works)
        self._pass(crew, works, lambda: self._judge(number, size))
        if self._may_go_on():
            self._count()

    def _works(self, wave: int) -> list[Work]:
        rows = self.run.steps.filter(state=UpgradeStep.State.WAITING, wave=wave).select_related("tenant")
        hosts: dict[Any, list[tuple[str, str]]] = {}
        for tenant_id, host in Address.objects.filter(tenant__upgrades__in=rows).values_list(
            "tenant_id", "host"
        ):
            hosts.setdefault(tenant_id, []).append(("host", host))
        found = []
        for step in rows:
            tenant = step.tenant
            self._learn(tenant.release)
            names = [("schema", tenant.schema_name), *hosts.get(tenant.id, [])]
            found.append(Work(tenant.schema_name, tenant.release, tenant.id, step.id, names=names))
        return sorted(found, key=lambda work: runs.order(work.tenant_id))

    def _pass(self, crew: Crew, works: list[Work], judge: Callable[[], None]) -> None:
        """Send works through the crew; retries wait their time without holding anybody up."""
        works.reverse()
        while (works or self.later or crew.in_flight) and (self._may_go_on() or crew.in_flight):
            # Until the first company has succeeded one goes at a time: a bad release hurts few.
            most = crew.size * 2 if self.done or self.wave_done else 1
            while self._may_go_on() and crew.in_flight < most and (works or self._due()):
                crew.give(heapq.heappop(self.later)[2] if self._due() else works.pop())
            found = crew.take(0.05)
            if found is not None:
                self._note(*found, works)
                judge()
            self._beat()
        self.later.clear()

    def _due(self) -> bool:
        return bool(self.later) and self.later[0][0] <= time.monotonic()

    def _note(self, work: Work, outcome: Outcome, works: list[Work]) -> None:
        state = outcome.state
        if state == "busy" and work.attempts > MOST_WAITS and work.tenant_id is not None:
            self._journal(work, Outcome("failed", 0.0, "", "Another process holds this company's lock."))
        elif state in ("again", "busy"):
            pause = pause_before(work.attempts) if state == "again" else 1.0
            heapq.heappush(self.later, (time.monotonic() + pause, id(work), work))
        elif state == "moved":
            self._moved(work, works)
        elif work.tenant_id is None:
            return
        elif state == "done":
            self.done += 1
            self.wave_done += 1
            self.arrived += work.names
        else:
            self._journal(work, outcome)

    def _moved(self, work: Work, works: list[Work]) -> None:
        """The company is at another release than we thought: arrived already, or half-way."""
        if work.from_release == self.run.to_release:
            UpgradeStep.objects.filter(id=work.step_id or 0).update(
                state=UpgradeStep.State.DONE, finished_at=now()
            )
            self.done += 1
            return
        self._learn(work.from_release)
        works.append(work)

    def _journal(self, work: Work, outcome: Outcome) -> None:
        """Write down what a company failed on; it stays where it was and goes on working."""
        gone = outcome.state == "gone"
        UpgradeStep.objects.filter(id=work.step_id or 0).update(
            state=UpgradeStep.State.GONE if gone else UpgradeStep.State.FAILED,
            attempts=work.attempts,
            seconds=outcome.seconds,
            statement=outcome.statement[:4000],
            error=outcome.error[:2000],
            finished_at=now(),
        )
        if not gone:
            self.failed += 1
            self.wave_failed += 1
            log.error("upgrade of %s failed: %s (%s)", work.schema, outcome.error, outcome.statement[:200])

    def _judge(self, wave: int, size: int) -> None:
        """Stop if more failed than allowed, if nobody succeeds, or if half of the canaries fail."""
        if not self.wave_failed:
            return
        allowed = runs.failures_allowed(self.run.stop_at, self.run.total)
        if self.failed > allowed and not (wave == 0 and size >= 2 and self.wave_failed * 2 < size):
            self.stop_reason = "too_many"
        elif not self.done and self.failed >= BAD_FOR_EVERYBODY:
            self.stop_reason = "everybody"
        elif wave == 0 and self.wave_failed * 2 >= size:
            self.stop_reason = "canaries"
        failed = self.wave_failed if self.stop_reason == "canaries" else self.failed
        self.stop_values = {"failed": failed, "allowed": self.run.stop_at, "size": size}

    def _reserve(self, crew: Crew) -> None:
        """Blank schemas of earlier releases, so that the next company opens at the newest one."""
        stale = Blank.objects.exclude(release=self.run.to_release)
        works = []
        for name, release in stale.values_list("schema_name", "release"):
            try:
                self._learn(release)
            except TeremError as error:
                log.warning("blank %s stays at release %s: %s", name, release, error)
                continue
            works.append(Work(name, release))
        if works:
            done = self.wave_done
            self.wave_done = 1  # Nobody lives in a blank: all connections may work at once.
            self._pass(crew, works, lambda: None)
            self.wave_done = done

    def _data(self) -> None:
        """Steps over many rows, company by company, from where each was left."""
        for release, plan in self._all_plans().items():
            if plan.data:
                done = self.run.steps.filter(state=UpgradeStep.State.DONE, from_release=release)
                data.owe(list(done.values_list("tenant_id", flat=True)), plan.data)
        for tenant_id, name in data.owed():
            if not self._may_go_on():
                return
            tenant = Tenant.objects.get(id=tenant_id)
            self.tell(self.run, f"Data step {name}: {tenant.slug}.")
            try:
                data.carry_out(tenant, name, self._still_wanted)
            except Exception as error:  # one company's rows must not hold up the others
                log.exception("data step %s of %s", name, tenant.schema_name)
                data.blame(tenant_id, name, f"{type(error).__name__}: {error}")

    def _all_plans(self) -> dict[str, Plan]:
        found = dict(self.plans)
        for release in set(self.run.steps.values_list("from_release", flat=True)) - set(found):
            plan = plans.known(release, self.run.to_release)
            if plan is not None:
                found[release] = plan
        return found

    def _still_wanted(self) -> bool:
        self._beat()
        return self._may_go_on()

    def _close(self) -> UpgradeRun:
        self._count()
        self._beat(now_too=True)
        state, reason = State.DONE, ""
        if self.stop_reason:
            state, reason = State.STOPPED, self.stop_reason
        elif self.wanted == Wanted.PAUSE:
            state = State.PAUSED
        over = state != State.PAUSED
        UpgradeRun.objects.filter(id=self.run.id).update(
            state=state,
            wanted=Wanted.NOTHING,
            reason=reason,
            reason_values=self.stop_values,
            finished_at=now() if over else None,
        )
        self.run.refresh_from_db()
        self.tell(self.run, "")
        return self.run


def carry_out(run: UpgradeRun, tell: Tell) -> UpgradeRun:
    """Work on a run until it is over or paused. Raises ``Conflict`` if another process is at it."""
    with leading():
        try:
            return Upgrade(run, tell).carry_out()
        except TeremError as error:
            # Nothing was touched: the way itself cannot be planned.
            UpgradeRun.objects.filter(id=run.id).update(
                state=State.STOPPED, wanted=Wanted.NOTHING, reason=str(error), finished_at=now()
            )
            raise


def upgrade_now() -> UpgradeRun | None:
    """Upgrade everybody at once, going on with a run that was left; None if nobody is behind."""
    if not runs.fleet().behind:
        return None
    run = runs.open_run()
    if run is None or run.to_release != schemas.current_release():
        run = runs.begin(waves="100%")
    return carry_out(run, lambda _run, words: log.info("%s", words) if words else None)


def drop_old_blanks(hours: int = 1) -> int:
    """Remove blanks of earlier releases that nobody has opened a company with for so long; returns how many."""
    old = Blank.objects.exclude(release=schemas.current_release()).filter(
        made_at__lt=now() - timedelta(hours=hours)
    )
    return actions.drop_stale_reserve() if old.exists() else 0
