"""The life of a server, in a Debian of its own: install, two ways in, update under load, rollback, uninstall.

The server is a Debian that its own systemd has started (``tests/deploy/booted.py``), in namespaces. Run by ``tests/deploy/test_server.py``:

    python -m tests.deploy.journey ROOT REPORT [install]

The root holds two sources, /before and /after, and the wheels. PostgreSQL 18 runs beside it, as a server
"elsewhere"; Redis is the server's own, of Debian. The report is JSON.
With ``install`` it ends there.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from deploy.local.account import server_account
from deploy.local.servers import Secrets, Servers
from deploy.local.supervisor import Supervisor
from deploy.server import layout
from tests.deploy.booted import Booted
from tests.support import names
from tests.support.edge import Edge
from tests.support.pressure import Pressure, Site
from tests.support.walker import Walker

DOMAIN = "terem.example"
OWN = "crm.customer.example"
SLUG = "northern"
EMAIL = "anna@northern.example"
PASSWORD = "correct horse battery"
LEAST = int(os.environ.get("TEREM_TEST_REQUESTS", "10000"))
PEOPLE = 6


class ServerEdge(Edge):
    """The installed edge; its authority's certificate lies where the settings say."""

    @property
    def root(self) -> Path:
        return self.folder / "certificates/pki/authorities/local/root.crt"


@dataclass
class Host:
    """The server: its root, what runs there, and what was measured."""

    root: Path
    server: Booted
    servers: Servers
    dns: names.Names
    report: dict[str, Any]

    @property
    def edge(self) -> ServerEdge:
        return ServerEdge(self.root / "var/lib/terem-edge", 443, 80, self.root / "caddy.log")

    def run(self, *argv: str, **variables: str) -> str:
        """A command on the server, as root; what it said."""
        return self.server.run(*argv, **variables)

    def files(self) -> set[str]:
        """Every path of the root that an installer should answer for."""
        skipped = (
            "proc",
            "dev",
            "sys",
            "tmp",
            "run",
            "wheels",
            "before",
            "after",
            "root",
            "var/cache",
            "var/log",
        )
        found = set()
        for folder, folders, files in os.walk(self.root):
            here = Path(folder).relative_to(self.root)
            folders[:] = [name for name in folders if str(here / name) not in skipped]
            found |= {str(here / name) for name in (*folders, *files)}
        return {name for name in found if "__pycache__" not in name and "redis" not in name}

    def letter(self) -> str:
        """The newest letter's text."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            found = sorted(
                (self.root / "var/lib/terem/mail").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns
            )
            if found:
                return found[-1].read_text("utf-8", "replace")
            time.sleep(0.2)
        raise AssertionError("no letter came")


def install(host: Host) -> None:
    """From nothing to serving; then again, which changes nothing."""
    administrator = secrets.token_hex(16)
    with psycopg.connect(host.servers.postgres.superuser_dsn, autocommit=True) as line:
        line.execute(f"CREATE ROLE administrator SUPERUSER LOGIN PASSWORD '{administrator}'")
    port = host.servers.postgres.port
    options = ["--domain", DOMAIN, "--mail", "file:///var/lib/terem/mail", "--issuer", "internal"]
    options += ["--database", f"127.0.0.1:{port}/terem", "--bind", "127.0.0.1"]
    options += ["--database-admin", f"postgresql://administrator@127.0.0.1:{port}/postgres"]
    options += ["--redis", "redis://:loopback@127.0.0.1:6379/0", "--release", "before"]
    options += ["--dns", f"{host.dns.address[0]}:{host.dns.address[1]}"]
    began = time.monotonic()
    host.report["said"] = host.run("/before/deploy/server/install", *options, PGPASSWORD=administrator)
    host.report["install_s"] = round(time.monotonic() - began, 1)
    before = settings(host)
    began = time.monotonic()
    again = ["--database-admin", options[options.index("--database-admin") + 1]]
    host.report["again"] = host.run("/before/deploy/server/install", *again, PGPASSWORD=administrator)
    host.report["again_s"] = round(time.monotonic() - began, 1)
    assert settings(host) == before, "a repeated install changed the settings"
    allow_load(host)


def settings(host: Host) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in (host.root / "etc/terem").iterdir()}


def allow_load(host: Host) -> None:
    """One company asks more here than any does: raise its share by the file, as the file says."""
    path = host.root / "etc/terem/terem.env"
    text = path.read_text("utf-8").replace(
        "#TEREM_REQUESTS_PER_MINUTE=3000", "TEREM_REQUESTS_PER_MINUTE=1000000"
    )
    path.write_text(text, "utf-8")
    for unit in ("terem-web@8001.service", "terem-web@8002.service"):
        host.run("systemctl", "restart", unit)


def come_in(host: Host) -> Walker:
    """Sign up over TLS, and arrive at the company's subdomain."""
    walker = Walker(host.edge)
    fields = {"company": "Northern Light", "slug": SLUG, "email": EMAIL, "password": PASSWORD}
    sent = walker.follow(walker.fill(f"https://{DOMAIN}/signup/", **fields))
    assert sent.status == 200, f"{sent.url}: {sent.text[:2000]}"
    code = re.search(r"\d{4}-\d{4}", host.letter())
    assert code is not None, "the letter holds no code"
    page = walker.over(walker.fill(f"https://{DOMAIN}/account/code/", code=code.group()))
    deadline = time.monotonic() + 60
    while "opening" in page.url and time.monotonic() < deadline:
        time.sleep(1)
        page = walker.over(walker.ask("GET", page.url))
    home = walker.over(walker.ask("GET", f"https://{SLUG}.{DOMAIN}/companies/"))
    assert (home.status, home.url) == (200, f"https://{SLUG}.{DOMAIN}/companies/"), (
        f"{page.url}\n{home.text[:2000]}"
    )
    host.report["subdomain"] = home.url
    return walker


def own_domain(host: Host, walker: Walker) -> None:
    """The company's own domain: proved by DNS, a certificate at the first handshake, and in by the account."""
    records = host.run("/usr/local/sbin/terem-manage", "domains", "add", SLUG, OWN)
    proof = re.search(r'(\S+)\. IN TXT ("\S+")', records)
    assert proof is not None, records
    host.dns.say(proof.group(1), "TXT", proof.group(2))
    host.dns.say(OWN, "CNAME", f"edge.{DOMAIN}.")
    assert f"{OWN}: ready" in host.run("/usr/local/sbin/terem-manage", "domains", "check", SLUG)
    time.sleep(2.1)  # What a web process remembers of a host it remembers for two seconds.
    page = walker.over(walker.ask("GET", f"https://{OWN}/companies/"))
    assert (page.status, page.url) == (200, f"https://{OWN}/companies/"), f"{page.url}\n{page.text[:2000]}"
    host.report["own_domain"] = page.url


def update_under_load(host: Host, walker: Walker) -> None:
    """The next release while people work; then the one before again, and everything counted."""
    pages = ("/", "/companies/", "/people/", "/deals/", "/companies/?sort=name")
    sites = [
        Site(f"{SLUG}.{DOMAIN}", walker.jars[f"{SLUG}.{DOMAIN}"], pages, writes=True),
        Site(OWN, walker.jars[OWN], pages, writes=True),
        Site(DOMAIN, {}, ("/", "/signup/", "/account/login/")),
    ]
    pressure = Pressure(host.edge, sites, people=PEOPLE)
    pressure.start()
    time.sleep(5)
    began = time.monotonic()
    host.report["update_said"] = host.run("/after/deploy/server/update", "--release", "after")
    host.report["update_s"] = round(time.monotonic() - began, 1)
    assert (host.root / "opt/terem/current").readlink().name == "after"
    began = time.monotonic()
    host.run("/opt/terem/current/deploy/server/rollback")
    host.report["rollback_s"] = round(time.monotonic() - began, 1)
    assert (host.root / "opt/terem/current").readlink().name == "before"
    host.run("/opt/terem/current/deploy/server/rollback", "--to", "after")
    pressure.until(LEAST, patience=900)
    tally = pressure.stop()
    host.report["load"] = {
        "requests": tally.asked,
        "statuses": dict(tally.statuses),
        "failed": len(tally.failures),
        "failures": tally.failures[:20],
        "asked_again": tally.again,
        "p50_ms": tally.percentile(0.5),
        "p95_ms": tally.percentile(0.95),
        "written": len(tally.written),
    }
    host.report["kept"] = kept(host, tally.written)


def kept(host: Host, written: list[str]) -> dict[str, int]:
    """How many of the written companies are there, and how many of them twice."""
    with psycopg.connect(host.servers.postgres.superuser_dsn, dbname="terem") as line:
        row = line.execute("SELECT schema_name FROM tenants_tenant WHERE slug = %s", [SLUG]).fetchone()
        assert row is not None
        query = f"SELECT label, count(*) FROM {row[0]}.records_card WHERE label = ANY(%s) GROUP BY label"
        found = line.execute(query, [written]).fetchall()  # type: ignore[arg-type]
    return {"lost": len(set(written)) - len(found), "doubled": sum(count > 1 for _label, count in found)}


def keeper_is_closed(host: Host) -> None:
    """A process of the same account cannot read the owner's login in the keeper's environment."""
    look = "import sys; print(b'TEREM_' in open(f'/proc/{sys.argv[1]}/environ', 'rb').read())"
    python = [
        "setpriv",
        "--reuid=terem",
        "--regid=terem",
        "--clear-groups",
        "--inh-caps=-all",
        "/usr/bin/python3",
    ]
    for name, unit in (("keeper", "terem-keeper.service"), ("worker", "terem-worker@tenant.service")):
        said = host.server.command(*python, "-c", look, host.server.show(unit, "MainPID")).stdout
        host.report[name] = "closed" if "Permission denied" in said else said.strip()


def walls(host: Host) -> dict[str, Any]:
    """What systemd says that it has put around each process, and what the kernel says of it."""
    found: dict[str, Any] = {"controllers": host.server.controllers()}
    for unit in layout.EVERYTHING:
        status = host.run("cat", f"/proc/{host.server.show(unit, 'MainPID')}/status")
        kept = {row.partition(":")[0]: row.partition(":")[2].strip() for row in status.splitlines()}
        found[unit] = {name: kept[name] for name in ("NoNewPrivs", "Seccomp", "CapEff", "CapBnd")}
    return found


def leave(host: Host, before: set[str]) -> None:
    """Uninstall: what it says stays, and nothing else does; with --purge nothing at all."""
    said = host.run("/after/deploy/server/uninstall")
    host.report["uninstall_said"] = said
    stays = {"etc/terem", "var/lib/terem", "var/lib/terem-edge"}
    left = sorted(host.files() - before)
    host.report["left_unsaid"] = [
        path for path in left if not any(f"{path}/".startswith(f"{top}/") for top in stays)
    ]
    host.report["still_running"] = host.server.active("terem*")
    assert all(f"/{top}" in said for top in stays), said
    host.run("/after/deploy/server/uninstall", "--purge")
    host.report["left_after_purge"] = sorted(host.files() - before)


def live(host: Host, before: set[str]) -> None:
    """What happens on the server between the install and its end."""
    walker = come_in(host)
    own_domain(host, walker)
    keeper_is_closed(host)
    update_under_load(host, walker)
    host.report["walls"] = walls(host)
    host.report["restarts"] = {
        unit: count for unit in layout.EVERYTHING if (count := host.server.show(unit, "NRestarts")) != "0"
    }
    leave(host, before)


def main() -> int:
    root, report_path = Path(sys.argv[1]), Path(sys.argv[2])
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    conf = root / "etc/redis/redis.conf"
    conf.write_text(conf.read_text("utf-8") + "\nrequirepass loopback\n", "utf-8")
    account = server_account()
    servers = Servers(
        report_path.parent / "elsewhere",
        account,
        Secrets.made(),
        throwaway=True,
        postgres_port=5432,
        redis_port=6390,
    )
    supervisor = Supervisor(announce=False)
    servers.start(supervisor)
    report: dict[str, Any] = {}
    host = Host(root, Booted(root), servers, names.Names(), report)
    try:
        before = host.files()
        install(host)
        if "install" not in sys.argv[3:]:
            live(host, before)
    except BaseException as error:
        report["broke"] = f"{type(error).__name__}: {error}"
        report["words"] = host.server.words()[-8000:]
    finally:
        report_path.write_text(json.dumps(report, indent=2, ensure_ascii=False, default=str), "utf-8")
        host.server.stop()
        supervisor.stop()
    return 1 if "broke" in report else 0


if __name__ == "__main__":
    sys.exit(main())
