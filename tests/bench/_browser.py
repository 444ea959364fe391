"""Small browsers for a crowd: HTTP/1.1 over TLS on lines that stay open, cookies by host, as little work as possible.

Everybody has a network address of their own (127.a.b.c), and a few lines at most, as a browser does. What an
answer was, and how long it took, goes to the tally.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlsplit

# The edge closes a line after two minutes without a word.
_IDLE_SECONDS = 90
_PATIENCE_SECONDS = 60
# What a browser would show as a page, and what tells a member that somebody was faster: no fault of anybody.
CONFLICT = 409


@dataclass
class Tally:
    """What the crowd saw in one phase: milliseconds by kind of page, faults in words."""

    began: float = 0.0
    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    ended: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    conflicts: int = 0

    def begin(self) -> None:
        """Forget what was seen; the clock begins anew."""
        for held in (self.taken, self.ended, self.statuses, self.faults, self.examples):
            held.clear()
        self.conflicts, self.began = 0, time.perf_counter()

    def note(self, kind: str, status: int, milliseconds: float) -> None:
        self.taken[kind].append(milliseconds)
        self.ended.append(time.perf_counter() - self.began)
        self.statuses[status] += 1

    def fault(self, kind: str, words: str, example: str = "") -> None:
        """Something that a member should not have got."""
        self.faults[f"{kind}: {words}"] += 1
        self.examples.setdefault(f"{kind}: {words}", example[:300])


class Fault(Exception):
    """The act cannot go on; the tally knows why."""


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    cookies: list[str]
    text: str
    url: str = ""


@dataclass
class Line:
    """One connection; ``used_at`` tells whether it may still be believed."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    used_at: float

    @property
    def fresh(self) -> bool:
        return not self.reader.at_eof() and time.monotonic() - self.used_at < _IDLE_SECONDS

    async def send(self, head: str, body: bytes) -> Answer:
        self.writer.write(head.encode() + body)
        raw = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers, cookies = {}, []
        for row in raw[1:-2]:
            name, _sign, value = row.partition(": ")
            name = name.lower()
            headers[name] = value
            if name == "set-cookie":
                cookies.append(value.partition(";")[0])
        content = await self._content(headers)
        self.used_at = time.monotonic()
        return Answer(int(raw[0].split(" ", 2)[1]), headers, cookies, content.decode("utf-8", "replace"))

    async def _content(self, headers: dict[str, str]) -> bytes:
        if "content-length" in headers:
            return await self.reader.readexactly(int(headers["content-length"]))
        if headers.get("transfer-encoding") != "chunked":
            return b""
        pieces = []
        while size := int(await self.reader.readline(), 16):
            pieces.append((await self.reader.readexactly(size + 2))[:-2])
        await self.reader.readline()
        return b"".join(pieces)


class Browser:
    """Somebody's browser. ``network`` is its address; cookies are host-only."""

    def __init__(self, port: int, trusted: ssl.SSLContext, network: str, agent: str = "Mozilla/5.0") -> None:
        self.port, self.trusted, self.network, self.agent = port, trusted, network, agent
        self.jars: dict[str, dict[str, str]] = defaultdict(dict)
        self.idle: dict[str, list[Line]] = defaultdict(list)
        self.opened = 0

    async def ask(
        self, method: str, url: str, body: bytes = b"", more: dict[str, str] | None = None
    ) -> Answer:
        """One request; raises ``OSError`` or ``asyncio.IncompleteReadError`` where a line broke."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        head = [f"{method} {path} HTTP/1.1", f"Host: {parts.netloc}", f"User-Agent: {self.agent}"]
        head += ["Accept: text/html", "Accept-Language: en"]
        if jar := self.jars[host]:
            head.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in jar.items()))
        if method == "POST":
            head += [f"Content-Length: {len(body)}", f"Origin: https://{parts.netloc}"]
        head += [f"{name}: {value}" for name, value in (more or {}).items()]
        line = await self._line(host)
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                answer = await line.send("\r\n".join(head) + "\r\n\r\n", body)
        except BaseException:
            line.writer.close()
            raise
        self._keep(host, line, answer)
        answer.url = url
        return answer

    async def _line(self, host: str) -> Line:
        kept = self.idle[host]
        while kept:
            line = kept.pop()
            if line.fresh:
                return line
            line.writer.close()
        self.opened += 1
        async with asyncio.timeout(_PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", self.port, ssl=self.trusted, server_hostname=host,
                local_addr=(self.network, 0), limit=2**18,
            )  # fmt: skip
        return Line(reader, writer, time.monotonic())

    def _keep(self, host: str, line: Line, answer: Answer) -> None:
        for row in answer.cookies:
            name, _sign, value = row.partition("=")
            self.jars[host][name] = value
        if answer.headers.get("connection") == "close":
            line.writer.close()
        else:
            self.idle[host].append(line)

    def close(self) -> None:
        for lines in self.idle.values():
            for line in lines:
                line.writer.close()
        self.idle.clear()


def rounded(values: list[float], share: float, digits: int = 1) -> float:
    """The value below which this share of them lies; 0 for none."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], digits) if ordered else 0.0
