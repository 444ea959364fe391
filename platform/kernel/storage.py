"""Files of a tenant: every path lies under the tenant's own folder, whatever name is asked for.

Paths are relative to the store; callers never see or choose the tenant's part.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from kernel import cache, context, lost
from kernel.errors import NotFound, NotSaved
from kernel.flags import demand_room

_SAFE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")

# The lease's name for the bytes of a tenant's files, and where their count is remembered.
METER = "storage"
_COUNTED = "storage:used"


def folder_of(schema: str) -> Path:
    """A tenant's folder, for backups and erasure, which work outside its context."""
    return Path(settings.TEREM_STORAGE) / "tenants" / schema


def _root() -> Path:
    return folder_of(context.tenant().schema)


def _inside(name: str) -> Path:
    parts = name.split("/")
    if not parts or any(not _SAFE.match(part) for part in parts):
        raise NotFound
    root = _root().resolve()
    path = (root / Path(*parts)).resolve()
    if not path.is_relative_to(root):
        raise NotFound
    return path


def save(name: str, source: IO[bytes], *, limit: int | None = None) -> int:
    """Store a stream under ``name`` and return its size in bytes.

    Raises ``ValueError`` past ``limit`` bytes, ``OverLimit`` past what the lease allows the
    company in all, and ``NotSaved`` where the disk is full, leaving nothing behind.
    """
    room = _room()
    size = 0
    with writer(name) as target:
        while chunk := source.read(1 << 16):
            size += len(chunk)
            if limit is not None and size > limit:
                raise ValueError("too large")
            if room is not None and size > room:
                demand_room(METER, used(), size)
            target.write(chunk)
    cache.drop(_COUNTED)
    return size


def used() -> int:
    """Bytes of all files of the tenant; counted at most once a minute while nothing is stored or removed."""
    known: int | None = cache.get(_COUNTED)
    if known is None:
        known = stored_bytes()
        cache.put(_COUNTED, known, seconds=60)
    return known


def _room() -> int | None:
    """How many bytes may still be stored; None without a limit."""
    limit = context.tenant().lease.limit(METER)
    return None if limit is None else max(0, limit - used())


@contextmanager
def writer(name: str) -> Iterator[IO[bytes]]:
    """A new file to write into; it stands under ``name`` once the block has ended well, else not at all.

    Raises ``NotSaved`` where the disk is full.
    """
    path = _inside(name)
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w+b") as target:
            yield target
            target.flush()
            # Some disks say only now that they are full; and whoever is told that a file is stored may rely on it.
            os.fsync(target.fileno())
        part.replace(path)
    except BaseException as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(error, OSError) and lost.is_unwritable(error):
            raise NotSaved from error
        raise


def names() -> list[str]:
    """The names of all finished files of the tenant, in alphabetical order."""
    root = _root().resolve()
    found = (path for path in root.rglob("*") if path.is_file() and path.suffix != ".part")
    return sorted(path.relative_to(root).as_posix() for path in found)


def open_file(name: str) -> IO[Any]:
    """Open a stored file for reading. Raises ``NotFound``."""
    path = _inside(name)
    if not path.is_file():
        raise NotFound
    return path.open("rb")


def path_of(name: str) -> Path:
    """The file's place on this machine, for libraries that need a path. Raises ``NotFound``."""
    path = _inside(name)
    if not path.is_file():
        raise NotFound
    return path


def remove(name: str) -> None:
    _inside(name).unlink(missing_ok=True)
    cache.drop(_COUNTED)


def remove_folder(name: str) -> None:
    """Remove every file below a folder of the tenant."""
    shutil.rmtree(_inside(name), ignore_errors=True)
    cache.drop(_COUNTED)


def stored_bytes() -> int:
    """How many bytes the files of the tenant in the context take."""
    total = 0
    for folder, _folders, files in os.walk(_root()):
        for name in files:
            with suppress(FileNotFoundError):  # Somebody may remove it meanwhile.
                total += (Path(folder) / name).stat().st_size
    return total


def remove_all() -> None:
    """Remove every file of the tenant in the context; used when a workspace is closed for good."""
    shutil.rmtree(_root(), ignore_errors=True)
