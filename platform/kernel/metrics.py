"""Figures for Prometheus: counters of all processes together, and what stands in the databases now.

Every process counts for itself and adds what it has counted to sums in Redis, so that any web process
can be asked for all of them; what only a process knows of itself comes from :mod:`kernel.processes`.
Labels are few and bounded; companies appear only as the largest consumers. Without Redis counting
stops and nothing else does; a figure that cannot be read is named instead of being invented.
"""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import redis
from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse

from kernel.errors import NotFound, TeremError
from kernel.jobs import relay, watching
from kernel.line import line
from kernel.web import Answer, entry
from kernel.when import now

log = logging.getLogger("terem.metrics")

# Seconds; the last bucket takes what is longer.
REQUEST_BUCKETS = (0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0)
JOB_BUCKETS = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0)
BUCKETS = {"terem_request_seconds": REQUEST_BUCKETS, "terem_job_seconds": JOB_BUCKETS}
FLUSH_SECONDS = 3.0
TOP = 20
# The name of the sums in Redis; another one when labels change their meaning.
SUMS = "sums:2"

HELP = {
    "terem_requests_total": ("counter", "Requests answered, by site, route (the URL's name) and status."),
    "terem_request_seconds": ("histogram", "Time taken by requests, by site and route."),
    "terem_jobs_total": ("counter", "Runs of background jobs, by queue, task and outcome."),
    "terem_job_seconds": ("histogram", "Time taken by runs of background jobs, by queue."),
    "terem_letters_total": ("counter", "Letters, by what the mail server said."),
    "terem_edge_asked_total": ("counter", "Names that the edge asked about, by answer."),
    "terem_refusals_total": (
        "counter",
        "Requests refused unread: forged or stale forms, bodies of strange media types, networks in a hurry.",
    ),
    "terem_tenant_seconds": ("gauge", "Seconds of work in this hour of the companies that took most."),
    "terem_schedule_age_seconds": ("gauge", "Seconds since work of the clock ended well, by its name."),
    "terem_figure_missing": ("gauge", "Figures that could not be read for this answer."),
}
# Label sets that are there from the start: a counter that appears with its first event hides it from a rate.
ZEROS: dict[str, list[dict[str, str]]] = {
    "terem_letters_total": [{"outcome": "sent"}, {"outcome": "refused"}],
    "terem_refusals_total": [{"reason": "forged"}, {"reason": "media"}, {"reason": "network"}],
}

# Name → how to find it: {"label=\"value\"": number}. Rooms above add theirs at start-up.
GAUGES: dict[str, Callable[[], Mapping[str, float]]] = {}

_lock = threading.Lock()
_counted: dict[str, float] = defaultdict(float)
_spent: dict[str, float] = defaultdict(float)
_flushed_at = [0.0]
_flushed_by_thread: set[int] = set()


def key(name: str) -> str:
    """The key in Redis of something that this installation keeps for its figures."""
    return f"terem:{settings.TEREM_INSTALLATION}:metrics:{name}"


def _hour() -> str:
    return key(f"hour:{int(now().timestamp()) // 3600}")


def labels_of(**labels: str) -> str:
    """``name="value"`` pairs in the order of their names, as Prometheus writes them."""
    return ",".join(f'{name}="{_plain(value)}"' for name, value in sorted(labels.items()))


def _plain(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("|", "/")


def gauge(name: str, words: str, read: Callable[[], Mapping[str, float]]) -> None:
    """Add a figure that is read when Prometheus asks. The label sets of ``read`` must be few."""
    HELP[name] = ("gauge", words)
    GAUGES[name] = read


def request_answered(answer: Answer) -> None:
    """Count one request."""
    said = labels_of(site=answer.site, route=answer.route)
    with _lock:
        _counted[f'terem_requests_total{{{said},status="{answer.status}"}}'] += 1
        _observe("terem_request_seconds", said, answer.seconds)
        if answer.schema:
            _spent[answer.schema] += answer.seconds
    _flush_sometimes()


def job_ran(ran: relay.Ran) -> None:
    """Count one run of background work."""
    with _lock:
        said = labels_of(queue=ran.queue, task=ran.job or "-", outcome=ran.outcome)
        _counted[f"terem_jobs_total{{{said}}}"] += 1
        _observe("terem_job_seconds", labels_of(queue=ran.queue), ran.seconds)
        _spent[ran.schema] += ran.seconds
    _flush_sometimes()


def _observe(name: str, said: str, seconds: float) -> None:
    """Put one duration into its bucket; the caller holds the lock."""
    bounds = BUCKETS[name]
    place = bisect_left(bounds, seconds)
    _counted[f"{name}{{{said}}}|{bounds[place] if place < len(bounds) else '+Inf'}"] += 1
    _counted[f"{name}{{{said}}}|sum"] += seconds


def count(name: str, **labels: str) -> None:
    """Count one event; the label sets must be few, and the name known to ``HELP``."""
    with _lock:
        _counted[f"{name}{{{labels_of(**labels)}}}"] += 1
    _flush_sometimes()


def ticked(name: str) -> None:
    """Note that work of the clock has just ended well."""
    try:
        found: Any = line().time()
        line().hset(key("ticks"), name, found[0])
    except redis.RedisError:
        log.debug("a tick was not noted: Redis does not answer")


def leave_flushing() -> None:
    """From now on a thread of this process adds its counts to the sums; no request waits for that."""
    _flushed_by_thread.add(os.getpid())


def _flush_sometimes() -> None:
    if os.getpid() not in _flushed_by_thread and time.monotonic() - _flushed_at[0] > FLUSH_SECONDS:
        flush()


def flush() -> None:
    """Add what this process counted to the common sums."""
    with _lock:
        counted, spent = dict(_counted), dict(_spent)
        _counted.clear()
        _spent.clear()
        _flushed_at[0] = time.monotonic()
    if not counted:
        return
    try:
        pipe = line().pipeline(transaction=False)
        for field, amount in counted.items():
            pipe.hincrbyfloat(key(SUMS), field, amount)
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
    buckets: dict[str, dict[str, float]] = defaultdict(dict)
    for field, value in _sums().items():
        name, _, part = field.partition("|")
        if part:
            buckets[name][part] = float(value)
        else:
            rows[name.partition("{")[0]].append(f"{name} {float(value):.12g}")
    for series, parts in buckets.items():
        rows[series.partition("{")[0]] += _histogram(series, parts)
    missing = _read_gauges(rows)
    rows["terem_figure_missing"] = [
        *(f'terem_figure_missing{{figure="{name}"}} 1' for name in missing),
        'terem_figure_missing{figure="-"} 0',
    ]
    parts_said = []
    for name in sorted(name for name in rows if rows[name]):
        kind, words = HELP.get(name, ("untyped", ""))
        parts_said += [f"# HELP {name} {words}", f"# TYPE {name} {kind}", *rows[name]]
    return "\n".join(parts_said) + "\n"


def _sums() -> dict[str, str]:
    """The common counters, those that were never counted as nought."""
    start = {f"{name}{{{labels_of(**labels)}}}": "0" for name, sets in ZEROS.items() for labels in sets}
    try:
        found: Any = line().hgetall(key(SUMS))
    except redis.RedisError:
        log.info("metrics are incomplete: Redis does not answer")
        return {}
    return {**start, **found}


def _histogram(series: str, parts: Mapping[str, float]) -> list[str]:
    """The rows of one histogram: buckets add up, as Prometheus wants them."""
    name, _, rest = series.partition("{")
    said = rest.removesuffix("}")
    total, made = 0.0, []
    for bound in (*BUCKETS[name], "+Inf"):
        total += parts.get(str(bound), 0.0)
        made.append(f'{name}_bucket{{{said},le="{bound}"}} {total:.12g}')
    made.append(f"{name}_sum{{{said}}} {parts.get('sum', 0.0):.6f}")
    made.append(f"{name}_count{{{said}}} {total:.12g}")
    return made


def _read_gauges(rows: dict[str, list[str]]) -> list[str]:
    """Add the rows of every gauge; the names of those that could not be read."""
    missing = []
    for name, read in GAUGES.items():
        try:
            values = read()
        except (Error, OSError, TeremError, redis.RedisError) as error:
            log.warning("the figure %s is missing: %s", name, type(error).__name__)
            missing.append(name)
            continue
        rows[name] += [f"{name}{{{said}}} {value:.12g}".replace("{}", "") for said, value in values.items()]
    return missing


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


def _largest() -> dict[str, float]:
    found: Any = line().zrevrange(_hour(), 0, TOP - 1, withscores=True)
    return {labels_of(tenant=schema): round(seconds, 3) for schema, seconds in found}


def _ages() -> dict[str, float]:
    moment: Any = line().time()
    ticks: Any = line().hgetall(key("ticks"))
    return {labels_of(task=name): max(0, moment[0] - int(at)) for name, at in sorted(ticks.items())}


def _jobs() -> dict[str, float]:
    """Tickets by queue and state; each queue that work is declared for is named, if only with noughts."""
    found = {}
    for one in watching.queues():
        for state in ("waiting", "later", "running", "parked", "failed", "lost"):
            found[labels_of(queue=one.queue, state=state)] = float(getattr(one, state))
    for state in ("waiting", "later", "running", "parked", "failed", "lost"):
        found.setdefault(labels_of(queue="tenant", state=state), 0.0)
    return found


def _queue_ages() -> dict[str, float]:
    """Seconds for which the oldest due ticket of each queue has waited."""
    moment = now()
    ages = {
        labels_of(queue=one.queue): max(0.0, (moment - one.oldest).total_seconds()) if one.oldest else 0.0
        for one in watching.queues()
    }
    return {labels_of(queue="tenant"): 0.0} | ages


def _due() -> dict[str, float]:
    return {labels_of(queue="tenant"): 0.0} | {
        labels_of(queue=name): float(number) for name, number in relay.due_counts().items()
    }


gauge("terem_tenant_seconds", HELP["terem_tenant_seconds"][1], _largest)
gauge("terem_schedule_age_seconds", HELP["terem_schedule_age_seconds"][1], _ages)
gauge("terem_jobs_due", "Jobs that could run now, by queue.", _due)
gauge("terem_jobs", "Jobs by queue and state: lost ones run on a worker that has died.", _jobs)
gauge("terem_queue_age_seconds", "How long the oldest due job of a queue has waited.", _queue_ages)
