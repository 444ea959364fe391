"""The load: signed-in members of several companies who read, write and import, and what each of them saw.

Everybody goes through the edge over TLS. A line that was closed between two requests is opened anew and a read
which never got a byte is asked once more, as every browser does; a write is never sent twice.
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
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils import translation

from kernel import uploads
from kernel.errors import NotSaved, Unavailable

if TYPE_CHECKING:
    from tests.failure.harness.standing import Company, Standing

PAGES = ("/", "/companies/", "/people/", "/deals/", "/companies/?sort=name", "/imports/", "/tasks/")
IMPORTED = 40  # rows of one import
PATIENCE = 60  # seconds until an answer that does not come is given up

# What a person can see.
OK, CLEAR, FIELD, REFUSED, BROKEN, WRONG = (
    "ok",
    "clear page",
    "at the field",
    "refused",
    "broken off",
    "wrong",
)

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_HELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_IMPORT = re.compile(r"/imports/([0-9a-f-]{36})/")
# The edge's own page is in both languages; the product's are in the person's.
_AT_THE_EDGE = "Сейчас это недоступно. Страница сама попробует ещё раз."
# A page that writes what it found out about a file.
CHECKING = "/columns/"


@dataclass(frozen=True)
class Seen:
    """One answer: when it was asked for (monotonic seconds), what, how it was, how long it took."""

    at: float
    what: str
    kind: str
    took: float
    words: str = ""


@dataclass
class Book:
    """What everybody saw, and what they were told was done."""

    seen: list[Seen] = field(default_factory=list)
    # Company's slug → names of companies that the product said are written; and those of which nobody knows.
    written: dict[str, list[str]] = field(default_factory=dict)
    doubtful: dict[str, list[str]] = field(default_factory=dict)
    # Company's slug → marks of imports that were begun.
    imports: dict[str, list[str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, seen: Seen) -> None:
        with self.lock:
            self.seen.append(seen)

    def keep(self, where: dict[str, list[str]], slug: str, name: str) -> None:
        with self.lock:
            where.setdefault(slug, []).append(name)

    def counts(self) -> Counter[str]:
        """How often each kind was seen."""
        return Counter(seen.kind for seen in self.seen)


@dataclass
class Answer:
    """A read answer; status 0 if there was none."""

    status: int
    text: str = ""
    headers: http.client.HTTPMessage | None = None
    error: str = ""
    kind: str = WRONG


class Person(threading.Thread):
    """One member; ``habit`` is reads, writes or imports."""

    def __init__(self, standing: Standing, company: Company, key: str, habit: str, book: Book) -> None:
        super().__init__(daemon=True)
        self.standing, self.company, self.habit, self.book = standing, company, habit, book
        self.cookies = {"__Host-workspace": key}
        self.line: http.client.HTTPConnection | None = None
        self.ended = threading.Event()
        self.chance = random.Random()

    def run(self) -> None:
        rounds = 0
        while not self.ended.wait(0.15):
            rounds += 1
            if self.habit == "writes" and rounds % 2 == 0:
                self.write()
            elif self.habit == "imports" and rounds % 12 == 1:
                self.bring()
            else:
                self.ask("GET", self.chance.choice(PAGES))
        self.close()

    def close(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None

    def write(self) -> None:
        """A company with a name that nobody else has."""
        form = self.ask("GET", "/companies/new/")
        token = _TOKEN.search(form.text)
        if form.kind != OK or token is None:
            return
        name = f"Harness {uuid.uuid4().hex}"
        held = {name: unescape(value) for name, value in _HELD.findall(form.text)}
        body = urlencode(held | {"csrfmiddlewaretoken": token.group(1), "name": name})
        answer = self.ask("POST", "/companies/new/", body.encode(), expected=302)
        if answer.kind == OK:
            self.book.keep(self.book.written, self.company.slug, name)
            self.ask("GET", (answer.headers or {}).get("Location", "/"))
        elif answer.status == 0:
            self.book.keep(self.book.doubtful, self.company.slug, name)

    def bring(self) -> None:
        """A file of companies: sent, looked at, begun. Its rows carry a mark of their own."""
        form = self.ask("GET", "/imports/new/?kind=company")
        token = _TOKEN.search(form.text)
        if form.kind != OK or token is None:
            return
        mark = uuid.uuid4().hex[:12]
        rows = "".join(f"{mark}-{number},Import {mark} {number},Bath\n" for number in range(IMPORTED))
        fields = {"csrfmiddlewaretoken": token.group(1), "kind": "company"}
        content, body = multipart(fields, f"Id,Company,City\n{rows}".encode())
        sent = self.ask("POST", "/imports/new/", body, expected=302, content=content)
        found = _IMPORT.search((sent.headers or {}).get("Location", "")) if sent.kind == OK else None
        page = self.ask("GET", f"/imports/{found.group(1)}/columns/") if found else None
        if found is None or page is None or page.kind != OK:
            return
        token = _TOKEN.search(page.text)
        body = urlencode({"csrfmiddlewaretoken": token.group(1) if token else ""}).encode()
        begun = self.ask("POST", f"/imports/{found.group(1)}/beginning/", body, expected=302)
        if begun.kind == OK:
            self.book.keep(self.book.imports, self.company.slug, mark)

    def ask(
        self, method: str, path: str, body: bytes = b"", *, expected: int = 200,
        content: str = "application/x-www-form-urlencoded",
    ) -> Answer:  # fmt: skip
        """One request and its judgement."""
        began = time.monotonic()
        answer = self._send(method, path, body, content)
        answer.kind = self._kind(answer, expected)
        took = time.monotonic() - began
        words = (
            ""
            if answer.kind in (OK, CLEAR, FIELD)
            else f"{answer.status} {answer.error} {answer.text[-600:]}"
        )
        what = f"{method} {self.company.host}{re.sub(r'[0-9a-f-]{36}', '…', path)}"
        self.book.note(Seen(began, what, answer.kind, took, words))
        return answer

    def _kind(self, answer: Answer, expected: int) -> str:
        if answer.status == 0:
            return REFUSED if answer.error.startswith("no line") else BROKEN
        if answer.status == expected:
            return OK
        with translation.override(self.company.language):
            if answer.status == 422 and str(uploads.not_stored()) in unescape(answer.text):
                return FIELD
            said = (Unavailable(), NotSaved())
            told = any(str(error) in unescape(answer.text) for error in said) or _AT_THE_EDGE in answer.text
        retry = answer.headers.get("Retry-After") if answer.headers else None
        if answer.status in (503, 507) and retry and told and len(answer.text) < 20_000:
            return CLEAR
        return WRONG

    def _send(self, method: str, path: str, body: bytes, content: str) -> Answer:
        fresh = self.line is None
        try:
            self.line = self.line or self._open()
        except OSError as error:
            return Answer(0, error=f"no line: {error!r}")
        origin = f"https://{self.company.host}:{self.standing.caddy.https}"
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= {
            "Accept-Language": self.company.language,
            "Host": origin.removeprefix("https://"),
            "Origin": origin,
            "Referer": origin + path,
        }
        if body:
            headers["Content-Type"] = content
        try:
            self.line.request(method, path, body or None, headers)
            found = self.line.getresponse()
            text = found.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            self.close()
            if not fresh and isinstance(error, ConnectionError) and method == "GET":
                return self._send(method, path, body, content)
            return Answer(0, error=repr(error))
        self._remember(found)
        return Answer(found.status, text, found.headers)

    def _remember(self, found: http.client.HTTPResponse) -> None:
        for row in found.headers.get_all("Set-Cookie") or []:
            name, _sign, value = row.partition(";")[0].partition("=")
            self.cookies[name] = value
        if found.will_close:
            self.close()

    def _open(self) -> http.client.HTTPConnection:
        line = http.client.HTTPConnection(self.company.host, self.standing.caddy.https, timeout=PATIENCE)
        line.sock = self.standing.caddy.shake_hands(self.company.host)
        line.sock.settimeout(PATIENCE)
        return line


def multipart(fields: dict[str, str], content: bytes) -> tuple[str, bytes]:
    """The content type and the body of a form with one file named ``file``."""
    edge = uuid.uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="rows.csv"\r\n'
    parts.append(f"{head}Content-Type: text/csv\r\n\r\n".encode() + content + b"\r\n")
    return f"multipart/form-data; boundary={edge}", b"".join(parts) + f"--{edge}--\r\n".encode()


class Load:
    """Everybody at once."""

    def __init__(self, standing: Standing) -> None:
        self.book = Book()
        self.people = [
            Person(standing, company, key, habit, self.book)
            for company in standing.companies
            for key, habit in zip(company.keys, ("writes", "imports"), strict=True)
        ]
        self.people += [
            Person(standing, company, company.keys[0], "reads", self.book) for company in standing.companies
        ]

    def start(self) -> None:
        for person in self.people:
            person.start()

    def stop(self) -> Book:
        """End; what was seen."""
        for person in self.people:
            person.ended.set()
        for person in self.people:
            person.join(timeout=PATIENCE + 10)
        return self.book
