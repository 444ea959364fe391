"""Does the database hold what this code wants? Asked by readiness; no company's data is read."""

from __future__ import annotations

import shutil
import time
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tenants import schemas
from tenants.models import Blueprint

# With less room than this, in bytes, uploads begin to fail.
LEAST_ROOM: Final = 200 * 2**20


@cache
def _wanted() -> frozenset[tuple[str, str]]:
    """The migrations of the control plane that this code brings along, read from its files once."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    labels = set(schemas.labels("control"))
    return frozenset(node for node in loader.disk_migrations if node[0] in labels)


# What was there once does not go away: it is looked for again only now and then.
SURE_SECONDS: Final = 30.0
_sure_until = [0.0]


def release() -> None:
    """Raise ``OSError`` if migrations are missing, or if no template of this code's release was made."""
    if time.monotonic() < _sure_until[0]:
        return
    applied = MigrationRecorder(connections["default"]).applied_migrations()
    missing = [f"{app}.{name}" for app, name in _wanted() if (app, name) not in applied]
    if missing:
        raise ConnectionError(f"migrations are missing: {', '.join(sorted(missing)[:3])}")
    if not Blueprint.objects.using("default").filter(release=_release()).exists():
        raise ConnectionError("the template is not at this release: run install")
    _sure_until[0] = time.monotonic() + SURE_SECONDS


@cache
def _release() -> str:
    return schemas.current_release()


def room() -> dict[str, int]:
    """Free bytes where files and backups lie, by place; a place that is not there has none."""
    return {
        "files": _free(settings.TEREM_STORAGE),
        **({} if settings.TEREM_S3 else {"backups": _free(settings.TEREM_BACKUPS)}),
    }


def _free(folder: str) -> int:
    """Free bytes of the disk that holds the folder, or would hold it once something is written there."""
    path = Path(folder)
    while not path.exists() and path != path.parent:
        path = path.parent
    try:
        return shutil.disk_usage(path).free
    except OSError:
        return 0


def storage() -> None:
    """Raise ``OSError`` if there is hardly any room left for files."""
    if _free(settings.TEREM_STORAGE) < LEAST_ROOM:
        raise OSError("hardly any room is left for files")
