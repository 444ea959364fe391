"""An operator looks in: only when asked and granted, only for the granted time, only as far as granted, all noted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from crm_core.access.models import Access
from crm_core.clients.actions import create_company
from crm_core.clients.models import Company as Client
from crm_core.events.models import Event
from identity import api as identity
from kernel.when import now
from tenants import api
from tests.identity.test_second_factor import set_up
from tests.support.tenants import Browser, Company, run_queue, sign_in
from tests.support.visitor import Visitor

CONSOLE = "http://operator.terem.test"
REASON = "Ticket 42: the list of companies is empty"


class AtConsole(Visitor):
    """An operator whose bare paths are those of the console."""

    def _ask(self, method: str, url: str, data: Any = None) -> Any:
        return super()._ask(method, url if url.startswith("http") else f"{CONSOLE}{url}", data)


@pytest.fixture
def operator(make: Callable[..., Any]) -> AtConsole:
    account = make()
    identity.make_operator(account=account)
    visitor = AtConsole()
    visitor.fill("/account/login/", login=account.email, password="correct horse battery")
    set_up(visitor)
    return visitor


@pytest.fixture
def company(own_tenant: Any) -> Company:
    made: Company = own_tenant("Looked")
    with api.inside(made.tenant, cause="page", actor=made.owner_id):
        create_company(by=made.owner, values={"name": "Secret Client"})
    return made


@pytest.fixture
def owner(company: Company) -> Browser:
    with api.inside(company.tenant, cause="page"):
        return sign_in(Browser(company.host), company.owner)


def asking(company: Company) -> str:
    return f"/tenants/{company.tenant.id}/access/"


def ask(operator: AtConsole, company: Company) -> Access:
    answer = operator.fill(asking(company), reason=REASON)
    assert answer.status_code == 302
    with api.inside(company.tenant):
        found: Access = Access.objects.order_by("-asked_at")[0]
        return found


def answer(owner: Browser, found: Access, what: str = "granting", **fields: Any) -> Any:
    return owner.post(f"/settings/access/{found.id}/{what}/", {"hours": 1, "way": ""} | fields)


def inside(company: Company, path: str) -> str:
    return f"http://{company.host}{path}"


def look(operator: AtConsole, company: Company, found: Access) -> Any:
    """Walk the way in as the button does; the page where it ends."""
    return operator.walk(inside(company, f"/visit/{found.id}/"))


def facts(company: Company, verb: str) -> list[Event]:
    with api.inside(company.tenant):
        return list(Event.objects.filter(verb=verb).order_by("at"))


def test_nothing_before_it_is_granted(operator: AtConsole, company: Company, owner: Browser) -> None:
    mail.outbox.clear()
    found = ask(operator, company)
    run_queue()
    letter = next(one for one in mail.outbox if "asks for access" in one.subject)
    assert REASON in letter.body
    assert company.tenant.name in letter.body
    assert look(operator, company, found).status_code == 404
    assert operator.get(inside(company, "/companies/")).status_code == 302
    answer(owner, found, "refusal")
    assert look(operator, company, found).status_code == 404
    assert "Refused" in operator.get(asking(company)).content.decode()


def test_reads_but_cannot_change(operator: AtConsole, company: Company, owner: Browser) -> None:
    found = ask(operator, company)
    assert answer(owner, found).status_code == 302
    page = look(operator, company, found)
    assert "for reading only" in page.content.decode()
    assert "Secret Client" in operator.get(inside(company, "/companies/")).content.decode()
    with api.inside(company.tenant):
        client = Client.objects.get()
    for path in (
        f"/records/{client.card_id}/star/",
        "/companies/new/",
        "/settings/profile/",
        "/settings/policy/",
    ):
        refused = operator.client(company.host).post(path, {"name": "New"}, HTTP_HOST=company.host)
        assert refused.status_code in (403, 404), path
    for path in ("/settings/export/", "/settings/access/", "/settings/history/", "/settings/members/"):
        assert operator.get(inside(company, path)).status_code == 403, path
    with api.inside(company.tenant):
        assert Client.objects.count() == 1


def test_every_view_is_in_the_history(operator: AtConsole, company: Company, owner: Browser) -> None:
    found = ask(operator, company)
    answer(owner, found)
    look(operator, company, found)
    operator.get(inside(company, "/companies/"))
    operator.get(inside(company, "/deals/?draw=table"))
    seen = [event.values["path"] for event in facts(company, "access.viewed")]
    assert seen[0] == "/"
    assert seen[-2:] == ["/companies/", "/deals/"]
    for event in facts(company, "access.viewed"):
        assert (event.cause, event.actor_label) == ("operator", found.operator)
    history = owner.get("/settings/history/").content.decode()
    assert "/deals/" in history
    assert found.operator in history


def test_over_by_time_and_by_word(operator: AtConsole, company: Company, owner: Browser) -> None:
    found = ask(operator, company)
    answer(owner, found)
    look(operator, company, found)
    assert operator.get(inside(company, "/companies/")).status_code == 200
    with api.inside(company.tenant):
        Access.objects.filter(id=found.id).update(until=now() - timedelta(seconds=1))
    assert operator.get(inside(company, "/companies/")).status_code == 302
    assert look(operator, company, found).status_code == 404
    with api.inside(company.tenant):
        Access.objects.filter(id=found.id).update(until=now() + timedelta(hours=1))
    assert look(operator, company, found).status_code == 200
    assert answer(owner, found, "ending").status_code == 302
    assert operator.get(inside(company, "/companies/")).status_code == 302
    assert look(operator, company, found).status_code == 404


def test_leaves_by_the_button(operator: AtConsole, company: Company, owner: Browser) -> None:
    found = ask(operator, company)
    answer(owner, found)
    look(operator, company, found)
    assert operator.fill(inside(company, "/companies/"), to="/leave/").status_code == 302
    assert operator.get(inside(company, "/companies/")).status_code == 302
    assert facts(company, "access.left")


def test_changes_where_they_were_granted(operator: AtConsole, company: Company, owner: Browser) -> None:
    found = ask(operator, company)
    answer(owner, found, way="changes")
    assert "may change records" in look(operator, company, found).content.decode()
    made = operator.fill(inside(company, "/companies/new/"), name="Made by operator")
    assert made.status_code == 302
    assert operator.get(inside(company, "/settings/export/")).status_code == 403
    event = facts(company, "clients.created")[-1]
    assert (event.cause, event.actor_label) == ("operator", found.operator)
    assert "Made by operator" in owner.get("/companies/").content.decode()


def test_a_ticket_is_for_one_operator_browser_and_use(
    operator: AtConsole, company: Company, owner: Browser, make: Callable[..., Any]
) -> None:
    found = ask(operator, company)
    answer(owner, found)
    way = operator.get(inside(company, f"/visit/{found.id}/"))["Location"]
    arrival = operator.get(way)["Location"]
    assert Visitor().get(arrival).status_code == 404
    assert operator.get(arrival).status_code == 302
    operator.client(company.host).cookies.clear()
    assert operator.get(arrival).status_code == 404
    account = make()
    identity.make_operator(account=account)
    other = AtConsole()
    other.fill("/account/login/", login=account.email, password="correct horse battery")
    set_up(other)
    assert other.walk(inside(company, f"/visit/{found.id}/")).status_code == 404


def test_no_reason_no_request(operator: AtConsole, company: Company) -> None:
    assert operator.fill(asking(company), reason="  ").status_code == 422
    ask(operator, company)
    assert operator.fill(asking(company), reason="Again").status_code == 422
