"""The product in production settings on servers that nobody of ours started.

A second pair of PostgreSQL and Redis plays the operator's own servers; the product
knows them by environment variables only.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from deploy.local import places
from deploy.local.account import server_account
from deploy.local.servers import LOGINS, Secrets, Servers
from deploy.local.supervisor import Supervisor
from tests.support.folders import open_to_servers

DOMAIN = "terem.example"
DATABASE = "terem_external"
START_SECONDS = 240  # for a process to be ready; the machine may be busy


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """An operator's PostgreSQL and Redis."""
    folder = tmp_path_factory.mktemp("outside")
    open_to_servers(folder)
    ports = {"postgres_port": places.free_port(), "redis_port": places.free_port()}
    servers = Servers(folder, server_account(), Secrets.made(), throwaway=True, **ports)
    supervisor = Supervisor(announce=False)
    servers.start(supervisor)
    yield servers
    supervisor.stop()


@pytest.fixture(scope="module")
def production(outside: Servers, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Nothing but the environment of a production process."""
    folder = tmp_path_factory.mktemp("production")
    databases = outside.database_environment(DATABASE, LOGINS)
    return databases | {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{places.ROOT}:{places.ROOT / 'platform'}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TEREM_ENV": "production",
        "TEREM_SECRET_KEY": outside.keys.key,
        "TEREM_MASTER_KEYS": outside.keys.master,
        "TEREM_DOMAIN": DOMAIN,
        "TEREM_SCHEME": "https",
        "TEREM_BEHIND_PROXY": "yes",
        "TEREM_REDIS": outside.redis.url,
        "TEREM_STORAGE": str(folder / "storage"),
        "TEREM_STATIC": str(folder / "static"),
        "TEREM_MAIL": "smtp://user:password@127.0.0.1:9",
    }


@pytest.fixture(scope="module")
def installed(outside: Servers, production: dict[str, str]) -> dict[str, str]:
    """The cluster prepared by its administrator and the release installed."""
    passwords = {f"TEREM_{login.upper()}_PASSWORD": outside.keys.password(login) for login in LOGINS}
    cluster = ["-m", "tenants.database.cluster", "--superuser-dsn", outside.postgres.superuser_dsn]
    _run([*cluster, "--database", DATABASE], production | passwords)
    _run(["manage.py", "install"], production)
    _run(["manage.py", "collectstatic", "--noinput", "--verbosity", "0"], production)
    return production


def test_product_serves_from_external_servers(installed: dict[str, str]) -> None:
    """Web by granian, without the owner's login: ready, and the sign-in page comes whole."""
    port = places.free_port()
    argv = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--no-ws"]
    environment = {name: value for name, value in installed.items() if name != "TEREM_OWNER_DB"}
    web = _start([*argv, "--blocking-threads", "4", "config.wsgi:application"], environment)
    try:
        _wait_until_ready(web, port)
        status, headers, body = _get(port, _sign_in_path())
        assert status == 200
        assert b'type="password"' in body
        assert headers["Content-Security-Policy"]
        assert headers["Strict-Transport-Security"]
        asset = _first_asset(body)
        assert _get(port, asset)[0] == 200, f"the static file {asset} is not served"
        assert _get(port, "/", host="unknown.invalid")[0] in (400, 404, 421)
    finally:
        _stop(web)


def test_worker_and_scheduler_start(installed: dict[str, str]) -> None:
    """The worker takes what the scheduler sends, through the external Redis."""
    celery = [sys.executable, "-m", "celery", "-A", "config.worker"]
    worker = _start([*celery, "worker", "-P", "threads", "-c", "1", "-Q", "tenant,control,owner"], installed)
    try:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert worker.poll() is None, "the worker ended"
            said = subprocess.run(
                [*celery, "inspect", "ping", "--timeout", "5"],
                cwd=places.ROOT, env=installed, capture_output=True, text=True, check=False,
            )  # fmt: skip
            if "pong" in said.stdout:
                return
        pytest.fail(f"no worker answered:\n{said.stdout}{said.stderr}")
    finally:
        _stop(worker)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"TEREM_SECRET_KEY": "short"}, "at least 40 random characters"),
        ({"TEREM_SCHEME": "http"}, "must be https in production"),
        ({"TEREM_ENV": "live"}, "must be one of"),
        ({"TEREM_CONTROL_DB": "mysql://here"}, "must look like postgresql://"),
    ],
)
def test_production_refuses_bad_settings(
    production: dict[str, str], changed: dict[str, str], sentence: str
) -> None:
    """A wrong setting stops the start with a sentence that names it."""
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=places.ROOT, env=production | changed, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert sentence in done.stderr
    assert next(iter(changed)) in done.stderr


def _run(arguments: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=places.ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def _start(argv: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        argv, cwd=places.ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _stop(running: subprocess.Popen[bytes]) -> None:
    running.terminate()
    try:
        running.wait(timeout=60)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


def _wait_until_ready(web: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert web.poll() is None, "the web server ended"
        try:
            if _get(port, "/health/ready")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    pytest.fail(f"the web server was not ready in {START_SECONDS} s")


def _get(port: int, path: str, host: str = DOMAIN) -> tuple[int, http.client.HTTPMessage, bytes]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
        answer = line.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        line.close()


def _sign_in_path() -> str:
    from django.urls import reverse

    return reverse("account_login", urlconf="config.urls_public")


def _first_asset(body: bytes) -> str:
    start = body.index(b"/static/")
    end = min(body.index(quote, start) for quote in (b'"', b"'") if quote in body[start:])
    return body[start:end].decode()
