"""How long somebody waits for a new workspace: from pressing the button of the mailed code to its first page.

Twenty people at once, each with a browser's cookies, against the product's processes (web, workers, keeper,
scheduler) with the settings of production, among 10 and among 1,000 companies. ``--web`` is the number of web processes, two as on a server; people
come to them in turn, as an edge would send them. The letter lies between two presses of a button: the
first (company, address, mail, password) is ``form_ms``; the second opens the workspace, and all redirects over both
hosts up to its first page (200) count. ``errors`` are presses that ended elsewhere. fsync is on.
``cpu_ms`` is the CPU of one opening, from the button to the page, by kind of process (``all``: this whole machine).
The companies beside, the reserve and the removal between two rounds are made four at a time, while nothing is measured.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from functools import partial
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import django

from tests.bench._serving import WEB_PROCESSES, children, kinds_of, set_up, wait
from tests.bench._watching import Watch
from tests.bench.tenants import p95
from tests.support.visitor import forms_of

PASSWORD = "four plain words here"
_AGAIN = re.compile(r'http-equiv="refresh" content="(\d+)"')


@dataclass
class Person:
    """A browser of its own, on a network of its own; ``mark`` makes company, address and mail unlike all others."""

    mark: str
    port: int
    network: str
    door: int
    jars: dict[str, dict[str, str]] = field(default_factory=dict)
    code_page: tuple[str, str] = ("", "")

    @property
    def slug(self) -> str:
        return f"signup-{self.mark}"

    @property
    def email(self) -> str:
        return f"{self.slug}@firm.example"

    def ask(self, method: str, url: str, data: dict[str, str] | None = None) -> tuple[int, str, str]:
        """One request; status, where it leads, text."""
        parts = urlsplit(url)
        jar = self.jars.setdefault(parts.netloc, {})
        line = http.client.HTTPConnection("127.0.0.1", self.door, timeout=60)
        headers = {
            "Host": parts.netloc,
            "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items()),
            "Origin": f"https://{parts.netloc}",
            # What the edge says of them.
            "X-Forwarded-For": self.network,
            "X-Forwarded-Proto": "https",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        line.request(method, path, urlencode(data) if data is not None else None, headers)
        answer = line.getresponse()
        text = answer.read().decode("utf-8", "replace")
        line.close()
        for row in answer.headers.get_all("Set-Cookie") or []:
            jar.update({name: morsel.value for name, morsel in SimpleCookie(row).items()})
        return answer.status, urljoin(url, answer.headers.get("Location") or ""), text

    def walk(self, method: str, url: str, data: dict[str, str] | None = None) -> tuple[int, str, str]:
        """A request and where its answers lead; status, address and text of the page."""
        for _ in range(40):
            status, to, text = self.ask(method, url, data)
            again = _AGAIN.search(text) if status == 503 else None
            if again is not None:
                # The reserve was empty: the page tries again by itself, and the time counts.
                time.sleep(int(again[1]))
                method, data = "GET", None
                continue
            if status not in (301, 302, 303):
                return status, url, text
            method, url, data = "GET", to, None
        return 0, url, "a loop of redirects"

    def send(self, page: tuple[str, str], **fields: str) -> tuple[int, str, str]:
        """Fill in the form of a page (address and text) that has these fields, and press its button."""
        address, text = page
        for action, held in forms_of(text):
            if fields.keys() <= held.keys():
                return self.walk("POST", urljoin(address, action), held | fields)
        raise SystemExit(f"No form with {sorted(fields)} on {address}:\n{text[:2000]}")

    def sign_up(self) -> float:
        """The first form, up to the page that asks for the code; milliseconds behind its button."""
        site = f"https://localhost:{self.port}"
        _status, address, text = self.walk("GET", f"{site}/signup/")
        told = {"company": f"Firm {self.mark}", "slug": self.slug, "email": self.email, "password": PASSWORD}
        started = time.perf_counter()
        status, address, page = self.send((address, text), **told)
        if status != 200 or 'name="code"' not in page:
            raise SystemExit(f"{address} answered {status} to a new company:\n{page[:2000]}")
        self.code_page = address, page
        return (time.perf_counter() - started) * 1000

    def confirm(self, code: str) -> tuple[float, str]:
        """Press the button under the code; milliseconds up to the first page, and what went wrong, if anything did."""
        started = time.perf_counter()
        try:
            status, address, _page = self.send(self.code_page, code=code)
        except (OSError, http.client.HTTPException) as error:
            status, address = 0, repr(error)
        taken = (time.perf_counter() - started) * 1000
        inside = address.startswith(f"https://{self.slug}.localhost:{self.port}/")
        return taken, "" if status == 200 and inside else f"{status} {address}"


def codes(folder: Path, people: list[Person]) -> dict[str, str]:
    """The code in everybody's letter; waits until all have come."""
    wanted = {one.email for one in people}
    found: dict[str, str] = {}
    deadline = time.monotonic() + 60
    while wanted - found.keys() and time.monotonic() < deadline:
        for path in sorted(folder.glob("*.eml")):
            letter = message_from_bytes(path.read_bytes(), policy=policy.default)
            match = re.search(r"\b\d{4}-\d{4}\b", letter.get_content())
            if match and str(letter["To"]) in wanted:
                found[str(letter["To"])] = match[0]
        time.sleep(0.05)
    if missing := wanted - found.keys():
        raise SystemExit(f"No letter came to {sorted(missing)}.")
    for path in folder.glob("*.eml"):
        path.unlink()
    return found


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """Do all of these at the same moment; what each gave."""
    gate = threading.Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        gate.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


@contextmanager
def serving(reserve: int, webs: int) -> Iterator[tuple[list[int], Watch]]:
    """All processes of the product; the ports of its web servers, and who watches the processes."""
    from deploy.local import places
    from deploy.local.supervisor import Supervisor

    os.environ["TEREM_RESERVE"] = str(reserve)
    Path(os.environ["TEREM_STATIC"]).mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        check=True,
        stdout=sys.stderr,
    )
    supervisor = Supervisor(announce=False)
    doors = [places.free_port() for _number in range(webs)]
    try:
        for child in children(tuple(doors), Path(os.environ["TEREM_VAR"])):
            supervisor.start(child)
        for door in doors:
            wait(door, "/health/ready")
        yield doors, Watch(kinds_of(supervisor))
    finally:
        supervisor.stop()


def four_at_a_time(work: Callable[[Any], Any], over: Iterable[Any]) -> None:
    """Do something with each of these, in this process, four at a time."""
    from django.db import connections

    from kernel import context

    def one(given: Any) -> None:
        try:
            with context.enter(context.Context(cause="command")):
                work(given)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, over))


def grow(count: int) -> None:
    """Companies beside those who sign up; they are there, and nobody works in them."""
    from django.conf import settings

    from tenants import api
    from tests.support.tenants import open_company

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    def one(number: int) -> None:
        open_company(f"Beside {number}", f"beside-{number}")
        print(f"\rcompanies {number + 1}/{count}", end="", file=sys.stderr)

    four_at_a_time(one, range(api.active().count(), count))
    print(file=sys.stderr)


def fill(reserve: int) -> None:
    """Make the blank schemas that are missing, instead of waiting for the keeper's turns."""
    from tenants.actions import make_schema
    from tenants.models import Blank
    from tenants.schemas import current_release

    def one(_number: int) -> None:
        Blank.objects.create(schema_name=make_schema(), release=current_release())

    four_at_a_time(one, range(Blank.objects.count(), reserve))


def remove() -> None:
    """The new companies go again, so that each round has the same number beside it."""
    from tenants import api

    gone = list(api.active().filter(slug__startswith="signup-").values_list("id", flat=True))
    four_at_a_time(lambda found: api.close(tenant_id=found, reason="bench"), gone)


@dataclass
class Seen:
    """What the rounds among one number of companies gave; milliseconds, CPU by kind of process."""

    opened: list[float] = field(default_factory=list)
    forms: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    cpu: Counter[str] = field(default_factory=Counter)  # of floats

    def figures(self, size: int) -> dict[str, Any]:
        return {
            f"p95_ms_{size}": p95(self.opened),
            f"median_ms_{size}": round(statistics.median(self.opened), 1),
            f"form_p95_ms_{size}": p95(self.forms),
            f"cpu_ms_{size}": {kind: round(taken / len(self.opened), 1) for kind, taken in self.cpu.items()},
        }


def crowd_of(mark: str, people: int, doors: list[int]) -> list[Person]:
    """So many newcomers, each on a network of their own and sent to a web process in turn."""
    port, network = int(os.environ["TEREM_PORT"]), sum(map(ord, mark)) % 250
    return [
        Person(f"{mark}-{one}", port, f"127.{network}.{len(mark)}.{one + 1}", doors[one % len(doors)])
        for one in range(people)
    ]


def one_round(crowd: list[Person], watch: Watch, seen: Seen, *, counts: bool) -> None:
    """Everybody fills in the form, reads the letter, and presses the button at the same moment."""
    folder = Path(os.environ["TEREM_MAIL"].removeprefix("file://"))
    first = at_once([one.sign_up for one in crowd]) if counts else [one.sign_up() for one in crowd]
    mailed = codes(folder, crowd)
    before = watch.cpu()
    done = at_once([partial(one.confirm, mailed[one.email]) for one in crowd])
    seen.faults += [words for _taken, words in done if words]
    if counts:
        seen.cpu.update({kind: (taken - before[kind]) * 1000 for kind, taken in watch.cpu().items()})
        seen.forms += first
        seen.opened += [taken for taken, _words in done]


def measure(sizes: list[int], rounds: int, people: int, reserve: int, webs: int) -> dict[str, Any]:
    figures: dict[str, Any] = {"people_at_once": people, "openings": rounds * people, "reserve": reserve}
    figures["web_processes"] = webs
    faults: list[str] = []
    for size in sizes:
        grow(size)
        seen = Seen()
        with serving(reserve, webs) as (doors, watch):
            # The first of all warms the processes and does not count.
            for number in range(rounds + 1):
                fill(reserve)
                one_round(crowd_of(f"{size}-{number}", people, doors), watch, seen, counts=number > 0)
                remove()
        figures |= seen.figures(size)
        faults += seen.faults
    for words in faults[:10]:
        print(words, file=sys.stderr)
    return figures | {"errors": len(faults)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--tenants", default="10,1000")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--reserve", type=int, default=24)
    parser.add_argument("--web", type=int, default=WEB_PROCESSES, help="so many web processes")
    options = parser.parse_args()
    set_up()
    os.environ["TEREM_REQUESTS_PER_MINUTE"] = "1000000"
    django.setup()
    sizes = [int(part) for part in options.tenants.split(",")]
    figures = measure(sizes, options.rounds, options.people, options.reserve, options.web)
    print(json.dumps(figures) if options.json else "\n".join(f"{k:20} {v}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
