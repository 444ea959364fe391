"""Figures for Prometheus: counters of all processes together, and what this process sees now.

Counters are added up in Redis every few seconds, so that any web process can be asked
for all of them. Labels are few and bounded; companies appear only as the hour's
largest consumers. Without Redis counting stops and nothing else does.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kernel.errors import NotFound
from kernel.fairness import GATE
from kernel.jobs import relay
from kernel.web import entry
from kernel.when import now

log = logging.getLogger("terem.metrics")

BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
FLUSH_SECONDS = 3.0
TOP = 20

HELP = {
    "terem_requests_total": ("counter", "Requests answered, by site and class of status."),
    "terem_request_seconds": ("histogram", "Time taken by requests of workspaces."),
    "terem_jobs_total": ("counter", "Runs of background jobs, by outcome."),
    "terem_tenant_seconds": ("gauge", "Seconds of work in this hour of the companies that took most."),
    "terem_edge_asked_total": ("counter", "Names that the edge asked about, by answer."),
    "terem_jobs_due": ("gauge", "Jobs that could run now, by queue."),
    "terem_gate": ("gauge", "Requests that run and that wait in the process that answers."),
}

# Name → what to say and how to find it: {"label=\"value\"": number}. Rooms above add theirs at start-up.
GAUGES: dict[str, Callable[[], Mapping[str, float]]] = {}

_lock = threading.Lock()
_counted: dict[str, float] = defaultdict(float)
_spent: dict[str, float] = defaultdict(float)
_flushed_at = [0.0]


@cache
def _line() -> redis.Redis:
    return redis.Redis.from_url(
        settings.TEREM_REDIS, socket_timeout=0.5, socket_connect_timeout=0.5, decode_responses=True
    )


def _key(name: str) -> str:
    return f"terem:{settings.TEREM_INSTALLATION}:metrics:{name}"


def _hour() -> str:
    return _key(f"hour:{int(now().timestamp()) // 3600}")


def gauge(name: str, words: str, read: Callable[[], Mapping[str, float]]) -> None:
    """Add a figure that is read when Prometheus asks. The label sets of ``read`` must be few."""
    HELP[name] = ("gauge", words)
    GAUGES[name] = read


def request_answered(site: str, status: int, seconds: float, schema: str) -> None:
    """Count one request; ``schema`` is the company's, or empty."""
    with _lock:
        _counted[f'terem_requests_total{{site="{site}",status="{status // 100}xx"}}'] += 1
        if schema:
            _counted["terem_request_seconds_count"] += 1
            _counted["terem_request_seconds_sum"] += seconds
            for bound in BUCKETS:
                if seconds <= bound:
                    _counted[f'terem_request_seconds_bucket{{le="{bound}"}}'] += 1
            _spent[schema] += seconds
    _flush_sometimes()


def count(name: str, **labels: str) -> None:
    """Count one event; the label sets must be few, and the name known to ``HELP``."""
    said = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
    with _lock:
        _counted[f"{name}{{{said}}}"] += 1
    _flush_sometimes()


def job_ran(ended: bool, seconds: float, schema: str) -> None:
    """Count one run of background work: it ended (well or not), or pauses before its next try."""
    with _lock:
        _counted[f'terem_jobs_total{{outcome="{"ended" if ended else "later"}"}}'] += 1
        _spent[schema] += seconds
    _flush_sometimes()


def _flush_sometimes() -> None:
    if time.monotonic() - _flushed_at[0] > FLUSH_SECONDS:
        flush()


def flush() -> None:
    """Add what this process counted to the common sums."""
    with _lock:
        counted, spent = dict(_counted), dict(_spent)
        _counted.clear()
        _spent.clear()
        _flushed_at[0] = time.monotonic()
    try:
        pipe = _line().pipeline(transaction=False)
        for field, amount in counted.items():
            pipe.hincrbyfloat(_key("sums"), field, amount)
        for schema, seconds in spent.items():
            pipe.zincrby(_hour(), seconds, schema)
        if spent:
            pipe.expire(_hour(), 7200)
        pipe.execute()
    except redis.RedisError:
        log.info("metrics were not counted: Redis does not answer")


def rendered() -> str:
    """Everything in Prometheus' text format."""
    flush()
    rows: dict[str, list[str]] = defaultdict(list)
    try:
        sums: Any = _line().hgetall(_key("sums"))
        largest: Any = _line().zrevrange(_hour(), 0, TOP - 1, withscores=True)
    except redis.RedisError:
        log.info("metrics are incomplete: Redis does not answer")
        sums, largest = {}, []
    for field, value in sums.items():
        rows[_family(field)].append(f"{field} {float(value):g}")
    for schema, seconds in largest:
        rows["terem_tenant_seconds"].append(f'terem_tenant_seconds{{tenant="{schema}"}} {seconds:.3f}')
    count = next((row for row in rows["terem_request_seconds"] if "_count " in row), "")
    if count:
        rows["terem_request_seconds"].append(f'terem_request_seconds_bucket{{le="+Inf"}} {count.split()[1]}')
    for name, read in GAUGES.items():
        rows[name] += [f"{name}{{{labels}}} {value:g}" for labels, value in read().items()]
    parts = []
    for name in sorted(name for name in rows if rows[name]):
        kind, words = HELP.get(name, ("untyped", ""))
        parts += [f"# HELP {name} {words}", f"# TYPE {name} {kind}", *sorted(rows[name])]
    return "\n".join(parts) + "\n"


def _family(field: str) -> str:
    name = field.partition("{")[0]
    for ending in ("_bucket", "_sum", "_count"):
        name = name.removesuffix(ending)
    return name


@entry()
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, with the token of TEREM_METRICS_TOKEN; nothing is here for anybody else."""
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.TEREM_METRICS_TOKEN or not secrets.compare_digest(
        sent.encode(), settings.TEREM_METRICS_TOKEN.encode()
    ):
        raise NotFound
    return HttpResponse(rendered(), content_type="text/plain; version=0.0.4; charset=utf-8")


GAUGES["terem_jobs_due"] = lambda: {f'queue="{name}"': count for name, count in relay.due_counts().items()}
GAUGES["terem_gate"] = lambda: {f'state="{name}"': count for name, count in GATE.figures().items()}
