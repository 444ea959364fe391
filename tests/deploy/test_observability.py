"""Dashboards and alert rules: every metric and label that they name is exposed by the running product."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local import places
from tests.support.product import RunningProduct

FOLDER = places.ROOT / "deploy" / "observability"
TOKEN = "a token for the tests of figures"
# Words of PromQL that we use, and the labels that Prometheus itself gives.
FUNCTIONS = {
    "absent", "count", "histogram_quantile", "increase", "max", "min", "rate", "sum", "topk", "vector",
}  # fmt: skip
WORDS = {"by", "without", "and", "or", "bool"}
PROMETHEUS = {"instance", "pod"}
_SELECTOR = re.compile(r"\b(terem_\w+)(?:\{([^}]*)\})?")
_GROUPING = re.compile(r"\b(?:by|without)\s*\(([^)]*)\)")
_LABEL = re.compile(r'(\w+)\s*(?:=~|!=|!~|=)\s*"([^"]*)"')


def expressions() -> Iterator[tuple[str, str]]:
    """Where it stands and the expression, of all rules and panels."""
    for group in json.loads((FOLDER / "alerts.json").read_text("utf-8"))["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]
    for path in sorted((FOLDER / "dashboards").glob("*.json")):
        for panel in json.loads(path.read_text("utf-8"))["panels"]:
            for target in panel["targets"]:
                yield f"{path.stem}: {panel['title']}", target["expr"]


ALL = list(expressions())


# What the clock does once a minute or an hour, done now.
WORKED = """
from config import measuring, watching
watching.run()
for number in range(measuring.SLICES):
    measuring.run(number)
"""


@pytest.fixture(scope="module")
def exposed(test_run: Any) -> Iterator[dict[str, dict[str, set[str]]]]:
    """Series name → label → values, of a product that has worked a little."""
    product = RunningProduct(test_run, f"figures_{places.free_port()}")
    product.more["TEREM_METRICS_TOKEN"] = TOKEN
    product.start()
    try:
        product.manage("demo")
        product.manage("shell", "-c", WORKED)
        for host, path in (("localhost", "/"), ("localhost", "/nowhere/"), ("demo.localhost", "/")):
            ask(product, host, path)
        deadline = time.monotonic() + 120
        found = read(product)
        while time.monotonic() < deadline and not whole(found):
            time.sleep(1)
            found = read(product)
        yield found
    finally:
        product.stop()


def ask(product: RunningProduct, host: str, path: str) -> str:
    line = http.client.HTTPConnection("127.0.0.1", product.address.port, timeout=60)
    try:
        headers = {"Host": f"{host}:{product.address.port}", "Authorization": f"Bearer {TOKEN}"}
        line.request("GET", path, headers=headers)
        return line.getresponse().read().decode()
    finally:
        line.close()


def read(product: RunningProduct) -> dict[str, dict[str, set[str]]]:
    found: dict[str, dict[str, set[str]]] = {}
    for row in ask(product, "operator.localhost", "/metrics").splitlines():
        if row.startswith("#") or not row:
            continue
        series = row.rpartition(" ")[0]
        name, _, labels = series.partition("{")
        known = found.setdefault(name, {})
        for label, value in re.findall(r'(\w+)="([^"]*)"', labels):
            known.setdefault(label, set()).add(value)
    return found


def whole(found: dict[str, dict[str, set[str]]]) -> bool:
    """The first beat of the clock and of the processes is worth waiting for."""
    clock = found.get("terem_schedule_age_seconds", {}).get("task", set())
    kinds = found.get("terem_connections", {}).get("kind", set())
    return "sweep" in clock and {"web", "worker", "keeper"} <= kinds


# What appears only once somebody has done it; the code that counts it is named, and it is declared there.
BY_EVENT = {
    "terem_jobs_total": "kernel.metrics.job_ran",
    "terem_job_seconds_bucket": "kernel.metrics.job_ran",
}


@pytest.mark.parametrize(
    ("place", "expression"), ALL, ids=[f"{place} {n}" for n, (place, _e) in enumerate(ALL)]
)
def test_every_metric_and_label_is_exposed(
    place: str, expression: str, exposed: dict[str, dict[str, set[str]]]
) -> None:
    named = set()
    labels: set[str] = set()
    for name, selector in _SELECTOR.findall(expression):
        if name in BY_EVENT and name not in exposed:
            continue
        assert name in exposed, f"{place} asks for {name}, which the product does not expose"
        named.add(name)
        labels |= set(exposed[name])
        for label, _value in _LABEL.findall(selector):
            assert label in exposed[name], f"{place}: {name} has no label {label}"
    for inner in _GROUPING.findall(expression):
        for label in (part.strip() for part in inner.split(",")):
            known = labels | PROMETHEUS
            assert label in known or label == "le" or not named, f"{place} groups by {label}"


@pytest.mark.parametrize(
    ("place", "expression"), ALL, ids=[f"{place} {n}" for n, (place, _e) in enumerate(ALL)]
)
def test_expressions_are_well_formed(place: str, expression: str) -> None:
    bare = re.sub(r'"[^"]*"', "", expression)
    for opening, closing in ("()", "{}", "[]"):
        assert bare.count(opening) == bare.count(closing), place
    called = set(re.findall(r"\b([a-z_]+)\s*(?:by|without)?\s*\(", bare))
    assert called - FUNCTIONS - WORDS == set(), place


def test_what_counts_events_is_declared() -> None:
    from kernel import metrics

    for name in BY_EVENT:
        assert metrics._family(name) in metrics.HELP


def test_rules_and_panels_are_told_apart() -> None:
    names = [
        rule["alert"]
        for group in json.loads((FOLDER / "alerts.json").read_text("utf-8"))["groups"]
        for rule in group["rules"]
    ]
    assert len(names) == len(set(names)) > 20
    for path in (FOLDER / "dashboards").glob("*.json"):
        board = json.loads(path.read_text("utf-8"))
        assert board["uid"] == Path(path).stem
        ids = [panel["id"] for panel in board["panels"]]
        assert len(ids) == len(set(ids))
