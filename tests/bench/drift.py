"""Fingerprints of every schema compared with their blueprint; one column, one index and one right are planted."""

from __future__ import annotations

import argparse
import json
import os
import time
from typing import Any

import django

PLANTED = (
    "ALTER TABLE {schema}.records_card ADD COLUMN planted integer",
    "CREATE INDEX planted ON {schema}.records_card (version)",
    "REVOKE DELETE ON {schema}.notes_note FROM {schema}",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--tenants", type=int, default=20)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    figures = measure(options.tenants)
    print(json.dumps(figures) if options.json else figures)


def measure(tenants: int) -> dict[str, Any]:
    from kernel import context
    from tenants import actions, drift, schemas
    from tenants.models import Blank

    with context.enter(context.Context(cause="command")):
        actions.fill_reserve(tenants)
        names = list(Blank.objects.order_by("schema_name").values_list("schema_name", flat=True))
        clean = drift.check()
        if clean.different:
            raise SystemExit(f"Schemas differ before anything was planted: {clean.different}")
        chosen = dict(zip(names[:: max(1, len(names) // 3)], PLANTED, strict=False))
        with schemas.owner() as connection:
            for name, statement in chosen.items():
                connection.execute(statement.format(schema=name).encode())
        started = time.perf_counter()
        report = drift.check()
        seconds = time.perf_counter() - started
    return {
        "tenants": report.schemas,
        "seconds": round(seconds, 2),
        "planted_found": set(report.different) == set(chosen),
    }


if __name__ == "__main__":
    main()
