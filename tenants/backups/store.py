"""Where snapshots lie: for each a sealed data file and its manifest beside it, under the company's id.

Two kinds of store keep the same promises: a folder, and a bucket that speaks S3
(:mod:`tenants.backups.bucket`). A part can be seen under its name only when it is whole;
a snapshot counts once its manifest lies there, which is written last.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Protocol
from uuid import UUID

from django.conf import settings

from kernel.errors import NotFound, Unavailable

DATA, MANIFEST = "data", "json"


class Refused(Unavailable):
    """The store answers, but not to us: wrong bucket, key, right or region. Trying again does not help."""

    temporary = False


@dataclass(frozen=True, slots=True, order=True)
class Half:
    """What lies there of a snapshot without manifest: being written, or left behind. ``since`` in UTC."""

    tenant_id: UUID
    snapshot_id: UUID
    since: datetime


class Store(Protocol):
    """What backups ask of a store. Each raises ``Unavailable`` if it does not answer, ``Refused`` if it will not."""

    @property
    def place(self) -> str:
        """Where it is, for people; without secrets."""

    def ask(self) -> None:
        """Find out whether the store answers to us."""

    def writing(self, tenant_id: UUID, snapshot_id: UUID, part: str) -> AbstractContextManager[IO[bytes]]:
        """A part that appears under its name only when it is whole and safe; after an error nothing does."""

    def open(self, tenant_id: UUID, snapshot_id: UUID, part: str) -> IO[bytes]:
        """Open a part for reading as a stream that can be rewound. Raises ``NotFound``."""

    def remove(self, tenant_id: UUID, snapshot_id: UUID) -> None:
        """Remove a snapshot, also one half written; the manifest goes first, so that none stands without its data."""

    def remove_all(self, tenant_id: UUID) -> None:
        """Remove every snapshot of a company, halves of interrupted ones too."""

    def holds(self, tenant_id: UUID) -> bool:
        """Whether anything of the company lies here."""

    def whole(self, tenant_id: UUID) -> list[UUID]:
        """The company's snapshots that have a manifest, oldest first."""

    def halves(self) -> list[Half]:
        """What lies here without a manifest, of every company."""


def id_of(text: str) -> UUID | None:
    """The id that a folder or file is named by; None for what is not ours."""
    try:
        return UUID(hex=text) if len(text) == 32 else None
    except ValueError:
        return None


class Folder:
    """Snapshots in a folder of this machine or one mounted into it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def place(self) -> str:
        return str(self.root)

    def ask(self) -> None:
        """A folder that can be neither found nor made does not answer."""
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise Unavailable(f"The folder of the backups cannot be used: {error}") from error

    def _path(self, tenant_id: UUID, snapshot_id: UUID, part: str) -> Path:
        return self.root / tenant_id.hex / f"{snapshot_id.hex}.{part}"

    @contextmanager
    def writing(self, tenant_id: UUID, snapshot_id: UUID, part: str) -> Iterator[IO[bytes]]:
        path = self._path(tenant_id, snapshot_id, part)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(path.name + ".part")
        try:
            with draft.open("wb") as target:
                draft.chmod(0o600)
                yield target
                target.flush()
                os.fsync(target.fileno())
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def open(self, tenant_id: UUID, snapshot_id: UUID, part: str) -> IO[bytes]:
        try:
            return self._path(tenant_id, snapshot_id, part).open("rb")
        except FileNotFoundError as error:
            raise NotFound from error

    def remove(self, tenant_id: UUID, snapshot_id: UUID) -> None:
        for part in (MANIFEST, DATA):
            path = self._path(tenant_id, snapshot_id, part)
            path.unlink(missing_ok=True)
            path.with_name(path.name + ".part").unlink(missing_ok=True)

    def remove_all(self, tenant_id: UUID) -> None:
        shutil.rmtree(self.root / tenant_id.hex, ignore_errors=True)

    def holds(self, tenant_id: UUID) -> bool:
        return (self.root / tenant_id.hex).exists()

    def whole(self, tenant_id: UUID) -> list[UUID]:
        found = (id_of(path.stem) for path in (self.root / tenant_id.hex).glob(f"*.{MANIFEST}"))
        return sorted(snapshot for snapshot in found if snapshot is not None)

    def halves(self) -> list[Half]:
        found = {}
        for path in self.root.glob("*/*"):
            tenant, snapshot = id_of(path.parent.name), id_of(path.name.partition(".")[0])
            if tenant and snapshot and not self._path(tenant, snapshot, MANIFEST).exists():
                with suppress(FileNotFoundError):  # It may just become whole.
                    since = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                    found[snapshot] = Half(tenant, snapshot, since)
        return sorted(found.values())


def present() -> Store:
    """The store of this installation."""
    if settings.TEREM_S3 is None:
        return Folder(Path(settings.TEREM_BACKUPS))
    from tenants.backups.bucket import Bucket, Site

    return Bucket(Site(**settings.TEREM_S3))
