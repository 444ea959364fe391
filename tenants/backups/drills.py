"""The restore drill: a snapshot counts as good when it was restored and every table compared."""

from __future__ import annotations

import logging
import shutil
import time

from kernel import storage
from kernel.ids import opaque_name
from tenants import drift, schemas
from tenants.backups import reading, taking
from tenants.backups.models import Drill, Snapshot
from tenants.backups.restoring import restore

log = logging.getLogger("terem.backups")


def prove(snapshot: Snapshot) -> Drill:
    """Restore into a schema of its own, read everything back, compare, remove; the result is kept."""
    name = opaque_name("t_")
    drill = Drill(tenant_id=snapshot.tenant_id, snapshot=snapshot)
    started = time.perf_counter()
    try:
        _compare(snapshot, name, drill)
    except Exception as error:
        drill.differences = [f"{type(error).__name__}: {error}"]
        log.error("the restore drill failed", exc_info=error)
    finally:
        schemas.drop(name)
        shutil.rmtree(storage.folder_of(name), ignore_errors=True)
    drill.seconds = round(time.perf_counter() - started, 3)
    drill.save()
    return drill


def _compare(snapshot: Snapshot, name: str, drill: Drill) -> None:
    made = restore(snapshot, name)
    with schemas.owner() as connection:
        found = reading.digests(connection, name, sort=False)
        counters = reading.sequences(connection, name)
    wanted = made.digests()
    differences = [
        table for table in sorted(wanted.keys() | found.keys()) if wanted.get(table) != found.get(table)
    ]
    differences += [name for name, value in made.sequences.items() if counters.get(name) != value]
    if taking.files_digest(storage.folder_of(name)) != made.files_digest:
        differences.append("files")
    differences += drift.differences(name, snapshot.release)
    drill.tables, drill.rows, drill.differences = len(wanted), made.rows, differences
