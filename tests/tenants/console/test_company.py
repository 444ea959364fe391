"""A company's page; suspending and resuming; and what its own people read of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from crm_core.events.models import Event
from tenants import actions, api
from tenants.models import OperatorAct
from tests.support.tenants import Browser, Company, sign_in


def browser_of(company: Company) -> Browser:
    with api.inside(company.tenant):
        return sign_in(Browser(company.host), company.owner)


def test_page_shows_use_and_lease(console: Client, own_tenant: Callable[..., Company]) -> None:
    company = own_tenant("Shown")
    actions.report_meters(tenant_id=company.tenant.id, values={"members": 480, "records": 1234})
    text = console.get(f"/tenants/{company.tenant.id}/").content.decode()
    for words in ("1,234", "5,000,000", "96 % used", "without end", company.tenant.schema_name, company.host):
        assert words in text, words


def test_every_act_is_told_to_the_company(
    console: Client, operator: Any, own_tenant: Callable[..., Company]
) -> None:
    company = own_tenant("Told")
    path = f"/tenants/{company.tenant.id}"
    assert console.post(f"{path}/suspension/", {"reason": ""}).status_code == 422
    assert console.post(f"{path}/suspension/", {"reason": "The invoice is open."}).status_code == 302
    assert "The invoice is open." in console.get(f"{path}/").content.decode()
    assert console.post(f"{path}/suspension/", {"reason": "Twice"}).status_code == 422
    assert console.post(f"{path}/resumption/", {"reason": "It was paid."}).status_code == 302
    with api.inside(company.tenant):
        told = list(Event.objects.filter(verb__startswith="operator.").order_by("at"))
        assert [event.verb for event in told] == ["operator.suspend", "operator.resume"]
        assert {event.cause for event in told} == {"operator"}
        assert told[0].values["operator"] == operator.email
    browser = browser_of(company)
    acts = browser.get("/settings/operators/").content.decode()
    history = browser.get("/settings/history/?what=operators").content.decode()
    for text in (acts, history):
        assert "Workspace suspended" in text
        assert "The invoice is open." in text
        assert operator.email in text


def test_acts_of_another_company_are_not_shown(own_tenant: Callable[..., Company]) -> None:
    mine, other = own_tenant("Mine"), own_tenant("Other")
    api.suspend(tenant_id=other.tenant.id, reason="Their own affair.")
    assert "Their own affair." not in browser_of(mine).get("/settings/operators/").content.decode()


def test_act_stands_though_the_stream_cannot_be_written(
    own_tenant: Callable[..., Company], monkeypatch: Any
) -> None:
    from kernel.errors import Unavailable
    from tenants.console import acts

    def refuse(*given: Any) -> None:
        raise Unavailable

    company = own_tenant("Silent")
    monkeypatch.setattr(acts, "tell", refuse)
    api.suspend(tenant_id=company.tenant.id, reason="Something.")
    assert OperatorAct.objects.filter(tenant=company.tenant, verb="suspend").count() == 1
