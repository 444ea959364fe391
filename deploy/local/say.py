"""How the launcher speaks: one clear sentence per problem, and a way on."""

from __future__ import annotations

import errno
import shutil
import sys
import threading
from pathlib import Path

_HUES = {
    "postgres": 36,
    "redis": 31,
    "web": 32,
    "worker": 33,
    "keeper": 35,
    "scheduler": 34,
    "install": 90,
}
_printing = threading.Lock()


class Problem(Exception):
    """Something the person at the terminal can mend; printed without a traceback."""

    def __init__(self, what: str, way_on: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.way_on = way_on


def line(text: str = "") -> None:
    """Print one whole line, even when several threads speak at once."""
    with _printing:
        try:
            print(text, flush=True)
        except BrokenPipeError:
            pass


def step(text: str) -> None:
    """Announce the next step of a longer command."""
    line(f"{_painted('·', 90)} {text}")


def prefixed(name: str, text: str) -> None:
    """Print one line of a child's log after the child's name."""
    line(f"{_painted(f'{name:<9} │', _HUES.get(name, 90))} {text}")


def problem(found: Problem) -> None:
    """Print a problem and the way on to standard error."""
    print(f"\n{_painted('✗', 31)} {found.what}", file=sys.stderr)
    if found.way_on:
        print(f"  {found.way_on}", file=sys.stderr)


def disk_problem(error: OSError, place: Path) -> Problem | None:
    """The sentence for a full disk or quota, or None for any other error."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        return None
    return Problem(
        f"The disk that holds {place} is full.",
        "Free some space and run the same command again; it goes on where it stopped.",
    )


def need_space(place: Path, megabytes: int, purpose: str) -> None:
    """Raise a Problem unless ``megabytes`` are free where ``place`` lies."""
    free = shutil.disk_usage(place).free // 1_000_000
    if free < megabytes:
        raise Problem(
            f"{purpose} needs about {megabytes} MB, but only {free} MB are free at {place}.",
            "Free some space and run the same command again; it goes on where it stopped.",
        )


def _painted(text: str, colour: int) -> str:
    return f"\033[{colour}m{text}\033[0m" if sys.stdout.isatty() else text
