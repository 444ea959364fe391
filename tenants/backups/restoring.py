"""Restoring a snapshot into a schema of its own: blueprint, rows by COPY, then keys and indexes, all or nothing."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import psycopg
from django.conf import settings
from psycopg import sql

from kernel import storage
from kernel.errors import NotFound
from kernel.sealing import Broken
from kernel.when import now
from tenants import schemas
from tenants.backups import keys, manifest, reading, store, stream
from tenants.backups.manifest import Manifest, Table
from tenants.backups.models import Snapshot
from tenants.backups.taking import Progress, purpose, silent
from tenants.models import Tenant

# Built once the rows are there: filling an index row by row takes three times as long.
_LATER = ("CREATE INDEX", "CREATE UNIQUE INDEX")


def is_late(statement: str) -> bool:
    """Whether a statement of a blueprint comes after the rows: keys, constraints, indexes."""
    return statement.startswith(_LATER) or (
        statement.startswith("ALTER TABLE") and " ADD CONSTRAINT " in statement
    )


def open_manifest(snapshot: Snapshot) -> tuple[Manifest, bytes]:
    """The manifest of a ready snapshot and the key that opens its data."""
    if snapshot.state != Snapshot.State.READY:
        raise NotFound
    key = keys.key_of(snapshot.tenant_id)
    return manifest.read(snapshot.tenant_id, snapshot.id, key), key


@dataclass(slots=True)
class _Section:
    """One part of the data with a digest that is compared when its blocks are used up."""

    blocks: Iterator[bytes]
    rows: int = 0
    size: int = 0
    digest: str = ""

    def __iter__(self) -> Iterator[bytes]:
        sha = hashlib.sha256()
        for block in self.blocks:
            sha.update(block)
            self.size += len(block)
            # A row ends with a line feed; one inside a value is written as two characters.
            self.rows += block.count(b"\n")
            yield block
        self.digest = sha.hexdigest()


def check(snapshot: Snapshot) -> Manifest:
    """Read a snapshot through: seal, sizes, counts, digests. Raises ``Broken`` or ``NotFound``."""
    made, key = open_manifest(snapshot)
    with store.present().open(snapshot.tenant_id, snapshot.id, store.DATA) as source:
        found = hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]
        if found != made.data_digest:
            raise Broken("The data is not the one that the manifest names.")
        source.seek(0)
        _walk(made, source, key, None, None)
    return made


def restore(snapshot: Snapshot, name: str, progress: Progress = silent) -> Manifest:
    """Restore into the new schema ``name`` with role and files. Raises ``Broken``; then nothing is left behind."""
    made, key = open_manifest(snapshot)
    root = storage.folder_of(name)
    try:
        with (
            schemas.owner() as connection,
            store.present().open(snapshot.tenant_id, snapshot.id, store.DATA) as source,
        ):
            connection.execute("SET maintenance_work_mem = '256MB'")
            connection.execute("SET statement_timeout = 0")
            with connection.transaction():
                target = _Target(connection, name, made, progress)
                _walk(made, source, key, target, root)
                target.finish()
            schemas.settle(connection, name)
            _analyze(connection, name, made)
    except BaseException:
        shutil.rmtree(root, ignore_errors=True)
        raise
    return made


def _analyze(connection: psycopg.Connection[Any], name: str, made: Manifest) -> None:
    """Statistics for the tables that hold rows: without them the first lists are slow."""
    filled = [table.name for table in made.tables if table.rows]
    if filled:
        named = sql.SQL(", ").join(sql.Identifier(name, table) for table in filled)
        connection.execute(sql.SQL("ANALYZE {}").format(named))


class _Target:
    """The schema being made."""

    def __init__(
        self, connection: psycopg.Connection[Any], name: str, made: Manifest, progress: Progress
    ) -> None:
        self.connection = connection
        self.name = name
        self.made = made
        self.progress = progress
        self.later: list[str] = []
        self.done = 0

    def build(self, statements: list[str]) -> None:
        schemas.make_role(self.connection, self.name)
        self.later = [statement for statement in statements if is_late(statement)]
        self._run([statement for statement in statements if not is_late(statement)])

    def fill(self, table: Table, blocks: _Section) -> None:
        statement = sql.SQL("COPY {} ({}) FROM STDIN (FREEZE)").format(
            sql.Identifier(self.name, table.name), reading.columns_of(table)
        )
        with self.connection.cursor() as cursor, cursor.copy(statement) as copy:
            for block in blocks:
                copy.write(block)
        self.done += 1
        self.progress(self.done, len(self.made.tables) + 1)

    def finish(self) -> None:
        self._run(self.later)
        for sequence, value in self.made.sequences.items():
            if value is not None:
                self.connection.execute(
                    "SELECT setval(format('%%I.%%I', %s::text, %s::text)::regclass, %s)",
                    [self.name, sequence, value],
                )
        self.progress(len(self.made.tables) + 1, len(self.made.tables) + 1)

    def _run(self, statements: list[str]) -> None:
        with self.connection.pipeline(), self.connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement.replace(schemas.SCHEMA_MARK, self.name).encode())


def _walk(made: Manifest, source: IO[bytes], key: bytes, target: _Target | None, root: Path | None) -> None:
    """Go through all sections; compare each with the manifest; hand it to the target if there is one."""
    wanted = {table.name: table for table in made.tables}
    files, files_bytes, whole = 0, 0, hashlib.sha256()
    for head, blocks in stream.Reader(source, key, purpose(made.snapshot)).sections():
        section = _Section(blocks)
        if "blueprint" in head:
            _use_up(section)
            if target is not None:
                target.build(head["blueprint"])
        elif "table" in head:
            _table(wanted.pop(head["table"], None), head["columns"], section, target)
        else:
            _file(head["file"], section, root)
            files, files_bytes = files + 1, files_bytes + section.size
            whole.update(f"{head['file']}\0{section.size}\0{section.digest}\n".encode())
    if wanted or (files, files_bytes, whole.hexdigest()) != (
        made.files,
        made.files_bytes,
        made.files_digest,
    ):
        raise Broken("Tables or files of the manifest are not in the data.")


def _use_up(section: _Section) -> None:
    for _block in section:
        pass


def _table(table: Table | None, columns: list[str], section: _Section, target: _Target | None) -> None:
    if table is None or columns != table.columns:
        raise Broken("A table of the data is not in the manifest.")
    if target is None:
        _use_up(section)
    else:
        target.fill(table, section)
    if (section.rows, section.digest) != (table.rows, table.digest):
        raise Broken(f"Table {table.name} is not as the manifest says.")


def _file(name: str, section: _Section, root: Path | None) -> None:
    if root is None:
        _use_up(section)
        return
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()):
        raise Broken("A file of the data lies outside its company's folder.")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for block in section:
            file.write(block)


def snapshot_of(tenant_id: UUID, snapshot_id: UUID | None = None) -> Snapshot:
    """A ready snapshot of the company: the one asked for, or the newest. Raises ``NotFound``."""
    found = Snapshot.objects.filter(tenant_id=tenant_id, state=Snapshot.State.READY)
    if snapshot_id is not None:
        found = found.filter(id=snapshot_id)
    newest = found.order_by("-taken_at").first()
    if newest is None:
        raise NotFound
    return newest


def adopt(tenant: Tenant, snapshot_id: UUID | str) -> Snapshot:
    """Make known a snapshot that lies in the store but not in this registry: one taken from a restored cluster.

    Raises ``NotFound`` or ``Broken`` if it is not one of this company, sealed with its key.
    """
    key = keys.key_of(tenant.id)
    made = manifest.read(tenant.id, UUID(str(snapshot_id)), key)
    if made.tenant != str(tenant.id):
        raise Broken("This is another company's snapshot.")
    found, _new = Snapshot.objects.get_or_create(
        id=UUID(made.snapshot),
        defaults={
            "tenant": tenant,
            "kind": made.kind,
            "state": Snapshot.State.READY,
            "taken_at": datetime.fromisoformat(made.taken_at),
            "size": made.data_bytes,
            "rows": made.rows,
            "files": made.files,
            "release": made.release,
            "digest": made.data_digest,
            "expires_at": now() + timedelta(days=settings.TEREM_BACKUP_DAYS),
        },
    )
    check(found)
    return found
