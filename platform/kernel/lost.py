"""Is an error the database's absence? It restarts, or cannot be reached: nobody's fault, and it passes."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError

# Seconds after which a page tries again: a database that restarts is back in a few.
RETRY_SECONDS = 5

# SQLSTATE: connection exceptions; an administrator's stop, a crash beside, a start that is not done yet;
# too many connections.
_CLASS = "08"
_STATES = frozenset(["57P01", "57P02", "57P03", "53300"])
_DEPTH = 8


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
