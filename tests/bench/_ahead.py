"""Upgrade the fleet to the release ahead and time it; prints JSON on its last line."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import django


def timed(function: Any, *arguments: Any) -> float:
    started = time.perf_counter()
    function(*arguments)
    return round(time.perf_counter() - started, 3)


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from kernel import context
    from tenants.models import Tenant, UpgradePlan, UpgradeRun
    from tenants.upgrades import running

    parallel, expected = sys.argv[1], int(sys.argv[2])
    with context.enter(context.Context(cause="command")):
        prepare = timed(running.prepare)
    seconds = timed(call_command, "upgrade", "start", "--parallel", parallel)
    run = UpgradeRun.objects.get()
    if (run.state, run.done, run.failed) != ("done", expected, 0):
        raise SystemExit(
            f"The upgrade did not go through: {run.state}, {run.done} done, {run.failed} failed."
        )
    if Tenant.objects.exclude(release=run.to_release).exists():
        raise SystemExit("A company is behind.")
    figures = {
        "prepare_seconds": prepare,
        "seconds": seconds,
        "plan_seconds": UpgradePlan.objects.get().seconds,
        "noop_seconds": timed(call_command, "upgrade", "start"),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
