"""The benches of load and cost: how they reckon, and a small run of the load through the real edge."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from typing import Any

import pytest

from deploy.local import places
from tests.bench import _acts
from tests.bench._browser import rounded
from tests.bench._watching import slope
from tests.bench.cost import BY_WORK, Day, Server, reckon

_REPORT: dict[str, Any] = {
    "requests": 2000,
    "acts": 1000,
    "companies": 10,
    "members": 5,
    "cpu_ms_a_request": {
        "web": 30.0,
        "worker": 1.0,
        "postgres": 8.0,
        "redis": 0.5,
        "edge": 0.5,
        "keeper": 9.0,
    },
    "cpu_shares": {"keeper": 0.01, "scheduler": 0.01},
    "memory": {"web": {"most_mb": 400.0}, "postgres": {"most_mb": 600.0}, "crowd": {"most_mb": 50.0}},
}


def test_the_cost_of_a_day_is_what_its_requests_cost() -> None:
    """1,000 members of 100 acts make 200,000 requests of 40 ms; the keeper works by the clock and not by them."""
    figures = reckon(_REPORT, Day(acts=100, busy_hour=0.125, members=5, active=1.0), Server())
    assert figures["cpu_s_a_1000_members_day"] == 8000
    assert sum(figures["cpu_s_by_kind"].values()) == 8000
    assert set(figures["cpu_s_by_kind"]) == set(BY_WORK)
    assert figures["memory_mb"] == 1000, "the crowd is not part of the product"
    assert figures["cpu_s_a_day_by_the_clock"] == 1728
    # Two cores at 70 per cent, less the clock's, against 8 s · 0.125 / 3600 of a member in the busiest hour.
    assert figures["active_members_a_server"] == round((1.4 - 0.02) / (8 * 0.125 / 3600))
    assert figures["companies_a_server"] == round(figures["active_members_a_server"] / 5)


def test_twice_the_price_is_twice_the_price_of_a_company() -> None:
    one = reckon(_REPORT, Day(), Server(price=20.0))["price_a_company_month"]
    two = reckon(_REPORT, Day(), Server(price=40.0))["price_a_company_month"]
    assert two == pytest.approx(2 * one, abs=0.0002)


def test_a_report_without_requests_gives_no_figures() -> None:
    with pytest.raises(SystemExit):
        reckon(_REPORT | {"requests": 0}, Day(), Server())


def test_one_step_up_is_no_growth_and_a_steady_rise_is() -> None:
    step = [(float(at), 100.0 if at < 20 else 110.0) for at in range(100)]
    rise = [(float(at), 100.0 + at / 60) for at in range(100)]
    assert slope(step) == 0
    assert slope(rise) == pytest.approx(1 / 60)
    assert slope([(0.0, 1.0)]) == 0


def test_percentiles() -> None:
    assert rounded([float(n) for n in range(100)], 0.95) == 95
    assert rounded([], 0.95) == 0
    assert rounded([7.0], 0.99) == 7


def test_every_act_belongs_to_the_mix() -> None:
    """Whatever members can do in the bench is done: an act that was forgotten would measure nothing."""
    written = {
        name
        for name, found in vars(_acts).items()
        if inspect.iscoroutinefunction(found) and not name.startswith("_")
    }
    assert {act.do.__name__ for act in _acts.MIX} == written


@pytest.mark.full
@pytest.mark.caddy
def test_a_small_town_is_served_without_an_error() -> None:
    """The whole bench on servers of its own, at a size that says nothing about speed."""
    size = ["--tenants", "3", "--members", "4", "--big", "1", "--clients", "500"]
    time = ["--minutes", "0.5", "--step", "4", "--warm", "5"]
    done = subprocess.run(
        [sys.executable, "terem", "bench", "load", "--json", *size, *time],
        cwd=places.ROOT, capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["errors"] == 0, json.dumps({key: figures[key] for key in ("faults", "examples", "jobs")})
    assert figures["requests"] > 0
    assert {"rps", "p95_ms", "memory_growth_mb"} <= set(figures)
