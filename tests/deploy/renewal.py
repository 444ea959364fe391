"""Releases change under people who work: update to changed schemas, rollback, drain, and everything counted.

The load is members of a company who read and write on both its addresses, and visitors of the public site;
somebody plans tasks with a reminder, so that background work is asked for, and falls due, all the while.
"""

from __future__ import annotations

import http.client
import re
import secrets
import threading
import time
import uuid
from collections import Counter
from copy import deepcopy
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from deploy.server import layout
from tests.deploy import next_commit
from tests.deploy.host import DOMAIN, Host
from tests.support.pressure import Pressure, Site, Tally
from tests.support.walker import Walker

PEOPLE = 6
PAGES = ("/", "/companies/", "/people/", "/deals/", "/companies/?sort=name", "/tasks/")
_PATIENCE = 1200


class Planner(threading.Thread):
    """Plans a task with a reminder every second; each reminder is a job, and a letter once it is due."""

    def __init__(self, walker: Walker, home: str, zone: str) -> None:
        super().__init__(daemon=True)
        self.walker, self.home, self.zone = walker, home, ZoneInfo(zone)
        self.titles: list[str] = []
        self.failures: list[str] = []
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(1):
            try:
                self.plan()
            except Exception as error:
                self.failures.append(f"{type(error).__name__}: {error}"[:500])

    def plan(self) -> None:
        """One task that is due within the next two minutes."""
        title = f"Call {uuid.uuid4().hex}"
        due = datetime.now(self.zone) + timedelta(minutes=2)
        fields = {"title": title, "day": f"{due:%Y-%m-%d}", "hour": f"{due:%H:%M}", "remind": "0"}
        answer = self.walker.fill(f"{self.home}/activities/new/", to="/activities/new/", **fields)
        if answer.status not in (302, 303):
            self.failures.append(f"{answer.status}: {answer.text[:300]}")
        else:
            self.titles.append(title)

    def stop(self) -> None:
        self.ended.set()
        self.join(timeout=90)


def update_under_load(host: Host, walker: Walker, slug: str, own: str, least: int) -> None:
    """The next release while people work; then the one before again, and forward; a process out of turn meanwhile."""
    home = f"{slug}.{DOMAIN}"
    sites = [
        Site(home, walker.jars[home], PAGES, writes=True),
        Site(own, walker.jars[own], PAGES, writes=True),
        Site(DOMAIN, {}, ("/", "/signup/", "/account/login/")),
    ]
    zone = host.rows(f"SELECT zone FROM {host.schema_of(slug)}.team_member LIMIT 1")[0][0]
    planner = Planner(deepcopy(walker), f"https://{home}", zone or "UTC")
    pressure = Pressure(host.edge, sites, people=PEOPLE)
    pressure.start()
    planner.start()
    time.sleep(5)
    spans = {}
    try:
        spans["update"] = _span(
            pressure.tally, lambda: host.timed("update", "/after/deploy/server/update", "--release", "after")
        )
        assert host.release() == "after"
        host.report["companies"] = companies(host)
        spans["drain"] = _span(pressure.tally, lambda: drain(host))
        spans["rollback"] = _span(
            pressure.tally, lambda: host.timed("rollback", "/opt/terem/current/deploy/server/rollback")
        )
        assert host.release() == "before"
        spans["renew"] = _span(pressure.tally, lambda: change_key(host))
        host.run("/opt/terem/current/deploy/server/rollback", "--to", "after")
        pressure.until(least, patience=_PATIENCE)
    finally:
        planner.stop()
        tally = pressure.stop()
    host.report["load"] = told(tally) | {"meanwhile": spans}
    host.report["kept"] = kept(host, slug, tally.written)
    host.report["jobs"] = jobs(host, slug, planner)


def _span(tally: Tally, act: object) -> int:
    """How many requests were made while something was done."""
    before = tally.asked
    act()  # type: ignore[operator]
    return tally.asked - before


def told(tally: Tally) -> dict[str, object]:
    """What the people saw, for the report."""
    return {
        "requests": tally.asked,
        "statuses": {str(status): count for status, count in tally.statuses.items()},
        "failed": len(tally.failures),
        "failures": tally.failures[:20],
        "asked_again": tally.again,
        "p50_ms": tally.percentile(0.5),
        "p95_ms": tally.percentile(0.95),
        "written": len(tally.written),
    }


def kept(host: Host, slug: str, written: list[str]) -> dict[str, int]:
    """How many of the written companies are not there, and how many of them twice."""
    query = f"SELECT count(*) FROM {host.schema_of(slug)}.records_card WHERE label = ANY(%s) GROUP BY label"
    found = [count for (count,) in host.rows(query, (written,))]
    return {"lost": len(set(written)) - len(found), "doubled": sum(count > 1 for count in found)}


def jobs(host: Host, slug: str, planner: Planner) -> dict[str, object]:
    """Every reminder that was asked for: its job's state, and how many letters it became."""
    query = f"SELECT state, count(*) FROM {host.schema_of(slug)}.jobs_job WHERE name = %s GROUP BY state"
    deadline = time.monotonic() + 300
    states: dict[str, int] = {}
    while time.monotonic() < deadline and (set(states) != {"done"}):
        time.sleep(2)
        states = {str(state): int(count) for state, count in host.rows(query, ("activities.remind",))}
    letters = Counter(subject.removeprefix("Reminder: ") for subject in host.subjects())
    return {
        "asked": len(planner.titles),
        "failures": planner.failures[:20],
        "states": states,
        "lost": sum(letters[title] == 0 for title in planner.titles),
        "doubled": sum(letters[title] > 1 for title in planner.titles),
    }


def companies(host: Host) -> dict[str, object]:
    """What the engine's journal and every schema say of the upgrade."""
    column, control = next_commit.OF_COMPANIES, next_commit.OF_CONTROL
    there = "SELECT count(*) FROM information_schema.columns WHERE table_name = %s AND column_name = %s AND table_schema = %s"
    opened = host.rows("SELECT schema_name, release FROM tenants_tenant WHERE status <> 'closed'")
    steps = host.rows(
        "SELECT count(*), count(DISTINCT tenant_id), max(attempts), count(DISTINCT wave),"
        " count(*) FILTER (WHERE state = 'done') FROM tenants_upgradestep"
    )
    return {
        "companies": len(opened),
        "releases": len({release for _schema, release in opened}),
        "with_column": sum(host.rows(there, (column.table, column.column, schema))[0][0] for schema, _ in opened),
        "control": host.rows(there, (control.table, control.column, "public"))[0][0],
        "runs": [[state, total, done, failed] for state, total, done, failed in host.rows(
            "SELECT state, total, done, failed FROM tenants_upgraderun ORDER BY id"
        )],
        "steps": dict(zip(("rows", "companies", "attempts", "waves", "done"), steps[0], strict=True)),
    }  # fmt: skip


def change_key(host: Host) -> None:
    """Another signing key; the former one is good for a while, so that nobody is signed out."""
    path = host.root / "etc/terem/terem.env"
    text = path.read_text("utf-8")
    former = re.search(r"^TEREM_SECRET_KEY=(.+)$", text, re.MULTILINE)
    assert former is not None
    text = text.replace(former.group(), f"TEREM_SECRET_KEY={secrets.token_urlsafe(48)}")
    text = text.replace("#TEREM_SECRET_KEYS_OLD=", f"TEREM_SECRET_KEYS_OLD={former.group(1)}")
    path.write_text(text, "utf-8")
    host.timed("renew", str(layout.COMMAND), "renew")


def drain(host: Host) -> None:
    """A process that is asked out of turn says so, gets nothing more, and serves on once it is asked back."""
    file = "/run/terem-web-8001/draining"
    host.run("/opt/terem/current/deploy/server/drain", file)
    said = [serving(8001), serving(8002)]
    before = [busy(host, port) for port in (8001, 8002)]
    time.sleep(5)
    after = [busy(host, port) for port in (8001, 8002)]
    host.run("rm", file)
    time.sleep(2)
    worked = [round(then - first, 2) for then, first in zip(after, before, strict=True)]
    host.report["drain"] = {"said": said, "cpu_s": worked, "again": serving(8001)}


def serving(port: int) -> int:
    """What a web process answers to the edge's question."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    line.request("GET", "/edge/serving")
    status = line.getresponse().status
    line.close()
    return status


def busy(host: Host, port: int) -> float:
    """CPU seconds of a web process and its children."""
    group = host.server.show(f"terem-web@{port}.service", "ControlGroup")
    rows = host.run("cat", f"/sys/fs/cgroup{group}/cpu.stat").splitlines()
    return int(next(row.split()[1] for row in rows if row.startswith("usage_usec"))) / 1e6
