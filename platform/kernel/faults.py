"""Unhandled errors, told without a tenant's data: what kind of error, where in the code, doing what.

The message of an error is left out on purpose: it often holds values.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from kernel import context

log = logging.getLogger("terem.faults")

MOST_PLACES = 25
_ROOT = Path(__file__).resolve().parents[2]
_LIBRARIES = "site-packages/"


@dataclass(frozen=True, slots=True)
class Told:
    """One occurrence. ``place`` is the innermost line of our own code, ``trace`` the places that led there."""

    kind: str
    error: str
    place: str
    task: str
    trace: tuple[str, ...]
    request_id: str
    tenant_id: UUID | None

    @property
    def fingerprint(self) -> str:
        """The same for every occurrence of one fault: kind, error, place and task decide."""
        return sha256(f"{self.kind}\n{self.error}\n{self.place}\n{self.task}".encode()).hexdigest()


# Set by the room that keeps the feed.
keep: Callable[[Told], None] = lambda told: None  # noqa: E731


def note(error: BaseException, *, kind: str, task: str = "", request_id: str = "") -> None:
    """Tell an error to the feed. Never raises: whoever failed already must not fail here again."""
    frames = traceback.extract_tb(error.__traceback__)
    trace = tuple(f"{_named(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames)
    own = [place for place, frame in zip(trace, frames, strict=True) if _is_ours(frame.filename)]
    kinds = type(error)
    name = (
        kinds.__qualname__ if kinds.__module__ == "builtins" else f"{kinds.__module__}.{kinds.__qualname__}"
    )
    place = (own or list(trace) or ["–"])[-1]
    note_words(name, kind=kind, place=place, task=task, trace=trace[-MOST_PLACES:], request_id=request_id)


def note_words(
    error: str, *, kind: str, place: str, task: str = "", trace: tuple[str, ...] = (), request_id: str = ""
) -> None:
    """Tell a fault that is no exception (a worker died). Never raises."""
    found = context.maybe()
    told = Told(
        kind=kind,
        error=error[:200],
        place=place[:300],
        task=task[:200],
        trace=trace,
        request_id=(request_id or (found.request_id if found else ""))[:40],
        tenant_id=found.tenant.id if found and found.tenant else None,
    )
    try:
        keep(told)
    except Exception as trouble:
        log.warning("a fault could not be kept: %s", type(trouble).__name__)


def _is_ours(path: str) -> bool:
    return path.startswith(str(_ROOT)) and _LIBRARIES not in path and ".venv" not in path


def _named(path: str) -> str:
    """The file as people write it, without this machine's folders."""
    if _LIBRARIES in path:
        return path.rpartition(_LIBRARIES)[2]
    return str(Path(path).relative_to(_ROOT)) if path.startswith(str(_ROOT)) else Path(path).name
