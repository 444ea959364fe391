"""Traces for an OpenTelemetry collector: OTLP over HTTP in its JSON form. Without ``TEREM_TRACES`` none of it is in the way.

A span names routes, tables, jobs and companies' schemas: never an address with its query, a statement's text or
a value. Spans wait in memory, go out every few seconds from a thread of their own, and are dropped when the
collector does not take them: nobody waits for a trace.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import random
import re
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.request import Request, urlopen

from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse

from kernel import context
from kernel.when import now

log = logging.getLogger("terem.tracing")

INTERNAL, SERVER, CLIENT, CONSUMER = 1, 2, 3, 5
MOST_WAITING: Final = 4096
MOST_AT_ONCE: Final = 512
SEND_SECONDS: Final = 5.0
PATIENCE: Final = 3.0
ALIASES: Final = ("default", "tenant")

_PARENT = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$")
_STATEMENT = re.compile(r'^\s*(\w+)(?:.*?\b(?:FROM|INTO|UPDATE)\s+"?([\w.]+)"?)?', re.S | re.I)


@dataclass(slots=True)
class Span:
    """One piece of work. Ids are hexadecimal as the protocol wants them, times in nanoseconds since 1970."""

    name: str
    kind: int
    trace: str
    id: str
    parent: str
    began: int
    ended: int = 0
    failed: bool = False
    attributes: dict[str, str | int] = field(default_factory=dict)


_present: ContextVar[Span | None] = ContextVar("terem_span", default=None)
_waiting: deque[Span] = deque(maxlen=MOST_WAITING)
_senders: dict[int, threading.Thread] = {}


def is_on() -> bool:
    """Whether a collector is configured."""
    return bool(settings.TEREM_TRACES)


def around(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The same function with a span about each request; the function itself where nothing is traced."""
    if not is_on():
        return get_response

    def traced(request: HttpRequest) -> HttpResponse:
        with begun(f"{request.method}", SERVER, request.headers.get("Traceparent", "")) as span:
            response = get_response(request)
            if span is not None:
                _describe(span, request, response)
            return response

    return traced


def _describe(span: Span, request: HttpRequest, response: HttpResponse) -> None:
    match = request.resolver_match
    route = (match.view_name if match else "") or "-"
    tenant = getattr(request, "tenant", None)
    span.name = f"{request.method} {route}"
    span.failed = response.status_code >= 500
    span.attributes |= {
        "http.request.method": request.method or "",
        "http.route": route,
        "http.response.status_code": response.status_code,
        "terem.request": str(getattr(request, "id", "")),
        "terem.tenant": tenant.schema if tenant else "-",
    }


@contextmanager
def working(queue: str) -> Iterator[Span | None]:
    """A span about a run of background work in the context; nothing where nothing is traced."""
    if not is_on():
        yield None
        return
    with begun("job", CONSUMER) as span:
        yield span
        if span is not None:
            span.attributes |= {"messaging.destination.name": queue, "terem.tenant": context.tenant().schema}


@contextmanager
def begun(name: str, kind: int, parent: str = "") -> Iterator[Span | None]:
    """A span that begins a trace here, or goes on with one that ``parent`` (a traceparent header) names.

    Gives None where chance leaves this one out.
    """
    if random.random() * 100 >= settings.TEREM_TRACES_PERCENT:  # noqa: S311 (a sample, no secret)
        yield None
        return
    found = _PARENT.match(parent)
    trace, before = (found[1], found[2]) if found else (secrets.token_hex(16), "")
    with _timed(Span(name, kind, trace, secrets.token_hex(8), before, 0)) as span, ExitStack() as stack:
        for alias in ALIASES:
            stack.enter_context(connections[alias].execute_wrapper(_query))
        yield span


@contextmanager
def _timed(span: Span) -> Iterator[Span]:
    span.began = int(now().timestamp() * 1e9)
    clock = time.perf_counter_ns()
    token = _present.set(span)
    try:
        yield span
    except BaseException:
        span.failed = True
        raise
    finally:
        _present.reset(token)
        span.ended = span.began + time.perf_counter_ns() - clock
        _keep(span)


def _query(execute: Callable[..., Any], sql: Any, params: Any, many: bool, given: dict[str, Any]) -> Any:
    """A span about one statement: its verb and its first table, never its text."""
    above = _present.get()
    if above is None:
        return execute(sql, params, many, given)
    found = _STATEMENT.match(str(sql))
    verb, table = (found[1].upper(), found[2] or "") if found else ("SQL", "")
    made = Span(f"{verb} {table}".strip(), CLIENT, above.trace, secrets.token_hex(8), above.id, 0)
    made.attributes = {"db.system.name": "postgresql", "db.operation.name": verb, "db.collection.name": table}
    with _timed(made):
        return execute(sql, params, many, given)


def _keep(span: Span) -> None:
    _waiting.append(span)
    if os.getpid() not in _senders:
        thread = threading.Thread(target=_send_on, daemon=True, name="traces")
        _senders[os.getpid()] = thread
        thread.start()
        atexit.register(send)


def _send_on() -> None:
    pause = threading.Event()
    while True:
        pause.wait(SEND_SECONDS)
        send()


def send() -> None:
    """Hand over what waits now; what the collector does not take is dropped."""
    while _waiting:
        some = [_waiting.popleft() for _ in range(min(len(_waiting), MOST_AT_ONCE))]
        body = json.dumps(_envelope(some)).encode()
        wanted = Request(  # noqa: S310 (the address is the installation's own setting)
            f"{settings.TEREM_TRACES.rstrip('/')}/v1/traces", body, {"Content-Type": "application/json"}
        )
        try:
            urlopen(wanted, timeout=PATIENCE).close()  # noqa: S310
        except (OSError, ValueError) as error:
            log.info("%s spans were dropped: %s", len(some), type(error).__name__)


def _envelope(spans: list[Span]) -> dict[str, Any]:
    who = {"service.name": "terem", "service.version": settings.TEREM_RELEASE}
    scope = {"scope": {"name": "terem"}, "spans": [_told(span) for span in spans]}
    return {"resourceSpans": [{"resource": {"attributes": _pairs(who)}, "scopeSpans": [scope]}]}


def _told(span: Span) -> dict[str, Any]:
    return {
        "traceId": span.trace,
        "spanId": span.id,
        **({"parentSpanId": span.parent} if span.parent else {}),
        "name": span.name,
        "kind": span.kind,
        "startTimeUnixNano": str(span.began),
        "endTimeUnixNano": str(span.ended),
        "attributes": _pairs(span.attributes),
        "status": {"code": 2} if span.failed else {},
    }


def _pairs(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"key": key, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}
        for key, value in values.items()
    ]
