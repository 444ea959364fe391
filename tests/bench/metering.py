"""What counting costs, and whether a count is ever lost.

The metered call is the product's own: a reminder's background job, claimed, run, its letter written and counted.
Rounds with counting (folding included) and the same without it take turns; ``cpu_ratio`` is the median of the
rounds' ratios of CPU per job, of this process and the database's backends. Then processes that work and processes
that fold are ended by kill -9; ``lost`` is how far sums and uses are apart afterwards, or from the jobs that were done.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

from tests.bench.requests import backends, cpu_of


def prepare(count: int) -> list[Any]:
    """Companies with their owners."""
    from kernel import context
    from tenants.actions import fill_reserve
    from tests.support.tenants import open_company

    with context.enter(context.Context(cause="command")):
        fill_reserve(count)
    return [open_company(f"Metered {number}", f"metered-{number}") for number in range(count)]


def plan(companies: list[Any], owners: dict[Any, Any], count: int) -> None:
    """Ask for this many reminders that are due now, spread over the companies."""
    from crm_core.activities import actions
    from kernel.when import now
    from tenants import api

    for number in range(count):
        company = companies[number % len(companies)]
        with api.inside(company.tenant):
            if company.tenant.id not in owners:
                owners[company.tenant.id] = company.owner
            due = now() + timedelta(days=1)
            actions.plan(by=owners[company.tenant.id], title="Call", due_at=due, remind_at=now())


def work() -> int:
    """Do all that is due; how many jobs that was."""
    from kernel.jobs.running import run_next

    done = 0
    while run_next("tenant"):
        done += 1
    return done


def round_of(
    companies: list[Any], owners: dict[Any, Any], count: int, folded: Callable[[], Any]
) -> tuple[float, float]:
    """CPU seconds and seconds for one job, folding included."""
    plan(companies, owners, count)
    time.sleep(0.05)
    pids = backends() | {os.getpid()}
    before, began = cpu_of(pids), time.perf_counter()
    done = work()
    folded()
    return (cpu_of(pids) - before) / done, (time.perf_counter() - began) / done


def compare(companies: list[Any], rounds: int, count: int) -> dict[str, Any]:
    from kernel import metering
    from tenants import metering as sums

    owners: dict[Any, Any] = {}
    real = metering.count
    ratios, pace = [], []
    round_of(companies, owners, len(companies), sums.fold)
    for number in range(rounds):
        pair = {}
        for metered in (True, False) if number % 2 else (False, True):
            metering.count = real if metered else lambda meter, amount=1: None
            pair[metered], seconds = round_of(
                companies, owners, count, sums.fold if metered else lambda: None
            )
            if metered:
                pace.append(1 / seconds)
        ratios.append(pair[True] / pair[False])
    metering.count = real
    return {"ops_per_s": round(statistics.median(pace), 1), "cpu_ratio": round(statistics.median(ratios), 3)}


def killed(companies: list[Any], count: int) -> dict[str, Any]:
    """Work and fold in processes that are killed; what is missing afterwards."""
    from django.db import connections
    from django.db.models import Sum

    from kernel.jobs import relay
    from kernel.jobs.models import Job
    from tenants import api
    from tenants import metering as sums
    from tenants.models import Use, UseOfDay

    before = UseOfDay.objects.aggregate(sum=Sum("value"))["sum"] or 0
    done_before = 0
    for company in companies:
        with api.inside(company.tenant):
            done_before += Job.objects.filter(state=Job.State.DONE).count()
    plan(companies, {}, count)
    kills = 0
    chance = random.Random(4)
    while relay.due_counts().get("tenant", 0) > count // 10 and kills < 12:
        children = [subprocess.Popen([sys.executable, "-m", "tests.bench.metering", "--child", what]) for what in ("work", "fold")]  # fmt: skip
        time.sleep(3 + chance.random() * 3)
        for child in children:
            child.send_signal(signal.SIGKILL)
            child.wait()
            kills += 1
    time.sleep(relay.LEASE_SECONDS + 1)
    relay.release_dead()
    work()
    sums.fold()
    done = 0
    for company in companies:
        with api.inside(company.tenant):
            done += Job.objects.filter(state=Job.State.DONE).count()
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM relay.used")
        waiting = cursor.fetchone()[0]
    uses = Use.objects.aggregate(sum=Sum("amount"))["sum"] or 0
    total = UseOfDay.objects.aggregate(sum=Sum("value"))["sum"] or 0
    apart = abs(uses - total) + waiting + sums.recount()
    return {
        "lost": apart + max(0, (done - done_before) - (total - before)),
        "kills": kills,
        "jobs_done": done - done_before,
        "counted": total - before,
    }


def child(what: str) -> None:
    from tenants import metering as sums

    while True:
        if what == "fold":
            sums.fold(batch=20)
            time.sleep(0.02)
        elif not work():
            time.sleep(0.1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--tenants", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=200, help="per round")
    parser.add_argument("--killed-jobs", type=int, default=600)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings

    import config.urls_workspace

    assert config.urls_workspace, "loads every app's background work"
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    if options.child:
        child(options.child)
        return
    companies = prepare(options.tenants)
    figures = compare(companies, options.rounds, options.jobs) | killed(companies, options.killed_jobs)
    figures |= {"tenants": options.tenants, "rounds": options.rounds, "jobs_per_round": options.jobs}
    print(json.dumps(figures) if options.json else "\n".join(f"{k:16} {v}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
