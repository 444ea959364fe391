"""The hourly report of every tenant's meters, a slice of the fleet at a time: operators and billing read them."""

from __future__ import annotations

import logging

from crm_core.records import queries as records
from crm_core.team import queries as team
from kernel import context, storage
from kernel.errors import TeremError
from kernel.when import now
from tenants import api

log = logging.getLogger("terem.measuring")

SLICES = 12  # five minutes each: an hour


def measure() -> dict[str, int]:
    """The meters of the tenant in the context: counts, bytes, and seconds since 1970 for the last activity."""
    values = {
        "members": team.seats(),
        "records": records.size(),
        "storage": storage.used(),
        "database": api.schema_bytes(),
    }
    seen = team.last_seen()
    return values | ({"active_at": int(seen.timestamp())} if seen else {})


def run(slice_number: int | None = None) -> int:
    """Measure the active tenants whose slice of the hour it is; returns how many."""
    wanted = now().minute // 5 if slice_number is None else slice_number
    measured = 0
    with context.enter(context.Context(cause="job")):
        for tenant in api.active():
            if tenant.id.int % SLICES != wanted:
                continue
            try:
                with api.inside(tenant, cause="job"):
                    values = measure()
                api.report_meters(tenant_id=tenant.id, values=values)
            except TeremError as error:
                log.warning("%s was not measured: %s", tenant.schema_name, type(error).__name__)
            else:
                measured += 1
    return measured
