"""Files of a tenant: every path lies under the tenant's own folder, whatever name is asked for.

Paths are relative to the store; callers never see or choose the tenant's part.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from kernel import context
from kernel.errors import NotFound

_SAFE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")


def _root() -> Path:
    return Path(settings.TEREM_STORAGE) / "tenants" / context.tenant().schema


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

    Raises ``ValueError`` past ``limit`` bytes, leaving nothing behind.
    """
    path = _inside(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as target:
            while chunk := source.read(1 << 16):
                size += len(chunk)
                if limit is not None and size > limit:
                    raise ValueError("too large")
                target.write(chunk)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return size


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
