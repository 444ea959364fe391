"""Upgrade every company's schema to the release of this code: plan, start, pause, resume, retry, status."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel import context
from kernel.errors import TeremError
from tenants import schemas
from tenants.upgrades import data, rehearsal, runs
from tenants.upgrades.models import UpgradeRun
from tenants.upgrades.plans import Plan
from tenants.upgrades.running import carry_out, prepare
from tenants.upgrades.runs import Fleet, State, Wanted

BAR = 30


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser(
            "plan", help="what would run, which locks it takes, what is unsafe, how long it lasts"
        )
        start = verbs.add_parser("start", help="upgrade everybody who is behind")
        start.add_argument("--canary", default="3", help="how many go first, or addresses: acme,beta (3)")
        start.add_argument(
            "--waves", default="5%,25%,100%", help="growing shares of the fleet (5%%,25%%,100%%)"
        )
        start.add_argument("--parallel", type=int, default=4, help="connections at once (4)")
        start.add_argument("--stop-at", default="1%", help="failures that may happen: 5%% or a number (1%%)")
        verbs.add_parser("pause", help="finish the companies at hand and wait")
        resume = verbs.add_parser("resume", help="go on with a paused or interrupted upgrade")
        resume.add_argument("--parallel", type=int, help="connections at once")
        retry = verbs.add_parser("retry", help="try failed companies again")
        retry.add_argument("names", nargs="*", help="addresses of companies; without any all that failed")
        status = verbs.add_parser("status", help="how the newest upgrade stands")
        status.add_argument("--follow", action="store_true", help="until it is over")

    def handle(self, *args: Any, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            try:
                getattr(self, options["verb"])(options)
            except TeremError as error:
                raise CommandError(str(error)) from error

    def plan(self, options: dict[str, Any]) -> None:
        found = runs.fleet()
        if not found.behind:
            self._nothing_to_do(found)
            return
        prepare()
        made = [rehearsal.plan(release) for release in found.behind]
        for plan in made:
            self._show(plan, found.behind[plan.from_release])
        companies = sum(found.behind.values())
        slowest = max(plan.seconds for plan in made)
        guess = runs.estimate(companies, 4, slowest)
        self.stdout.write(
            f"{companies} of {found.total} companies, about {guess.seconds} s"
            f" over 4 connections (by {guess.rests_on})."
        )

    def _show(self, plan: Plan, companies: int) -> None:
        self.stdout.write(f"From {plan.from_release} to {plan.to_release}: {companies} companies.")
        for hop in plan.hops:
            apart = "; apart where a table is large" if hop.apart else ""
            self.stdout.write(f"  {', '.join(hop.migrations)}{apart}")
            for statement in hop.statements:
                locks = ", ".join(f"{mode} on {table}" for table, mode in statement.locks) or "no lock"
                self.stdout.write(f"    {statement.concurrent or statement.sql}")
                self.stdout.write(f"      {locks}")
                for fault in statement.faults:
                    self.stdout.write(self.style.WARNING(f"      UNSAFE: {fault}"))
            for name in hop.data:
                self.stdout.write(f"    data step {name}, afterwards, in batches")

    def _nothing_to_do(self, found: Fleet) -> None:
        self.stdout.write(f"All {found.total} companies are at release {found.wanted}.")

    def start(self, options: dict[str, Any]) -> None:
        found = runs.fleet()
        if not found.behind:
            self._nothing_to_do(found)
            return
        chosen = {name: options[name] for name in ("canary", "waves", "parallel", "stop_at")}
        self._go(runs.begin(**chosen))

    def pause(self, options: dict[str, Any]) -> None:
        opened = runs.open_run()
        if opened is None:
            raise CommandError("No upgrade is open.")
        run = runs.ask(number=opened.id, wanted=Wanted.PAUSE)
        self.stdout.write(f"Upgrade {run.id} finishes the companies at hand and waits.")

    def resume(self, options: dict[str, Any]) -> None:
        run = runs.open_run() or (runs.newest() if data.owed() else None)
        if run is None:
            raise CommandError("No upgrade is open.")
        if run.to_release != schemas.current_release():
            raise CommandError(f"Upgrade {run.id} is of release {run.to_release}, not of this code's.")
        if options["parallel"]:
            run.parallel = min(options["parallel"], runs.MOST_PARALLEL)
        self._go(run)

    def retry(self, options: dict[str, Any]) -> None:
        newest = runs.newest()
        if newest is None:
            raise CommandError("There was no upgrade yet.")
        self._go(runs.retry(number=newest.id, names=options["names"]))

    def status(self, options: dict[str, Any]) -> None:
        run = runs.newest()
        if run is None:
            self._nothing_to_do(runs.fleet()) if not runs.fleet().behind else self.stdout.write(
                "There was no upgrade yet."
            )
            return
        while options["follow"] and runs.standing(run) == State.RUNNING:
            self._tell(run, "")
            time.sleep(1)
            run = runs.run_of(run.id)
        self._sum_up(run)

    def _go(self, run: UpgradeRun) -> None:
        try:
            run = carry_out(run, self._tell)
        except KeyboardInterrupt:
            raise CommandError("Interrupted. Go on with “upgrade resume”.") from None
        if sys.stdout.isatty():
            self.stdout.write("")
        self._sum_up(run)
        if run.failed or run.state == State.STOPPED:
            raise SystemExit(1)

    def _tell(self, run: UpgradeRun, words: str) -> None:
        """One line that renews itself on a terminal, whole lines elsewhere."""
        bar = "#" * (run.percent * BAR // 100)
        line = f"[{bar:{BAR}}] {run.done + run.failed}/{run.total}, {run.rate}/s, {run.failed} failed"
        if sys.stdout.isatty():
            sys.stdout.write(f"\r\033[K{line}  {words}")
            sys.stdout.flush()
        elif words:
            self.stdout.write(words)

    def _sum_up(self, run: UpgradeRun) -> None:
        standing = runs.standing(run)
        self.stdout.write(
            f"Upgrade {run.id} to {run.to_release}: {standing}. {run.done} of {run.total} done,"
            f" {run.failed} failed, {run.rate} companies per second, {run.seconds} s."
        )
        if run.why:
            self.stdout.write(run.why)
        for name, slug, error in data.unfinished():
            self.stdout.write(f"  data step {name} of {slug} is not finished. {error}")
        for step in runs.failures(run):
            self.stdout.write(f"  {step.tenant.slug} stays at {step.from_release}")
            self.stdout.write(f"    statement: {' '.join(step.statement.split())[:300]}")
            self.stdout.write(f"    error: {' '.join(step.error.split())[:300]}")
        if standing == "interrupted":
            self.stdout.write("The process that worked on it has died. Go on with “upgrade resume”.")
