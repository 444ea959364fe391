"""How fast a large file comes in: 100,000 rows of companies with people through the real import job.

The job runs in a process of its own, claimed from the queue as a worker claims it. ``rows_per_s`` counts
from the claim to the end of the job; ``peak_mb`` is the largest resident size of that process. fsync is on.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import django

ROWS = 100_000
_CITIES = ("Bath", "Leeds", "York", "Bristol", "Москва", "Самара", "Berlin", "Lyon")
_FIRST = ("Anna", "Mark", "Julia", "David", "Мария", "Иван", "Ольга", "Pierre")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--profile", action="store_true", help="print where the job's time goes")
    parser.add_argument("--run", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    if options.run:
        print(json.dumps(work(options.profile)))
        return
    figures = measure(options.rows, options.profile)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:24} {value}")


def write_table(path: Path, rows: int) -> None:
    """A plausible list: a company, where it is, its line of business, and one person there with mail and phone."""
    with path.open("w", encoding="utf-8") as file:
        file.write("Id,Company,Website,City,Industry,Contact name,Job title,E-mail,Mobile\n")
        for n in range(rows):
            file.write(
                f"a{n},Company {n} Ltd,www.company{n}.example,{_CITIES[n % 8]},Trade,{_FIRST[n % 8]} Keller{n},"
                f"Buyer,keller{n}@company{n}.example,+44 7400 {n % 1_000_000:06d}\n"
            )


def measure(rows: int, profile: bool) -> dict[str, Any]:
    from crm_core.imports import actions
    from crm_core.imports.models import Import
    from crm_core.records.models import Card
    from tenants import api
    from tests.support.tenants import open_company

    company = open_company("Bench", "bench-imports")
    with tempfile.TemporaryDirectory() as folder, api.inside(company.tenant, cause="page"):
        table = Path(folder) / "clients.csv"
        write_table(table, rows)
        with table.open("rb") as source:
            found = actions.upload(by=company.owner, source=source, name=table.name, kind="company")
        started = time.perf_counter()
        actions.check(by=company.owner, id=found.id)
        checking = run_child(False)
        check_seconds = time.perf_counter() - started
        actions.start(by=company.owner, id=found.id)
        done = run_child(profile)
        found = Import.objects.get(id=found.id)
        made = {kind: Card.objects.live().filter(kind=kind).count() for kind in ("company", "person")}
    if found.state != Import.State.DONE or made != {"company": rows, "person": rows}:
        raise SystemExit(f"The import ended as {found.state} with {made}.")
    return {
        "rows_per_s": round(rows / done["seconds"]),
        "peak_mb": done["peak_mb"],
        "seconds": round(done["seconds"], 1),
        "cpu_us_per_row": round(done["cpu_seconds"] / rows * 1e6),
        "check_seconds": round(check_seconds, 1),
        "check_peak_mb": checking["peak_mb"],
        "rows": rows,
        "records": sum(made.values()),
    }


def run_child(profile: bool) -> dict[str, Any]:
    """Run the next job of the queue in a process of its own; what it says of time and memory."""
    command = [sys.executable, "-m", "tests.bench.imports", "--run", *(["--profile"] if profile else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if profile:
        print(done.stderr, file=sys.stderr)
    if done.returncode:
        raise SystemExit(f"The job's process failed:\n{done.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def work(profile: bool) -> dict[str, Any]:
    """Claim and run one job, as a worker does."""
    from kernel.jobs.running import run_next

    profiler = None
    if profile:
        import cProfile

        profiler = cProfile.Profile()
        profiler.enable()
    started = time.perf_counter()
    if not run_next("tenant"):
        raise SystemExit("There was no job to run.")
    seconds = time.perf_counter() - started
    if profiler is not None:
        import pstats

        profiler.disable()
        pstats.Stats(profiler, stream=sys.stderr).sort_stats("tottime").print_stats(45)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "seconds": seconds,
        "peak_mb": round(used.ru_maxrss / 1024),
        "cpu_seconds": used.ru_utime + used.ru_stime,
    }


if __name__ == "__main__":
    main()
