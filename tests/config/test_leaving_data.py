"""Nothing of people leaves by the error collector or the traces: planted everywhere, looked for in what really arrives."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tenants import api
from tests.config.test_observing import own_environment
from tests.support.collector import Collector
from tests.support.tenants import Company

# What must never leave, and where it is planted by the scripts below.
PLANTED = (
    "anna.petrova@customer.example",
    "anna.petrova",
    "customer.example",
    "Petrova",
    "Петрова",
    "+7 912 345-67-89",
    "9123456789",
    "345-67-89",
    "secret-note-7731",
)

FAILING = """
import logging, sys
import django; django.setup()
import sentry_sdk
from django.conf import settings
from django.db import connections
from django.test import RequestFactory
from config.wsgi import application
from crm_core.clients import actions
from crm_core.search import queries
from kernel import context
from kernel.jobs import background
from kernel.jobs.running import run_next
from tenants import api
host, key, cookie, slug = sys.argv[1:5]

def broken(request, text):
    mail, name, phone = "anna.petrova@customer.example", "Anna Petrova Петрова", "+7 912 345-67-89"
    sentry_sdk.add_breadcrumb(category="typed", message=f"{name} {mail}", data={"phone": phone})
    sentry_sdk.set_user({"email": mail, "username": name, "ip_address": "192.0.2.7"})
    sentry_sdk.set_tag("client", name)
    sentry_sdk.set_extra("note", "secret-note-7731")
    sentry_sdk.set_context("client", {"phone": phone})
    logging.getLogger("terem.test").warning("client %s", name)
    logging.getLogger("terem.test").error("client %s <%s> could not be read", name, mail)
    logging.getLogger("other.library").error(f"cannot mail {name} {mail} {phone}")
    try:
        with connections["tenant"].cursor() as cursor:
            cursor.execute("SELECT 'Anna Petrova 9123456789 secret-note-7731'::int + %s::int", [mail])
    except Exception as error:
        raise ValueError(f"client {name}, {phone}: secret-note-7731") from error

@background("tests.failing", retries=0)
def failing(job, mail, name):
    phone = "+7 912 345-67-89"
    raise KeyError(f"Key (email)=({mail}) of {name}, {phone} already exists")

def unsaved(*, by, values, ways, owner):
    kept = dict(values, ways=list(ways))
    raise RuntimeError(f"row ({kept}) of Petrova violates a constraint")

queries.find = broken
actions.create_company = unsaved
maker = RequestFactory(HTTP_HOST=host)
cookies = f"{cookie}={key}; seen=Petrova-9123456789; {settings.CSRF_COOKIE_NAME}={'x' * 32}"
HEADERS = dict(
    HTTP_COOKIE=cookies, HTTP_X_CSRFTOKEN="x" * 32, HTTP_ORIGIN=f"http://{host}", REMOTE_ADDR="192.0.2.7",
    HTTP_REFERER=f"http://{host}/?name=Petrova&mail=anna.petrova@customer.example",
    HTTP_X_NAME="Petrova", HTTP_USER_AGENT="Petrova 9123456789", HTTP_AUTHORIZATION="Bearer secret-note-7731",
)

def asked(request):
    # By the way that the web server goes, so that the library sees headers, cookies and body.
    said = []
    answer = application(request.environ, lambda status, headers, error=None: said.append(status[:3]))
    list(answer)
    answer.close()
    return said[0]

found = asked(maker.get("/search/palette/?q=anna.petrova@customer.example", **HEADERS))
fields = {"name": "Petrova & Петрова", "email-0": "anna.petrova@customer.example", "phone-0": "+7 912 345-67-89"}
saved = asked(maker.post("/companies/new/?q=9123456789", fields, **HEADERS))
with context.enter(context.Context(cause="command")), api.inside(api.by_slug(slug)):
    failing.later(by=None, title="Petrova", mail="anna.petrova@customer.example", name="Петрова")
while run_next("tenant"):
    pass
sentry_sdk.flush(10)
print(found, saved)
"""


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


def run(script: str, folder: Path, company: Company, **changed: str) -> str:
    """Run a script as a process of its own, signed in to the company; its last line."""
    from django.conf import settings

    from crm_core.team.actions import open_session

    with api.inside(company.tenant):
        _session, key = open_session(member=company.owner, agent="tests", network="127.0.0.1")
    path = folder / "script.py"
    path.write_text(script, "utf-8")
    done = subprocess.run(
        [sys.executable, str(path), company.host, key, settings.WORKSPACE_COOKIE, company.tenant.slug],
        env=own_environment(**changed),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip().splitlines()[-1] + "\n" + key


def test_error_collector_learns_the_place_and_nothing_of_people(
    own_tenant: Callable[..., Company], collector: Collector, tmp_path: Path
) -> None:
    company = own_tenant("Petrova and sons")
    address = f"http://key@127.0.0.1:{collector.port}/1"
    status, key = run(FAILING, tmp_path, company, TEREM_SENTRY=address, TEREM_RELEASE="r-7").splitlines()
    assert status == "500 500"
    sent = "\n".join(collector.bodies)
    rows = sent.splitlines()
    events = [json.loads(row) for row in rows if '"event_id"' in row and '"level"' in row]
    kinds = {
        tuple(one["type"] for one in event["exception"]["values"]): event
        for event in events
        if "exception" in event
    }
    raised = kinds["InvalidTextRepresentation", "DataError", "ValueError"]
    assert raised["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "broken"
    assert raised["tags"]["tenant"] == company.tenant.schema_name
    assert raised["tags"]["request"] and raised["release"] == "r-7"
    posted = kinds[("RuntimeError",)]
    assert posted["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "unsaved"
    assert posted["request"] == {"method": "POST"}
    job = kinds[("KeyError",)]
    assert job["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "failing"
    assert job["tags"]["job"].startswith("tests.failing/")
    assert job["tags"]["tenant"] == company.tenant.schema_name
    assert "client %s <%s> could not be read" in sent
    # Our source is in the trace; the planted words stand in the script, so its own lines do not count.
    words = "\n".join(json.dumps(_without_source(event), ensure_ascii=False) for event in events)
    for planted in (*PLANTED, "192.0.2.7", company.owner_id.hex, key, company.host):
        assert planted not in words, planted
    rest = "\n".join(row for row in rows if not ('"event_id"' in row and '"level"' in row))
    for planted in (*PLANTED, key):
        assert planted not in rest, planted
        # However it was written down: escaped for JSON, or for an address.
        assert json.dumps(planted)[1:-1] not in rest, planted
        assert quote(planted) not in words + rest, planted


def test_the_look_sees_what_the_rebuilding_keeps_back(
    own_tenant: Callable[..., Company], collector: Collector, tmp_path: Path
) -> None:
    """The same with the event as the library makes it: then the planted words do arrive, from everywhere."""
    careless = (
        "import django\nfrom config import sentry\nsentry.rebuilt = lambda event, hint: event\ndjango.setup()"
    )
    script = FAILING.replace("import django; django.setup()", careless)
    assert script != FAILING
    address = f"http://key@127.0.0.1:{collector.port}/1"
    run(script, tmp_path, own_tenant("Petrova careless"), TEREM_SENTRY=address)
    sent = "\n".join(collector.bodies)
    assert [
        planted for planted in ("anna.petrova@customer.example", "secret-note-7731") if planted not in sent
    ] == []
    events = [json.loads(row) for row in sent.splitlines() if '"event_id"' in row and '"level"' in row]
    posted = next(event for event in events if (event.get("request") or {}).get("method") == "POST")
    assert "Petrova" in posted["request"]["headers"]["X-Name"], "the library was shown the whole request"


def _without_source(event: dict[str, Any]) -> dict[str, Any]:
    for one in event.get("exception", {}).get("values", ()):
        for frame in one["stacktrace"]["frames"]:
            for name in ("pre_context", "context_line", "post_context"):
                frame.pop(name, None)
    return event


TRACED = """
import sys
import django; django.setup()
from django.test import Client
from kernel import context, tracing
from kernel.jobs import background
from kernel.jobs.running import run_next
from tenants import api
host, key, cookie, slug = sys.argv[1:5]

@background("tests.traced")
def traced(job, name):
    return {}

client = Client(HTTP_HOST=host)
client.cookies[cookie] = key
parent = "00-" + "ab" * 16 + "-" + "cd" * 8 + "-01"
answer = client.get("/search/palette/?q=anna.petrova@customer.example", HTTP_TRACEPARENT=parent)
with context.enter(context.Context(cause="command")), api.inside(api.by_slug(slug)):
    traced.later(by=None, name="Petrova")
while run_next("tenant"):
    pass
tracing.send()
print(answer.status_code, len(tracing._senders))
"""


def test_traces_name_routes_tables_and_jobs_and_nobody(
    own_tenant: Callable[..., Company], collector: Collector, tmp_path: Path
) -> None:
    company = own_tenant("Petrova traced")
    told = {"TEREM_TRACES": f"http://127.0.0.1:{collector.port}", "TEREM_TRACES_PERCENT": "100"}
    assert run(TRACED, tmp_path, company, **told).startswith("200 1")
    spans: dict[str, dict[str, Any]] = {}
    for body in collector.bodies:
        assert body.startswith("/v1/traces\n")
        assert "Content-Type: application/json" in body
        strange = otlp_faults(json.loads(body.splitlines()[-1]))
        assert strange == []
        sent = json.loads(body.splitlines()[-1])["resourceSpans"][0]
        assert {"key": "service.name", "value": {"stringValue": "terem"}} in sent["resource"]["attributes"]
        spans |= {span["name"]: span for span in sent["scopeSpans"][0]["spans"]}
    request = spans["GET search:palette"]
    assert (request["traceId"], request["parentSpanId"]) == ("ab" * 16, "cd" * 8)
    below = [span for span in spans.values() if span.get("parentSpanId") == request["spanId"]]
    assert any(span["name"].startswith("SELECT team_") for span in below), sorted(spans)
    assert all(int(span["endTimeUnixNano"]) >= int(span["startTimeUnixNano"]) for span in spans.values())
    pairs = {one["key"]: one["value"] for one in request["attributes"]}
    assert pairs["terem.tenant"] == {"stringValue": company.tenant.schema_name}
    assert pairs["http.response.status_code"] == {"intValue": "200"}
    assert "job tests.traced" in spans
    for planted in (*PLANTED, company.host):
        assert planted not in "\n".join(collector.bodies), planted


# The messages of opentelemetry.proto.trace.v1 and common.v1 that are used, in their JSON form (ids are hexadecimal).
OTLP: dict[str, dict[str, str]] = {
    "request": {"resourceSpans": "[resource_spans"},
    "resource_spans": {"resource": "resource", "scopeSpans": "[scope_spans"},
    "resource": {"attributes": "[pair"},
    "scope_spans": {"scope": "scope", "spans": "[span"},
    "scope": {"name": "text"},
    "span": {
        "traceId": "id32", "spanId": "id16", "parentSpanId": "id16", "name": "text", "kind": "kind",
        "startTimeUnixNano": "number", "endTimeUnixNano": "number", "attributes": "[pair", "status": "status",
    },
    "status": {"code": "code"},
    "pair": {"key": "text", "value": "value"},
    "value": {"stringValue": "text", "intValue": "number"},
}  # fmt: skip
PLAIN: dict[str, Callable[[Any], bool]] = {
    "text": lambda one: isinstance(one, str),
    "number": lambda one: isinstance(one, str) and one.isdigit(),
    "id32": lambda one: re.fullmatch("[0-9a-f]{32}", one) is not None,
    "id16": lambda one: re.fullmatch("[0-9a-f]{16}", one) is not None,
    "kind": lambda one: one in range(1, 6),
    "code": lambda one: one in (0, 1, 2),
}


def otlp_faults(part: Any, kind: str = "request") -> list[str]:
    """What a receiver would not know in a message, as the protocol's definitions have it."""
    if kind in PLAIN:
        return [] if PLAIN[kind](part) else [f"{kind}: {part!r}"]
    said = [f"{kind} has no field {name}" for name in part if name not in OTLP[kind]]
    for name, below in OTLP[kind].items():
        if name in part:
            rows = part[name] if below.startswith("[") else [part[name]]
            said += [fault for row in rows for fault in otlp_faults(row, below.removeprefix("["))]
    return said


def test_a_message_that_is_none_is_told() -> None:
    span = {"traceId": "ab" * 16, "spanId": "zz" * 8, "named": "x", "kind": 2, "startTimeUnixNano": 5}
    sent = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    assert otlp_faults(sent) == ["span has no field named", "id16: 'zzzzzzzzzzzzzzzz'", "number: 5"]


def test_without_a_collector_nothing_stands_in_the_way(
    own_tenant: Callable[..., Company], tmp_path: Path
) -> None:
    from kernel import tracing

    assert run(TRACED, tmp_path, own_tenant("Untraced"), TEREM_TRACES="").startswith("200 0")

    def answer(request: Any) -> Any:
        return request

    assert tracing.around(answer) is answer
