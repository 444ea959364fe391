"""What a thousand active members cost a day, and a company a month: computed from what the load bench measured.

``cpu_s_a_1000_members_day`` is CPU of web processes, database, edge, Redis and workers for the day that the model
tells; ``memory_mb`` what all of Terem's processes held. The model of a day and the price of a server are assumptions,
printed with the figures, and can be set: nothing here is a survey or an offer.

    ./terem bench load --json > load.json
    ./terem bench cost --report load.json

Without a report a small load is run first, which takes about three minutes and tells less.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# Kinds of process whose work grows with what members do; the rest works by the clock.
BY_WORK = ("web", "worker", "postgres", "redis", "edge")
BY_CLOCK = ("keeper", "scheduler")
_SMALL = (
    "--tenants",
    "12",
    "--minutes",
    "1",
    "--step",
    "8",
    "--warm",
    "10",
    "--big",
    "1",
    "--clients",
    "5000",
)


@dataclass(frozen=True)
class Day:
    """A working day as the model has it; every number is an assumption and an option.

    ``acts`` are things done by one active member (the mix is that of ``tests.bench._acts``: of a hundred acts some
    70 look, 30 write); ``busy_hour`` is the share of a day's acts that falls into its busiest hour (an even spread
    over eight hours would be 0.125); ``members`` are those of a company, ``active`` how many of them come in a day.
    """

    acts: int = 300
    busy_hour: float = 0.2
    members: int = 5
    active: float = 0.8


@dataclass(frozen=True)
class Server:
    """A rented server: ``cores``, memory, and a price a month. The price is a figure to reckon with, assumed on
    ``priced_on`` and asked of nobody; put your own in its place."""

    cores: int = 2
    memory_gb: int = 8
    price: float = 20.0
    currency: str = "EUR"
    priced_on: str = "2026-11-22"
    share: float = 0.7


def reckon(report: dict[str, Any], day: Day, server: Server) -> dict[str, Any]:
    """The figures of a report of the load bench, for a day and a server. Raises ``SystemExit`` for one without requests."""
    if not report.get("requests") or not report.get("acts"):
        raise SystemExit("The report holds no requests.")
    requests = report["requests"] / report["acts"] * day.acts
    by_work = {kind: report["cpu_ms_a_request"].get(kind, 0.0) * requests for kind in BY_WORK}
    a_day = sum(by_work.values())
    clock = sum(report["cpu_shares"].get(kind, 0.0) for kind in BY_CLOCK)
    busiest = a_day / 1000 * day.busy_hour / 3600
    members = max(0.0, server.cores * server.share - clock) / busiest
    companies = members / (day.members * day.active)
    held = {kind: told["most_mb"] for kind, told in report["memory"].items() if kind != "crowd"}
    return {
        "cpu_s_a_1000_members_day": round(a_day),
        "memory_mb": round(sum(held.values())),
        "cpu_s_by_kind": {kind: round(value) for kind, value in by_work.items()},
        "cpu_s_a_day_by_the_clock": round(clock * 86400),
        "memory_mb_by_kind": {kind: round(value) for kind, value in held.items()},
        "requests_a_member_day": round(requests),
        "active_members_a_server": round(members),
        "companies_a_server": round(companies),
        "memory_fits": sum(held.values()) < server.memory_gb * 1024,
        "price_a_company_month": round(server.price / companies, 4),
        "measured_members": report["companies"] * report["members"],
        "assumed": {"day": asdict(day), "server": asdict(server)},
    }


def small_load() -> dict[str, Any]:
    """The report of a small load, run on the servers of this bench."""
    command = [sys.executable, "-m", "tests.bench.load", "--json", *_SMALL]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--report", type=Path, help="what ./terem bench load --json printed")
    for told in (Day(), Server()):
        for name, value in asdict(told).items():
            parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    options = parser.parse_args()
    report = json.loads(options.report.read_text("utf-8")) if options.report else small_load()
    day = Day(**{name: getattr(options, name) for name in asdict(Day())})
    server = Server(**{name: getattr(options, name) for name in asdict(Server())})
    figures = reckon(report, day, server)
    print(json.dumps(figures) if options.json else "\n".join(f"{k:26} {v}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
