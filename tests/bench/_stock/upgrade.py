"""django-tenants' own upgrade: ``open N`` makes tenants by migrations, ``upgrade N`` migrates them all."""

from __future__ import annotations

import json
import sys
import time

import django


def open_all(count: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    from tests.bench._stock.models import Company

    call_command("migrate_schemas", shared=True, verbosity=0)
    for number in range(count):
        connection.set_schema_to_public()
        company = Company(schema_name=f"stock_{number}", name="Stock")
        company.save()
        company.create_schema(check_if_exists=False, sync_schema=True, verbosity=0)
    print("{}")


def upgrade(count: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    def migrate() -> float:
        started = time.perf_counter()
        call_command("migrate_schemas", tenant=True, executor="multiprocessing", verbosity=0)
        return time.perf_counter() - started

    seconds = migrate()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM information_schema.columns WHERE table_schema LIKE 'stock_%%'"
            " AND table_name = 'clients_company' AND column_name = 'rank'"
        )
        (arrived,) = cursor.fetchone()
    if arrived != count:
        raise SystemExit(f"Only {arrived} of {count} tenants were migrated.")
    print(json.dumps({"seconds": seconds, "noop_seconds": migrate()}))


if __name__ == "__main__":
    django.setup()
    {"open": open_all, "upgrade": upgrade}[sys.argv[1]](int(sys.argv[2]))
