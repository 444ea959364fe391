"""The life of a server: install, ways in, update under load, rollback, reboot, uninstall.

Run by ``tests/deploy/test_server.py`` in namespaces of network, mounts and processes:

    python -m tests.deploy.journey ROOT REPORT [--only-install] [--least REQUESTS]

The root is a Debian with two sources, /before and /after, and the wheels. PostgreSQL 18 runs beside it, as a
server "elsewhere"; Redis is the server's own, of Debian. The report is JSON.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from deploy.local.account import server_account
from deploy.local.servers import Secrets, Servers
from deploy.local.supervisor import Supervisor
from deploy.server import layout
from tests.deploy import anew
from tests.deploy.booted import Booted
from tests.deploy.host import DOMAIN, Host
from tests.deploy.renewal import update_under_load
from tests.support import names
from tests.support.edge import Answer
from tests.support.walker import Walker

OWN = "crm.customer.example"
SLUG = "northern"
PASSWORD = "correct horse battery"
OTHERS = ("alpha", "beta", "gamma", "delta", "epsilon")
LEAST = 10_000


def install(host: Host) -> None:
    """From nothing to serving; then again, which changes nothing and renews no process."""
    admin, password = host.administrator()
    port = host.servers.postgres.port
    options = ["--domain", DOMAIN, "--mail", "file:///var/lib/terem/mail", "--issuer", "internal"]
    options += ["--database", f"127.0.0.1:{port}/terem", "--bind", "127.0.0.1", "--database-admin", admin]
    options += ["--redis", "redis://:loopback@127.0.0.1:6379/0", "--release", "before"]
    options += ["--dns", f"{host.dns.address[0]}:{host.dns.address[1]}"]
    began = time.monotonic()
    host.timed("install", "/before/deploy/server/install", *options, PGPASSWORD=password)
    host.report["serving_s"] = seconds_to_page(host, began, 300)
    before, processes = host.settings(), host.processes()
    host.timed("again", "/before/deploy/server/install", "--database-admin", admin, PGPASSWORD=password)
    host.report["again_changed"] = sorted(
        [name for name, text in host.settings().items() if before.get(name) != text]
        + [unit for unit, process in host.processes().items() if processes[unit] != process]
    )
    host.report["active"] = host.server.active("terem*.service")


def allow_load(host: Host) -> None:
    """One company, and one network address, ask more here than any do: raise their shares by the file, as it says."""
    path = host.root / "etc/terem/terem.env"
    text = path.read_text("utf-8")
    for name in ("TEREM_REQUESTS_PER_MINUTE", "TEREM_NETWORK_REQUESTS_PER_MINUTE"):
        text, found = re.subn(rf"^#{name}=\d+$", f"{name}=1000000", text, flags=re.MULTILINE)
        assert found == 1, f"{name} is not explained in {path.name}"
    path.write_text(text, "utf-8")
    for unit in layout.WEB:
        host.run("systemctl", "restart", unit)


def come_in(host: Host, slug: str) -> Walker:
    """Sign up over TLS, and arrive at the company's subdomain."""
    walker = Walker(host.edge)
    email = f"anna@{slug}.example"
    fields = {"company": f"{slug.title()} Light", "slug": slug, "email": email, "password": PASSWORD}
    sent = walker.follow(walker.fill(f"https://{DOMAIN}/signup/", **fields))
    assert sent.status == 200, f"{sent.url}: {sent.text[:2000]}"
    page = walker.over(walker.fill(f"https://{DOMAIN}/account/code/", code=host.code_for(email)))
    deadline = time.monotonic() + 60
    while "opening" in page.url and time.monotonic() < deadline:
        time.sleep(1)
        page = walker.over(walker.ask("GET", page.url))
    demand_page(walker.over(walker.ask("GET", f"https://{slug}.{DOMAIN}/companies/")), f"{slug}.{DOMAIN}")
    return walker


def demand_page(found: Answer, name: str) -> None:
    """The list of companies under this name, to somebody who is signed in."""
    assert (found.status, found.url) == (200, f"https://{name}/companies/"), (
        f"{found.url} {found.status}\n{found.text[:2000]}"
    )


def own_domain(host: Host, walker: Walker) -> None:
    """The company's own domain: refused until DNS proves it, then a certificate at the first handshake."""
    strangers = [OWN, "stranger.example", f"nobody.{DOMAIN}"]
    host.report["refused"] = [words for name in strangers if (words := host.refused(name))]
    records = host.manage("domains", "add", SLUG, OWN)
    host.report["refused"] += [words for words in (host.refused(OWN),) if words]
    proof = re.search(r'(\S+)\. IN TXT ("\S+")', records)
    assert proof is not None, records
    host.dns.say(proof.group(1), "TXT", proof.group(2))
    host.dns.say(OWN, "CNAME", f"edge.{DOMAIN}.")
    assert f"{OWN}: ready" in host.manage("domains", "check", SLUG)
    time.sleep(2.1)  # What a web process remembers of a host it remembers for two seconds.
    demand_page(walker.over(walker.ask("GET", f"https://{OWN}/companies/")), OWN)
    host.report["certificates"] = [
        name for name in (f"{SLUG}.{DOMAIN}", OWN) if host.edge.certificate(name).exists()
    ]


def keeper_is_closed(host: Host) -> None:
    """A process of the same account cannot read the owner's login in the keeper's environment."""
    look = "import sys; print(b'TEREM_' in open(f'/proc/{sys.argv[1]}/environ', 'rb').read())"
    as_terem = ["setpriv", "--reuid=terem", "--regid=terem", "--clear-groups", "--inh-caps=-all"]
    for name, unit in (("keeper", "terem-keeper.service"), ("worker", "terem-worker@tenant.service")):
        argv = [*as_terem, "/usr/bin/python3", "-c", look, host.server.show(unit, "MainPID")]
        said = host.server.command(*argv).stdout
        host.report[name] = "closed" if "Permission denied" in said else said.strip()


def walls(host: Host) -> dict[str, Any]:
    """What the kernel says of each process, and how open systemd calls its unit (0 to 10)."""
    found: dict[str, Any] = {"controllers": host.server.controllers()}
    for unit in layout.EVERYTHING:
        status = host.run("cat", f"/proc/{host.server.show(unit, 'MainPID')}/status")
        rows = {row.partition(":")[0]: row.partition(":")[2].strip() for row in status.splitlines()}
        found[unit] = {name: rows[name] for name in ("NoNewPrivs", "Seccomp", "CapEff", "CapBnd")}
        said = host.server.command("systemd-analyze", "security", "--no-pager", unit).stdout
        level = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
        assert level is not None, said[-2000:]
        found[unit]["exposure"] = float(level.group(1))
    return found


def sizes(host: Host) -> dict[str, int]:
    """Megabytes: memory of all processes after the load, each shared page counted once; one release on the disk."""
    each = "for g in $(find /sys/fs/cgroup/terem.slice -name cgroup.procs); do cat $g; done"
    rows = host.run("sh", "-c", f"{each} | while read p; do grep ^Pss: /proc/$p/smaps_rollup; done")
    memory = sum(int(row.split()[1]) for row in rows.splitlines() if row.startswith("Pss:"))
    release = int(host.run("du", "-s", "--block-size=1M", "/opt/terem/releases/before").split()[0])
    return {"memory_mb": memory // 1024, "release_mb": release}


def reboot(host: Host, walker: Walker | None) -> None:
    """The machine begins anew: everything comes back by itself, with its sessions and its certificates."""
    before = {path: path.read_bytes() for path in host.edge.folder.rglob("*.crt")}
    began = time.monotonic()
    host.server.reboot()
    host.report["booted_s"] = round(time.monotonic() - began, 1)
    host.report["back_s"] = seconds_to_page(host, began, 300)
    deadline = began + 300
    while set(host.server.active("terem*.service")) != set(layout.EVERYTHING) and time.monotonic() < deadline:
        time.sleep(0.5)
    host.report["active_after_reboot"] = host.server.active("terem*.service")
    after = {path: path.read_bytes() for path in host.edge.folder.rglob("*.crt")}
    host.report["certificates_changed"] = [path.name for path in before if after.get(path) != before[path]]
    if walker is not None:
        for name in (f"{SLUG}.{DOMAIN}", OWN):
            demand_page(walker.over(walker.ask("GET", f"https://{name}/companies/")), name)


def seconds_to_page(host: Host, began: float, patience: float) -> float:
    """Seconds since a moment until the first page came over TLS."""
    said: object = None
    while time.monotonic() < began + patience:
        try:
            said = Walker(host.edge).ask("GET", f"https://{DOMAIN}/").status
        except OSError as error:
            said = error
        if said == 200:
            return round(time.monotonic() - began, 1)
        time.sleep(0.1)
    raise AssertionError(f"no page after {patience} s: {said}")


def leave(host: Host, before: set[str]) -> None:
    """Uninstall: what it says stays, and nothing else does; with --purge nothing at all."""
    said = host.timed("uninstall", "/after/deploy/server/uninstall")
    stays = {"etc/terem", "var/lib/terem", "var/lib/terem-edge"}
    assert all(f"/{top}" in said for top in stays), said
    left = sorted(host.files() - before)
    host.report["left_unsaid"] = [
        path for path in left if not any(f"{path}/".startswith(f"{top}/") for top in stays)
    ]
    host.report["still_running"] = host.server.active("terem*")
    host.run("/after/deploy/server/uninstall", "--purge")
    host.report["left_after_purge"] = sorted(host.files() - before)
    host.report["taken"] = sorted(before - host.files())


def copies_come_back(host: Host, old: Elsewhere, walker: Walker, folder: Path) -> None:
    """The server and its database are gone; others take their place with what was copied."""
    settings = (folder / "copies/etc/terem").iterdir()
    before = {path.name: path.read_text("utf-8") for path in settings}
    host.server.stop()
    old.stop()
    with Elsewhere(folder / "elsewhere-2") as fresh:
        host.servers = fresh.servers
        new = anew.begin(host, folder / "root-2", folder / "copies")
        walker.edge = new.edge
        try:
            for name in (f"{SLUG}.{DOMAIN}", OWN):
                demand_page(walker.over(walker.ask("GET", f"https://{name}/companies/")), name)
            anew.look(new, SLUG, before)
        except BaseException:
            host.report["words"] = new.server.words()[-8000:]
            raise
        finally:
            new.server.stop()


def live(host: Host, before: set[str], least: int, folder: Path) -> Walker:
    """What happens on the server between the install and its end."""
    allow_load(host)
    walker = come_in(host, SLUG)
    for slug in OTHERS:
        come_in(host, slug)
    own_domain(host, walker)
    keeper_is_closed(host)
    update_under_load(host, walker, SLUG, OWN, least)
    come_in(host, "later")
    host.report["walls"], host.report["sizes"] = walls(host), sizes(host)
    host.report["restarts"] = {
        unit: count for unit in layout.EVERYTHING if (count := host.server.show(unit, "NRestarts")) != "0"
    }
    reboot(host, walker)
    host.manage("sendtestemail", "operator@terem.example")
    assert any("operator@terem.example" in path.read_text("utf-8") for path in host.letters()[-3:])
    host.report["status_said"] = host.server.command(str(layout.COMMAND), "status").stdout
    anew.copy(host, SLUG, folder / "copies")
    leave(host, before)
    return walker


class Elsewhere:
    """A PostgreSQL that is not the server's own, on the usual port of this network; ended with its block."""

    def __init__(self, folder: Path) -> None:
        account, keys = server_account(), Secrets.made()
        self.servers = Servers(folder, account, keys, throwaway=True, postgres_port=5432, redis_port=6390)
        self.supervisor = Supervisor(announce=False)
        self.servers.start(self.supervisor)
        self.stop = self.supervisor.stop

    def __enter__(self) -> Elsewhere:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("report", type=Path)
    parser.add_argument("--only-install", action="store_true")
    parser.add_argument("--least", type=int, default=LEAST)
    options = parser.parse_args()
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    anew.prepare_redis(options.root)
    folder = options.report.parent
    elsewhere = Elsewhere(folder / "elsewhere")
    report: dict[str, Any] = {}
    host = Host(options.root, Booted(options.root), elsewhere.servers, names.Names(), report)
    try:
        before = host.files()
        install(host)
        if options.only_install:
            reboot(host, None)
        else:
            walker = live(host, before, options.least, folder)
            copies_come_back(host, elsewhere, walker, folder)
    except BaseException as error:
        report["broke"] = f"{type(error).__name__}: {error}"
        report.setdefault("words", host.server.words()[-8000:])
        report["database"] = [row for child in elsewhere.supervisor.children for row in child.last_words]
    finally:
        options.report.write_text(json.dumps(report, indent=2, ensure_ascii=False, default=str), "utf-8")
        host.server.stop()
        elsewhere.stop()
    return 1 if "broke" in report else 0


if __name__ == "__main__":
    sys.exit(main())
