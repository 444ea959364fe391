"""Snapshot and restore of one large company among many, against pg_dump -n and its restore, in one run.

``backup_s`` reads, compresses, seals and stores; ``pg_dump_s`` is ``pg_dump -n`` in its
compressed custom form. ``restore_s`` ends with a schema that has its role, indexes and
statistics under a new name; ``pg_restore_s`` restores the dump into a database beside,
with ANALYZE. ``export_s`` is the company's own export, empty where the product has none.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import django


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--tenants", type=int, default=10)
    parser.add_argument("--clients", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    figures = measure(options.tenants, options.clients, options.rounds)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:20} {value}")


def measure(tenants: int, clients: int, rounds: int) -> dict[str, Any]:
    from kernel import context
    from tenants import actions, schemas
    from tests.bench._planting import plant
    from tests.support.tenants import open_company

    company = open_company("Large", "large")
    with context.enter(context.Context(cause="command")):
        actions.fill_reserve(tenants - 1)
        with schemas.owner() as connection:
            plant(connection, company.tenant.schema_name, company.owner_id, clients)
        ours, rows, size = own_way(company.tenant, rounds)
        stock = stock_way(company.tenant.schema_name, rounds)
        equal = proved(company.tenant)
        export = export_seconds(company)
    backup, restore = (statistics.median(column) for column in zip(*ours, strict=True))
    dump, load = (statistics.median(column) for column in zip(*stock, strict=True))
    return {
        "tenants": tenants,
        "clients": clients,
        "rows": rows,
        "backup_mb": round(size / 1e6, 1),
        "backup_s": round(backup, 2),
        "pg_dump_s": round(dump, 2),
        "backup_ratio": round(dump / backup, 2),
        "restore_s": round(restore, 2),
        "pg_restore_s": round(load, 2),
        "restore_ratio": round(load / restore, 2),
        "differences": len(equal),
        "export_s": export,
    }


def own_way(tenant: Any, rounds: int) -> tuple[list[tuple[float, float]], int, int]:
    from kernel.ids import opaque_name
    from tenants import schemas
    from tenants.backups import restoring, taking

    times, snapshot = [], None
    for _ in range(rounds):
        started = time.perf_counter()
        snapshot = taking.take(tenant, "asked")
        taken = time.perf_counter()
        name = opaque_name("t_")
        restoring.restore(snapshot, name)
        times.append((taken - started, time.perf_counter() - taken))
        schemas.drop(name)
    assert snapshot is not None
    return times, snapshot.rows, snapshot.size


def stock_way(schema: str, rounds: int) -> list[tuple[float, float]]:
    """pg_dump -n and pg_restore on the same server; the restored schema lies in a database beside."""
    import psycopg
    from django.conf import settings

    from tenants.database.binaries import pg_dump

    administrator = os.environ["TEREM_BENCH_SUPERUSER_DB"]
    beside = settings.TEREM_OWNER_DB.rpartition("/")[0] + "/terem_beside"
    times = []
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "dump")
        for _ in range(rounds):
            with psycopg.connect(administrator, autocommit=True) as connection:
                connection.execute("DROP DATABASE IF EXISTS terem_beside")
                connection.execute("CREATE DATABASE terem_beside OWNER terem_owner")
            with psycopg.connect(administrator, dbname="terem_beside", autocommit=True) as connection:
                connection.execute("CREATE SCHEMA ext")
                connection.execute("CREATE EXTENSION pg_trgm SCHEMA ext")
                connection.execute("GRANT USAGE ON SCHEMA ext TO PUBLIC")
            started = time.perf_counter()
            run(
                [
                    str(pg_dump()),
                    "-Fc",
                    "-Z1",
                    f"--schema={schema}",
                    f"--file={file}",
                    f"--dbname={settings.TEREM_OWNER_DB}",
                ]
            )
            dumped = time.perf_counter()
            run([str(pg_dump().with_name("pg_restore")), "--exit-on-error", f"--dbname={beside}", file])
            with psycopg.connect(beside, autocommit=True) as connection:
                connection.execute("ANALYZE")
            times.append((dumped - started, time.perf_counter() - dumped))
    return times


def run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{Path(command[0]).name} failed: {done.stderr[-2000:]}")


def proved(tenant: Any) -> list[str]:
    from tenants.backups import drills, restoring

    found = drills.prove(restoring.snapshot_of(tenant.id)).differences
    if found:
        print(f"The restored schema differs: {found}", file=sys.stderr)
    return list(found)


def export_seconds(company: Any) -> float | None:
    """Seconds of the company's own export; None in a product that has no such action."""
    from importlib import import_module, util

    from tenants import api
    from tests.support.tenants import run_jobs

    if util.find_spec("crm_core.exports") is None:
        return None
    with api.inside(company.tenant, cause="page", actor=company.owner_id):
        started = time.perf_counter()
        import_module("crm_core.exports.actions").start(by=company.owner)
        run_jobs()
        return round(time.perf_counter() - started, 2)


if __name__ == "__main__":
    main()
