"""Kinds of operators in the chart (Prometheus Operator, KEDA), judged by those operators' own schemas."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.deploy.test_chart import SETS, WORKER, of, one
from tests.support import charts

pytestmark = pytest.mark.helm


def _planted(manifest: Any, *place: Any, value: Any) -> Any:
    """The same manifest with another value at a place."""
    changed = deepcopy(manifest)
    inner = changed
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = value
    return changed


@pytest.mark.parametrize(
    ("name", "kind", "component", "place", "value", "said"),
    [
        ("cnpg", "PrometheusRule", "web", ("spec", "groups", 0, "rules", 0, "for"), "soon", "soon"),
        ("cnpg", "PrometheusRule", "web", ("spec", "groups", 0, "rules", 0, "summary"), "x", "summary"),
        ("cnpg", "PrometheusRule", "web", ("spec", "rules"), [], "rules"),
        ("cnpg", "PrometheusRule", "web", ("apiVersion",), "monitoring.coreos.com/v2", "v2"),
        ("cnpg", "ServiceMonitor", "web", ("spec", "endpoints", 0, "bearer"), {}, "bearer"),
        ("cnpg", "ServiceMonitor", "web", ("spec", "endpoints", 0, "interval"), 30, "30"),
        ("cnpg", "ServiceMonitor", "web", ("spec", "selector"), None, "None"),
        ("citus", "ScaledObject", WORKER, ("spec", "minReplicas"), 1, "minReplicas"),
        ("citus", "ScaledObject", WORKER, ("spec", "triggers", 0, "metadata", "value"), 70, "70"),
        ("citus", "ScaledObject", WORKER, ("spec", "scaleTargetRef"), {}, "name"),
    ],
)
def test_a_wrong_field_is_seen_by_the_operators_schemas(
    name: str, kind: str, component: str, place: tuple[Any, ...], value: Any, said: str
) -> None:
    manifest = one(of(name), kind, component)
    assert charts.strangeness(manifest, charts.MINORS[-1]) == ""
    assert said in charts.strangeness(_planted(manifest, *place, value=value), charts.MINORS[-1])


def test_every_kind_of_an_operator_is_rendered() -> None:
    rendered = {manifest["kind"] for name in SETS for manifest in of(name)}
    assert set(charts.foreign()) <= rendered
