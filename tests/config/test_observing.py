"""What operators see: metrics of all processes, structured logs, health that tells the truth."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from config import logs
from deploy.local import places
from kernel import context, health, metrics, processes
from kernel.jobs import relay, running
from kernel.line import line
from kernel.web import Answer
from tenants import api
from tests.support.afresh import no_redis
from tests.support.tenants import Browser, Company, sign_in

TOKEN = "a token for the tests of metrics"
OPERATOR = "operator.terem.test"


@pytest.fixture
def counted(database: None) -> Iterator[None]:
    """Nothing was counted before, nothing is left behind."""
    metrics.flush()
    kept = (metrics.key(metrics.SUMS), metrics._hour(), metrics.key("processes"))
    line().delete(*kept)
    health.forget()
    yield
    metrics.flush()
    line().delete(*kept)


def read(text: str) -> dict[str, str]:
    """Series → value."""
    return dict(row.rsplit(" ", 1) for row in text.splitlines() if not row.startswith("#"))


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
    own_tenant: Callable[..., Company], settings: Any, counted: None
) -> None:
    settings.TEREM_METRICS_TOKEN = TOKEN
    company = own_tenant("Measured")
    with api.inside(company.tenant):
        browser = sign_in(Browser(company.host), company.owner)
    for _ in range(3):
        assert browser.get("/").status_code == 200
    assert browser.get("/nowhere/").status_code == 404
    for told in running.RAN:
        told(relay.Ran("tenant", company.tenant.schema_name, "imports.run", "done", 0.25))
    text = ask_metrics().content.decode()
    rows = read(text)
    home = 'route="home:today",site="workspace"'
    assert rows[f'terem_requests_total{{{home},status="200"}}'] == "3"
    assert rows['terem_requests_total{route="-",site="workspace",status="404"}'] == "1"
    assert rows[f'terem_request_seconds_bucket{{{home},le="+Inf"}}'] == "3"
    assert rows[f"terem_request_seconds_count{{{home}}}"] == "3"
    assert float(rows[f"terem_request_seconds_sum{{{home}}}"]) > 0
    assert rows['terem_jobs_total{outcome="done",queue="tenant",task="imports.run"}'] == "1"
    assert rows['terem_job_seconds_bucket{queue="tenant",le="0.1"}'] == "0"
    assert rows['terem_job_seconds_bucket{queue="tenant",le="0.5"}'] == "1"
    assert float(rows[f'terem_tenant_seconds{{tenant="{company.tenant.schema_name}"}}']) > 0.25
    assert 'terem_connections{kind="other",state="open"}' in rows
    assert rows['terem_part_answers{part="database"}'] == rows["terem_ready"] == "1"
    assert company.tenant.name not in text and company.host not in text
    for name in {row.partition("{")[0].partition(" ")[0] for row in rows}:
        assert f"# TYPE {metrics._family(name)} " in text


@pytest.mark.usefixtures("database")
def test_metrics_name_few_companies_however_many_there_are(settings: Any, counted: None) -> None:
    settings.TEREM_METRICS_TOKEN = TOKEN
    for number in range(100):
        metrics.request_answered(Answer("workspace", "home:today", 200, float(number), f"t_{number:020}"))
    text = ask_metrics().content.decode()
    assert text.count("terem_tenant_seconds{") == metrics.TOP
    assert f't_{99:020}"' in text and f't_{0:020}"' not in text


@pytest.mark.usefixtures("database")
def test_what_strangers_ask_for_makes_no_new_label_sets(settings: Any, counted: None) -> None:
    """Paths, hosts, queries and methods are anybody's to invent; routes, sites and states are ours."""
    settings.TEREM_METRICS_TOKEN = TOKEN
    for number in range(40):
        Browser(f"nobody-{number}.terem.test").get(f"/invented-{number}/?q={number}")
        Browser("terem.test").get(f"/invented-{number}/")
        Browser("terem.test").generic(f"VERB{number}", "/")
    rows = [row for row in read(ask_metrics().content.decode()) if row.startswith("terem_requests_total")]
    assert 0 < len(rows) <= 8, rows
    assert "invented" not in "".join(rows)


@pytest.mark.usefixtures("database")
def test_metrics_without_redis(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TEREM_METRICS_TOKEN = TOKEN
    no_redis(monkeypatch)
    health.forget()
    metrics.request_answered(Answer("workspace", "home:today", 200, 0.1, "t_00000000000000000000"))
    answer = ask_metrics()
    health.forget()
    assert answer.status_code == 200
    text = answer.content.decode()
    assert 'terem_part_answers{part="redis"} 0' in text
    assert 'terem_figure_missing{figure="terem_processes"} 1' in text
    assert 'terem_connections{kind="other",state="open"}' in text


COUNTING = """
import sys
import django; django.setup()
from kernel import metrics, processes
from kernel.web import Answer
processes.start(sys.argv[1])
for _ in range(5):
    metrics.request_answered(Answer("public", "onboarding:landing", 200, 0.03, ""))
processes.beat()
print("told", flush=True)
sys.stdin.readline()
metrics.request_answered(Answer("public", "onboarding:landing", 200, 0.03, ""))
"""


@pytest.mark.usefixtures("database")
def test_every_process_is_counted_whoever_is_asked(settings: Any, counted: None) -> None:
    settings.TEREM_METRICS_TOKEN = TOKEN
    others = [
        subprocess.Popen(
            [sys.executable, "-c", COUNTING, kind],
            env=own_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for kind in ("web", "web", "keeper")
    ]
    for other in others:
        assert other.stdout is not None and other.stdout.readline() == "told\n"
    rows = read(ask_metrics().content.decode())
    landing = 'terem_requests_total{route="onboarding:landing",site="public",status="200"}'
    assert rows[landing] == "15"
    assert rows['terem_processes{kind="web"}'] == "2"
    assert rows['terem_processes{kind="keeper"}'] == "1"
    assert rows['terem_processes{kind="worker"}'] == "0"
    assert float(rows['terem_process_memory_bytes{kind="web"}']) > 2 * 10_000_000
    assert 'terem_connections{kind="web",state="open"}' in rows
    for other in others:
        other.communicate("\n", timeout=120)
    rows = read(ask_metrics().content.decode())
    assert rows[landing] == "18", "what a process counts last is not lost"
    assert rows['terem_processes{kind="web"}'] == "0", "who ends is gone at once"


@pytest.mark.usefixtures("database")
def test_a_process_that_was_killed_is_gone_after_a_while(counted: None) -> None:
    moment: Any = line().time()
    for name, age in (("here:1", 1), ("here:2", processes.GONE_SECONDS + 1), ("here:3", 1_000)):
        told = {"kind": "worker", "at": moment[0] - age, "figures": {}}
        line().hset(metrics.key("processes"), name, json.dumps(told))
    assert processes.numbers()["worker"] == 1
    known: Any = line().hkeys(metrics.key("processes"))
    assert "here:3" not in known


@pytest.mark.usefixtures("database")
def test_prometheus_may_ask_by_the_address_of_a_process(settings: Any) -> None:
    settings.TEREM_METRICS_TOKEN = TOKEN
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert Browser("10.0.0.7").get("/metrics", headers=bearer).status_code == 200
    assert Browser("10.0.0.7").get("/metrics").status_code == 404
    assert Browser("10.0.0.7").get("/tenants/").status_code == 404
    assert Browser("terem.test").get("/metrics", headers=bearer).status_code == 404


def test_structured_line(companies: tuple[Company, Company], django_db_blocker: Any, settings: Any) -> None:
    record = logging.LogRecord("terem.x", logging.INFO, "", 0, "%s files", (3,), None)
    with django_db_blocker.unblock(), api.inside(companies[0].tenant, request_id="abc123"):
        logs.TenantFilter().filter(record)
    told = json.loads(logs.JsonFormatter().format(record))
    assert told["tenant"] == companies[0].tenant.schema_name
    assert (told["request"], told["message"], told["level"]) == ("abc123", "3 files", "INFO")
    assert (told["job"], told["release"]) == ("-", settings.TEREM_RELEASE)


def test_lines_of_work_name_their_job_by_construction() -> None:
    record = logging.LogRecord("terem.x", logging.INFO, "", 0, "x", (), None)
    with context.enter(context.Context(cause="job", job="imports.run/1")), context.enter(context.Context()):
        logs.TenantFilter().filter(record)
    assert json.loads(logs.JsonFormatter().format(record))["job"] == "imports.run/1"


def test_production_writes_json_unless_it_is_told_otherwise() -> None:
    script = "from config import observing; print(observing.TEREM_LOG_FORMAT)"
    for kind, wanted in (("production", "json"), ("development", "line")):
        done = subprocess.run(
            [sys.executable, "-c", script],
            env=own_environment(TEREM_ENV=kind),
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == wanted


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
