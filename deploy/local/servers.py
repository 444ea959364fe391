"""The two embedded servers together, and the secrets that open them."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.local import places, python, say
from deploy.local.account import Account
from deploy.local.postgres import Postgres
from deploy.local.redis import Redis
from deploy.local.say import Problem
from deploy.local.supervisor import Child, Supervisor

LOGINS = ("owner", "control", "tenant")
_QUIET_WORDS = (
    "LOG:  starting PostgreSQL",
    "LOG:  listening on",
    "LOG:  database system was shut down",
    "LOG:  database system is ready",
    "LOG:  database system is shut down",
    "LOG:  received fast shutdown",
    "LOG:  aborting any active",
    "LOG:  shutting down",
    "LOG:  background worker",
    "FATAL:  terminating connection due to administrator command",
    "oO0OoO0OoO0Oo",
    "Redis version=",
    "Server initialized",
    "User requested shutdown",
    "bye bye",
    "scheduling shutdown",
    "Configuration loaded",
    "WARNING: The TCP backlog",
    "WARNING overcommit_memory",
    "WARNING Memory overcommit",
    "Transparent Huge Pages",
    "THP",
)


@dataclass(frozen=True)
class Secrets:
    """What must stay the same from start to start: signing key and passwords."""

    key: str
    redis: str
    owner: str
    control: str
    tenant: str
    master: str

    @classmethod
    def made(cls) -> Secrets:
        """Fresh random secrets."""
        return cls(
            key=secrets.token_urlsafe(48),
            redis=secrets.token_hex(24),
            owner=secrets.token_hex(24),
            control=secrets.token_hex(24),
            tenant=secrets.token_hex(24),
            # 32 bytes in base64, padded.
            master=secrets.token_urlsafe(32) + "=",
        )

    @classmethod
    def kept(cls, note: Path) -> Secrets:
        """The secrets in the note; made there on the first start, readable by this user only."""
        known = places.read_note(note)
        fresh = cls.made().__dict__
        if set(known) != set(fresh):
            known = fresh | {k: str(v) for k, v in known.items() if k in fresh}
            places.write_note(note, known)
        return cls(**known)

    def password(self, login: str) -> str:
        """The password of one of our database logins."""
        return str(getattr(self, login))


class Servers:
    """PostgreSQL and Redis under one supervisor."""

    def __init__(
        self,
        home: Path,
        account: Account,
        keys: Secrets,
        *,
        postgres_port: int,
        redis_port: int,
        throwaway: bool = False,
    ) -> None:
        self.keys = keys
        self.postgres = Postgres(home / "postgres", account, port=postgres_port, throwaway=throwaway)
        self.redis = Redis(home / "redis", account, port=redis_port, password=keys.redis, throwaway=throwaway)

    def start(self, supervisor: Supervisor) -> None:
        """Start both and return when both answer."""
        self.postgres.prepare()
        database = supervisor.start(
            Child(
                "postgres",
                self.postgres.argv(),
                self.postgres.environment(),
                self.postgres.account.spawn_options(),
                stop_signal=signal.SIGINT,
                orphan_signal=signal.SIGINT,
                stop_seconds=30,
                muted=_is_small_talk,
            )
        )
        self.redis.prepare()
        if not self.redis.kind.real:
            say.step(f"Redis: {self.redis.kind.title}")
        broker = supervisor.start(
            Child(
                "redis",
                self.redis.argv(),
                self.postgres.environment(),
                self.redis.account.spawn_options() if self.redis.kind.program else {},
                stop_seconds=11,
                muted=_is_small_talk,
            )
        )
        self.postgres.wait_ready(database)
        self.redis.wait_ready(broker)

    def database_environment(self, database: str, logins: tuple[str, ...]) -> dict[str, str]:
        """The TEREM_…_DB variables for these logins."""
        return {
            f"TEREM_{login.upper()}_DB": self.postgres.dsn(
                f"terem_{login}", self.keys.password(login), database
            )
            for login in logins
        }

    def prepare_cluster(self, database: str) -> None:
        """Make logins, database and extension schema as the administrator; repeatable."""
        passwords = {f"TEREM_{n.upper()}_PASSWORD": self.keys.password(n) for n in LOGINS}
        argv = ["-m", "tenants.database.cluster", "--database", database]
        argv += ["--superuser-dsn", self.postgres.superuser_dsn]
        run_python(argv, base_environment() | passwords, "Preparing the database cluster")


def base_environment() -> dict[str, str]:
    """The caller's environment with our import roots and without foreign TEREM_ settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TEREM_", "PG"))}
    kept |= {k: v for k, v in os.environ.items() if k.startswith("TEREM_SENTRY")}
    return kept | {
        "PYTHONPATH": os.pathsep.join((str(places.ROOT), str(places.ROOT / "platform"))),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def run_python(arguments: list[str], environment: dict[str, str], purpose: str) -> str:
    """Run a step with the installed Python, away from Ctrl-C; its output, or a Problem."""
    done = subprocess.run(
        [str(python.INTERPRETER), *arguments],
        env=environment,
        cwd=places.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        start_new_session=True,
    )
    if done.returncode:
        for row in done.stdout.rstrip().splitlines()[-40:]:
            say.prefixed("install", row)
        raise Problem(
            f"{purpose} failed (code {done.returncode}); its last words stand above.",
            "Mend the cause and run the same command again; finished steps are not repeated.",
        )
    return done.stdout


def _is_small_talk(line: str) -> bool:
    return any(word in line for word in _QUIET_WORDS) or not line.strip()
