"""The whole product as one server runs it: edge, two web processes, worker, keeper, scheduler, PostgreSQL, Redis.

Everything is under the supervisor of ``./terem up``, which starts again what dies; nothing is ever started by
hand. PostgreSQL syncs, the settings are those of production, and what the server writes lies on a disk of
bounded size where the machine lets us have one.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from deploy.local import places, product
from deploy.local.account import server_account
from deploy.local.product import Address
from deploy.local.servers import LOGINS, Secrets, Servers, base_environment, run_python
from deploy.local.supervisor import Child, Supervisor
from tests.failure.harness.clock import Clock
from tests.failure.harness.disk import Disk
from tests.support import edge

DATABASE = "terem_standing"
COMPANIES = ("north:en", "south:en", "vostok:ru")
WEBS = ("web", "web2")
_SERVER_MEGABYTES, _FILES_MEGABYTES = 1_600, 96
_START_SECONDS = 240


@dataclass(frozen=True)
class Company:
    """A company of the harness; ``keys`` are the session keys of its members."""

    slug: str
    language: str
    schema: str
    keys: list[str]

    @property
    def host(self) -> str:
        return f"{self.slug}.localhost"


class Standing:
    """The running product. ``bounded`` says whether its disks can be filled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server_disk = Disk(folder / "server.img", folder / "server", _SERVER_MEGABYTES)
        self.files_disk = Disk(folder / "files.img", folder / "files", _FILES_MEGABYTES)
        self.bounded = all([self.server_disk.mount(), self.files_disk.mount()])
        self.home = self.server_disk.place
        self.account = server_account()
        self.address, self.second = Address(port=places.free_port()), places.free_port()
        self.token = secrets.token_urlsafe(16)
        self.caddy = edge.Edge(folder / "caddy", places.free_port(), places.free_port(), folder / "caddy.log")
        self.servers = Servers(
            self.home, self.account, Secrets.made(),
            postgres_port=places.free_port(), redis_port=places.free_port(),
        )  # fmt: skip
        # Clocks that can be put wrong: that of the product's own processes, and that of the two servers.
        self.clocks = {name: Clock(folder, name) for name in ("product", "servers")}
        self.movable = self.clocks["product"].build()
        clean = self.servers.postgres.environment
        self.servers.postgres.environment = lambda: clean() | self.clocks["servers"].environment  # type: ignore[method-assign]
        self.supervisor = Supervisor(announce=False)
        self.companies: list[Company] = []
        self.more: dict[str, str] = {}

    @property
    def environment(self) -> dict[str, str]:
        """The settings of every process, the owner's login included."""
        keys, databases = self.servers.keys, self.servers.database_environment(DATABASE, LOGINS)
        return base_environment() | databases | self.more | {
            "TEREM_ENV": "production", "TEREM_SECRET_KEY": keys.key, "TEREM_MASTER_KEYS": keys.master,
            "TEREM_DOMAIN": "localhost", "TEREM_SCHEME": "https", "TEREM_PORT": str(self.caddy.https),
            "TEREM_BEHIND_PROXY": "yes", "TEREM_EDGE_TOKEN": self.token, "TEREM_REDIS": self.servers.redis.url,
            "TEREM_STORAGE": str(self.files_disk.place / "storage"), "TEREM_BACKUPS": str(self.home / "backups"),
            "TEREM_MAIL": f"file://{self.home / 'mail'}", "TEREM_STATIC": str(self.folder / "static"),
            "TEREM_VAR": str(self.home), "TEREM_RESERVE": "2",
        }  # fmt: skip

    def start(self) -> None:
        """Servers, installation, companies, every process, the edge; then somebody watches them."""
        self.servers.start(self.supervisor)
        self.servers.prepare_cluster(DATABASE)
        for argv in (["install"], ["collectstatic", "--noinput", "--verbosity", "0"]):
            run_python(["manage.py", *argv], self.environment, argv[0])
        said = run_python(["-m", "tests.failure.harness.opening", *COMPANIES], self.environment, "opening")
        self.companies = [Company(**told) for told in json.loads(said.splitlines()[-1])]
        settings = self.environment | self.clocks["product"].environment
        for child in product.children(self.address, settings, self.home):
            self.supervisor.start(self._draining(child) if child.name == "web" else child)
            if child.name == "web":
                argv = [str(self.second) if word == str(self.address.port) else word for word in child.argv]
                self.supervisor.start(self._draining(replace(child, name="web2", argv=argv)))
        self._start_edge()
        threading.Thread(target=self.supervisor.watch, daemon=True).start()
        self._wait_until_serving()

    def _draining(self, child: Child) -> Child:
        child.environment = child.environment | {"TEREM_DRAINING": str(self.draining(child.name))}
        return child

    def draining(self, name: str) -> Path:
        """The file by which a web process leaves the edge's turn."""
        return self.folder / f"draining-{name}"

    def _start_edge(self) -> None:
        program, ports = edge.executable(), (self.address.port, self.second)
        assert program is not None, edge.MISSING
        self.caddy.folder.mkdir()
        words = edge.environment(ports, self.caddy.folder, self.token, self.caddy.https, self.caddy.http)
        argv = [program, "run", "--config", str(edge.CADDYFILE), "--adapter", "caddyfile"]
        self.supervisor.start(Child("edge", argv, words, folder=str(self.caddy.folder)))

    def _wait_until_serving(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.caddy.shake_hands(self.companies[0].host).close()
                for port in (self.address.port, self.second):
                    serving = [str(places.ROOT / "deploy/server/serving"), str(port)]
                    subprocess.run(serving, check=True)
            except OSError:
                assert time.monotonic() < deadline, self.words()
                time.sleep(0.2)
            else:
                return

    def child(self, name: str) -> Child:
        """One process by its name."""
        return next(child for child in self.supervisor.children if child.name == name)

    def pid(self, name: str) -> int:
        """The process id that a child has now."""
        running = self.child(name).running
        assert running is not None
        return running.pid

    def kill(self, name: str) -> None:
        """kill -9 of one process; what it started itself learns of it or not."""
        os.kill(self.pid(name), signal.SIGKILL)

    def renew(self, name: str) -> None:
        """A rolling restart of one process as its unit does it: out of the edge's turn, ended, there again."""
        before = self.pid(name)
        if name in WEBS:
            self.draining(name).touch()
            time.sleep(3)
        os.kill(before, signal.SIGTERM)
        self.wait_for(lambda: self.pid(name) != before, 90)
        self.draining(name).unlink(missing_ok=True)
        if name in WEBS:
            port = self.second if name == "web2" else self.address.port
            subprocess.run([str(places.ROOT / "deploy/server/serving"), str(port)], check=True)

    def wait_for(self, found: Any, seconds: float) -> None:
        """Wait until ``found()`` is true; raises ``AssertionError`` with the processes' last words."""
        deadline = time.monotonic() + seconds
        while not found():
            assert time.monotonic() < deadline, self.words()
            time.sleep(0.1)

    def words(self, *names: str) -> str:
        """What these processes said last; without names all but the edge."""
        return "\n".join(
            f"{child.name} | {line}"
            for child in self.supervisor.children
            if (child.name in names if names else child.name != "edge")
            for line in list(child.last_words)
        )

    def stop(self) -> None:
        self.supervisor.stop()
        self.server_disk.unmount()
        self.files_disk.unmount()


@contextmanager
def running() -> Iterator[Standing]:
    """The product for as long as the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="terem-standing-"))
    folder.chmod(0o711)
    standing = Standing(folder)
    try:
        standing.start()
        yield standing
    finally:
        standing.stop()
        shutil.rmtree(folder, ignore_errors=True)
