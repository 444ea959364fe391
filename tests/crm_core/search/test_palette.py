"""The palette: what is found, by whom, in how many queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from crm_core.clients.actions import Way, create_company, create_person
from crm_core.notes.actions import add_note
from crm_core.records.actions import visit
from crm_core.sales.actions import open_deal

INTO_RESULTS = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#palette-results"}


@pytest.fixture
def clients(member: Any) -> Any:
    from types import SimpleNamespace

    acme = create_company(
        by=member,
        values={"name": "Harbour House Hotels", "tax_number": "77-0123456-7"},
        ways=[Way("phone", "+7 (495) 123-45-67"), Way("email", "info@harbour.example")],
        owner=member,
    )
    ded = create_person(by=member, values={"first_name": "Фёдор", "last_name": "Щукин"}, owner=member)
    return SimpleNamespace(acme=acme, ded=ded)


def labels(browser: Any, text: str) -> str:
    answer = browser.get("/search/palette/", {"q": text}, headers=INTO_RESULTS)
    assert answer.status_code == 200
    body: str = answer.content.decode()
    return body


@pytest.mark.parametrize(
    "text",
    [
        "harb", "HOUSE", "our ho", "hotels harbour", "8 (495) 123-45-67", "123-45", "+7495123", "info@harb", "harbour.example",
        "7701234567", "рфкищгк",
    ],
)  # fmt: skip
def test_a_company_is_found(clients: Any, client_for: Callable[..., Any], member: Any, text: str) -> None:
    assert "Harbour House Hotels" in labels(client_for(member), text)


@pytest.mark.parametrize("text", ["федор", "Фёдор", "щукин фед", "atljh", "Oerby", "ще", "щу"])
def test_a_person_is_found(clients: Any, client_for: Callable[..., Any], member: Any, text: str) -> None:
    found = "Фёдор Щукин" in labels(client_for(member), text)
    assert found is (text != "ще")


def test_deals_and_notes_are_found(clients: Any, client_for: Callable[..., Any], member: Any) -> None:
    open_deal(by=member, name="Twelve ovens", client_id=clients.acme.pk)
    add_note(by=member, card_id=clients.acme.pk, text="They asked for a bakery in the cellar")
    browser = client_for(member)
    assert "Twelve ovens" in labels(browser, "ovens")
    body = labels(browser, "bakery")
    assert "bakery in the cellar" in body and f"/companies/{clients.acme.pk}/" in body


def test_places_and_actions_are_found(client_for: Callable[..., Any], member: Any) -> None:
    body = labels(client_for(member), "forec")
    assert "/deals/forecast/" in body
    assert "/companies/new/" in labels(client_for(member), "new comp")


def test_it_opens_full(clients: Any, client_for: Callable[..., Any], member: Any) -> None:
    visit(by=member, card_id=clients.acme.pk)
    into = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#palette-body"}
    body = client_for(member).get("/search/palette/", headers=into).content.decode()
    assert "<ui-palette>" in body and "<html" not in body
    assert "Harbour House Hotels" in body and "New deal" in body


def test_it_is_a_plain_page_without_javascript(
    clients: Any, client_for: Callable[..., Any], member: Any
) -> None:
    body = client_for(member).get("/search/palette/?q=harbour").content.decode()
    assert "<html" in body and f'href="/companies/{clients.acme.pk}/"' in body


def test_others_records_are_known_but_do_not_open(
    clients: Any, client_for: Callable[..., Any], make_member: Any, member: Any
) -> None:
    add_note(by=member, card_id=clients.acme.pk, text="secret bakery")
    own = make_member(rights=["clients.view"], visibility="own")
    body = labels(client_for(own), "harbour")
    assert "Harbour House Hotels" in body and member.name in body
    assert f"/companies/{clients.acme.pk}/" not in body
    assert "secret" not in labels(client_for(own), "bakery")


def test_without_the_right_nothing_is_known(
    clients: Any, client_for: Callable[..., Any], make_member: Any
) -> None:
    assert "Harbour" not in labels(client_for(make_member(rights=[])), "harbour")


@pytest.mark.parametrize("text", ["", "harbour", "123-45", "h"])
def test_at_most_four_queries(clients: Any, client_for: Callable[..., Any], member: Any, text: str) -> None:
    browser = client_for(member)
    labels(browser, text)
    with (
        CaptureQueriesContext(connections["tenant"]) as tenant,
        CaptureQueriesContext(connections["default"]) as control,
    ):
        labels(browser, text)
    said = [one["sql"] for one in (*tenant.captured_queries, *control.captured_queries)]
    asked = [sql for sql in said if not sql.startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= 4, "\n".join(asked)


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", '"', "<script>", "\x00", "a" * 5000, "🙂", "((("])
def test_odd_queries_are_harmless(
    clients: Any, client_for: Callable[..., Any], member: Any, text: str
) -> None:
    assert "<script>" not in labels(client_for(member), text)
