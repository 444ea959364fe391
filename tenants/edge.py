"""What the edge asks: does anybody answer under this name, and may this process be given requests?

Caddy asks on demand, at the first handshake for a name. It is answered with 200 or 404
and nothing else: from the registry's unique index of hosts, on any host name, but only
with the token of TEREM_EDGE_TOKEN and never through the edge itself.

Every second it asks each web process whether it serves. One that is about to end says no by the
file TEREM_DRAINING, works on what it has, and gets nothing new: a restart costs no request.
Nothing else is asked here: with the database gone a process still serves, namely a page that says so.
"""

from __future__ import annotations

import secrets
import threading
import time
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kernel import metrics
from tenants import directory

PATH = "/edge/certificate"
SERVING_PATH = "/edge/serving"

# Names that memory does not know cost the registry a look; whoever invents names shares these among all.
LOOKS_A_SECOND = 50


class _Looks:
    """How many names were looked up in the present second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._second = 0
        self._count = 0

    def is_over(self) -> bool:
        second = int(time.monotonic())
        with self._lock:
            if second != self._second:
                self._second, self._count = second, 0
            self._count += 1
            return self._count > LOOKS_A_SECOND


_looks = _Looks()


def answer(request: HttpRequest, host: str) -> HttpResponse:
    """200 if the platform answers under ``host`` (as normalised by the middleware), 404 for everything else."""
    said = _judge(request, host)
    metrics.count("terem_edge_asked_total", answer=said)
    response = HttpResponse(status=200 if said == "yes" else 404)
    response.headers["Cache-Control"] = "no-store"
    return response


def serving() -> HttpResponse:
    """200 while the edge may send requests here, 503 once this process is about to end."""
    draining = bool(settings.TEREM_DRAINING) and Path(settings.TEREM_DRAINING).exists()
    return HttpResponse(status=503 if draining else 200, headers={"Cache-Control": "no-store"})


def _judge(request: HttpRequest, host: str) -> str:
    if not _is_the_edge(request):
        return "stranger"
    if not host:
        return "no"
    if host in (settings.TEREM_DOMAIN, f"operator.{settings.TEREM_DOMAIN}"):
        return "yes"
    if not directory.is_remembered(host) and _looks.is_over():
        return "over"
    return "yes" if directory.by_host(host) is not None else "no"


def _is_the_edge(request: HttpRequest) -> bool:
    """The token, and not passed on by a proxy: what comes from outside bears the edge's own headers."""
    if request.method != "GET" or not settings.TEREM_EDGE_TOKEN:
        return False
    if "X-Forwarded-For" in request.headers or "X-Forwarded-Host" in request.headers:
        return False
    sent = request.GET.get("token", "")
    return secrets.compare_digest(sent.encode(), settings.TEREM_EDGE_TOKEN.encode())
