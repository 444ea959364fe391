"""Maintenance: read-only and closed, of one company and of the platform; jobs wait, the console stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import Error
from django.test import Client

from kernel.errors import Conflict, Invalid
from kernel.jobs import BACKGROUND, background, relay
from kernel.jobs.models import Job
from kernel.jobs.running import sweep
from kernel.when import now
from tenants import api, bulletin
from tenants.console import maintenance
from tenants.models import Maintenance
from tests.support.operators import CONSOLE
from tests.support.tenants import Browser, Company, run_queue, sign_in


@pytest.fixture(autouse=True)
def over() -> Iterator[None]:
    yield
    for found in maintenance.present():
        maintenance.end(id=found.id)


def browser_of(company: Company) -> Browser:
    with api.inside(company.tenant):
        return sign_in(Browser(company.host), company.owner)


def begin(mode: str, tenant: Any = None, minutes: float = 10) -> Maintenance:
    return maintenance.begin(
        mode=mode,
        reason="A new disk.",
        until=now() + timedelta(minutes=minutes),
        tenant_id=tenant.id if tenant else None,
    )


def test_closed_company_says_when_it_opens(console: Client, own_tenant: Callable[..., Company]) -> None:
    company, other = own_tenant("Closed for a while"), own_tenant("Open")
    form = {"mode": "closed", "until": "tomorrow 10:00", "reason": "A new disk."}
    path = f"/tenants/{company.tenant.id}/maintenance/"
    assert console.post(path, form | {"reason": ""}).status_code == 422
    assert console.post(path, form | {"until": "yesterday 10:00"}).status_code == 422
    assert console.post(path, form).status_code == 302
    assert console.post(path, form).status_code == 422  # there is one already
    closed = browser_of(company).get("/settings/profile/")
    assert closed.status_code == 503
    assert int(closed["Retry-After"]) > 3000
    assert "ui-countdown" in closed.content.decode()
    assert "A new disk." not in closed.content.decode()
    assert browser_of(other).get("/settings/profile/").status_code == 200
    assert "A new disk." in console.get("/maintenance/").content.decode()
    assert console.post(f"/maintenance/{maintenance.present()[0].id}/end/").status_code == 302
    browser = browser_of(company)
    assert browser.get("/settings/profile/").status_code == 200
    assert "A new disk." in browser.get("/settings/operators/").content.decode()


def test_read_only_company_can_be_read(own_tenant: Callable[..., Company]) -> None:
    company = own_tenant("Read only")
    browser = browser_of(company)
    begin("readonly", company.tenant)
    page = browser.get("/companies/new/")
    assert page.status_code == 200
    assert "changes are paused" in page.content.decode()
    refused = browser.post("/companies/new/", {"name": "Too late"})
    assert refused.status_code == 503
    assert 30 <= int(refused["Retry-After"]) <= 600
    part = browser.post("/companies/new/", {"name": "Too late"}, headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Reswap"]) == (503, "none")
    with api.inside(company.tenant):
        from crm_core.records.models import Card

        assert not Card.objects.filter(label="Too late").exists()
    maintenance.end(id=maintenance.present()[0].id)
    assert browser.post("/companies/new/", {"name": "In time"}).status_code == 302


@pytest.mark.parametrize("mode", ["closed", "readonly"])
def test_whole_platform(console: Client, own_tenant: Callable[..., Company], mode: str) -> None:
    company = own_tenant("Everywhere")
    browser = browser_of(company)
    form = {"mode": mode, "until": "tomorrow 10:00", "reason": "Moving house."}
    assert console.post("/maintenance/new/", form).status_code == 302
    stranger = Client(HTTP_HOST="terem.test")
    assert browser.get("/settings/profile/").status_code == (503 if mode == "closed" else 200)
    assert browser.post("/companies/new/", {"name": "x"}).status_code == 503
    assert stranger.get("/signup/").status_code == (503 if mode == "closed" else 200)
    assert stranger.post("/signup/", {"company": "x"}).status_code == 503
    for path in ("/health/live", "/health/ready"):
        for host in ("terem.test", company.host, CONSOLE):
            assert Client(HTTP_HOST=host).get(path).status_code == 200
    assert console.get("/tenants/").status_code == 200
    maintenance.end(id=maintenance.present()[0].id)
    assert "Moving house." in browser.get("/settings/operators/").content.decode()


def test_jobs_wait_and_go_on(own_tenant: Callable[..., Company]) -> None:
    done: list[str] = []
    work = background("tests.waits")(lambda job: done.append("done"))
    try:
        company = own_tenant("Waiting work")
        begin("readonly")
        with api.inside(company.tenant):
            job = work.later(by=None)
        run_queue()
        assert done == []
        assert [row["state"] for row in relay.overview(role=company.tenant.schema_name)] == ["parked"]
        maintenance.end(id=maintenance.present()[0].id)
        run_queue()
        assert done == ["done"]
        with api.inside(company.tenant):
            assert Job.objects.get(id=job.id).state == "done"
    finally:
        BACKGROUND.pop("tests.waits")


def test_work_parked_too_late_is_found_by_the_sweeper(own_tenant: Callable[..., Company]) -> None:
    done: list[str] = []
    work = background("tests.late")(lambda job: done.append("done"))
    try:
        company = own_tenant("Parked too late")
        with api.inside(company.tenant):
            work.later(by=None)
        role = company.tenant.schema_name
        relay._control("UPDATE relay.ticket SET state = 'parked' WHERE role = %s", [role])
        sweep()
        run_queue()
        assert done == ["done"]
    finally:
        BACKGROUND.pop("tests.late")


def test_one_at_a_time_and_never_without_reason(own_tenant: Callable[..., Company]) -> None:
    company = own_tenant("Only one")
    begin("readonly", company.tenant)
    with pytest.raises(Conflict):
        begin("closed", company.tenant)
    begin("readonly")
    with pytest.raises(Conflict):
        begin("closed")
    with pytest.raises(Invalid):
        maintenance.begin(mode="closed", reason=" ", until=now() + timedelta(hours=1))


def test_silent_control_plane_changes_nothing(
    own_tenant: Callable[..., Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    company = own_tenant("Last known")
    begin("closed", company.tenant)
    assert bulletin.work_on(company.tenant.id) is not None

    def refuse() -> None:
        raise Error

    monkeypatch.setattr(bulletin, "_read", refuse)
    bulletin.forget()
    assert bulletin.work_on(company.tenant.id) is not None
