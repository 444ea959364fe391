"""How long a release of five ordinary operations takes for a fleet, against django-tenants, in one run.

``seconds`` is ``upgrade start`` from the command to its end (canaries, waves,
journal); ``prepare_seconds`` is the template and the blueprint of the new release, and
``rehearsal_seconds`` the plan from the fleet's release, which ``install`` makes once before;
``ratio_with_rehearsal`` counts the latter in. ``baseline_seconds`` is
``migrate_schemas --executor=multiprocessing`` (four processes) with the same
migrations, measured on ``baseline_sample`` tenants and scaled to the fleet; they live
beside the fleet in one database, because its time per tenant grows with the number
of schemas there. ``…_cpu_seconds`` say where the seconds go: this process, and the database server. ``noop_…`` is the same command again with nothing to do; the baseline's is
scaled likewise. Times are taken after Django has started. fsync is on.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--tenants", type=int, default=300)
    parser.add_argument("--baseline", type=int, default=16)
    parser.add_argument("--parallel", type=int, default=4)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    figures = measure(options.tenants, options.baseline, options.parallel)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:24} {value}")


def measure(tenants: int, baseline: int, parallel: int) -> dict[str, Any]:
    open_all(tenants)
    ours = _run("tests.bench._ahead", "tests.upgrades.ahead.settings", str(parallel), str(tenants))
    stock = stock_seconds(baseline)
    scale = tenants / baseline
    return {
        "tenants": tenants,
        "seconds": ours["seconds"],
        "tenants_per_second": round(tenants / ours["seconds"], 1),
        "rehearsal_seconds": ours["rehearsal_seconds"],
        "plan_seconds": ours["plan_seconds"],
        "own_cpu_seconds": ours["own_cpu_seconds"],
        "database_cpu_seconds": ours["database_cpu_seconds"],
        "prepare_seconds": ours["prepare_seconds"],
        "baseline_seconds": round(stock["seconds"] * scale, 1),
        "baseline_sample": baseline,
        "ratio": round(stock["seconds"] * scale / ours["seconds"], 1),
        "ratio_with_rehearsal": round(
            stock["seconds"] * scale / (ours["seconds"] + ours["rehearsal_seconds"]), 1
        ),
        "noop_seconds": ours["noop_seconds"],
        "baseline_noop_seconds": round(stock["noop_seconds"] * scale, 1),
        "noop_ratio": round(stock["noop_seconds"] * scale / ours["noop_seconds"], 1),
    }


def open_all(count: int) -> None:
    """So many companies with their seeds, four at a time."""
    from django.db import connections

    from kernel import context
    from tenants import api

    started = time.monotonic()

    def one(number: int) -> None:
        from crm_core.setup.actions import seed

        try:
            with context.enter(context.Context(cause="command")):
                tenant = api.open_tenant(
                    slug=f"bench-{number}", name=f"Bench {number}", language="en", zone="UTC", currency="EUR"
                )
                with api.inside(tenant):
                    owner = {"account_id": number, "name": "Owner", "email": f"owner{number}@bench.example"}
                    seed(language="en", owner=owner)
                api.activate(tenant_id=tenant.id)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(1, count + 1)))
    print(f"{count} companies opened in {time.monotonic() - started:.0f} s.", file=sys.stderr)


def _run(module: str, settings: str, *arguments: str) -> dict[str, float]:
    """A process with other settings; the figures that it prints last."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": settings},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{module} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    print(done.stdout, file=sys.stderr)
    figures: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def stock_seconds(count: int) -> dict[str, float]:
    """What django-tenants takes for its sample, and again with nothing to do."""
    import psycopg
    from django.conf import settings

    with psycopg.connect(settings.TEREM_OWNER_DB, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA stock_public")
    module = "tests.bench._stock.upgrade"
    _run(module, "tests.bench._stock.settings_beside", "open", str(count))
    return _run(module, "tests.bench._stock.settings_ahead", "upgrade", str(count))


if __name__ == "__main__":
    main()
