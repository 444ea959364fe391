"""Time django-tenants' create_schema with migrations; prints milliseconds, one number a line."""

from __future__ import annotations

import os
import sys
import time

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench._stock.settings"
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tests.bench._stock.models import Company

    call_command("migrate_schemas", shared=True, verbosity=0)
    for number in range(int(sys.argv[1])):
        connection.set_schema_to_public()
        company = Company(schema_name=f"stock_{number}", name="Stock")
        company.save()
        started = time.perf_counter()
        company.create_schema(check_if_exists=False, sync_schema=True, verbosity=0)
        print((time.perf_counter() - started) * 1000, flush=True)


if __name__ == "__main__":
    main()
