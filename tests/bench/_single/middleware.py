"""One tenant for every request, known from the start: no host, no directory."""

from __future__ import annotations

import os
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from kernel import context
from tenants.directory import reference
from tenants.models import Tenant


class OneTenantMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        slug = os.environ["TEREM_BENCH_SLUG"]
        self.tenant = reference(Tenant.objects.using("default").get(slug=slug), f"{slug}.localhost")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.tenant = self.tenant  # type: ignore[attr-defined]
        request.site = "workspace"  # type: ignore[assignment]
        request.urlconf = "config.urls_workspace"  # type: ignore[attr-defined]
        here = context.Context(tenant=self.tenant, language=self.tenant.language, zone=self.tenant.zone)
        with context.enter(here):
            return self.get_response(request)
