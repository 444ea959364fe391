"""Upgrade the fleet to the release ahead and time it; prints JSON on its last line."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import django

from tests.bench.requests import cpu_of, family


def timed(function: Any, *arguments: Any) -> float:
    started = time.perf_counter()
    function(*arguments)
    return round(time.perf_counter() - started, 3)


def database_cpu() -> float:
    """CPU seconds that the database server has used so far, with the processes of it that have ended."""
    from tenants import schemas

    with schemas.owner() as connection:
        (own,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
    server = int(_fields(own)[1])
    ended = sum(int(value) for value in _fields(server)[13:15])
    return cpu_of(family(server)) + ended / os.sysconf("SC_CLK_TCK")


def _fields(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from kernel import context
    from tenants.models import Tenant, UpgradePlan, UpgradeRun
    from tenants.upgrades import rehearsal, running

    parallel, expected = sys.argv[1], int(sys.argv[2])
    with context.enter(context.Context(cause="command")):
        prepare, rehearse = timed(running.prepare), timed(rehearsal.rehearse_all)
    own, server = time.process_time(), database_cpu()
    seconds = timed(call_command, "upgrade", "start", "--parallel", parallel)
    own, server = time.process_time() - own, database_cpu() - server
    run = UpgradeRun.objects.get()
    if (run.state, run.done, run.failed) != ("done", expected, 0):
        raise SystemExit(
            f"The upgrade did not go through: {run.state}, {run.done} done, {run.failed} failed."
        )
    if Tenant.objects.exclude(release=run.to_release).exists():
        raise SystemExit("A company is behind.")
    figures = {
        "prepare_seconds": prepare,
        "rehearsal_seconds": rehearse,
        "seconds": seconds,
        "own_cpu_seconds": round(own, 3),
        "database_cpu_seconds": round(server, 3),
        "plan_seconds": UpgradePlan.objects.get().seconds,
        "noop_seconds": timed(call_command, "upgrade", "start"),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
