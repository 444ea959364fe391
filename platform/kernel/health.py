"""Is this process alive, and can it do its work? Asked by the edge, the supervisor and people."""

from __future__ import annotations

from collections.abc import Callable

from django.db import Error, connections
from django.http import HttpRequest, JsonResponse

from kernel.web import entry

CHECKS: dict[str, Callable[[], None]] = {}


def check(name: str, probe: Callable[[], None]) -> None:
    """Add a probe to readiness; it raises if the part it asks does not answer."""
    CHECKS[name] = probe


def _control() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")


check("database", _control)


@entry()
def live(request: HttpRequest) -> JsonResponse:
    """Alive as long as the process answers at all."""
    return JsonResponse({"alive": True})


@entry()
def ready(request: HttpRequest) -> JsonResponse:
    """Ready if every probe passes; 503 with the names of those that failed otherwise."""
    failed = []
    for name, probe in CHECKS.items():
        try:
            probe()
        except (Error, OSError):
            failed.append(name)
    return JsonResponse({"ready": not failed, "failed": failed}, status=503 if failed else 200)
