"""One company's hurry is not another's wait: rate, places, heavy work, and what a refusal looks like."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kernel import context, fairness
from kernel.errors import OverLimit, TooMany
from kernel.fairness import Gate, shared
from tenants import api, directory
from tests.support.afresh import no_redis
from tests.support.tenants import Browser, Company, sign_in


class Crowd:
    """Threads that pass a gate and note when they run."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.order: list[str] = []
        self.refused: list[str] = []
        self.go_on = threading.Event()
        self.threads: list[threading.Thread] = []

    def ask(self, tenant: str) -> threading.Event:
        """Send a request; it ends with its own event or with the crowd's."""
        mine = threading.Event()

        def run() -> None:
            try:
                with self.gate.place(tenant):
                    self.order.append(tenant)
                    while not (mine.is_set() or self.go_on.wait(0.005)):
                        pass
            except TooMany:
                self.refused.append(tenant)

        thread = threading.Thread(target=run)
        self.threads.append(thread)
        thread.start()
        return mine

    def settle(self, running: int, waiting: int) -> None:
        deadline = time.monotonic() + 60
        while self.gate.figures() != {"running": running, "waiting": waiting}:
            assert time.monotonic() < deadline, self.gate.figures()
            time.sleep(0.002)

    def end(self) -> None:
        self.go_on.set()
        for thread in self.threads:
            thread.join()


def test_one_tenant_never_takes_every_place() -> None:
    crowd = Crowd(Gate(places=4, share=2, queue=10))
    for _ in range(6):
        crowd.ask("noisy")
    crowd.settle(running=2, waiting=4)
    crowd.ask("quiet")
    crowd.settle(running=3, waiting=4)
    assert crowd.order == ["noisy", "noisy", "quiet"]
    crowd.end()
    assert crowd.gate.figures() == {"running": 0, "waiting": 0}


def test_waiting_tenants_are_served_in_turn() -> None:
    crowd = Crowd(Gate(places=2, share=1, queue=10))
    first = crowd.ask("a")
    crowd.settle(1, 0)
    crowd.ask("b")
    crowd.settle(2, 0)
    for number, tenant in enumerate(("a", "a", "a", "c", "b")):
        crowd.ask(tenant)
        crowd.settle(2, number + 1)
    first.set()
    crowd.settle(2, 4)
    assert {name for name, count in crowd.gate._running.items() if count} == {"b", "c"}, "the newcomer waited"
    crowd.end()
    assert sorted(crowd.order) == ["a"] * 4 + ["b"] * 2 + ["c"]
    assert crowd.gate._running == {} and crowd.gate._served == {}


def test_a_line_that_is_too_long_is_refused_at_once() -> None:
    crowd = Crowd(Gate(places=2, share=1, queue=2))
    for number in range(3):
        crowd.ask("noisy")
        crowd.settle(1, number)
    crowd.ask("noisy")
    deadline = time.monotonic() + 60
    while not crowd.refused and time.monotonic() < deadline:
        time.sleep(0.002)
    assert crowd.refused == ["noisy"]
    crowd.end()


def test_whoever_waits_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernel.fairness.gate.WAIT_SECONDS", 0.1)
    gate = Gate(places=2, share=1, queue=5)
    with gate.place("slow"), pytest.raises(TooMany) as refused, gate.place("slow"):
        pass
    assert refused.value.retry_after == 5
    with gate.place("slow"):
        assert gate.figures() == {"running": 1, "waiting": 0}


class Patient:
    """Requests that stand still between two statements until they are told to go on, and may give way there."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.order: list[str] = []
        self.go_on = threading.Event()
        self.threads: list[threading.Thread] = []

    def ask(self, tenant: str, count: int = 1) -> None:
        """Send requests; those that get a place begin."""
        new = [threading.Thread(target=self._run, args=(tenant,)) for _ in range(count)]
        self.threads += new
        for thread in new:
            thread.start()

    def _run(self, tenant: str) -> None:
        with self.gate.place(tenant):
            self.order.append(f"{tenant} begins")
            self.go_on.wait(60)
            self.gate.give_way()
            self.order.append(f"{tenant} ends")

    def end(self) -> None:
        for thread in self.threads:
            thread.join()


def _until(reached: Callable[[], bool], words: str) -> None:
    deadline = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < deadline, words
        time.sleep(0.002)


def test_a_tenant_with_a_line_lets_others_end_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernel.fairness.gate.ASIDE_SECONDS", 600.0)
    gate = Gate(places=4, share=3, queue=10)
    crowd = Patient(gate)
    with gate.place("quiet"):
        crowd.ask("noisy", 6)
        _until(lambda: gate.figures()["waiting"] >= 3, "they never stood in line")
        crowd.go_on.set()
        time.sleep(0.1)
        assert crowd.order.count("noisy ends") == 0, "the noisy one went on beside the quiet one"
    crowd.end()
    assert crowd.order.count("noisy ends") == 6


def test_whoever_stood_aside_long_enough_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernel.fairness.gate.ASIDE_SECONDS", 0.1)
    gate = Gate(places=4, share=3, queue=10)
    crowd = Patient(gate)
    with gate.place("quiet"):
        crowd.ask("noisy", 6)
        crowd.go_on.set()
        _until(lambda: crowd.order.count("noisy ends") == 6, "the noisy one was kept for ever")
    crowd.end()


def test_whoever_has_no_line_never_stands_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernel.fairness.gate.ASIDE_SECONDS", 600.0)
    gate = Gate(places=4, share=3, queue=10)
    crowd = Patient(gate)
    crowd.go_on.set()
    with gate.place("quiet"):
        crowd.ask("other")
        _until(lambda: crowd.order == ["other begins", "other ends"], "it stood aside without a line")
    crowd.end()


def limited(company: Company, **limits: int) -> Any:
    """The context of a company whose lease has these limits."""
    entry = directory.reference(company.tenant, company.host)
    return context.enter(context.Context(tenant=replace(entry, lease=context.Lease(limits=limits))))


@pytest.mark.usefixtures("database")
def test_rate_is_per_company_and_drips(companies: tuple[Company, Company]) -> None:
    acme, beta = companies
    with limited(acme, requests_per_minute=4):
        for _ in range(2):
            fairness.spend_request()
        with pytest.raises(TooMany) as refused:
            fairness.spend_request()
        assert 1 <= refused.value.retry_after <= 16
        with limited(beta, requests_per_minute=4):
            fairness.spend_request()
    with limited(acme, requests_per_minute=6000):
        time.sleep(0.05)
        fairness.spend_request()


@pytest.mark.usefixtures("database")
def test_heavy_work_is_bounded_until_its_last_piece(companies: tuple[Company, Company]) -> None:
    acme, beta = companies
    with limited(acme):
        flows = [fairness.held_open("export", [b"1", b"2"]) for _ in range(2)]
        for flow in flows:
            next(flow)
        with pytest.raises(TooMany), fairness.heavy("export"):
            pass
        with fairness.heavy("search"), limited(beta), fairness.heavy("export"):
            pass
        assert list(flows[0]) == [b"2"]
        with fairness.heavy("export"):
            pass
        flows[1].close()
        unread = fairness.held_open("export", [b"1"])
        unread.close()
        forgotten = fairness.held_open("export", [b"1"])
        del forgotten
        with fairness.heavy("export"), fairness.heavy("export"):
            pass
    with limited(acme, heavy_export=0), pytest.raises(TooMany), fairness.heavy("export"):
        pass


@pytest.mark.usefixtures("database")
def test_without_redis_nothing_is_limited_and_the_log_says_so(
    companies: tuple[Company, Company], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(shared, "REST_SECONDS", 600.0)
    with monkeypatch.context() as without, limited(companies[0], requests_per_minute=2):
        no_redis(without)
        for _ in range(20):
            fairness.spend_request()
        with fairness.heavy("export"), fairness.heavy("export"), fairness.heavy("export"):
            pass
    assert [record.message for record in caplog.records if "limits of requests are off" in record.message][
        1:
    ] == []
    assert "limits of requests are off" in caplog.text


def _slow_down(company: Company, **limits: int) -> None:
    api.set_lease(tenant_id=company.tenant.id, lease={"plan": "open", "limits": limits})


@pytest.mark.parametrize(("language", "words"), [("en", "too many"), ("ru", "слишком")])
def test_refused_request_is_a_clear_page(
    tenant: Any, companies: tuple[Company, Company], language: str, words: str
) -> None:
    browser = sign_in(Browser(companies[0].host, HTTP_ACCEPT_LANGUAGE=language), companies[0].owner)
    _slow_down(companies[0], requests_per_minute=2)
    answers = [browser.get("/") for _ in range(3)]
    assert answers[0].status_code == 200
    refused = answers[-1]
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    body = refused.content.decode()
    assert "<html" in body and words in body.lower()
    toast = browser.get("/", headers={"HX-Request": "true"})
    assert toast.status_code == 429
    assert toast.headers["HX-Reswap"] == "none"
    assert "toast" in toast.content.decode()


def test_the_other_company_does_not_notice(tenant: Any, companies: tuple[Company, Company]) -> None:
    acme, beta = companies
    _slow_down(acme, requests_per_minute=2)
    browser = sign_in(Browser(acme.host), acme.owner)
    assert [browser.get("/").status_code for _ in range(4)][-1] == 429
    assert Browser(beta.host).get("/enter/").status_code in (200, 302)


def test_third_export_at_once_is_refused(tenant: Any, companies: tuple[Company, Company]) -> None:
    browser = sign_in(Browser(companies[0].host), companies[0].owner)
    open_answers = [browser.post("/lists/companies/export/") for _ in range(3)]
    assert [answer.status_code for answer in open_answers] == [200, 200, 429]
    for answer in open_answers[:2]:
        assert b"".join(answer.streaming_content)
    last = browser.post("/lists/companies/export/")
    assert last.status_code == 200
    assert b"".join(last.streaming_content)


def test_bytes_of_files_are_reported_every_night(own_tenant: Any) -> None:
    import io

    from config import nightly
    from kernel import storage

    company = own_tenant("Files")
    with api.inside(company.tenant):
        storage.save("limits/one.bin", io.BytesIO(b"x" * 1234))
    nightly.run(company.tenant.id.int % nightly.SLICES)
    assert api.meters(company.tenant)["storage"] == 1234
    with api.inside(company.tenant):
        storage.remove_all()


def test_files_stop_at_the_storage_limit(tenant: Any, companies: tuple[Company, Company]) -> None:
    import io

    from kernel import storage

    with limited(companies[0], storage=100_000):
        storage.save("limits/one.bin", io.BytesIO(b"x" * 80_000))
        with pytest.raises(OverLimit) as refused:
            storage.save("limits/two.bin", io.BytesIO(b"x" * 80_000))
        assert refused.value.limit == "storage"
        storage.remove("limits/one.bin")
        storage.save("limits/two.bin", io.BytesIO(b"x" * 80_000))
        storage.remove("limits/two.bin")
