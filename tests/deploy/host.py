"""A server for a test: a Debian that its own systemd has started, with PostgreSQL 18 beside it, "elsewhere"."""

from __future__ import annotations

import http.client
import os
import re
import secrets
import ssl
import time
from dataclasses import dataclass
from email import message_from_string, policy
from pathlib import Path
from typing import Any

import psycopg

from deploy.local.servers import Servers
from deploy.server import environment, layout
from tests.deploy.booted import Booted
from tests.support import names
from tests.support.edge import Edge

DOMAIN = "terem.example"
# What an installer does not answer for: the kernel's and systemd's own, the sources, and what others write.
_SKIPPED = (
    *("proc", "dev", "sys", "tmp", "run", "root", "var/cache", "var/log"),
    *("wheels", "before", "after", "var/lib/systemd"),
)


class ServerEdge(Edge):
    """The installed edge; its authority's certificate lies where the settings say."""

    @property
    def root(self) -> Path:
        return self.folder / "certificates/pki/authorities/local/root.crt"

    def certificate(self, name: str) -> Path:
        """Where the certificate of a name lies, if it has one."""
        return self.folder / f"certificates/certificates/local/{name}/{name}.crt"


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

    def timed(self, name: str, *argv: str, **variables: str) -> str:
        """The same; the report keeps what it said and the seconds that it took."""
        began = time.monotonic()
        said = self.report[f"{name}_said"] = self.run(*argv, **variables)
        self.report[f"{name}_s"] = round(time.monotonic() - began, 1)
        return said

    def manage(self, *words: str) -> str:
        """A management command, as an operator gives it."""
        return self.run("/usr/local/sbin/terem-manage", *words)

    def release(self) -> str:
        """The release that ``current`` names."""
        return (self.root / "opt/terem/current").readlink().name

    def settings(self) -> dict[str, str]:
        """The files under /etc/terem."""
        return {path.name: path.read_text("utf-8") for path in (self.root / "etc/terem").iterdir()}

    def processes(self) -> dict[str, str]:
        """The first process of each unit."""
        return {unit: self.server.show(unit, "MainPID") for unit in layout.EVERYTHING}

    def files(self) -> set[str]:
        """Every path of the root that an installer should answer for."""
        found = set()
        for folder, folders, files in os.walk(self.root):
            here = Path(folder).relative_to(self.root)
            folders[:] = [name for name in folders if str(here / name) not in _SKIPPED]
            found |= {str(here / name) for name in (*folders, *files)}
        return {name for name in found if "__pycache__" not in name and "redis" not in name}

    def letters(self) -> list[Path]:
        """The letters that were sent, the newest last."""
        found = (self.root / "var/lib/terem/mail").glob("*.eml")
        return sorted(found, key=lambda path: path.stat().st_mtime_ns)

    def code_for(self, email: str) -> str:
        """The code of the newest letter to this address; a letter may take a minute."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for path in reversed(self.letters()):
                text = path.read_text("utf-8", "replace")
                code = re.search(r"\d{4}-\d{4}", text)
                if email in text and code is not None:
                    return code.group()
            time.sleep(0.2)
        raise AssertionError(f"no letter with a code came for {email}")

    def subjects(self) -> list[str]:
        """What the letters are about, each letter once."""
        texts = [path.read_text("utf-8", "replace") for path in self.letters()]
        return [str(message_from_string(text, policy=policy.default)["Subject"]) for text in texts]

    def rows(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """What the database answers to its administrator."""
        with psycopg.connect(self.servers.postgres.superuser_dsn, dbname="terem") as line:
            return line.execute(query, values).fetchall()  # type: ignore[arg-type]

    def schema_of(self, slug: str) -> str:
        """The schema of a company."""
        return str(self.rows("SELECT schema_name FROM tenants_tenant WHERE slug = %s", (slug,))[0][0])

    def refused(self, name: str) -> str:
        """Empty if the edge has no certificate for this name, makes none, and the product says no; else what it did."""
        try:
            self.edge.shake_hands(name).close()
        except (ssl.SSLError, ConnectionResetError):
            pass
        else:
            return f"{name}: a handshake"
        if self.edge.certificate(name).exists():
            return f"{name}: a certificate"
        token = re.search(r"^TEREM_EDGE_TOKEN=(.+)$", self.settings()[environment.EDGE.name], re.MULTILINE)
        assert token is not None
        line = http.client.HTTPConnection("127.0.0.1", 8009, timeout=20)
        line.request("GET", f"/edge/certificate?token={token.group(1)}&domain={name}")
        status = line.getresponse().status
        line.close()
        return "" if status in (403, 404) else f"{name}: {status}"

    def administrator(self) -> tuple[str, str]:
        """A login of PostgreSQL that may make others, as a rented server's has one: its address and password."""
        password = secrets.token_hex(16)
        with psycopg.connect(self.servers.postgres.superuser_dsn, autocommit=True) as line:
            known = line.execute("SELECT 1 FROM pg_roles WHERE rolname = 'administrator'").fetchone()
            verb = "ALTER" if known else "CREATE"
            line.execute(f"{verb} ROLE administrator SUPERUSER LOGIN PASSWORD '{password}'")  # type: ignore[arg-type]
        return f"postgresql://administrator@127.0.0.1:{self.servers.postgres.port}/postgres", password
