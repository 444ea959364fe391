"""Going in through a company's own domain: handover, cookies, letters, and who is refused there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from kernel import signing
from kernel.errors import NotFound
from kernel.ids import uuid7
from tenants import api as tenants
from tests.onboarding.company import Newcomer
from tests.support import names
from tests.support.visitor import Visitor, letters_to


@pytest.fixture
def domain(owner: Newcomer, settings: Any) -> str:
    """A domain of the owner's company, proved and its main address."""
    settings.TEREM_EDGE = "edge.terem.test"
    with names.running() as dns:
        settings.TEREM_DNS = dns.setting
        return put_in_front(owner, dns)


def put_in_front(person: Newcomer, dns: names.Names) -> str:
    tenant = person.tenant
    host = f"crm-{uuid7().hex[-10:]}.customer.example"
    made = tenants.add_domain(tenant_id=tenant.id, name=host, by=person.email)
    dns.prove(made, edge="edge.terem.test")
    found = tenants.ask_dns(host, made.token)
    tenants.note_domain(tenant_id=tenant.id, domain_id=made.id, found=found)
    tenants.make_primary_domain(tenant_id=tenant.id, domain_id=made.id)
    return host


def crossed(visitor: Visitor, page: Any) -> Any:
    """Go over to the company's domain as a browser does by itself, to the page behind."""
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.content.decode())
    assert found is not None, page.content.decode()[:2000]
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "no-store"
    return visitor.walk(found.group(1).replace("&amp;", "&"))


def test_signing_in_leads_back_to_the_domain(owner: Newcomer, domain: str) -> None:
    visitor = Visitor()
    sign_in = visitor.walk(f"http://{domain}/companies/?sort=name")
    assert "/account/login/" in sign_in.url_asked
    over = visitor.follow(visitor.send(sign_in, login=owner.email, password="correct horse battery"))
    assert "//terem.test/handover/" in over.url_asked, "no form's redirect ends on a foreign domain"
    page = crossed(visitor, over)
    assert page.url_asked == f"http://{domain}/companies/?sort=name"
    assert page.status_code == 200
    session = visitor.client(domain).cookies[django_settings.WORKSPACE_COOKIE]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    assert not session["domain"]
    assert visitor.workspace_key(owner.host) == "", "the other address knows nothing of it"


def test_the_subdomain_goes_on_by_itself(owner: Newcomer, domain: str) -> None:
    visitor = Visitor()
    visitor.sign_in(owner.email)
    assert visitor.walk(f"http://{owner.host}/companies/").url_asked == f"http://{owner.host}/companies/"


def test_account_host_leads_to_the_main_address(owner: Newcomer, domain: str) -> None:
    visitor = Visitor()
    over = visitor.follow(visitor.sign_in(owner.email))
    again = crossed(visitor, over)
    page = crossed(visitor, again)
    assert page.url_asked == f"http://{domain}/"
    assert f"http://{domain}/enter/" in visitor.walk("/workspaces/").content.decode()


def test_a_ticket_goes_to_addresses_of_the_company_only(owner: Newcomer, domain: str) -> None:
    visitor = Visitor()
    visitor.sign_in(owner.email)
    first = visitor.get(f"http://{domain}/enter/")
    assert f"at={domain}" in first["Location"]
    for untrue in ("evil.example", "acme.terem.test", f"{domain}.evil.example", ""):
        answer = visitor.get(first["Location"].replace(f"at={domain}", f"at={untrue}"))
        assert answer["Location"].startswith(f"http://{owner.host}/enter/"), untrue


def test_a_ticket_is_for_the_browser_that_asked_there(owner: Newcomer, domain: str) -> None:
    visitor = Visitor()
    visitor.sign_in(owner.email)
    over = visitor.walk(f"http://{domain}/enter/")
    ticket = re.search(r"url=([^\"]+)", over.content.decode())
    assert ticket is not None
    thief = Visitor()
    assert thief.get(ticket.group(1)).status_code == 404
    assert visitor.get(ticket.group(1)).status_code == 302


def test_neighbours_cookies_and_tokens_are_refused_there(owner: Newcomer, domain: str) -> None:
    neighbour = Newcomer(uuid7().hex[-10:])
    neighbour.come_in()
    key = neighbour.visitor.workspace_key(neighbour.host)
    stolen = Client(HTTP_HOST=domain)
    stolen.cookies[django_settings.WORKSPACE_COOKIE] = key
    assert stolen.get("/companies/").status_code == 302
    assert "/enter/" in stolen.get("/companies/")["Location"]
    with tenants.inside(neighbour.tenant):
        token = signing.sign("words", 1)
    with tenants.inside(owner.tenant), pytest.raises(NotFound):
        signing.unsign("words", token)


def test_letters_name_the_main_address(owner: Newcomer, domain: str) -> None:
    email = f"carl{uuid7().hex[-8:]}@southern.example"
    page = owner.visitor.walk(f"http://{owner.host}/settings/members/invitation/")
    owner.visitor.send(page, email=email)
    letter = letters_to(email)[-1]
    assert f"http://{domain}/join/" in letter.body
    key = re.search(r"http://\S+/join/\S+", letter.body)
    assert key is not None
    newcomer = Visitor()
    form = newcomer.walk(key.group())
    over = newcomer.follow(newcomer.send(form, name="Carl", password="correct horse battery"))
    page = crossed(newcomer, crossed(newcomer, over))
    assert page.url_asked == f"http://{domain}/"
    assert page.status_code == 200


def test_leaving_from_the_domain(owner: Newcomer, domain: str) -> None:
    visitor = Visitor()
    visitor.sign_in(owner.email)
    page = crossed(visitor, visitor.walk(f"http://{domain}/"))
    left = visitor.follow(visitor.send(page, to="/leave/"))
    assert left.url_asked == "http://terem.test/left/"
    assert visitor.get(f"http://{domain}/companies/").status_code == 302
