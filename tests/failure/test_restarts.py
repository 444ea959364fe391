"""Processes are renewed, the database restarts, Redis is lost, clients are slow: what people see meanwhile."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg
import pytest

from tests.support.pressure import Pressure, Tally
from tests.support.walker import Walker
from tests.support.whole import PAGES, WEBS, Whole, running

pytestmark = [pytest.mark.full, pytest.mark.caddy]

AWAY = 6  # seconds without a database
SLOW = 60  # clients; more than a web process has threads


@pytest.fixture(scope="module")
def whole() -> Iterator[Whole]:
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def owner(whole: Whole) -> Walker:
    return whole.come_in()


@dataclass(eq=False)
class Watch(threading.Thread):
    """One person who asks for a page again and again, and notes what came, when, and how fast."""

    walker: Walker
    url: str
    ended: threading.Event = field(default_factory=threading.Event)
    seen: list[tuple[float, int, float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def run(self) -> None:
        while not self.ended.is_set():
            began = time.monotonic()
            answer = self.walker.ask("GET", self.url)
            self.seen.append((began, answer.status, time.monotonic() - began, answer.text))
            time.sleep(0.1)

    def stop(self) -> list[tuple[float, int, float, str]]:
        self.ended.set()
        self.join(timeout=60)
        return self.seen


def written(whole: Whole, tally: Tally) -> tuple[int, int]:
    """How many of the written companies are not there, and how many are there twice."""
    dsn = whole.servers.postgres.superuser_dsn
    with psycopg.connect(dsn, dbname=whole.database) as line:
        row = line.execute("SELECT schema_name FROM tenants_tenant WHERE slug = 'demo'").fetchone()
        assert row is not None
        query = f"SELECT label, count(*) FROM {row[0]}.records_card WHERE label = ANY(%s) GROUP BY label"
        found = line.execute(query, [tally.written]).fetchall()  # type: ignore[arg-type]
    return len(set(tally.written)) - len(found), sum(count > 1 for _label, count in found)


def test_web_is_renewed_under_load(whole: Whole, owner: Walker) -> None:
    """Each of the two, twice, while people read and write: no request fails, nothing is lost or doubled."""
    pressure = Pressure(whole.caddy, whole.sites(owner), people=6, pause=0.02)
    pressure.start()
    time.sleep(2)
    codes = [whole.renew(name, drain=True) for _round in range(2) for name in WEBS]
    pressure.until(400, patience=60)
    tally = pressure.stop()
    assert tally.failures == [], f"{tally.asked} requests"
    assert tally.written
    assert written(whole, tally) == (0, 0)
    assert codes == [0, 0, 0, 0], "each ended by itself"


def test_work_goes_on_over_renewed_workers(whole: Whole, owner: Walker) -> None:
    """A full export, while its worker is told to end whenever it works: it is given back and becomes whole."""
    sent = owner.fill(f"{whole.home}/settings/export/", to="/settings/export/beginning/")
    assert owner.follow(sent).status == 200
    for _round in range(3):
        wait_for_job(whole, "exports.make", ("running", "done"))
        began = time.monotonic()
        assert whole.renew("worker") == 0
        assert time.monotonic() - began < 30, "a worker that ends does not finish long work first"
        if state_of(whole, "exports.make") == "done":
            break
    wait_for_job(whole, "exports.make")


def state_of(whole: Whole, name: str) -> str:
    """The state of the newest job of a name."""
    with psycopg.connect(whole.servers.postgres.superuser_dsn, dbname=whole.database) as line:
        row = line.execute("SELECT schema_name FROM tenants_tenant WHERE slug = 'demo'").fetchone()
        assert row is not None
        query = f"SELECT state, error FROM {row[0]}.jobs_job WHERE name = %s ORDER BY id DESC LIMIT 1"
        found = line.execute(query, [name]).fetchone()  # type: ignore[arg-type]
    assert found is not None, f"{name} was never asked for"
    assert found[0] != "failed", found
    return str(found[0])


def wait_for_job(whole: Whole, name: str, wanted: tuple[str, ...] = ("done",), seconds: float = 120) -> None:
    """Wait until the newest job of a name is in one of these states."""
    deadline = time.monotonic() + seconds
    while (state := state_of(whole, name)) not in wanted:
        assert time.monotonic() < deadline, f"{name} is {state}"
        time.sleep(0.1)


def test_the_database_restarts(whole: Whole, owner: Walker) -> None:
    """A short clear page, at once, that tries again by itself; afterwards everything works without a restart."""
    before = {name: whole.child(name).running for name in (*WEBS, "worker", "keeper", "scheduler")}
    watches = [
        Watch(owner, f"{whole.home}{PAGES[1]}"),
        Watch(Walker(whole.caddy), f"https://localhost:{whole.https}/signup/"),
    ]
    for watch in watches:
        watch.start()
    time.sleep(1)
    gone = time.monotonic()
    whole.stop_database()
    time.sleep(AWAY)
    whole.start_database()
    back = time.monotonic()
    time.sleep(6)
    for watch in watches:
        judge_absence(watch.stop(), gone, back)
    sent = owner.fill(f"{whole.home}/settings/export/", to="/settings/export/beginning/")
    assert owner.follow(sent).status == 200
    wait_for_job(whole, "exports.make")
    after = {name: whole.child(name).running for name in before}
    assert before == after
    assert all(process is not None and process.poll() is None for process in after.values())


def judge_absence(seen: list[tuple[float, int, float, str]], gone: float, back: float) -> None:
    statuses = {status for _at, status, _took, _text in seen}
    assert statuses <= {200, 503}, statuses
    away = [(status, took, text) for at, status, took, text in seen if gone + 1 < at < back - 1]
    assert away, "nobody asked meanwhile"
    assert max(took for _status, took, _text in away) < 6
    for status, _took, text in away:
        if status == 503:
            assert "not available at the moment" in text, text[:1500]
            assert 'http-equiv="refresh"' in text
            assert "Traceback" not in text
    assert any(status == 503 for status, _took, _text in away)
    recovered = [at for at, status, _took, _text in seen if status == 200 and at > back]
    assert recovered, "it did not come back"
    assert recovered[0] - back < 5
    assert all(status == 200 for at, status, _took, _text in seen if at > recovered[0])


def test_redis_is_lost(whole: Whole, owner: Walker) -> None:
    """Pages go on, people stay signed in, work waits and is done once Redis is back, empty."""
    whole.kill("redis")
    try:
        took = []
        for path in (*PAGES, "/settings/members/"):
            began = time.monotonic()
            answer = owner.ask("GET", f"{whole.home}{path}")
            took.append(time.monotonic() - began)
            assert answer.status == 200, f"{path}: {answer.status} {answer.text[:500]}"
        assert max(took) < 5, took
        again = Walker(whole.caddy)
        again.jars = {host: dict(jar) for host, jar in owner.jars.items()}
        assert again.ask("GET", f"{whole.home}/companies/").status == 200
        sent = owner.fill(f"{whole.home}/settings/export/", to="/settings/export/beginning/")
        assert owner.follow(sent).status == 200, whole.words()
    finally:
        whole.start_redis()
    wait_for_job(whole, "exports.make")


def test_slow_clients_hold_nobody_up(whole: Whole, owner: Walker) -> None:
    """More clients than there are threads send a form drop by drop; everybody else is served as before."""
    slow = [Slow(whole) for _number in range(SLOW)]
    try:
        for client in slow:
            client.start()
        time.sleep(3)
        took = []
        for _round in range(4):
            for path in PAGES:
                began = time.monotonic()
                assert owner.ask("GET", f"{whole.home}{path}").status == 200
                took.append(time.monotonic() - began)
        assert sorted(took)[len(took) * 3 // 4] < 2, took
        assert all(client.is_alive() for client in slow), "the slow ones were there all the while"
    finally:
        for client in slow:
            client.ended.set()
        for client in slow:
            client.join(timeout=20)


class Slow(threading.Thread):
    """A form of a thousand bytes, two bytes a second."""

    def __init__(self, whole: Whole) -> None:
        super().__init__(daemon=True)
        self.whole = whole
        self.ended = threading.Event()

    def run(self) -> None:
        line: ssl.SSLSocket = self.whole.caddy.shake_hands("demo.localhost")
        head = f"POST /companies/new/ HTTP/1.1\r\nHost: demo.localhost:{self.whole.https}\r\nContent-Length: 1000\r\n"
        try:
            line.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode())
            while not self.ended.wait(0.5):
                line.sendall(b"a")
        except OSError:
            return
        finally:
            line.close()


def test_a_slow_head_is_given_up(whole: Whole) -> None:
    """Whoever does not even finish the head of a request loses the line."""
    line = whole.caddy.shake_hands("demo.localhost")
    line.sendall(b"GET / HTTP/1.1\r\nHost: demo")
    line.settimeout(30)
    began = time.monotonic()
    try:
        rest = line.recv(1000)
    except (TimeoutError, OSError) as error:
        rest = repr(error).encode()
    line.close()
    assert time.monotonic() - began < 25, rest
