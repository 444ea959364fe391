"""The settings page "Address", and what the console and the command tell operators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command

from crm_core.events.models import Event
from kernel.ids import uuid7
from kernel.when import frozen, now
from tenants import api
from tenants.domains.models import Domain
from tenants.models import OperatorAct
from tests.support.names import Names
from tests.support.operators import at_console, make_operator
from tests.support.tenants import Browser, Company, sign_in

PAGE = "/settings/address/"


def fresh(words: str = "crm") -> str:
    return f"{words}-{uuid7().hex[-10:]}.customer.example"


def verbs() -> list[str]:
    return list(Event.objects.filter(verb__startswith="team.").order_by("id").values_list("verb", flat=True))


@pytest.fixture
def browser(client_for: Callable[..., Browser], member: Any) -> Browser:
    return client_for(member)


def added(browser: Browser, host: str) -> Domain:
    assert browser.post(PAGE, {"domain": host}).status_code == 302
    return Domain.objects.get(host=urlsplit(host).hostname or host)


def later(seconds: int = 6) -> Any:
    return frozen(now() + timedelta(seconds=seconds))


def test_from_the_wish_to_the_main_address(browser: Browser, dns: Names, tenant: Any) -> None:
    host = fresh()
    domain = added(browser, f"https://{host.upper()}/")
    text = browser.get(PAGE).content.decode()
    for words in (
        host,
        f"_terem.{host}",
        f"terem-verification={domain.token}",
        "edge.terem.test",
        "Not proved yet",
    ):
        assert words in text
    assert f"/settings/address/{domain.id}/precedence/" not in text, "no button without effect"

    dns.prove(domain, edge="edge.terem.test")
    assert browser.post(f"{PAGE}{domain.id}/check/").status_code == 302
    text = browser.get(PAGE).content.decode()
    assert "In service" in text
    assert f"/settings/address/{domain.id}/precedence/" in text

    assert browser.post(f"{PAGE}{domain.id}/precedence/").status_code == 302
    assert browser.get(PAGE).content.decode().count("Main address") == 1
    assert browser.post(f"{PAGE}precedence/").status_code == 302
    assert f"{PAGE}{domain.id}/removal/" in browser.get(PAGE).content.decode()
    assert host in browser.get(f"{PAGE}{domain.id}/removal/").content.decode()
    assert browser.post(f"{PAGE}{domain.id}/removal/").status_code == 302
    assert not Domain.objects.filter(id=domain.id).exists()
    assert [verb for verb in verbs() if "domain" in verb or "address" in verb] == [
        "team.domain_added",
        "team.domain_proved",
        "team.address_chosen",
        "team.address_chosen",
        "team.domain_removed",
    ]
    history = browser.get("/settings/history/").content.decode()
    assert f"Own domain added: {host}" in history
    assert f"Main address: {host}" in history


def test_wrong_input_stays_in_the_form(browser: Browser, dns: Names) -> None:
    answer = browser.post(PAGE, {"domain": "acme.terem.test"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "belongs to the platform" in text
    assert 'value="acme.terem.test"' in text


def test_each_answer_of_the_dns_in_words(browser: Browser, dns: Names) -> None:
    domain = added(browser, fresh())
    assert "Waiting for a check" in browser.get(PAGE).content.decode()
    browser.post(f"{PAGE}{domain.id}/check/")
    assert "Not found" in browser.get(PAGE).content.decode()
    dns.say(f"_terem.{domain.host}", "TXT", '"<b>other</b>"')
    with later():
        browser.post(f"{PAGE}{domain.id}/check/")
    text = browser.get(PAGE).content.decode()
    assert "Another value" in text
    assert "&lt;b&gt;other&lt;/b&gt;" in text
    dns.failing = {f"_terem.{domain.host}"}
    with later(12):
        browser.post(f"{PAGE}{domain.id}/check/")
    assert "The DNS does not answer" in browser.get(PAGE).content.decode()


def test_the_button_is_not_a_hammer(browser: Browser, dns: Names) -> None:
    domain = added(browser, fresh())
    assert browser.post(f"{PAGE}{domain.id}/check/").status_code == 302
    asked = len(dns.asked)
    answer = browser.post(f"{PAGE}{domain.id}/check/")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "5"
    assert len(dns.asked) == asked


def test_a_name_in_another_script_is_shown_as_written(browser: Browser, dns: Names) -> None:
    browser.post(PAGE, {"domain": f"црм-{uuid7().hex[-8:]}.пример.рф"})
    text = browser.get(PAGE).content.decode()
    assert ".пример.рф" in text
    assert ".xn--e1afmkfd.xn--p1ai" in text, "records are set with the name for machines"


def test_only_administrators(make_member: Callable[..., Any], client_for: Callable[..., Browser]) -> None:
    browser = client_for(make_member(rights=["clients.view"]))
    assert browser.get(PAGE).status_code == 403
    assert browser.post(PAGE, {"domain": fresh()}).status_code == 403
    assert browser.post(f"{PAGE}precedence/").status_code == 403


def test_taking_away_the_domain_one_stands_on(
    own_tenant: Callable[..., Company], claim: Callable[..., Domain], dns: Names, command: None
) -> None:
    company, host = own_tenant(), fresh()
    domain = claim(company, host, dns)
    with api.inside(company.tenant):
        browser = sign_in(Browser(host), company.owner)
    assert browser.get(PAGE).status_code == 200
    answer = browser.post(f"{PAGE}{domain.id}/removal/")
    assert answer["Location"] == f"http://{company.host}{PAGE}"
    assert browser.get(PAGE).status_code == 404


def test_operators_see_them(
    own_tenant: Callable[..., Company], claim: Callable[..., Domain], dns: Names, command: None, capsys: Any
) -> None:
    company, host = own_tenant(), fresh()
    claim(company, host, dns)
    console = at_console(make_operator(f"{uuid7().hex[-10:]}@operators.example"))
    text = console.get(f"/tenants/{company.tenant.id}/").content.decode()
    assert host in text
    assert "In service" in text
    call_command("domains", "check", company.tenant.slug)
    assert f"{host}: ready, proof found, way here found" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("domains", "remove", company.tenant.slug, "unknown.customer.example", reason="Abuse.")
    call_command("domains", "remove", company.tenant.slug, host, reason="Abuse was reported.")
    act = OperatorAct.objects.get(tenant=company.tenant, verb="domain_withdrawn")
    assert "Abuse was reported." in act.reason
    with api.inside(company.tenant):
        assert Event.objects.filter(verb="operator.domain_withdrawn").count() == 1
    assert Browser(host).get("/").status_code == 404
