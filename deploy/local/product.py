"""The product in this checkout: its addresses, its environment, its processes."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local import payments, places, python
from deploy.local.account import server_account, servers_home
from deploy.local.servers import LOGINS, Secrets, Servers, base_environment
from deploy.local.supervisor import Child

DATABASE = "terem"
# Somebody waits for a page, nobody for a job of the second: the weights of deploy/server/units (200 for web, 80 for
# workers, 50 for keeper and scheduler) as nice, where each step is a quarter.
_WORKER_NICENESS, _KEEPER_NICENESS = 4, 6


@dataclass(frozen=True)
class Address:
    """Where the web server listens and under which name people reach it."""

    host: str = "127.0.0.1"
    port: int = 8000
    domain: str = "localhost"

    def url(self, subdomain: str = "") -> str:
        """The address of the public site or of one of its subdomains."""
        name = f"{subdomain}.{self.domain}" if subdomain else self.domain
        return f"http://{name}/" if self.port == 80 else f"http://{name}:{self.port}/"


def embedded_servers() -> Servers:
    """The servers of this checkout, on their usual ports where these are free."""
    account = server_account()
    home = servers_home(account)
    known = places.read_note(places.STATE)
    return Servers(
        home,
        account,
        Secrets.kept(places.SECRETS),
        postgres_port=places.free_port(known.get("postgres_port")),
        redis_port=places.free_port(known.get("redis_port")),
    )


def remember(servers: Servers, address: Address, **more: Any) -> None:
    """Note the ports and the address for the other commands."""
    note = {
        "postgres_port": servers.postgres.port,
        "redis_port": servers.redis.port,
        "payments_port": places.free_port(places.read_note(places.STATE).get("payments_port")),
        "superuser_dsn": servers.postgres.superuser_dsn,
        "host": address.host,
        "port": address.port,
        "domain": address.domain,
    }
    places.write_note(places.STATE, note | more)


def environment(servers: Servers, address: Address) -> dict[str, str]:
    """The settings for a process of the product that may act as the owner."""
    return (
        base_environment()
        | servers.database_environment(DATABASE, LOGINS)
        | {
            "TEREM_ENV": "development",
            "TEREM_SECRET_KEY": servers.keys.key,
            "TEREM_MASTER_KEYS": servers.keys.master,
            "TEREM_DOMAIN": address.domain,
            "TEREM_SCHEME": "http",
            "TEREM_PORT": str(address.port),
            "TEREM_REDIS": servers.redis.url,
            "TEREM_STORAGE": str(places.STORAGE),
            "TEREM_BACKUPS": str(places.BACKUPS),
            "TEREM_MAIL": f"file://{places.MAIL}",
            "TEREM_STATIC": str(places.STATIC),
            "TEREM_VAR": str(places.VAR),
            "TEREM_PROBE": f"http://{_near(address)}:{address.port}",
        }
        | payments.environment(servers.keys.key)
    )


def _near(address: Address) -> str:
    """Where a process of this machine finds the web server."""
    return "127.0.0.1" if address.host in ("0.0.0.0", "::", "") else address.host


def _web(address: Address, environment: dict[str, str]) -> Child:
    """The web process."""
    web = [str(python.INTERPRETER), "-m", "granian", "--interface", "wsgi"]
    web += ["--host", address.host, "--port", str(address.port), "--workers", "1"]
    web += ["--blocking-threads", "32", "--no-ws", "--log-level", "warning"]
    web += ["--workers-kill-timeout", "8", "config.wsgi:application"]
    quiet = "Configuration allows spawning"
    return Child("web", web, environment, folder=str(places.ROOT), muted=lambda line: quiet in line)


def children(address: Address, owner: dict[str, str], var: Path = places.VAR) -> list[Child]:
    """The processes of the product in the order of their start; only the keeper acts as owner."""
    # On one machine root may run the workers: they obey nobody but this installation.
    owner = owner | {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"}
    plain = {name: value for name, value in owner.items() if name != "TEREM_OWNER_DB"}
    celery = [str(python.INTERPRETER), "-m", "celery", "-q", "-A", "config.worker"]
    quiet = ["--loglevel", "warning"]
    root = str(places.ROOT)
    worker = [*celery, "worker", "-P", "threads", *quiet, "--without-mingle", "--without-gossip"]
    deliver_to = f"http://{_near(address)}:{address.port}/webhooks/payments/"
    paying = payments.child(plain, deliver_to, f"{address.domain}:{address.port}", var)
    return [
        *([paying] if paying is not None else []),
        _web(address, plain),
        Child(
            "worker",
            [*worker, "-c", "4", "-Q", "tenant,control", "-n", "worker@%h"],
            plain,
            folder=root,
            niceness=_WORKER_NICENESS,
            orphan_signal=signal.SIGKILL,
        ),
        Child(
            "keeper",
            [*worker, "-c", "2", "-Q", "owner", "-n", "keeper@%h"],
            owner,
            folder=root,
            niceness=_KEEPER_NICENESS,
            orphan_signal=signal.SIGKILL,
        ),
        Child(
            "scheduler",
            [*celery, "beat", *quiet, "-s", str(var / "schedule")],
            plain,
            folder=root,
            niceness=_KEEPER_NICENESS,
            orphan_signal=signal.SIGKILL,
        ),
    ]
