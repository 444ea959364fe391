"""Is an error the surroundings' doing? The database restarts or cannot be reached, a disk is full: it passes."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, OperationalError

from kernel.errors import NotSaved, Unavailable

log = logging.getLogger("terem.lost")

# Seconds after which a page tries again: a database that restarts is back in a few.
RETRY_SECONDS = 5

# SQLSTATE: connection exceptions; an administrator's stop, a crash beside, a start that is not done yet;
# too many connections.
_CLASS = "08"
_STATES = frozenset(["57P01", "57P02", "57P03", "53300"])
# No room on the disk, and a server that takes no writes (a copy of the one that does).
_UNWRITABLE = frozenset(["53100", "25006"])
_NO_ROOM = frozenset([errno.ENOSPC, errno.EDQUOT, errno.EROFS])
_DEPTH = 8


def worded(error: BaseException | None) -> Unavailable | None:
    """What to say of an error that passes: nothing can be saved, or the database does not answer; None for a fault."""
    if is_unwritable(error):
        return NotSaved()
    return Unavailable(retry_after=RETRY_SECONDS) if is_lost(error) else None


def is_unwritable(error: BaseException | None) -> bool:
    """Whether this error, or what it came from, says that nothing can be written now."""
    return any(
        isinstance(found, NotSaved)
        or (isinstance(found, OSError) and found.errno in _NO_ROOM)
        or (isinstance(found, DatabaseError) and getattr(found.__cause__, "sqlstate", None) in _UNWRITABLE)
        for found in _causes(error)
    )


@contextmanager
def by_the_way() -> Iterator[None]:
    """Around a note that reading leaves: it is left out while nothing can be written, and the reading goes on."""
    try:
        yield
    except (DatabaseError, OSError) as error:
        if not is_unwritable(error):
            raise
        log.warning("a note was left out, nothing can be written: %s", type(error).__name__)


def is_lost(error: BaseException | None) -> bool:
    """Whether this error, or what it came from, says that the database does not answer now."""
    for found in _causes(error):
        if isinstance(found, InterfaceError):
            return True
        if isinstance(found, OperationalError) and _is_absence(found):
            return True
    return False


def _causes(error: BaseException | None) -> list[BaseException]:
    """The error and what it came from, the nearest first."""
    found: list[BaseException] = []
    while error is not None and len(found) < _DEPTH:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _is_absence(error: OperationalError) -> bool:
    """The driver's error has a state if the server could still give one; a dead line has none."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(_CLASS) or state in _STATES
