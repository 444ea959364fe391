"""The whole product as real processes, for journeys in a browser and for failures.

Web, worker, keeper and scheduler run on a database of their own in the run's cluster,
with a Redis of their own, so that a test may kill any of them.
"""

from __future__ import annotations

import fcntl
import http.client
import os
import shutil
import signal
import time
from email import message_from_bytes, policy
from email.message import EmailMessage

from deploy.local import payments as provider
from deploy.local import places, product
from deploy.local.product import Address
from deploy.local.redis import Redis
from deploy.local.servers import LOGINS, base_environment, run_python
from deploy.local.supervisor import Child, Supervisor
from tests.support import cluster

_START_SECONDS = 240


class RunningProduct:
    """A running Terem: where it is, its letters, its processes by name.

    With ``payments`` it sells: the demonstration server of payments runs beside it.
    """

    def __init__(self, run: cluster.Run, name: str, *, payments: bool = False) -> None:
        self.run = run
        self.database = f"live_{name}"
        self.folder = run.folder / f"live-{name}"
        self.folder.mkdir()
        self.folder.chmod(0o711)
        self.address = Address(port=places.free_port())
        self.servers = run.servers
        self.servers.redis = Redis(
            self.folder / "redis",
            self.servers.postgres.account,
            port=places.free_port(),
            password=self.servers.keys.redis,
        )
        self.mail = self.folder / "mail"
        self.supervisor = Supervisor(announce=False)
        self.more: dict[str, str] = {}
        if payments:
            self.more |= provider.demonstration(self.servers.keys.key, places.free_port())

    @property
    def environment(self) -> dict[str, str]:
        """The settings of every process, the owner's login included."""
        databases = self.servers.database_environment(self.database, LOGINS)
        return base_environment() | databases | self._settings() | self.more

    def _settings(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "tests.support.collected",
            "TEREM_ENV": "test",
            "TEREM_SECRET_KEY": self.servers.keys.key,
            "TEREM_MASTER_KEYS": self.servers.keys.master,
            "TEREM_DOMAIN": self.address.domain,
            "TEREM_SCHEME": "http",
            "TEREM_PORT": str(self.address.port),
            "TEREM_REDIS": self.servers.redis.url,
            "TEREM_STORAGE": str(self.folder / "storage"),
            "TEREM_BACKUPS": str(self.folder / "backups"),
            "TEREM_MAIL": f"file://{self.mail}",
            "TEREM_STATIC": str(self.run.folder / "static"),
            "TEREM_VAR": str(self.folder),
            "TEREM_RESERVE": "3",
        }

    def start(self) -> None:
        """Copy the template, collect the static files once per run, start every process."""
        cluster.create_database(self.run, self.database)
        self._collect_static()
        self.manage("install")
        self.start_redis()
        for child in product.children(self.address, self.environment, self.folder):
            self.supervisor.start(child)
        self.wait_until_ready()
        if "TEREM_STRIPE_API" in self.more:
            self.manage("prices", "--apply")

    def stop(self) -> None:
        """End every process of this product."""
        self.supervisor.stop()

    close = stop  # For ``contextlib.closing``.

    def url(self, subdomain: str = "", path: str = "/") -> str:
        """An address for the browser (Chromium resolves *.localhost, Python does not)."""
        return self.address.url(subdomain).rstrip("/") + path

    def manage(self, *arguments: str) -> str:
        """Run a management command as the owner; what it printed."""
        return run_python(["manage.py", *arguments], self.environment, f"manage.py {arguments[0]}")

    def letters(self, to: str = "") -> list[EmailMessage]:
        """The letters sent so far, newest first, to one person or all."""
        paths = sorted(self.mail.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]
        return [letter for letter in found if not to or to in str(letter["To"])]

    def wait_for_letter(self, to: str, seconds: float = 60) -> EmailMessage:
        """The newest letter to somebody; waits until there is one."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.letters(to)
            if found:
                return found[0]
            time.sleep(0.1)
        raise AssertionError(f"no letter to {to} came in {seconds} s")

    def child(self, name: str) -> Child:
        """One process: redis, web, worker, keeper or scheduler."""
        return next(child for child in self.supervisor.children if child.name == name)

    def kill(self, name: str) -> None:
        """kill -9 of one process and all that it started."""
        running = self.child(name).running
        assert running is not None
        # Each process leads a group: a web server's workers would go on serving without it.
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()

    def restart(self, name: str) -> None:
        """Start a killed process again, as the supervisor does."""
        self.supervisor.start(self.child(name))

    def start_redis(self) -> None:
        """Start this product's Redis; call it again after ``kill("redis")`` for an empty one."""
        redis = self.servers.redis
        shutil.rmtree(redis.home, ignore_errors=True)
        redis.prepare()
        known = [child for child in self.supervisor.children if child.name == "redis"]
        options = redis.account.spawn_options()
        child = (
            known[0] if known else Child("redis", redis.argv(), base_environment(), options, stop_seconds=11)
        )
        redis.wait_ready(self.supervisor.start(child))

    def _collect_static(self) -> None:
        static = self.run.folder / "static"
        with open(self.run.folder / "static.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # The folder alone says nothing: settings of every process make it.
            if not (static / "staticfiles.json").exists():
                self.manage("collectstatic", "--noinput", "--verbosity", "0")

    def wait_until_ready(self) -> None:
        """Wait until the web server says so; raises ``AssertionError`` with its last words."""
        deadline = time.monotonic() + _START_SECONDS
        web = self.child("web")
        while time.monotonic() < deadline:
            if self._status() == 200:
                return
            assert web.running is not None
            assert web.running.poll() is None, "the web server ended:\n" + "\n".join(web.last_words)
            time.sleep(0.1)
        raise AssertionError("the web server was not ready:\n" + "\n".join(web.last_words))

    def _status(self) -> int | None:
        line = http.client.HTTPConnection("127.0.0.1", self.address.port, timeout=10)
        try:
            line.request("GET", "/health/ready", headers={"Host": f"localhost:{self.address.port}"})
            return line.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            line.close()
