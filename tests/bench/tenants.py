"""What more tenants cost: sessions of eight requests on random tenants, openings, memory, catalogue.

One database per fleet size, made once and kept. ``first`` is the first request of a
session, usually of a tenant that its connection has not touched yet; ``warm`` are the
other seven. ``connection_mb`` is the largest private memory of a backend after all
requests, ``mb_by_tenants`` that of one connection which is never renewed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import django

PATHS = (
    "/",
    "/companies/",
    "/people/",
    "/deals/",
    "/tasks/",
    "/companies/new/",
    "/search/palette/?q=har",
    "/settings/profile/",
)
CURVE = (1, 10, 25, 50, 100, 200, 300)
_LOGINS = ("TEREM_OWNER_DB", "TEREM_CONTROL_DB", "TEREM_TENANT_DB")


def p95(values: list[float]) -> float:
    return round(sorted(values)[int(len(values) * 0.95)], 1)


def private_mb(pid: int) -> float:
    """Memory that belongs to this process alone, in MB."""
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(row.split()[1]) for row in rows if row.startswith("Private_")) / 1024


def environment_of(fleet: str) -> dict[str, str]:
    """The run's environment with the fleet's own database in every address."""
    return os.environ | {name: os.environ[name].rpartition("/")[0] + f"/{fleet}" for name in _LOGINS}


def ensure_database(fleet: str) -> None:
    """The fleet's database with this release installed; repeating it changes nothing."""
    from tenants.database import cluster

    passwords = {}
    for name in _LOGINS:
        found = urlsplit(os.environ[name])
        passwords[str(found.username)] = unquote(found.password or "")
    cluster.prepare(os.environ["TEREM_BENCH_SUPERUSER_DB"], fleet, passwords)
    subprocess.run(
        [sys.executable, "manage.py", "install"],
        env=environment_of(fleet) | {"TEREM_RESERVE": "0"},
        check=True,
        stdout=sys.stderr,
    )


def grow(count: int) -> list[tuple[str, str, str]]:
    """Open what the fleet lacks; host, session key and schema of each tenant."""
    from django.conf import settings

    from crm_core.team.actions import open_session
    from crm_core.team.models import Member
    from kernel import context
    from tenants import api, schemas
    from tenants.actions import fill_reserve
    from tests.bench._filling import fill
    from tests.support.tenants import open_company

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    known = api.active().count()
    for number in range(known, count):
        with context.enter(context.Context(cause="command")):
            fill_reserve(1)
        company = open_company(f"Fleet {number}", f"fleet-{number}")
        with schemas.owner() as connection:
            fill(connection, company.tenant.schema_name, company.owner_id, 60, 60)
        print(f"\rtenants {number + 1}/{count}", end="", file=sys.stderr)
    found = []
    for tenant in api.active().order_by("created_at")[:count]:
        with api.inside(tenant):
            owner = Member.objects.order_by("id").first()
            assert owner is not None
            _session, key = open_session(member=owner, agent="bench", network="127.0.0.1")
        found.append((f"{tenant.slug}.{settings.TEREM_DOMAIN}", key, tenant.schema_name))
        end_of_request()
    return found


def end_of_request() -> None:
    from django.db import connections

    connections["tenant"].close_if_unusable_or_obsolete()


def ask(host: str, key: str, path: str) -> float:
    """One request through every middleware, in this process; milliseconds."""
    from django.conf import settings

    from tests.support.tenants import Browser

    browser = Browser(host)
    browser.cookies[settings.WORKSPACE_COOKIE] = key
    started = time.perf_counter()
    answer = browser.get(path)
    end_of_request()
    taken = (time.perf_counter() - started) * 1000
    if answer.status_code != 200:
        raise SystemExit(f"{host}{path} answered {answer.status_code}")
    return taken


def sessions(fleet: list[tuple[str, str, str]], requests: int) -> tuple[list[float], list[float], float]:
    """First and warm times, and the largest memory of a backend seen on the way."""
    dice, first, warm, most = random.Random(1), [], [], 0.0
    for number in range(max(1, requests // len(PATHS))):
        host, key, _schema = dice.choice(fleet)
        times = [ask(host, key, path) for path in PATHS]
        first.append(times[0])
        warm.extend(times[1:])
        if number % 10 == 9:
            most = max(most, *(private_mb(pid) for pid in backends()), 0.0)
    return first, warm, most


def backends() -> list[int]:
    from django.db import connections

    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE usename = 'terem_tenant' AND datname = current_database()"
        )
        return [row[0] for row in cursor.fetchall()]


def curve(fleet: list[tuple[str, str, str]]) -> dict[str, float]:
    """Private memory of a single connection that goes on from tenant to tenant, by the tenants touched."""
    from django.conf import settings

    from tenants.database import pool

    settings.TEREM_TENANTS_PER_CONNECTION, settings.TEREM_POOL = 10**9, 1
    former = pool._pools.pop(os.getpid(), None)
    if former is not None:
        former.close()
    found = {}
    for number, (host, key, _schema) in enumerate(fleet, start=1):
        for path in PATHS:
            ask(host, key, path)
        if number in CURVE:
            found[str(number)] = round(max(private_mb(pid) for pid in backends()), 1)
        if number >= CURVE[-1]:
            break
    return found


def openings(count: int) -> list[float]:
    """From asking for an address to the owner's first page, with a blank schema in reserve; removed again."""
    from kernel import context
    from tenants import api
    from tenants.actions import fill_reserve
    from tests.bench.provisioning import open_one

    taken = []
    for _ in range(count):
        with context.enter(context.Context(cause="command")):
            fill_reserve(1)
        taken.append(open_one())
        end_of_request()
    for tenant in list(api.active().filter(slug__startswith="bench-")):
        api.close(tenant_id=tenant.id, reason="bench")
    return taken


def catalogue_mb() -> float:
    from django.db import connections

    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace"
            " AND relkind = 'r'"
        )
        return round(float(cursor.fetchone()[0]) / 2**20, 1)


def measure(count: int, requests: int, opened: int) -> dict[str, Any]:
    fleet = grow(count)
    for path in PATHS:
        ask(*fleet[0][:2], path)  # the process itself is warm: templates, imports
    first, warm, memory = sessions(fleet, requests)
    return {
        "first_p95_ms": p95(first),
        "warm_p95_ms": p95(warm),
        "open_p95_ms": p95(openings(opened)),
        "connection_mb": round(memory, 1),
        "catalog_mb": catalogue_mb(),
        "requests": len(first) + len(warm),
        "mb_by_tenants": curve(fleet),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--counts", default="10,300,1000")
    parser.add_argument("--requests", type=int, default=10_000, help="requests per fleet")
    parser.add_argument("--openings", type=int, default=20)
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["TEREM_REQUESTS_PER_MINUTE"] = "1000000"
    django.setup()
    if options.measure:
        print(json.dumps(measure(options.measure, options.requests, options.openings)))
        return
    figures = {}
    for count in (int(part) for part in options.counts.split(",")):
        fleet = f"terem_fleet_{count}"
        ensure_database(fleet)
        command = [sys.executable, "-m", "tests.bench.tenants", "--measure", str(count)]
        command += ["--requests", str(options.requests), "--openings", str(options.openings)]
        done = subprocess.run(
            command, env=environment_of(fleet), check=True, stdout=subprocess.PIPE, text=True
        )
        figures[str(count)] = json.loads(done.stdout.splitlines()[-1])
    print(json.dumps(figures) if options.json else "\n".join(f"{k:6} {v}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
