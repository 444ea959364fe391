"""How long somebody waits for a new workspace: from pressing the button of the mailed code to its first page.

Twenty people at once, each with a browser's cookies, against the product's processes (web, worker, keeper,
scheduler), among 10 and among 1,000 companies. ``--web`` is the number of web processes, two as on a server; people
come to them in turn, as an edge would send them. The letter lies between two presses of a button: the
first (company, address, mail, password) is ``form_ms``; the second opens the workspace, and all redirects over both
hosts up to its first page (200) count. ``errors`` are presses that ended elsewhere. fsync is on.
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
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from functools import partial
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import django

from tests.bench._serving import wait
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
        line = http.client.HTTPConnection(
            "127.0.0.1", self.door, timeout=60, source_address=(self.network, 0)
        )
        headers = {
            "Host": parts.netloc,
            "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items()),
            "Origin": f"http://{parts.netloc}",
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
        site = f"http://localhost:{self.port}"
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
        inside = address.startswith(f"http://{self.slug}.localhost:{self.port}/")
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
def serving(reserve: int, webs: int) -> Iterator[list[int]]:
    """All processes of the product on this run's servers; the ports of its web servers, the known one first."""
    from deploy.local import places, product
    from deploy.local.product import Address
    from deploy.local.supervisor import Supervisor

    address = Address(port=places.free_port())
    environment = os.environ | {"TEREM_PORT": str(address.port), "TEREM_RESERVE": str(reserve)}
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        env=environment,
        check=True,
        stdout=sys.stderr,
    )
    supervisor = Supervisor(announce=False)
    try:
        doors = [address.port, *(places.free_port() for _number in range(webs - 1))]
        for child in product.children(address, environment, Path(os.environ["TEREM_VAR"])):
            for door in doors if child.name == "web" else doors[:1]:
                argv = [str(door) if word == str(address.port) else word for word in child.argv]
                supervisor.start(replace(child, argv=argv))
        for door in doors:
            wait(door, "/health/ready")
        yield doors
    finally:
        supervisor.stop()


def grow(count: int) -> None:
    """Companies beside those who sign up; they are there, and nobody works in them."""
    from django.conf import settings

    from kernel import context
    from tenants import api
    from tenants.actions import fill_reserve
    from tests.support.tenants import open_company

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for number in range(api.active().count(), count):
        with context.enter(context.Context(cause="command")):
            fill_reserve(1)
        open_company(f"Beside {number}", f"beside-{number}")
        print(f"\rcompanies {number + 1}/{count}", end="", file=sys.stderr)
    print(file=sys.stderr)


def reserved(least: int) -> None:
    """Wait until the keeper has so many blank schemas ready again."""
    from tenants.models import Blank

    for _ in range(1200):
        if Blank.objects.count() >= least:
            return
        time.sleep(0.1)
    raise SystemExit("The keeper did not fill the reserve.")


def remove() -> None:
    """The new companies go again, so that each round has the same number beside it."""
    from kernel import context
    from tenants import api

    with context.enter(context.Context(cause="command")):
        for tenant in list(api.active().filter(slug__startswith="signup-")):
            api.close(tenant_id=tenant.id, reason="bench")


def rounds_of(doors: list[int], tenants: int, rounds: int, people: int, reserve: int) -> dict[str, Any]:
    """So many rounds; the first of all warms the process and does not count."""
    folder = Path(os.environ["TEREM_MAIL"].removeprefix("file://"))
    opened: list[float] = []
    forms: list[float] = []
    faults: list[str] = []
    for number in range(rounds + 1):
        reserved(reserve)
        crowd = [
            Person(
                f"{tenants}-{number}-{one}",
                doors[0],
                f"127.{10 + number}.{tenants % 250}.{one + 1}",
                doors[one % len(doors)],
            )
            for one in range(people)
        ]
        first = at_once([one.sign_up for one in crowd]) if number else [one.sign_up() for one in crowd]
        mailed = codes(folder, crowd)
        done = at_once([partial(one.confirm, mailed[one.email]) for one in crowd])
        faults += [words for _taken, words in done if words]
        if number:
            forms += first
            opened += [taken for taken, _words in done]
        remove()
    return {
        "p95": p95(opened),
        "median": round(statistics.median(opened), 1),
        "form": p95(forms),
        "faults": faults,
    }


def measure(sizes: list[int], rounds: int, people: int, reserve: int, webs: int) -> dict[str, Any]:
    figures: dict[str, Any] = {"people_at_once": people, "openings": rounds * people, "reserve": reserve}
    figures["web_processes"] = webs
    faults: list[str] = []
    with serving(reserve, webs) as doors:
        for size in sizes:
            grow(size)
            found = rounds_of(doors, size, rounds, people, reserve)
            figures[f"p95_ms_{size}"] = found["p95"]
            figures[f"median_ms_{size}"] = found["median"]
            figures[f"form_p95_ms_{size}"] = found["form"]
            faults += found["faults"]
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
    parser.add_argument("--web", type=int, default=2, help="so many web processes")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["TEREM_REQUESTS_PER_MINUTE"] = "1000000"
    django.setup()
    sizes = [int(part) for part in options.tenants.split(",")]
    figures = measure(sizes, options.rounds, options.people, options.reserve, options.web)
    print(json.dumps(figures) if options.json else "\n".join(f"{k:20} {v}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
