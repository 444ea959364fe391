"""Where snapshots lie: for each a sealed data file and its manifest beside it, under the company's id."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings

from kernel.errors import NotFound


class Folder:
    """Snapshots in a folder of this machine or one mounted into it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, tenant_id: UUID, snapshot_id: UUID, part: str) -> Path:
        return self.root / tenant_id.hex / f"{snapshot_id.hex}.{part}"

    @contextmanager
    def writing(self, tenant_id: UUID, snapshot_id: UUID, part: str) -> Iterator[IO[bytes]]:
        """A file that appears under its name only when it is whole and on the disk."""
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
        """Open a part for reading. Raises ``NotFound``."""
        try:
            return self._path(tenant_id, snapshot_id, part).open("rb")
        except FileNotFoundError as error:
            raise NotFound from error

    def remove(self, tenant_id: UUID, snapshot_id: UUID) -> None:
        """Remove a snapshot; the manifest goes first, so that no manifest stands without its data."""
        for part in ("json", "data"):
            self._path(tenant_id, snapshot_id, part).unlink(missing_ok=True)

    def remove_all(self, tenant_id: UUID) -> None:
        """Remove every snapshot of a company, halves of interrupted ones too."""
        shutil.rmtree(self.root / tenant_id.hex, ignore_errors=True)

    def holds(self, tenant_id: UUID) -> bool:
        """Whether anything of the company lies here."""
        return (self.root / tenant_id.hex).exists()


def present() -> Folder:
    """The store of this installation."""
    return Folder(Path(settings.TEREM_BACKUPS))
