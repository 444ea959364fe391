"""The whole product as a server runs it: the edge in front, two web processes, a PostgreSQL of its own to take away."""

from __future__ import annotations

import json
import secrets
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from deploy.local import places
from deploy.local.servers import Secrets
from deploy.local.supervisor import Child
from tests.support import cluster, edge
from tests.support.pressure import Site
from tests.support.product import RunningProduct
from tests.support.walker import Walker

TOKEN = secrets.token_urlsafe(16)
PAGES = ("/", "/companies/", "/people/", "/deals/", "/companies/?sort=name")
WEBS = ("web", "web2")


class Whole(RunningProduct):
    """``caddy`` is set while the edge runs; the demo company is there."""

    caddy: edge.Edge

    def __init__(self, run: cluster.Run) -> None:
        super().__init__(run, f"whole_{secrets.token_hex(3)}")
        self.https = places.free_port()
        self.second = places.free_port()
        self.database_process: subprocess.Popen[bytes] | None = None

    def _settings(self) -> dict[str, str]:
        return super()._settings() | {
            "TEREM_SCHEME": "https",
            "TEREM_PORT": str(self.https),
            "TEREM_BEHIND_PROXY": "yes",
            "TEREM_EDGE_TOKEN": TOKEN,
            "TEREM_REQUESTS_PER_MINUTE": "1000000",
        }

    def start(self) -> None:
        """Everything of a running product, and the second web process."""
        super().start()
        first = self.child("web")
        argv = [str(self.second) if word == str(self.address.port) else word for word in first.argv]
        self.supervisor.start(
            replace(first, name="web2", argv=argv, running=None, environment=self._drains("web2"))
        )
        first.environment = self._drains("web")
        self.renew("web")
        self.manage("demo")

    def _drains(self, name: str) -> dict[str, str]:
        return self.child("web").environment | {"TEREM_DRAINING": str(self.draining(name))}

    def draining(self, name: str) -> Path:
        """The file by which a web process leaves the edge's turn."""
        return self.folder / f"draining-{name}"

    def port_of(self, name: str) -> int:
        return self.second if name == "web2" else self.address.port

    def renew(self, name: str, *, drain: bool = False) -> int:
        """Restart one process as its unit does; its exit code."""
        child: Child = self.child(name)
        assert child.running is not None
        if drain:
            self.draining(name).touch()
            time.sleep(3)
        child.running.send_signal(signal.SIGTERM)
        code = child.running.wait(timeout=60)
        self.draining(name).unlink(missing_ok=True)
        self.supervisor.start(child)
        if name in WEBS:
            serving = [str(places.ROOT / "deploy/server/serving"), str(self.port_of(name))]
            subprocess.run(serving, check=True)
        return code

    def stop_database(self) -> None:
        """A fast shutdown, as an administrator's restart begins with."""
        postgres = self.servers.postgres
        argv = [str(postgres.bin / "pg_ctl"), "stop", "-D", str(postgres.data), "-m", "fast", "-t", "30"]
        options = postgres.account.spawn_options()
        subprocess.run(argv, check=True, capture_output=True, cwd="/", env=postgres.environment(), **options)

    def start_database(self) -> None:
        """The same server again, on the same port."""
        postgres = self.servers.postgres
        self.database_process = subprocess.Popen(
            postgres.argv(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=postgres.environment(),
            **postgres.account.spawn_options(),
        )
        postgres.wait_ready(self.database_process)

    def stop(self) -> None:
        super().stop()
        if self.database_process is not None and self.database_process.poll() is None:
            self.database_process.send_signal(signal.SIGINT)
            self.database_process.wait(timeout=30)

    def words(self) -> str:
        """What the web processes said last, for a failure."""
        return "\n".join(line for name in WEBS for line in self.child(name).last_words)

    @property
    def home(self) -> str:
        """The demo company's address."""
        return f"https://demo.localhost:{self.https}"

    def come_in(self) -> Walker:
        """The demo company's owner, signed in over TLS."""
        demo = json.loads((Path(self.environment["TEREM_VAR"]) / "demo.json").read_text("utf-8"))
        walker = Walker(self.caddy)
        wanted = f"{self.home}/companies/"
        page = walker.over(walker.fill(wanted, login=demo["email"], password=demo["password"]))
        page = walker.walk(wanted)
        assert (page.status, page.url) == (200, wanted), f"{page.url}\n{page.text[:2000]}"
        return walker

    def sites(self, walker: Walker) -> list[Site]:
        """What people do there: the company, and the public site."""
        return [
            Site("demo.localhost", walker.jars["demo.localhost"], PAGES, writes=True),
            Site("localhost", {}, ("/", "/signup/", "/account/login/")),
        ]


@contextmanager
def running() -> Iterator[Whole]:
    """A whole product on servers of its own, for as long as the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="terem-whole-"))
    folder.chmod(0o711)
    note = {
        "postgres_port": places.free_port(),
        "redis_port": places.free_port(),
        "secrets": Secrets.made().__dict__,
    }
    places.write_note(folder / "run.json", note)
    run = cluster.Run(folder)
    warden = cluster.start_warden(run)
    whole = Whole(run)
    try:
        whole.start()
        ports = (whole.address.port, whole.second)
        with edge.running(ports, folder / "caddy", TOKEN, whole.https) as caddy:
            whole.caddy = caddy
            yield whole
    finally:
        whole.stop()
        cluster.stop_warden(warden, run)
