"""What is refused before anybody asks whose page it is: too many requests of one network, bodies that no form sends."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.crypto import salted_hmac

from identity import api as identity
from kernel import metrics
from kernel.errors import TooMany
from kernel.fairness import network
from ui.answers import error

log = logging.getLogger("terem.refusing")

FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
# Read as it comes, because a signature stands over its bytes.
RAW: Final = {"/webhooks/payments/": ("application/json",)}
# Asked by the machines around us, as often as they need to.
UNCOUNTED: Final = ("/health/", "/edge/", "/metrics")


class RefusingMiddleware:
    """429 for a network that asks too fast, 415 for a body that no page of ours sends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_readable(request):
            return _refused("media", _brief("415 Unsupported Media Type", 415))
        here = network.of(identity.network_of(request))
        if request.path.startswith(UNCOUNTED):
            return self.get_response(request)
        try:
            network.spend(here, allowed=settings.TEREM_NETWORK_REQUESTS_PER_MINUTE)
        except TooMany as found:
            return _refused("network", _too_many(request, here, found))
        return self.get_response(request)


def _refused(reason: str, response: HttpResponse) -> HttpResponse:
    """The answer, counted by its reason and kept by nobody on the way."""
    metrics.count("terem_refusals_total", reason=reason)
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_readable(request: HttpRequest) -> bool:
    """Whether the body, if there is one, is of a kind that this address takes."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    empty = length == "0" and "HTTP_TRANSFER_ENCODING" not in request.META
    return empty or request.content_type in RAW.get(request.path, FORMS)


def _brief(words: str, status: int) -> HttpResponse:
    """A line for programs; a page that waits for it keeps what it shows."""
    response = HttpResponse(f"{words}\n", status=status, content_type="text/plain; charset=utf-8")
    response.headers["HX-Reswap"] = "none"
    return response


def _too_many(request: HttpRequest, here: str, found: TooMany) -> HttpResponse:
    """A page for the first refusal in a second, a line for the others."""
    if network.is_flood(here):
        brief = _brief("429 Too Many Requests", 429)
        brief.headers["Retry-After"] = str(found.retry_after)
        return brief
    # A digest: equal networks are seen as equal, and none is named.
    log.warning(
        "network paused, %s", salted_hmac("config.refusing", here, algorithm="sha256").hexdigest()[:16]
    )
    request.site, request.tenant = "closed", None  # type: ignore[assignment,attr-defined]
    with translation.override(translation.get_language_from_request(request)):
        return error(request, found)
