"""What operators see: metrics, structured logs, health; and that nothing of people leaves by the error collector."""

from __future__ import annotations

import gzip
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import redis

from config import logs
from deploy.local import places
from kernel import metrics
from kernel.jobs import running
from tenants import api
from tests.support.tenants import Browser, Company, sign_in

TOKEN = "a token for the tests of metrics"
OPERATOR = "operator.terem.test"


def ask_metrics(token: str = TOKEN) -> Any:
    return Browser(OPERATOR).get("/metrics", headers={"Authorization": f"Bearer {token}"})


@pytest.mark.usefixtures("database")
def test_metrics_need_the_token(settings: Any) -> None:
    settings.TEREM_METRICS_TOKEN = ""
    assert ask_metrics("").status_code == 404
    settings.TEREM_METRICS_TOKEN = TOKEN
    assert ask_metrics("wrong").status_code == 404
    assert Browser(OPERATOR).get("/metrics").status_code == 404
    answer = ask_metrics()
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")


@pytest.mark.usefixtures("database")
def test_metrics_count_requests_jobs_and_the_largest_consumers(
    own_tenant: Callable[..., Company], settings: Any
) -> None:
    settings.TEREM_METRICS_TOKEN = TOKEN
    company = own_tenant("Measured")
    with api.inside(company.tenant):
        browser = sign_in(Browser(company.host), company.owner)
    metrics.flush()
    metrics._line().delete(metrics._key("sums"), metrics._hour())
    for _ in range(3):
        assert browser.get("/").status_code == 200
    assert browser.get("/nowhere/").status_code == 404
    for told in running.RAN:
        told(True, 0.25, company.tenant.schema_name)
    text = ask_metrics().content.decode()
    rows = dict(row.rsplit(" ", 1) for row in text.splitlines() if not row.startswith("#"))
    assert rows['terem_requests_total{site="workspace",status="2xx"}'] == "3"
    assert rows['terem_requests_total{site="workspace",status="4xx"}'] == "1"
    assert rows['terem_request_seconds_bucket{le="+Inf"}'] == rows["terem_request_seconds_count"] == "4"
    assert rows['terem_jobs_total{outcome="ended"}'] == "1"
    assert float(rows[f'terem_tenant_seconds{{tenant="{company.tenant.schema_name}"}}']) > 0.25
    assert 'terem_connections{state="open"}' in rows
    assert company.tenant.name not in text and company.host not in text
    for name in {row.partition("{")[0].partition(" ")[0] for row in rows}:
        assert f"# TYPE {metrics._family(name)} " in text


@pytest.mark.usefixtures("database")
def test_metrics_name_few_companies_however_many_there_are(settings: Any) -> None:
    settings.TEREM_METRICS_TOKEN = TOKEN
    for number in range(100):
        metrics.request_answered("workspace", 200, float(number), f"t_{number:020}")
    text = ask_metrics().content.decode()
    assert text.count("terem_tenant_seconds{") == metrics.TOP
    assert f't_{99:020}"' in text and f't_{0:020}"' not in text
    metrics._line().delete(metrics._key("sums"), metrics._hour())


@pytest.mark.usefixtures("database")
def test_metrics_without_redis(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TEREM_METRICS_TOKEN = TOKEN
    gone = redis.Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.2)
    monkeypatch.setattr(metrics, "_line", lambda: gone)
    metrics.request_answered("workspace", 200, 0.1, "t_00000000000000000000")
    assert ask_metrics().status_code == 200


def test_structured_line(companies: tuple[Company, Company], django_db_blocker: Any) -> None:
    record = logging.LogRecord("terem.x", logging.INFO, "", 0, "%s files", (3,), None)
    with django_db_blocker.unblock(), api.inside(companies[0].tenant, request_id="abc123"):
        logs.TenantFilter().filter(record)
    told = json.loads(logs.JsonFormatter().format(record))
    assert told["tenant"] == companies[0].tenant.schema_name
    assert (told["request"], told["message"], told["level"]) == ("abc123", "3 files", "INFO")


def test_djangos_own_records_name_the_request_by_its_id() -> None:
    class Request:
        id = "abc"

    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "x", (), None)
    record.request = Request()
    logs.TenantFilter().filter(record)
    assert record.__dict__["request"] == "abc"


def own_environment(**changed: str) -> dict[str, str]:
    roots = os.pathsep.join((str(places.ROOT), str(places.ROOT / "platform")))
    return os.environ | {"PYTHONPATH": roots, "DJANGO_SETTINGS_MODULE": "config.settings"} | changed


HEALTH = """
import django; django.setup()
from django.test import Client
for path in ("/health/live", "/health/ready"):
    answer = Client(HTTP_HOST="terem.test").get(path)
    print(answer.status_code, answer.content.decode())
"""


@pytest.mark.parametrize(
    ("gone", "failed"),
    [((), "[]"), (("TEREM_CONTROL_DB",), '["database"]'), (("TEREM_TENANT_DB",), '["workspaces"]')],
    ids=["all there", "control plane gone", "tenants' login gone"],
)
@pytest.mark.usefixtures("database")
def test_health_tells_the_truth(test_run: Any, gone: tuple[str, ...], failed: str) -> None:
    port = test_run.servers.postgres.port
    lost = {name: os.environ[name].replace(f":{port}/", f":{places.free_port()}/") for name in gone}
    done = subprocess.run(
        [sys.executable, "-c", HEALTH],
        env=own_environment(**lost),
        capture_output=True,
        text=True,
        check=True,
    )
    live, ready = done.stdout.splitlines()
    assert live == '200 {"alive": true}'
    assert ready.startswith("503" if gone else "200")
    assert f'"failed": {failed}' in ready


# What must never leave, and where it is planted by the script below.
PLANTED = (
    "anna.petrova@customer.example",
    "Petrova",
    "Петрова",
    "+7 912 345-67-89",
    "9123456789",
    "secret-note-7731",
)

FAILING = """
import logging, sys
import django; django.setup()
import sentry_sdk
from django.test import Client
from crm_core.search import queries
host, key, cookie = sys.argv[1:4]

def broken(request, text):
    mail, name, phone = "anna.petrova@customer.example", "Anna Petrova Петрова", "+7 912 345-67-89"
    sentry_sdk.add_breadcrumb(category="typed", message=f"{name} {mail}", data={"phone": phone})
    sentry_sdk.set_user({"email": mail, "username": name})
    sentry_sdk.set_tag("client", name)
    sentry_sdk.set_extra("note", "secret-note-7731")
    sentry_sdk.set_context("client", {"phone": phone})
    logging.getLogger("terem.test").warning("client %s", name)
    logging.getLogger("terem.test").error("client %s <%s> could not be read", name, mail)
    logging.getLogger("other.library").error(f"cannot mail {name} {mail} {phone}")
    try:
        raise KeyError(f"Key (email)=({mail}) already exists")
    except KeyError as error:
        raise ValueError(f"client {name}, {phone}: secret-note-7731") from error

queries.find = broken
client = Client(raise_request_exception=False, HTTP_HOST=host)
client.cookies[cookie] = key
answer = client.get(
    "/search/palette/?q=anna.petrova@customer.example",
    HTTP_REFERER="http://x/?name=Petrova", HTTP_X_NAME="Petrova",
)
client.post("/companies/new/?q=9123456789", {"name": "", "note": "secret-note-7731", "email": "anna.petrova@customer.example"})
sentry_sdk.flush(10)
print(answer.status_code)
"""


class Collector:
    """Stands where Sentry would: takes whatever is sent."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                outer.bodies.append(f"{self.path}\n{self.headers}\n{body.decode()}")
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://key@127.0.0.1:{self.server.server_port}/1"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


def test_error_collector_learns_the_place_and_nothing_of_people(
    own_tenant: Callable[..., Company], collector: Collector, tmp_path: Path
) -> None:
    from django.conf import settings

    from crm_core.team.actions import open_session

    company = own_tenant("Petrova and sons")
    with api.inside(company.tenant):
        _session, key = open_session(member=company.owner, agent="tests", network="127.0.0.1")
    script = tmp_path / "failing.py"
    script.write_text(FAILING, "utf-8")
    done = subprocess.run(
        [sys.executable, str(script), company.host, key, settings.WORKSPACE_COOKIE],
        env=own_environment(TEREM_SENTRY=collector.address),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.strip() == "500"
    sent = "\n".join(collector.bodies)
    events = [json.loads(row) for row in sent.splitlines() if '"event_id"' in row and '"level"' in row]
    raised = next(event for event in events if "exception" in event)
    assert [one["type"] for one in raised["exception"]["values"]] == ["KeyError", "ValueError"]
    assert raised["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "broken"
    assert raised["tags"]["tenant"] == company.tenant.schema_name
    assert raised["tags"]["request"]
    assert "client %s <%s> could not be read" in sent
    # Our source is in the trace; the planted words stand in the script, so its own lines do not count.
    words = "\n".join(json.dumps(_without_source(event), ensure_ascii=False) for event in events)
    for planted in (*PLANTED, company.owner_id.hex, key, company.host):
        assert planted not in words, planted
    rest = "\n".join(row for row in sent.splitlines() if not ('"event_id"' in row and '"level"' in row))
    for planted in (*PLANTED, key):
        assert planted not in rest, planted


def _without_source(event: dict[str, Any]) -> dict[str, Any]:
    for one in event.get("exception", {}).get("values", ()):
        for frame in one["stacktrace"]["frames"]:
            for name in ("pre_context", "context_line", "post_context"):
                frame.pop(name, None)
    return event
