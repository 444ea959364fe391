"""The product as ``deploy/server`` runs it: two web processes behind the edge, workers by queue, keeper, scheduler."""

from __future__ import annotations

import http.client
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.local import places, product
from deploy.local.product import Address
from deploy.local.supervisor import Child, Supervisor
from tests.support import edge

# As many as deploy/server/settings/edge.env names.
WEB_PROCESSES = 2
QUEUES = ("tenant", "control")


def set_up() -> int:
    """Settings of production in this process's environment, before Django is loaded; the port of the edge."""
    port = places.free_port()
    folder = Path(os.environ["TEREM_VAR"])
    os.environ |= {
        "TEREM_ENV": "production",
        "TEREM_SCHEME": "https",
        "TEREM_PORT": str(port),
        "TEREM_BEHIND_PROXY": "yes",
        "TEREM_EDGE_TOKEN": secrets.token_urlsafe(16),
        "TEREM_STATIC": str(folder / "shared" / "static"),
        "TEREM_LOG": "INFO",
    }
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    return port


@dataclass
class Serving:
    """A running product: the edge's port and certificate, and the first process of each family by kind."""

    port: int
    root: Path
    kinds: dict[str, list[int]]
    supervisor: Supervisor

    def words(self) -> list[str]:
        """What the processes said last that is worse than information."""
        return [
            f"{child.name}: {line}"
            for child in self.supervisor.children
            for line in child.last_words
            if "ERROR" in line or "WARNING" in line or "Traceback" in line
        ]


@contextmanager
def serving(port: int, web_processes: int = WEB_PROCESSES) -> Iterator[Serving]:
    """Everything but the two servers, for as long as the block lasts."""
    folder = Path(os.environ["TEREM_VAR"])
    Path(os.environ["TEREM_STATIC"]).mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        check=True,
        stdout=sys.stderr,
    )
    webs = tuple(places.free_port() for _number in range(web_processes))
    supervisor = Supervisor(announce=False)
    try:
        for child in children(webs, folder):
            supervisor.start(child)
        for web in webs:
            wait(web)
        with edge.running(
            webs, folder / "edge", os.environ["TEREM_EDGE_TOKEN"], port, folder / "shared"
        ) as caddy:
            kinds = kinds_of(supervisor)
            yield Serving(port, caddy.root, kinds | {"edge": [caddy.pid]}, supervisor)
    finally:
        supervisor.stop()


def children(webs: tuple[int, ...], folder: Path) -> list[Child]:
    """The local product's processes, divided as the units of a server are."""
    address = Address(port=webs[0])
    found = {child.name: child for child in product.children(address, dict(os.environ), folder)}
    web, worker = found["web"], found["worker"]
    made = [
        replace(
            web, name=f"web {port}", argv=[str(port) if word == str(webs[0]) else word for word in web.argv]
        )
        for port in webs
    ]
    for queue in QUEUES:
        named = {"tenant,control": queue, "worker@%h": f"{queue}@%h"}
        made.append(
            replace(worker, name=f"worker {queue}", argv=[named.get(word, word) for word in worker.argv])
        )
    return [*made, found["keeper"], found["scheduler"]]


def kinds_of(supervisor: Supervisor) -> dict[str, list[int]]:
    """The first process of each kind, the two servers with them."""
    import redis
    from django.conf import settings

    from tenants import schemas

    kinds: dict[str, list[int]] = {}
    for child in supervisor.children:
        assert child.running is not None
        kinds.setdefault(child.name.partition(" ")[0], []).append(child.running.pid)
    with schemas.owner() as connection:
        (own,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
    postmaster = int(Path(f"/proc/{own}/stat").read_text().rpartition(")")[2].split()[1])
    told = redis.Redis.from_url(settings.TEREM_REDIS).info("server")
    return kinds | {"postgres": [postmaster], "redis": [int(told["process_id"])]}


def wait(port: int, path: str = "/edge/serving") -> None:
    """Until a web process answers 200 there; ends the bench if it never does."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            line.request("GET", path)
            if line.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            pass
        finally:
            line.close()
        time.sleep(0.1)
    raise SystemExit("A web process was not ready.")
