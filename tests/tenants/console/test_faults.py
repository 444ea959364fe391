"""The feed of errors: kept by what failed and where, without anybody's data; settled; bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kernel import faults as kernel_faults
from kernel.errors import Invalid
from kernel.jobs import BACKGROUND, background
from kernel.when import frozen, now
from tenants import api
from tenants.console import faults
from tenants.models import Fault, Touched
from tests.support.tenants import Browser, Company, run_queue, sign_in

SECRET = "Anna Keller 555-1234"


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    Fault.objects.all().delete()
    yield
    Fault.objects.all().delete()


def broken_page(company: Company, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A workspace page whose query fails with somebody's data in its message."""
    from crm_core.team import queries

    def fail(*given: Any) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr(queries, "sessions_of", fail)
    with api.inside(company.tenant):
        browser = sign_in(Browser(company.host, raise_request_exception=False), company.owner)
    browser.raise_request_exception = False
    answer = browser.get("/settings/sessions/")
    assert answer.status_code == 500
    return answer


def test_failed_page_is_kept_without_data(
    console: Client, own_tenant: Callable[..., Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = own_tenant("First touched"), own_tenant("Second touched")
    broken_page(first, monkeypatch)
    answer = broken_page(second, monkeypatch)
    found = Fault.objects.get()
    assert (found.kind, found.error, found.count) == ("request", "ValueError", 2)
    assert found.task == "GET team:sessions"
    assert found.request_id == answer["X-Request-Id"]
    assert found.place.startswith("tests/tenants/console/test_faults.py:")
    assert {touched.tenant_id for touched in found.touched.all()} == {first.tenant.id, second.tenant.id}
    row = Fault.objects.values().get()
    assert SECRET not in str(row)
    assert "/work" not in str(row) and "site-packages" not in str(row)
    text = console.get(f"/faults/{found.id}/").content.decode()
    assert "First touched" in text and "ValueError" in text and SECRET not in text
    assert "ValueError" in console.get("/faults/").content.decode()
    assert "ValueError" in console.get(f"/tenants/{first.tenant.id}/").content.decode()
    listed = console.get("/tenants/", {"faults": "yes"}).content.decode()
    assert "First touched" in listed


def test_failed_job_is_kept_and_an_expected_end_is_not(own_tenant: Callable[..., Company]) -> None:
    def broken(job: Any) -> None:
        raise KeyError(SECRET)

    def refused(job: Any) -> None:
        raise Invalid("Not like this.")

    company = own_tenant("Jobs fail")
    try:
        for name, function in (("tests.fault_broken", broken), ("tests.fault_refused", refused)):
            with api.inside(company.tenant):
                background(name)(function).later(by=None)
        run_queue()
    finally:
        BACKGROUND.pop("tests.fault_broken")
        BACKGROUND.pop("tests.fault_refused")
    found = Fault.objects.get()
    assert (found.kind, found.error, found.task) == ("job", "KeyError", "tests.fault_broken")
    assert SECRET not in str(Fault.objects.values().get())


def told(place: str = "a.py:1 f") -> None:
    kernel_faults.note_words("ValueError", kind="request", place=place)


def test_settled_with_a_note_and_open_again_when_it_comes_back(console: Client) -> None:
    told()
    found = Fault.objects.get()
    path = f"/faults/{found.id}/"
    assert console.post(path, {"state": "resolved", "note": ""}).status_code == 422
    assert console.post(path, {"state": "resolved", "note": "Mended."}).status_code == 302
    assert "ValueError" not in console.get("/faults/").content.decode()
    told()
    found.refresh_from_db()
    assert (found.state, found.count, found.note) == ("open", 2, "Mended.")
    console.post(path, {"state": "ignored", "note": "A robot."})
    told()
    found.refresh_from_db()
    assert (found.state, found.count) == ("ignored", 3)


def test_feed_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "MOST", 3)
    with frozen(now() - timedelta(days=31)):
        told("old.py:1 f")
    for number in range(5):
        told(f"a.py:{number} f")
    faults.forget_old()
    assert sorted(Fault.objects.values_list("place", flat=True)) == ["a.py:2 f", "a.py:3 f", "a.py:4 f"]
    assert Touched.objects.count() == 0


def test_whoever_failed_does_not_fail_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(found: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(kernel_faults, "keep", refuse)
    told()
    assert Fault.objects.count() == 0
