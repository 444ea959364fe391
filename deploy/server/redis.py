"""The few words of Redis' protocol that an installer needs, before any package is there."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import unquote, urlsplit


class Stream(Protocol):
    """A line in both directions."""

    def write(self, data: bytes, /) -> object: ...
    def flush(self) -> None: ...
    def readline(self) -> bytes: ...
    def read(self, count: int, /) -> bytes: ...


class Refused(Exception):
    """Redis answered with an error: usually the password."""


@dataclass(frozen=True)
class Facts:
    """Its version, and what it does when its memory is full (empty: it does not tell)."""

    version: tuple[int, ...]
    policy: str


def facts(address: str, seconds: float) -> Facts:
    """Ask the server at ``redis://…`` or ``rediss://…``. Raises ``Refused``, ``OSError``, or ``ValueError`` for no Redis."""
    parts = urlsplit(address)
    host = parts.hostname or "127.0.0.1"
    line: socket.socket = socket.create_connection((host, parts.port or 6379), timeout=seconds)
    if parts.scheme == "rediss":
        line = ssl.create_default_context().wrap_socket(line, server_hostname=host)
    with line, line.makefile("rwb") as stream:
        if parts.password:
            name = [unquote(parts.username)] if parts.username else []
            _ask(stream, "AUTH", *name, unquote(parts.password))
        told = _ask(stream, "INFO", "server")
        rows = dict(row.split(":", 1) for row in told.splitlines() if ":" in row)
        try:
            policy = _ask(stream, "CONFIG", "GET", "maxmemory-policy")
        except Refused:
            policy = ""
    version = tuple(int(part) for part in rows.get("redis_version", "0").split(".")[:2])
    return Facts(version, policy.rpartition("\n")[2])


def _ask(stream: Stream, *words: str) -> str:
    """One command; its answer as text, the parts of a list on lines of their own."""
    parts = [f"*{len(words)}\r\n".encode()]
    for word in words:
        raw = word.encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(raw), raw))
    stream.write(b"".join(parts))
    stream.flush()
    return _read(stream)


def _read(stream: Stream) -> str:
    row = stream.readline().rstrip(b"\r\n")
    kind, rest = row[:1], row[1:]
    if kind == b"-":
        raise Refused(rest.decode("utf-8", "replace"))
    if kind == b"$":
        return "" if rest == b"-1" else stream.read(int(rest) + 2)[:-2].decode("utf-8", "replace")
    if kind == b"*":
        return "\n".join(_read(stream) for _ in range(int(rest)))
    if kind in (b"+", b":"):
        return rest.decode("utf-8", "replace")
    raise ValueError("this is no Redis")
