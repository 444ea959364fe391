"""Many members of many companies at work, through the edge, with production's settings and processes.

First the maximum is found: the offered load rises in steps, in an open loop, until answers become slow or the
throughput does not follow. Then the asked minutes run at 70 per cent of it: ``rps``, ``p95_ms`` over all requests and
by kind of page, ``errors`` (every answer that a member should not have got), ``memory_growth_mb`` (what Terem's own
processes and the edge gained in these minutes, by the slope of their private memory after a warm-up), CPU per request.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

from tests.bench._jobs import waits
from tests.bench._serving import Serving, serving, set_up
from tests.bench._watching import Watch

SHARE = 0.7
# A step whose p95 is above this, or whose acts end at less than this share of the offered rate, is past the maximum.
SLOW_MS = 1000
FOLLOWED = 0.93
OURS = ("web", "worker", "keeper", "scheduler", "edge")


class Crowd:
    """The generator of the load, in a process of its own."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self.child = child

    def ask(self, **asked: Any) -> dict[str, Any]:
        """Have a phase done; what was seen in it. Raises ``SystemExit`` if the crowd is gone."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        print(json.dumps(asked), file=self.child.stdin, flush=True)
        line = self.child.stdout.readline()
        if not line:
            raise SystemExit("The crowd ended.")
        told: dict[str, Any] = json.loads(line)
        return told


@contextmanager
def crowd(town: Path, running: Serving) -> Iterator[Crowd]:
    command = [sys.executable, "-m", "tests.bench._crowd", str(town), str(running.port), str(running.root)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    running.kinds["crowd"] = [child.pid]
    try:
        yield Crowd(child)
    finally:
        assert child.stdin is not None
        child.stdin.close()
        child.wait(timeout=60)


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def maximum(people: Crowd, seconds: float) -> tuple[float, list[dict[str, Any]]]:
    """The largest rate of acts that was followed, in acts a second, and every step on the way."""
    closed = people.ask(at_once=12, seconds=seconds, seed=7)
    rate = closed["acts"] / closed["seconds"] * 0.6
    best, steps = rate * 0.5, []
    for number in range(12):
        seen = people.ask(rate=rate, seconds=seconds, seed=100 + number)
        followed = seen["acts_in_time"] / seen["seconds"] / rate
        held = followed >= FOLLOWED and seen["p95_ms"] <= SLOW_MS
        steps.append(
            {
                "acts_a_second": round(rate, 2),
                "rps": rps(seen),
                "p50_ms": seen["p50_ms"],
                "p95_ms": seen["p95_ms"],
            }
            | {"followed": round(followed, 3), "faults": seen["faults"]}
        )
        say(f"step {steps[-1]}")
        if not held:
            break
        best, rate = rate, rate * 1.12
    return best, steps


def rps(seen: dict[str, Any]) -> float:
    return round(seen["in_time"] / seen["seconds"], 1)


def measure(options: argparse.Namespace, port: int) -> dict[str, Any]:
    from tests.bench import _town

    began = time.monotonic()
    town = Path(os.environ["TEREM_VAR"]) / "town.json"
    _town.build(options.tenants, options.members, options.big, options.clients, town)
    say(f"The companies are there after {time.monotonic() - began:.0f} s.")
    with serving(port) as running, crowd(town, running) as people:
        tour = people.ask(tour=4)
        say(f"everybody has looked once: {tour['requests']} requests, {tour['faults']} {tour['examples']}")
        best, steps = maximum(people, options.step)
        rate = best * SHARE
        people.ask(rate=rate, seconds=options.warm, seed=3)
        figures = run(people, Watch(running.kinds), rate, options.minutes, town)
        words = running.words()
    return figures | {
        "maximum_rps": max((step["rps"] for step in steps), default=0.0),
        "steps": steps,
        "said": words[:20],
        "companies": options.tenants,
        "members": options.members,
        "big": [options.big, options.clients],
        "cores": os.cpu_count(),
    }


def run(people: Crowd, watch: Watch, rate: float, minutes: float, town: Path) -> dict[str, Any]:
    """The asked minutes at one rate, everything watched."""
    began, since = time.monotonic(), datetime.now(UTC)
    before = watch.cpu()
    watch.start()
    seen = people.ask(rate=rate, seconds=minutes * 60, seed=5)
    memory, after, lasted = watch.stop(), watch.cpu(), time.monotonic() - began
    used = {kind: after[kind] - before[kind] for kind in after}
    schemas = [company["schema"] for company in json.loads(town.read_text("utf-8"))["companies"]]
    jobs = waits(schemas, since, since + timedelta(seconds=minutes * 60))
    failed = sum(told["failed"] for told in jobs.values())
    growth = sum(memory[kind]["slope_mb_a_minute"] for kind in OURS if kind in memory) * minutes
    return {
        "rps": rps(seen),
        "p95_ms": seen["p95_ms"],
        "errors": sum(seen["faults"].values()) + failed,
        "memory_growth_mb": round(growth, 1),
        "p50_ms": seen["p50_ms"],
        "p99_ms": seen["p99_ms"],
        **{
            name: seen[name]
            for name in ("requests", "acts", "conflicts", "statuses", "faults", "examples", "kinds")
        },
        "acts_a_second": round(rate, 2),
        "jobs": jobs,
        "memory": memory,
        **_cpu(used, seen, lasted),
    }


def _cpu(used: dict[str, float], seen: dict[str, Any], lasted: float) -> dict[str, Any]:
    """CPU by kind of process: milliseconds a request, and shares of one core where requests say nothing."""
    known = sum(value for kind, value in used.items() if kind != "all")
    asked = max(1, seen["requests"])
    return {
        "cpu_ms_a_request": {
            kind: round(value * 1000 / asked, 2)
            for kind, value in used.items()
            if kind not in ("all", "crowd")
        },
        "cpu_shares": {kind: round(value / lasted, 3) for kind, value in used.items()},
        "others_cpu_share": round(max(0.0, used["all"] - known) / lasted, 3),
        "load_average": round(os.getloadavg()[0], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--tenants", type=int, default=200)
    parser.add_argument("--members", type=int, default=5, help="of each company who are at work")
    parser.add_argument("--big", type=int, default=3, help="so many companies have many clients")
    parser.add_argument("--clients", type=int, default=30_000, help="of each big company")
    parser.add_argument("--step", type=float, default=15, help="seconds of each step towards the maximum")
    parser.add_argument(
        "--warm", type=float, default=45, help="seconds at the measured rate before it counts"
    )
    options = parser.parse_args()
    port = set_up()
    django.setup()
    import config.urls_workspace

    assert config.urls_workspace, "loads every app's declarations"
    figures = measure(options, port)
    print(json.dumps(figures) if options.json else json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
