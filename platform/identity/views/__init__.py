"""Pages of accounts: allauth's flows drawn with our templates, each declared with who may use it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


def shown(request: HttpRequest, view: Callable[..., Any], **details: Any) -> HttpResponse:
    """What a flow answers, with our manners: 422 for a form with faults, 429 for a pause, never cached."""
    response: HttpResponse = view(request, **details)
    if isinstance(response, TemplateResponse) and request.method == "POST" and response.status_code == 200:
        wait = getattr(request, "retry_after", 0)
        response.status_code = 429 if wait else 422
        if wait:
            response.headers["Retry-After"] = str(wait)
    response.headers["Cache-Control"] = "no-store"
    return response
