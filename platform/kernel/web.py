"""What every request passes first, and the declarations that every view carries.

A view is a function with exactly one of the decorators below. They register the
view in ``ROUTES``, so that the permission table and the isolation crawl can read
which URL needs which right; a URL without a declaration fails the house test.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse

from kernel import context, fairness, tracing
from kernel.errors import NotFound
from kernel.rights import demand, demand_writable

log = logging.getLogger("terem.request")

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Route:
    """``kind`` is page, change, form, entry, public, account or operator; ``right`` only for members."""

    name: str
    kind: str
    right: str | None
    methods: tuple[str, ...]


ROUTES: dict[str, Route] = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answered request: ``route`` is the URL's name (- if there was none), ``schema`` the company's or empty."""

    site: str
    route: str
    status: int
    seconds: float
    schema: str


# Told of every answer. The metrics listen, but know this module.
ANSWERED: list[Callable[[Answer], None]] = []

_READ = ("GET", "HEAD")


def _declare(
    kind: str,
    right: str | None,
    methods: tuple[str, ...],
    check: Callable[[HttpRequest], None],
    heavy: str = "",
) -> Any:
    def decorate(view: View) -> View:
        name = f"{view.__module__}.{view.__qualname__}"
        ROUTES[name] = Route(name, kind, right, methods)

        @wraps(view)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            check(request)
            return _fairly(heavy, view, request, *args, **kwargs)

        run.route = ROUTES[name]  # type: ignore[attr-defined]
        return run

    return decorate


def _fairly(heavy: str, view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Call the view; of heavy ones a company may run a few at a time, however long their answers flow."""
    if not heavy:
        return view(request, *args, **kwargs)
    with fairness.heavy(heavy):
        response = view(request, *args, **kwargs)
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = fairness.held_open(heavy, response.streaming_content)
    return response


def _member(right: str) -> Callable[[HttpRequest], None]:
    def check(request: HttpRequest) -> None:
        if request.method not in _READ:
            demand_writable()
        demand(request.member, right)  # type: ignore[attr-defined]

    return check


def page(right: str, *, heavy: str = "") -> Any:
    """A page of the workspace: GET only; the member needs ``right``. ``heavy`` is of ``kernel.fairness``."""
    return _declare("page", right, _READ, _member(right), heavy)


def change(right: str, *, heavy: str = "") -> Any:
    """A change in the workspace: POST only; the member needs ``right``; ``heavy`` as for pages."""
    return _declare("change", right, ("POST",), _member(right), heavy)


def form(right: str, *, heavy: str = "") -> Any:
    """A page with a form: GET shows it, POST takes it; the member needs ``right``; ``heavy`` as for pages."""
    return _declare("form", right, (*_READ, "POST"), _member(right), heavy)


def entry() -> Any:
    """A workspace URL that works without a session (entering, leaving, health)."""
    return _declare("entry", None, (*_READ, "POST"), lambda request: None)


def public() -> Any:
    """A page of the public site, for everybody."""
    return _declare("public", None, (*_READ, "POST"), lambda request: None)


def account() -> Any:
    """A page of the account host for a signed-in person (middleware sends others to sign in)."""
    return _declare("account", None, (*_READ, "POST"), _signed_in)


def operator() -> Any:
    """A page of the operators' console. Strangers get the same 404 as for a page that is not there."""
    return _declare("operator", None, (*_READ, "POST"), _operator)


class SignInFirst(Exception):
    """Raised where a session is needed and there is none; answered by a redirect to sign in."""


def _signed_in(request: HttpRequest) -> None:
    if not request.user.is_authenticated:
        raise SignInFirst


def _operator(request: HttpRequest) -> None:
    _signed_in(request)
    if not getattr(request, "operator", None):
        raise NotFound


class RequestMiddleware:
    """Outermost: gives the request an id, opens an empty context, logs one line with the time taken."""

    def __init__(self, get_response: View) -> None:
        self.get_response = tracing.around(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = secrets.token_hex(6)  # type: ignore[attr-defined]
        started = time.perf_counter()
        with context.enter(context.Context(request_id=request.id)):  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.headers["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        _tell(request, response, time.perf_counter() - started)
        return response


def _tell(request: HttpRequest, response: HttpResponse, taken: float) -> None:
    """One log line, and the answer to everybody who listens."""
    found = getattr(request, "tenant", None)
    match = request.resolver_match
    answer = Answer(
        getattr(request, "site", ""),
        (match.view_name if match else "") or "-",
        response.status_code,
        taken,
        found.schema if found else "",
    )
    for told in ANSWERED:
        told(answer)
    # What the edge asks every second would bury everything else.
    log.log(
        logging.DEBUG if getattr(request, "by_rote", False) else logging.INFO,
        "%s %s %s %.0f ms",
        request.method,
        request.path,
        response.status_code,
        taken * 1000,
        extra={
            "tenant": answer.schema or "-",
            "request": request.id,  # type: ignore[attr-defined]
            "route": answer.route,
            "status": answer.status,
            "ms": round(taken * 1000),
        },
    )
