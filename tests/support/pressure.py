"""Load through the edge: people who read pages and write companies, over TLS, each on a line of their own.

Every answer is judged; what is not what a person should have got is a failure, with its time.
A line that the edge has closed between two requests is opened anew, as every browser does; a request
that broke off after it was sent is a failure, except that a read which never got a byte is asked once
more (RFC 9110, 9.2.2) and counted apart.
"""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

from tests.support.edge import Edge

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_HELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_STATIC = re.compile(r'(?:href|src)="(/static/[^"]+)"')


@dataclass
class Tally:
    """What all of them saw."""

    asked: int = 0
    again: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    begun: float = field(default_factory=time.monotonic)

    def fail(self, words: str) -> None:
        with self.lock:
            self.failures.append(f"{time.monotonic() - self.begun:.1f} s: {words}")

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        times = sorted(self.taken)
        return round(1000 * times[min(len(times) - 1, int(share * len(times)))], 1) if times else 0.0


@dataclass
class Site:
    """A host, its cookies, and the pages that are read there."""

    host: str
    cookies: dict[str, str]
    pages: tuple[str, ...]
    writes: bool = False


class Person(threading.Thread):
    """One of them; reads and writes until ``ended`` is set."""

    def __init__(self, edge: Edge, site: Site, tally: Tally, ended: threading.Event, pause: float) -> None:
        super().__init__(daemon=True)
        self.edge, self.site, self.tally, self.ended, self.pause = edge, site, tally, ended, pause
        self.line: http.client.HTTPConnection | None = None
        self.cookies = dict(site.cookies)
        self.seen: list[str] = []
        self.status = 0

    def run(self) -> None:
        rounds = 0
        while not self.ended.is_set():
            rounds += 1
            if self.site.writes and rounds % 8 == 0:
                self.write()
            elif self.seen and rounds % 3 == 0:
                self.ask("GET", random.choice(self.seen))
            else:
                text = self.ask("GET", random.choice(self.site.pages))
                self.seen = [unescape(path).partition("#")[0] for path in _STATIC.findall(text)] or self.seen
            self.ended.wait(self.pause)

    def write(self) -> None:
        """A company with a name that nobody has; it is counted once the product said that it is written."""
        form = self.ask("GET", "/companies/new/")
        token = _TOKEN.search(form)
        if token is None:
            self.tally.fail(f"{self.site.host}/companies/new/ came without its form")
            return
        held = {name: unescape(value) for name, value in _HELD.findall(form)}
        name = f"Load {uuid.uuid4().hex}"
        held |= {"csrfmiddlewaretoken": token.group(1), "name": name}
        self.ask("POST", "/companies/new/", urlencode(held), expected=(302,))
        if self.status == 302:
            with self.tally.lock:
                self.tally.written.append(name)

    def ask(self, method: str, path: str, body: str = "", expected: tuple[int, ...] = (200,)) -> str:
        """One request and its judgement; the page's text."""
        began = time.monotonic()
        try:
            status, text = self._send(method, path, body)
        except (OSError, http.client.HTTPException) as error:
            self.line = None
            status, text = 0, ""
            self.tally.fail(f"{method} {self.site.host}{path}: {type(error).__name__} {error}")
        self.status = status
        with self.tally.lock:
            self.tally.asked += 1
            self.tally.statuses[status] += 1
            self.tally.taken.append(time.monotonic() - began)
        if status and status not in expected:
            self.tally.fail(f"{method} {self.site.host}{path}: {status} {text[:200]!r}")
        return text

    def _send(self, method: str, path: str, body: str) -> tuple[int, str]:
        fresh = self.line is None
        line = self.line = self.line or self._open()
        origin = f"https://{self.site.host}" + ("" if self.edge.https == 443 else f":{self.edge.https}")
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= {"Host": origin.removeprefix("https://"), "Origin": origin, "Referer": origin + path}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            line.request(method, path, body or None, headers)
            found = line.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.line = None
            if fresh or method != "GET":
                raise
            with self.tally.lock:
                self.tally.again += 1
            return self._send(method, path, body)
        text = found.read().decode("utf-8", "replace")
        for row in found.headers.get_all("Set-Cookie") or []:
            name, _sign, value = row.partition(";")[0].partition("=")
            self.cookies[name] = value
        if found.will_close:
            line.close()
            self.line = None
        return found.status, text

    def _open(self) -> http.client.HTTPConnection:
        line = http.client.HTTPConnection(self.site.host, self.edge.https, timeout=60)
        line.sock = self.edge.shake_hands(self.site.host)
        return line


class Pressure:
    """Several people at once for as long as the block lasts, and then until there were ``least`` requests."""

    def __init__(self, edge: Edge, sites: list[Site], *, people: int, pause: float = 0.05) -> None:
        self.tally = Tally()
        self.ended = threading.Event()
        self.people = [
            Person(edge, sites[number % len(sites)], self.tally, self.ended, pause)
            for number in range(people)
        ]

    def start(self) -> None:
        for person in self.people:
            person.start()

    def until(self, least: int, patience: float) -> None:
        """Go on until that many requests were made."""
        deadline = time.monotonic() + patience
        while self.tally.asked < least and time.monotonic() < deadline:
            time.sleep(0.5)

    def stop(self) -> Tally:
        """End, and what was seen."""
        self.ended.set()
        for person in self.people:
            person.join(timeout=90)
        return self.tally
