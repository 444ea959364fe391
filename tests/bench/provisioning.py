"""How long a new company waits: from the reserve, cold, and with django-tenants' own way, in one run.

``open_ms`` runs from ``tenants.api.open_tenant`` to the owner's first page (200),
with seeds, owner and lease; ``cold`` has no reserve to take from; ``baseline``
is django-tenants' create_schema with migrations on the same models. fsync is on.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--openings", type=int, default=40)
    parser.add_argument("--cold", type=int, default=10)
    parser.add_argument("--baseline", type=int, default=3)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    figures = measure(options.openings, options.cold, options.baseline)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:24} {value}")


_numbers = itertools.count(1)


def open_one() -> float:
    """Open a company as signing up does; milliseconds until its owner has seen the first page."""
    from billing import api as billing
    from crm_core.setup.actions import seed
    from kernel import context
    from tenants import api
    from tests.support.tenants import Browser, sign_in

    number = next(_numbers)
    email = f"owner{number}@bench.example"
    started = time.perf_counter()
    with context.enter(context.Context(cause="command")):
        tenant = api.open_tenant(
            slug=f"bench-{number}", name=f"Bench {number}", language="en", zone="UTC", currency="EUR"
        )
        with api.inside(tenant):
            member = seed(language="en", owner={"account_id": number, "name": "Owner", "email": email})
        billing.start(tenant.id)
        api.join(tenant_id=tenant.id, account_id=number, member_id=member.id)
        api.activate(tenant_id=tenant.id)
        with api.inside(tenant):
            browser = sign_in(Browser(f"bench-{number}.localhost"), member)
    answer = browser.get("/")
    if answer.status_code != 200:
        raise SystemExit(f"The owner's first page answered {answer.status_code}.")
    return (time.perf_counter() - started) * 1000


def measure(openings: int, cold: int, baseline: int) -> dict[str, Any]:
    from kernel import context
    from tenants import actions

    with context.enter(context.Context(cause="command")):
        actions.fill_reserve(openings + 24)
    open_one()  # the first request of a process loads code and templates
    reserve = [open_one() for _ in range(openings)]
    errors = parallel(20)
    empty_reserve()
    cold_times = [open_one() for _ in range(cold)]
    stock = stock_times(baseline)
    median = statistics.median
    return {
        "open_ms_median": round(median(reserve), 1),
        "open_ms_p95": round(sorted(reserve)[int(len(reserve) * 0.95)], 1),
        "cold_ms_median": round(median(cold_times), 1),
        "baseline_ms_median": round(median(stock), 1),
        "ratio": round(median(stock) / median(reserve), 1),
        "cold_ratio": round(median(stock) / median(cold_times), 1),
        "dump_differences": differences(),
        "parallel_errors": errors,
    }


def parallel(count: int) -> int:
    """Open so many at once; how many failed."""
    from django.db import connections

    def one(_: int) -> int:
        try:
            open_one()
        except Exception as error:
            print(repr(error), file=sys.stderr)
            return 1
        finally:
            connections.close_all()
        return 0

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(one, range(count)))


def empty_reserve() -> None:
    from tenants import schemas
    from tenants.models import Blank

    for name in list(Blank.objects.values_list("schema_name", flat=True)):
        schemas.drop(name)
        Blank.objects.filter(schema_name=name).delete()


def stock_times(count: int) -> list[float]:
    """Milliseconds of django-tenants' create_schema, in a database of its own on the same server."""
    import psycopg

    administrator = os.environ["TEREM_BENCH_SUPERUSER_DB"]
    with psycopg.connect(administrator, autocommit=True) as connection:
        connection.execute("CREATE DATABASE terem_stock OWNER terem_owner")
    with psycopg.connect(administrator, dbname="terem_stock", autocommit=True) as connection:
        connection.execute("CREATE SCHEMA ext")
        connection.execute("CREATE EXTENSION pg_trgm SCHEMA ext")
        connection.execute("GRANT USAGE ON SCHEMA ext TO PUBLIC")
        connection.execute("ALTER SCHEMA public OWNER TO terem_owner")
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench._stock.measure", str(count)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"The yardstick could not be measured:\n{done.stderr[-3000:]}")
    return [float(line) for line in done.stdout.split()]


def differences() -> int:
    """Lines in which an opened schema, the template and a schema made by plain migrations differ."""
    from kernel import context
    from kernel.ids import opaque_name
    from tenants import schemas
    from tenants.models import Tenant

    def normal(name: str) -> list[str]:
        lines = [
            line for line in schemas.dump(name).splitlines() if line and not line.startswith(("--", "\\"))
        ]
        return [re.sub(re.escape(name), "t_x", line) for line in lines]

    with context.enter(context.Context(cause="command")):
        plain = opaque_name("t_")
        schemas.make_by_migrations(plain)
        opened = Tenant.objects.order_by("id")[1].schema_name
        expected = normal(plain)
        found = [normal(opened), normal(schemas.TEMPLATE)]
    return sum(len(set(expected) ^ set(lines)) for lines in found)


if __name__ == "__main__":
    main()
