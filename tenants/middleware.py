"""Host → site and tenant. Everything behind this knows whom it serves, or is refused.

Three kinds of host: the public site with accounts, the operators' console, and
workspaces. An unknown host gets a neutral page that says nothing about others.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render
from django.utils import translation

from kernel import context, fairness
from kernel.errors import TooMany
from kernel.when import now
from tenants import bulletin, directory, edge
from tenants.models import Tenant
from tenants.moving import destination
from tenants.upgrades.serving import can_serve
from ui.answers import error

_HOST = re.compile(r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")

# Answered on every host, so that edge and supervisor need to know no name.
HEALTH_PATHS = ("/health/live", "/health/ready")

# What is told about the platform is told while it is closed, too.
STATUS_PATH = "/status/"
# Read by Prometheus, with a token, also by a process's own address.
METRICS_PATH = "/metrics"

# So many refused requests of one company are answered with a page in each second.
PAGES_A_SECOND = 3

_CLOSED_PAGES = {
    Tenant.Status.SUSPENDED: ("tenants/suspended.html", 402),
    Tenant.Status.UPGRADING: ("tenants/upgrading.html", 503),
    Tenant.Status.CLOSING: ("tenants/closing.html", 403),
    Tenant.Status.OPENING: ("tenants/upgrading.html", 503),
}


def normal_host(raw: str) -> str:
    """Lower-case host without port and trailing dot; empty for anything that is no host name."""
    host = raw.strip().lower()
    if host.startswith("["):
        return ""
    host = host.partition(":")[0].removesuffix(".")
    try:
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        return ""
    return host if _HOST.match(host) else ""


def _closed(request: HttpRequest, work: bulletin.Work, workspace: str) -> HttpResponse:
    """503 while there is work on the house, with when to come back."""
    minutes = max(0, round((work.until - now()).total_seconds() / 60))
    values = {"workspace": workspace, "until": work.until, "minutes": minutes, "late": minutes == 0}
    response = _page(request, "tenants/maintenance.html", values, 503)
    response.headers["Retry-After"] = str(work.retry_after)
    response.headers["Cache-Control"] = "no-store"
    return response


def _of_one_host(request: HttpRequest, host: str, response: HttpResponse) -> HttpResponse:
    """On a company's own domain we may ask for TLS on this host only: what stands below it is not ours."""
    if (
        settings.SECURE_HSTS_SECONDS
        and request.is_secure()
        and not host.endswith(f".{settings.TEREM_DOMAIN}")
    ):
        response.headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    return response


def _page(request: HttpRequest, template: str, values: dict[str, Any], status: int) -> HttpResponse:
    """A page outside all sites, in the language that the browser asks for."""
    with translation.override(translation.get_language_from_request(request)):
        return render(request, template, values, status=status)


class _Refusals:
    """Counts refusals of each company in the present second: people read a page, a flood reads nothing."""

    def __init__(self) -> None:
        self._second = 0
        self._counts: Counter[str] = Counter()

    def is_flood(self, schema: str) -> bool:
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._counts = second, Counter()
        self._counts[schema] += 1
        return self._counts[schema] > PAGES_A_SECOND


_refused = _Refusals()


def _briefly(found: TooMany) -> HttpResponse:
    """A refusal that costs next to nothing to make."""
    return HttpResponse(
        b"429 Too Many Requests\n",
        status=429,
        content_type="text/plain",
        headers={"Retry-After": str(found.retry_after), "HX-Reswap": "none"},
    )


class HostMiddleware:
    """Sets ``request.site`` (public, operator, workspace), ``request.tenant`` and the URL set."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Read the header as sent: a forwarded host never chooses the tenant.
        host = normal_host(request.META.get("HTTP_HOST", ""))
        request.tenant = None  # type: ignore[attr-defined]
        request.work = None  # type: ignore[attr-defined]
        if request.path in HEALTH_PATHS:
            return self._serve(request, "public", "config.urls_public")
        if request.path == edge.PATH:
            request.site = "edge"  # type: ignore[assignment]
            return edge.answer(request, normal_host(request.GET.get("domain", "")))
        if request.path == edge.SERVING_PATH:
            request.site = "edge"  # type: ignore[assignment]
            request.by_rote = True  # type: ignore[attr-defined]
            return edge.serving()
        if host == settings.TEREM_DOMAIN:
            return self._public(request)
        if host == f"operator.{settings.TEREM_DOMAIN}":
            return self._serve(request, "operator", "config.urls_operator")
        entry = directory.by_host(host) if host else None
        if entry is None and request.path == METRICS_PATH and settings.TEREM_METRICS_TOKEN:
            return self._serve(request, "operator", "config.urls_operator")
        if entry is None:
            request.site = "unknown"  # type: ignore[assignment]
            return _page(request, "tenants/unknown.html", {}, 404)
        return _of_one_host(request, host, self._workspace(request, entry))

    def _serve(self, request: HttpRequest, site: str, urls: str) -> HttpResponse:
        request.site = site  # type: ignore[assignment]
        request.urlconf = urls
        return self.get_response(request)

    def _public(self, request: HttpRequest) -> HttpResponse:
        """The public site and accounts; closed only together with the whole platform."""
        request.work = work = bulletin.work_on(None)  # type: ignore[attr-defined]
        if work is not None and work.closed and request.path != STATUS_PATH:
            request.site = "closed"  # type: ignore[assignment]
            return _closed(request, work, "")
        return self._serve(request, "public", "config.urls_public")

    def _workspace(self, request: HttpRequest, entry: context.TenantRef) -> HttpResponse:
        request.tenant = entry  # type: ignore[attr-defined]
        request.work = work = bulletin.work_on(entry.id)  # type: ignore[attr-defined]
        closed = _CLOSED_PAGES.get(Tenant.Status(entry.status))
        if closed is None and not can_serve(entry.release):
            closed = _CLOSED_PAGES[Tenant.Status.UPGRADING]
        here = context.Context(
            tenant=entry, language=entry.language, zone=entry.zone, request_id=context.current().request_id
        )
        with context.enter(here):
            if closed is not None:
                request.site = "closed"  # type: ignore[assignment]
                template, status = closed
                values = {"workspace": entry.name}
                if entry.status == Tenant.Status.CLOSING:
                    values["moved_to"] = destination(entry.id)
                return _page(request, template, values, status)
            if work is not None and work.closed:
                request.site = "closed"  # type: ignore[assignment]
                return _closed(request, work, entry.name)
            return self._in_turn(request, entry)

    def _in_turn(self, request: HttpRequest, entry: context.TenantRef) -> HttpResponse:
        """Serve the request within what one company may ask at a time; 429 with the wait beyond that."""
        if request.method == "POST":
            # Read before, so that a form which comes in slowly keeps nobody from a place.
            with contextlib.suppress(UnreadablePostError):
                _ = request.POST
        try:
            with fairness.GATE.place(entry.schema):
                fairness.spend_request()
                return self._serve(request, "workspace", "config.urls_workspace")
        except TooMany as found:
            request.site = "closed"  # type: ignore[assignment]
            if _refused.is_flood(entry.schema):
                return _briefly(found)
            # Nobody has been asked who they are yet: the browser's language has to do.
            with translation.override(translation.get_language_from_request(request)):
                return error(request, found)
