"""Every page of clients answers, in both languages, and within its budget of queries."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.activities.actions import plan
from crm_core.clients import actions
from crm_core.clients.models import Company, Heading, Person
from crm_core.notes.actions import add_note
from tests.support.clients import PART, counted, url


@pytest.fixture
def lively(cast: Any, harbour: Company, martha: Person) -> Company:
    """A company about which everything has happened."""
    add_note(by=cast.boss, card_id=harbour.pk, text="They like warm white.")
    plan(by=cast.boss, card_id=martha.pk, title="Call Martha")
    actions.change_company(by=cast.boss, id=harbour.pk, values={"city": "Bath"})
    for number in range(20):
        actions.create_company(by=cast.boss, owner=cast.boss, values={"name": f"Company {number}"})
    return harbour


@pytest.mark.parametrize("name", ["companies", "people"])
def test_lists_stay_within_their_budget(web: Any, lively: Company, name: str) -> None:
    web.get(url(f"clients:{name}"))
    with counted() as seen:
        answer = web.get(url(f"clients:{name}"))
    assert answer.status_code == 200
    assert len(seen) <= 8, "\n".join(seen)


def test_a_company_page_stays_within_its_budget(web: Any, lively: Company) -> None:
    with counted() as seen:
        page = web.get(url("clients:company", lively.pk)).content.decode()
    assert len(seen) <= 14, "\n".join(seen)
    for words in ("Harbour House Hotels", "They like warm white.", "Call Martha", "Bath", "+49 30 901820"):
        assert words in page


def test_a_person_page_stays_within_its_budget(web: Any, lively: Company, martha: Person) -> None:
    with counted() as seen:
        page = web.get(url("clients:person", martha.pk)).content.decode()
    assert len(seen) <= 14, "\n".join(seen)
    assert "Head of operations" in page
    assert "Harbour House Hotels" in page


def test_what_belongs_to_a_company_is_loaded_apart(web: Any, lively: Company) -> None:
    page = web.get(url("clients:company_related", lively.pk), headers=PART).content.decode()
    assert "Martha Vaughan" in page
    assert "Deals" in page
    assert "<html" not in page


def test_no_next_step_is_said(web: Any, cast: Any, harbour: Company) -> None:
    plan(by=cast.boss, title="A task on no record at all")
    assert "No next step" in web.get(url("clients:company", harbour.pk)).content.decode()
    listed = web.get(url("clients:companies") + "?next.is=no").content.decode()
    assert "Harbour House Hotels" in listed


def test_a_step_of_a_person_is_the_companys_too(
    web: Any, cast: Any, harbour: Company, martha: Person
) -> None:
    plan(by=cast.boss, card_id=martha.pk, title="Call Martha")
    assert "Call Martha" in web.get(url("clients:companies")).content.decode()
    assert "Harbour House Hotels" not in web.get(url("clients:companies") + "?next.is=no").content.decode()


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", ["companies", "people", "new_company", "new_person", "headings"])
def test_pages_answer_in_both_languages(
    web: Any, cast: Any, harbour: Company, language: str, name: str
) -> None:
    cast.boss.language = language
    cast.boss.save(update_fields=["language"])
    answer = web.get(url(f"clients:{name}"))
    assert answer.status_code == 200
    assert answer["Content-Language"] == language


def test_a_list_lets_one_look_at_a_record_beside_it(web: Any, harbour: Company) -> None:
    address = url("clients:company", harbour.pk)
    assert f'data-peek="{address}"' in web.get(url("clients:companies")).content.decode()
    beside = web.get(address, headers=PART | {"HX-Target": "div#side-body"}).content.decode()
    assert "Harbour House Hotels" in beside
    assert "<html" not in beside and "<h1" not in beside


def test_every_fact_opens(web: Any, harbour: Company, martha: Person) -> None:
    for name in (
        "stage",
        "owner",
        "website",
        "address",
        "industry",
        "revenue",
        "employees",
        "parent",
        "description",
    ):
        assert web.get(url("clients:company_field", harbour.pk, name), headers=PART).status_code == 200, name
    for name in ("name", "birthday", "position", "stage", "owner", "description"):
        assert web.get(url("clients:person_field", martha.pk, name), headers=PART).status_code == 200, name
    assert web.get(url("clients:company_field", harbour.pk, "password"), headers=PART).status_code == 404


def test_the_settings_of_headings_open(web: Any, stage: Heading) -> None:
    assert web.get(url("clients:heading", stage.id)).status_code == 200
    value = stage.values.first()
    assert value is not None
    assert web.get(url("clients:value", value.id), headers=PART).status_code == 200


def test_trash_and_back(web: Any, harbour: Company) -> None:
    web.post(url("records:trashing", harbour.pk))
    assert web.get(url("clients:company", harbour.pk)).status_code == 404
    web.post(url("records:restoring", harbour.pk))
    assert web.get(url("clients:company", harbour.pk)).status_code == 200


def test_an_empty_list_says_what_to_do_next(web: Any) -> None:
    page = web.get(url("clients:companies")).content.decode()
    assert "Add the first one" in page
    assert url("clients:new_company") in page
