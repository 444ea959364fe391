"""Is this process alive, and can it do its work? Asked by the edge, the supervisor and people.

Probes ask servers, never a company's data. What they found is believed for a second, so that asking
often costs nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import redis
from django.db import Error, connections
from django.http import HttpRequest, JsonResponse

from kernel import metrics
from kernel.errors import TeremError
from kernel.line import line
from kernel.web import entry

FRESH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Probe:
    """``vital``: without this part nobody can be served; without the others the product is slower or poorer."""

    ask: Callable[[], None]
    vital: bool


@dataclass(frozen=True, slots=True)
class State:
    """What failed: ``failed`` are vital parts, ``degraded`` the others."""

    failed: tuple[str, ...]
    degraded: tuple[str, ...]

    @property
    def ready(self) -> bool:
        return not self.failed


CHECKS: dict[str, Probe] = {}
_lock = threading.Lock()
_held: tuple[float, State] = (0.0, State((), ()))


def check(name: str, probe: Callable[[], None], *, vital: bool = True) -> None:
    """Add a probe to readiness; it raises if the part it asks does not answer."""
    CHECKS[name] = Probe(probe, vital)


def state() -> State:
    """What the probes say, at most a second old. One thread asks, the others wait for its answer."""
    global _held  # noqa: PLW0603 (one per process, replaced whole)
    with _lock:
        if _held[0] <= time.monotonic():
            found = _asked()
            _held = (time.monotonic() + FRESH_SECONDS, found)
        return _held[1]


def forget() -> None:
    """Ask anew at the next question."""
    global _held  # noqa: PLW0603
    _held = (0.0, _held[1])


def answers(name: str) -> bool:
    """Whether one part answers now."""
    try:
        CHECKS[name].ask()
    except (Error, OSError, TeremError, redis.RedisError):
        return False
    return True


def _asked() -> State:
    silent = [name for name in CHECKS if not answers(name)]
    return State(
        tuple(name for name in silent if CHECKS[name].vital),
        tuple(name for name in silent if not CHECKS[name].vital),
    )


def _control() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")


def _redis() -> None:
    line().ping()


check("database", _control)
check("redis", _redis, vital=False)


@entry()
def live(request: HttpRequest) -> JsonResponse:
    """Alive as long as the process answers at all."""
    return JsonResponse({"alive": True})


@entry()
def ready(request: HttpRequest) -> JsonResponse:
    """Ready if every vital probe passes, else 503; the names of those that failed, and of parts that are missed."""
    found = state()
    told = {"ready": found.ready, "failed": found.failed, "degraded": found.degraded}
    return JsonResponse(told, status=200 if found.ready else 503)


def _figures() -> dict[str, float]:
    found = state()
    silent = {*found.failed, *found.degraded}
    return {metrics.labels_of(part=name): float(name not in silent) for name in CHECKS}


metrics.gauge(
    "terem_part_answers", "Whether a part that a web process needs answers it (1) or not (0).", _figures
)
metrics.gauge(
    "terem_ready", "Whether the process that answers is ready (1).", lambda: {"": float(state().ready)}
)
