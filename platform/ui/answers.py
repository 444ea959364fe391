"""Turning results into answers: page or partial, changed regions, invalid forms, errors in words.

With htmx a change answers 200 with the changed regions; without it a redirect.
Invalid input is 422 with the same form. Errors are raised by actions and worded here.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from kernel import faults, lost, metrics, signing
from kernel.errors import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    OverLimit,
    TeremError,
    TooMany,
    Unavailable,
    Unpaid,
)
from kernel.rights import RIGHTS
from kernel.web import SignInFirst

log = logging.getLogger("terem.answers")

FLASH_COOKIE = "flash"
_STATUS = {
    NotAllowed: 403,
    NotFound: 404,
    Invalid: 422,
    Conflict: 409,
    OverLimit: 402,
    Unpaid: 402,
    TooMany: 429,
    Unavailable: 503,
}


def wants_part(request: HttpRequest) -> bool:
    """True if htmx asks for a region rather than a whole page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") == "partial"


def is_htmx(request: HttpRequest) -> bool:
    """True for every request that htmx makes; going back in the history is none of them."""
    return request.headers.get("HX-Request") == "true"


def asked_for(request: HttpRequest) -> str:
    """The id of the element that htmx will fill with the answer, or nothing."""
    _tag, _mark, name = request.headers.get("HX-Target", "").partition("#")
    return name if wants_part(request) else ""


# Elements that a whole page fits into: then only its block main is drawn.
_FRAMES = {"dialog-body": "layouts/dialog.html", "side-body": "layouts/side.html"}


def page(
    request: HttpRequest,
    template: str,
    values: Mapping[str, Any] | None = None,
    *,
    part: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page, or only its named partial ``part`` if htmx asks for a region.

    If htmx asks for the dialog or the side panel and no part is named, a page that begins with
    ``{% extends frame|default:"layouts/app.html" %}`` gives its block ``main`` alone;
    ``dialog`` is then true in the template.
    """
    frame = "" if part else _FRAMES.get(asked_for(request), "")
    name = f"{template}#{part}" if part and wants_part(request) else template
    framed = {"frame": frame, "dialog": asked_for(request) == "dialog-body"} if frame else {}
    response = render(request, name, framed | dict(values or {}), status=status)
    if frame:
        # The page behind keeps the one heading of the first rank.
        response.content = response.content.replace(b"<h1", b"<h2").replace(b"</h1>", b"</h2>")
    response.headers["Vary"] = "HX-Request-Type, HX-Target"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def invalid(
    request: HttpRequest, template: str, values: Mapping[str, Any] | None = None, *, part: str = ""
) -> HttpResponse:
    """422 with the same form, everything typed still in it."""
    return page(request, template, values, part=part, status=422)


def region(
    request: HttpRequest, target: str, template: str, values: Mapping[str, Any], swap: str = "outerMorph"
) -> str:
    """One changed region: ``template`` put in place of the element ``target`` (a CSS selector)."""
    body = render_to_string(template, dict(values), request=request)
    return format_html(
        '<hx-partial hx-target="{}" hx-swap="{}">{}</hx-partial>',
        target,
        swap,
        mark_safe(body),  # noqa: S308
    )


def toast(words: Any, undo: str = "", tone: str = "") -> str:
    """A toast as a region; ``undo`` is the URL that takes the change back by POST."""
    body = render_to_string("ui/toast.html", {"words": words, "undo": undo, "tone": tone})
    return format_html(
        '<hx-partial hx-target="#toasts" hx-swap="beforeend">{}</hx-partial>',
        mark_safe(body),  # noqa: S308
    )


# Emptied, the dialog closes.
CLOSED = mark_safe('<hx-partial hx-target="#dialog-body" hx-swap="innerHTML"></hx-partial>')


def in_dialog(
    request: HttpRequest, template: str, values: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """An answer that opens in the dialog, wherever the request came from; nothing else changes."""
    body = render_to_string(template, dict(values), request=request)
    response = HttpResponse(
        format_html(
            '<hx-partial hx-target="#dialog-body" hx-swap="innerHTML">{}</hx-partial>',
            mark_safe(body),  # noqa: S308
        ),
        status=status,
    )
    response.headers["HX-Reswap"] = "none"
    return response


def options(request: HttpRequest, found: Iterable[Any], *, create: str = "", none: Any = "") -> HttpResponse:
    """The answers of a combobox: objects with ``value``, ``label`` and ``note`` (``ui.forms.Option``)."""
    response = render(request, "ui/options.html", {"options": list(found), "create": create, "none": none})
    response.headers["Cache-Control"] = "no-store"
    return response


def changed(
    request: HttpRequest, *regions: str, to: str, words: Any = "", undo: str = "", follow: bool = False
) -> HttpResponse:
    """A change was made. htmx gets the regions and a toast; others (or ``follow``) go to ``to``.

    The dialog that the change was sent from closes. ``undo`` is the address that takes the change
    back by POST. The toast travels in a signed cookie when the browser is sent on.
    """
    if is_htmx(request) and not follow:
        parts = list(regions)
        if asked_for(request) == "dialog-body":
            parts.append(CLOSED)
        if words:
            parts.append(toast(words, undo))
        response = HttpResponse("".join(parts))
        if not parts:
            response.status_code = 204
        return response
    response = sent_on(request, to)
    if words:
        value = signing.sign("flash", {"words": str(words), "undo": undo})
        _set_flash(response, value, seconds=60)
    return response


def _set_flash(response: HttpResponse, value: str, *, seconds: int) -> None:
    """Set the cookie of a toast, or end it (0 seconds); over TLS it never travels without."""
    response.set_cookie(
        FLASH_COOKIE,
        value,
        max_age=seconds,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def sent_on(request: HttpRequest, to: str) -> HttpResponse:
    """A redirect that htmx follows too."""
    if is_htmx(request):
        response = HttpResponse(status=200)
        response.headers["HX-Redirect"] = to
        return response
    return HttpResponseRedirect(to)


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """Where the form asked to go afterwards, if that lies on this host."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    host = request.META.get("HTTP_HOST", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, {host}):
        return wanted
    return otherwise


def flash(request: HttpRequest) -> dict[str, str] | None:
    """The toast that a redirect carried here, if any."""
    token = request.COOKIES.get(FLASH_COOKIE)
    if not token:
        return None
    try:
        value: dict[str, str] = signing.unsign("flash", token, max_age=60)
    except NotFound:
        return None
    request.flash_shown = True  # type: ignore[attr-defined]
    return value


_WORDS = {
    NotAllowed: "ui/errors/not_allowed.html",
    NotFound: "ui/errors/not_found.html",
    Invalid: "ui/errors/invalid.html",
    Conflict: "ui/errors/conflict.html",
    OverLimit: "ui/errors/over_limit.html",
    Unpaid: "ui/errors/unpaid.html",
    TooMany: "ui/errors/too_many.html",
    Unavailable: "ui/errors/unavailable.html",
}


def error(request: HttpRequest, found: TeremError) -> HttpResponse:
    """An error in words: for htmx a toast (a dialog for limits and conflicts), else a page; with the status that fits."""
    kind = next((known for known in _STATUS if isinstance(found, known)), None)
    status = _STATUS.get(kind, 500) if kind else 500
    if is_htmx(request) and _needs_dialog(found):
        template = "ui/errors/limit_dialog.html" if kind is OverLimit else "ui/errors/conflict_dialog.html"
        response = in_dialog(request, template, {"error": found}, status)
    elif is_htmx(request):
        response = HttpResponse(toast(str(found), tone="negative"), status=status)
        response.headers["HX-Reswap"] = "none"
    else:
        template = _WORDS.get(kind, "ui/errors/failure.html") if kind else "ui/errors/failure.html"
        values = {"error": found, "status": status, "right": RIGHTS.get(found.details.get("right", ""))}
        values["typed"] = _typed(request)
        response = render(request, template, values, status=status)
        if values["typed"]:
            response.headers["Cache-Control"] = "no-store"
    if isinstance(found, TooMany | Unavailable):
        response.headers["Retry-After"] = str(found.retry_after)
    return response


def _typed(request: HttpRequest) -> list[tuple[str, str]] | None:
    """What was sent to a workspace, so that it can be sent again from an error's page; None if nothing was."""
    if request.method != "POST" or getattr(request, "site", "") != "workspace":
        return None
    held = getattr(request, "_post", {})  # Not read now: whatever broke may have broken while it was read.
    return [(name, value) for name in held for value in held.getlist(name) if name != "csrfmiddlewaretoken"]


def _needs_dialog(found: TeremError) -> bool:
    """Some errors are more than a sentence: what is used up, or two values to compare."""
    if isinstance(found, OverLimit):
        return bool(found.allowed)
    return isinstance(found, Conflict) and found.theirs is not None


def came_from(request: HttpRequest) -> str:
    """The address where somebody pressed help: what the browser shows (lists change it as one filters), else the link's word."""
    try:
        shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        shown = urlsplit("")
    told = shown.path + (f"?{shown.query}" if shown.query else "")
    return (told or request.GET.get("from", ""))[:500]


def match_of(address: str) -> ResolverMatch | None:
    """The page at an address of the present site; None for what is none."""
    try:
        return resolve(urlsplit(address).path)
    except (Resolver404, ValueError):
        return None


class ErrorMiddleware:
    """Words the errors that actions and views raise, and clears a toast that was shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "flash_shown", False) and FLASH_COOKIE not in response.cookies:
            _set_flash(response, "", seconds=0)
        return response

    def process_exception(self, request: HttpRequest, found: Exception) -> HttpResponse | None:
        if isinstance(found, SignInFirst):
            return sent_on(request, f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")
        return error(request, found) if isinstance(found, TeremError) else None


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same 404 for what is gone, hidden, or another tenant's."""
    return error(request, NotFound())


def failure(request: HttpRequest) -> HttpResponse:
    """500: a sentence, a reference number, a way on. Needs no database; the fault is told to the operators' feed.

    A database that does not answer and a disk that is full are no faults of the code: 503, and a way to try again.
    """
    # What broke may have broken before anybody knew whose language it is: the browser's has to do then.
    spoken = getattr(request, "LANGUAGE_CODE", "") or translation.get_language_from_request(request)
    with translation.override(spoken):
        passing = lost.worded(sys.exception())
        return error(request, passing) if passing is not None else _fault(request)


def _fault(request: HttpRequest) -> HttpResponse:
    _tell_fault(request)
    if is_htmx(request):
        words = _("Something went wrong. Your text is kept. Reference: %(id)s") % {
            "id": getattr(request, "id", "")
        }
        response = HttpResponse(toast(words, tone="negative"), status=500)
        response.headers["HX-Reswap"] = "none"
        return response
    return render(
        request,
        "ui/errors/failure.html",
        {"reference": getattr(request, "id", ""), "status": 500},
        status=500,
    )


def _tell_fault(request: HttpRequest) -> None:
    """Django asks for the page of status 500 while the error is still in its hands."""
    error = sys.exception()
    if error is not None:
        match = getattr(request, "resolver_match", None)
        task = f"{request.method} {match.view_name if match else 'no route'}"
        faults.note(error, kind="request", task=task, request_id=getattr(request, "id", ""))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is older than the session, or came from elsewhere."""
    metrics.count("terem_refusals_total", reason="forged")
    if is_htmx(request):
        words = _("This form is too old. Reload the page and send it again.")
        response = HttpResponse(toast(words, tone="negative"), status=403)
        response.headers["HX-Reswap"] = "none"
        return response
    return render(request, "ui/errors/stale_form.html", {"status": 403}, status=403)
