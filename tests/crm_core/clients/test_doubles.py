"""Who is already there is offered while one types."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.clients import actions
from crm_core.clients.models import Company, Person
from tests.support.clients import url


def hint(web: Any, kind: str, **typed: str) -> str:
    return web.get(url("clients:doubles", kind, **typed)).content.decode()


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"name": "Harbor House Hotel"}, "similar name"),
        ({"name": "HARBOUR HOUSE HOTELS LTD"}, "similar name"),
        ({"name": "X", "website": "http://harbour.example/rooms"}, "same website"),
        ({"name": "X", "phone": "030 90 18 20"}, "same phone number"),
        ({"name": "X", "email": "INFO@harbour.example"}, "same e-mail"),
        ({"name": "X", "email": "somebody@harbour.example"}, "same website"),
    ],
)
def test_other_spellings_of_one_company(
    web: Any, harbour: Company, typed: dict[str, str], reason: str
) -> None:
    page = hint(web, "company", **typed)
    assert "Harbour House Hotels" in page
    assert reason in page


def test_names_that_differ_in_figures_are_two(web: Any, cast: Any) -> None:
    actions.create_company(by=cast.boss, values={"name": "Bakery Shop 12"})
    assert "Bakery Shop 12" not in hint(web, "company", name="Bakery Shop 13")


def test_a_person_with_the_names_swapped(web: Any, martha: Person) -> None:
    assert "Martha Vaughan" in hint(web, "person", first_name="Vaughan", last_name="Martha")


def test_half_typed_values_do_no_harm(web: Any, harbour: Company) -> None:
    assert hint(web, "company", name="", email="anna@", phone="12", website="h").strip() == ""
    assert web.get(url("clients:doubles", "deal")).status_code == 404


def test_a_colleagues_client_is_named_with_its_owner_but_not_opened(
    client_for: Any, cast: Any, harbour: Company
) -> None:
    page = hint(client_for(cast.anna), "company", name="Harbour House Hotels")
    assert "Harbour House Hotels" in page
    assert f"Owner: {cast.boss.name}" in page
    assert url("clients:company", harbour.pk) not in page
