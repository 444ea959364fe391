"""Taking a snapshot: one transaction over all tables, then the files, sealed with the company's key.

A failed one is removed at once. Where the store itself is what failed, its halves are
cleared by the next try (``clear_failed``) and by the night (``clear_halves``).
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from kernel import storage
from kernel.errors import NotFound, TeremError
from kernel.when import now
from tenants import schemas
from tenants.backups import keys, manifest, reading, store, stream
from tenants.backups.manifest import Manifest
from tenants.backups.models import Snapshot
from tenants.models import Blueprint, Tenant

log = logging.getLogger("terem.backups")

A_DAY = timedelta(hours=25)
MOST_FAILED = 20

# So far is the work: done and total, in tables.
Progress = Callable[[int, int], None]


def purpose(snapshot: Any) -> str:
    """What the data's key is derived for: data of one snapshot never opens as another's."""
    return f"snapshot {snapshot}"


def silent(done: int, total: int) -> None:
    """Nobody watches."""


def take(tenant: Tenant, kind: str, progress: Progress = silent) -> Snapshot:
    """Take a snapshot now. On failure the row says why, and the error goes on."""
    if tenant.status == Tenant.Status.CLOSED:
        raise NotFound
    snapshot = Snapshot.objects.create(
        tenant=tenant,
        kind=kind,
        release=tenant.release,
        expires_at=now() + timedelta(days=settings.TEREM_BACKUP_DAYS),
    )
    started = time.perf_counter()
    try:
        clear_failed(tenant)
        made = _write(tenant, snapshot, progress)
    except BaseException as error:
        _remove_what_lies_there(snapshot)
        snapshot.state, snapshot.error = Snapshot.State.FAILED, f"{type(error).__name__}: {error}"
        snapshot.save()
        raise
    snapshot.state = Snapshot.State.READY
    snapshot.size, snapshot.digest = made.data_bytes, made.data_digest
    snapshot.rows, snapshot.files = made.rows, made.files
    snapshot.seconds = round(time.perf_counter() - started, 3)
    snapshot.save()
    return snapshot


def _remove_what_lies_there(snapshot: Snapshot) -> None:
    try:
        store.present().remove(snapshot.tenant_id, snapshot.id)
    except (TeremError, OSError) as error:
        log.warning("what was written of snapshot %s is cleared later: %s", snapshot.id, error)


def clear_failed(tenant: Tenant) -> None:
    """Remove what failed snapshots of the last day may have left: the store may not have answered then."""
    failed = tenant.snapshots.filter(state=Snapshot.State.FAILED, taken_at__gt=now() - A_DAY)
    for snapshot in failed.order_by("-taken_at")[:MOST_FAILED]:
        store.present().remove(tenant.id, snapshot.id)


def clear_halves() -> int:
    """Remove what has no manifest and is being written by nobody; returns how many snapshots that were.

    What this registry does not know is left alone for a day: a cluster restored beside may be writing it.
    """
    kept = store.present()
    cleared = 0
    for half in kept.halves():
        state = Snapshot.objects.filter(id=half.snapshot_id).values_list("state", flat=True).first()
        old = half.since < now() - A_DAY and state != Snapshot.State.READY
        if state == Snapshot.State.FAILED or old:
            kept.remove(half.tenant_id, half.snapshot_id)
            cleared += 1
    return cleared


def _write(tenant: Tenant, snapshot: Snapshot, progress: Progress) -> Manifest:
    key = keys.ensure(tenant.id)
    blueprint = Blueprint.objects.get(release=tenant.release)
    made = Manifest(
        tenant=str(tenant.id),
        snapshot=str(snapshot.id),
        schema=tenant.schema_name,
        release=tenant.release,
        fingerprint=blueprint.fingerprint,
        taken_at=snapshot.taken_at.isoformat(),
        kind=snapshot.kind,
        migrations=blueprint.migrations,
    )
    with store.present().writing(tenant.id, snapshot.id, store.DATA) as target:
        _sections(made, blueprint, target, key, progress)
    manifest.write(made, key)
    return made


def _sections(
    made: Manifest, blueprint: Blueprint, target: IO[bytes], key: bytes, progress: Progress
) -> None:
    writer = stream.Writer(target, key, purpose(made.snapshot))
    try:
        writer.begin(blueprint=blueprint.statements)
        writer.end()
        with schemas.owner() as connection:
            reading.moment(connection)
            with connection.transaction():
                made.tables = reading.tables(connection, made.schema)
                made.sequences = reading.sequences(connection, made.schema)
                for number, table in enumerate(made.tables):
                    writer.begin(table=table.name, columns=table.columns)
                    reading.copy_out(connection, made.schema, table, writer.write)
                    writer.end()
                    progress(number + 1, len(made.tables))
        _files(made, writer)
        made.data_bytes, made.data_digest = writer.close()
    except BaseException:
        writer.abandon()
        raise


def _files(made: Manifest, writer: stream.Writer) -> None:
    """The company's files. One that goes away meanwhile belonged to rows that went away too."""
    root = storage.folder_of(made.schema)
    whole = hashlib.sha256()
    for path in sorted(root.rglob("*")) if root.exists() else []:
        name = str(path.relative_to(root))
        if not path.is_file() or name.endswith(".part"):
            continue
        try:
            source = path.open("rb")
        except FileNotFoundError:
            log.info("a file went away while its company was backed up")
            continue
        with source:
            size, digest = _one_file(writer, name, source)
        whole.update(f"{name}\0{size}\0{digest}\n".encode())
        made.files += 1
        made.files_bytes += size
    made.files_digest = whole.hexdigest()


def _one_file(writer: stream.Writer, name: str, source: IO[bytes]) -> tuple[int, str]:
    sha, size = hashlib.sha256(), 0
    writer.begin(file=name)
    while block := source.read(stream.BLOCK_BYTES):
        writer.write(block)
        sha.update(block)
        size += len(block)
    writer.end()
    return size, sha.hexdigest()


def files_digest(root: Path) -> str:
    """The digest of a folder as the manifest keeps it."""
    whole = hashlib.sha256()
    for path in sorted(root.rglob("*")) if root.exists() else []:
        if path.is_file() and path.suffix != ".part":
            with path.open("rb") as source:
                digest = hashlib.file_digest(source, "sha256").hexdigest()
            whole.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0{digest}\n".encode())
    return whole.hexdigest()
