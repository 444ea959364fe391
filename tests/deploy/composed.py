"""compose.yaml lived through without an engine: every service in its order, asked as it says, used, stopped.

Run by ``tests/deploy/test_image.py`` in namespaces of its own:

    python -m tests.deploy.composed FOLDER REPORT

FOLDER holds ``image`` (the built root), ``image.json`` (what the recipe says of it) and ``outside`` (a root for the
other images' programs). The report is JSON.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.support import compose
from tests.support.edge import Edge
from tests.support.machine import DOMAIN, Machine
from tests.support.walker import Walker

SLUG = "northern"
PASSWORD = "correct horse battery"
LOGGED = ("web", "worker", "keeper", "scheduler")


def up(machine: Machine) -> None:
    """Everything as ``compose up`` does it, and everybody asked."""
    for name in compose.order(machine.services):
        machine.start(name)
    for name, service in machine.services.items():
        if service["restart"] != "no":
            machine.healthy(name, most=1900 if name == "backup" else 120)
    machine.report["image_probe"] = machine.well("web", machine.image["probe"])


def come_in(machine: Machine) -> None:
    """Sign up over TLS through the edge, as somebody outside."""
    at = machine.networks.address("edge", "front")
    edge = ComposedEdge(
        machine.folder / "volumes/certificates", 443, 80, machine.running["edge"].log, address=at
    )
    walker = Walker(edge)
    fields = {
        "company": "Northern Light",
        "slug": SLUG,
        "email": f"anna@{SLUG}.example",
        "password": PASSWORD,
    }
    sent = walker.follow(walker.fill(f"https://{DOMAIN}/signup/", **fields))
    assert sent.status == 200, f"{sent.url}: {sent.text[:2000]}"
    code = re.search(r"\d{4}-\d{4}", letter(machine))
    assert code is not None, "the letter holds no code"
    page = walker.over(walker.fill(f"https://{DOMAIN}/account/code/", code=code.group()))
    deadline = time.monotonic() + 60
    while "opening" in page.url and time.monotonic() < deadline:
        time.sleep(1)
        page = walker.over(walker.ask("GET", page.url))
    home = walker.over(walker.ask("GET", f"https://{SLUG}.{DOMAIN}/companies/"))
    machine.report["page"] = [home.status, home.url]


class ComposedEdge(Edge):
    """The edge of compose; its authority's certificate lies in its volume."""

    @property
    def root(self) -> Path:
        return self.folder / "pki/authorities/local/root.crt"


def letter(machine: Machine) -> str:
    """The newest letter's text."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = sorted(
            (machine.folder / "volumes/files/mail").glob("*.eml"), key=lambda p: p.stat().st_mtime_ns
        )
        if found:
            return found[-1].read_text("utf-8", "replace")
        time.sleep(0.2)
    raise AssertionError(f"no letter came:\n{machine.running['worker'].words()}")


def said(machine: Machine, name: str, *argv: str) -> list[Any]:
    """Exit code and last words of a command inside a service."""
    done = machine.running[name].ask(list(argv), 300)
    return [done.returncode, done.stdout[-600:]]


def use(machine: Machine) -> None:
    """The commands that the pages about containers name, where they say it; and copies of both kinds."""
    report = machine.report
    operator = ["make_operator", f"ops@{DOMAIN}", "--password-from", "WORD"]
    report["operator"] = said(machine, "keeper", "env", f"WORD={PASSWORD}", "python", "manage.py", *operator)
    report["upgrade"] = said(machine, "keeper", "python", "manage.py", "upgrade", "start")
    report["snapshot"] = said(machine, "keeper", "python", "manage.py", "backup", "take", SLUG)
    report["snapshots"] = sum(
        1 for path in (machine.folder / "volumes/snapshots").rglob("*") if path.is_file()
    )
    base = next(path for path in (machine.folder / "volumes/base").iterdir() if path.suffix != ".part")
    report["base"] = sorted(path.name for path in base.iterdir())
    subprocess.run(["cp", "-a", str(base), str(machine.folder / "volumes/socket/copy")], check=True)
    report["verified"] = said(machine, "postgres", "pg_verifybackup", "-n", "/var/run/postgresql/copy")
    report["archived"] = len(list((machine.folder / "volumes/archive").glob("0000*")))


def look(machine: Machine) -> None:
    """Walls, networks, memory, and what was written where nothing may be."""
    report = machine.report
    report["walls"] = {name: one.walls() for name, one in machine.running.items() if one.running}
    report["closed_root"] = {
        name: one.ask(["/bin/sh", "-c", "touch /x /terem/x /venv/x /etc/x 2>&1"]).stdout
        for name, one in machine.running.items()
        if one.running and machine.is_ours(name)
    }
    for name, one in machine.running.items():
        if one.running:
            limit = compose.size(machine.services[name]["mem_limit"]) / 2**20
            report["memory_mb"][name] = [round(one.memory() / 2**20), round(limit)]
    report["lines"] = {name: lines(one.words()) for name, one in machine.running.items() if name in LOGGED}
    ways = [
        (a, b, port)
        for a in machine.services
        for b, port in (("postgres", 5432), ("redis", 6379), ("web", 8000))
    ]
    report["ways"] = [f"{a} {b}" for a, b, port in ways if reaches(machine, a, b, port)]


def lines(words: str) -> list[Any]:
    """How many lines of a log are objects with all four marks, and those that are not."""
    good, bad = 0, []
    for row in words.splitlines():
        try:
            found = json.loads(row)
        except ValueError:
            bad.append(row)
        else:
            good += {"tenant", "request", "job", "release"} <= set(found)
    return [good, bad]


def reaches(machine: Machine, name: str, other: str, port: int) -> bool:
    """Whether a connection opens, by the name or by any address that the other has."""
    container = machine.running[name]
    if not container.running or name == other:
        return False
    networks = machine.networks
    for address in (networks.address(other, network) for network in networks.members[other]):
        argv = ["nsenter", f"--target={container.first}", "--net", "nc", "-z", "-w", "1", address, str(port)]
        tool = str(machine.folder / "outside/usr/bin/nc.openbsd")
        line = [tool if word == "nc" else word for word in argv]
        if subprocess.run(line, capture_output=True, check=False).returncode == 0:
            return True
    return False


def without_database(machine: Machine) -> None:
    """Not ready, still alive; and ready again by itself."""
    report = machine.report
    live = machine.image["probe"]
    report["database_stopped"] = machine.running["postgres"].stop(120)
    time.sleep(2)
    report["without"] = {"ready": machine.well("web"), "live": machine.well("web", live)}
    began = time.monotonic()
    machine.start("postgres")
    while not machine.well("web") and time.monotonic() - began < 60:
        time.sleep(0.5)
    report["with_again"] = {"ready": machine.well("web"), "seconds": round(time.monotonic() - began, 1)}


def down(machine: Machine) -> None:
    """Everybody stopped within the patience that the file gives, the last first."""
    for name in reversed(compose.order(machine.services)):
        container = machine.running[name]
        if container.running:
            patience = compose.seconds(machine.services[name].get("stop_grace_period", "10s"))
            machine.report["stopped"][name] = [*container.stop(patience), patience]
    machine.report["written"] = {name: one.written() for name, one in machine.running.items()}


def main() -> int:
    folder, path = Path(sys.argv[1]), Path(sys.argv[2])
    machine = Machine(folder)
    report = machine.report
    try:
        for part in (up, come_in, use, look, without_database, down):
            began = time.monotonic()
            part(machine)
            report[f"{part.__name__}_s"] = round(time.monotonic() - began, 1)
    except BaseException as error:
        report["broke"] = f"{type(error).__name__}: {error}"
        report["words"] = {name: one.words()[-1500:] for name, one in machine.running.items()}
    finally:
        path.write_text(json.dumps(report, indent=2, ensure_ascii=False, default=str), "utf-8")
        for one in machine.running.values():
            one.kill()
    return 1 if "broke" in report else 0


if __name__ == "__main__":
    sys.exit(main())
