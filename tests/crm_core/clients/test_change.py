"""Editing where one reads: one address for every fact."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.clients import actions
from crm_core.clients.models import Company, Heading, Person
from crm_core.events.models import Event
from crm_core.records.actions import finish_change_set, start_change_set, undo_change_set
from kernel import context
from kernel.errors import Conflict, Invalid
from tests.support.clients import PART, url, value_of


def save(web: Any, company: Any, name: str, /, **values: str) -> Any:
    return web.post(url("clients:company_field", company.pk, name), values, headers=PART)


def test_a_fact_turns_into_a_form_and_back(web: Any, harbour: Company) -> None:
    form = web.get(url("clients:company_field", harbour.pk, "website"), headers=PART).content.decode()
    assert 'name="website"' in form
    assert 'value="www.harbour.example"' in form
    shown = web.get(url("clients:company_field", harbour.pk, "website") + "?show=1", headers=PART)
    assert "<form" not in shown.content.decode()


def test_saving_answers_with_the_fact_and_the_timeline(web: Any, harbour: Company) -> None:
    answer = save(web, harbour, "tax_number", tax_number="7701 234567", version="1")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "#fact-tax_number" in page
    assert "7701 234567" in page
    assert "#timeline" in page
    harbour.refresh_from_db()
    assert harbour.tax_key == "7701234567"
    assert "7701234567" in harbour.card.search_text
    fact = Event.objects.get(verb="clients.changed", record_id=harbour.pk)
    assert fact.changes == {"tax_number": ["", "7701 234567"]}


def test_invalid_keeps_what_was_typed(web: Any, harbour: Company) -> None:
    answer = save(web, harbour, "website", website="nonsense at all", version="1")
    assert answer.status_code == 422
    assert 'value="nonsense at all"' in answer.content.decode()
    harbour.refresh_from_db()
    assert harbour.website == "www.harbour.example"


def test_the_name_cannot_be_emptied(web: Any, harbour: Company) -> None:
    answer = save(web, harbour, "name", name="  ", version="1")
    assert answer.status_code == 422
    assert "Enter the company’s name." in answer.content.decode()


def test_a_stage_is_chosen_from_its_heading_only(web: Any, harbour: Company, stage: Heading) -> None:
    save(web, harbour, "stage", stage=str(value_of(stage, 1).id), version="1")
    harbour.refresh_from_db()
    assert harbour.stage == value_of(stage, 1)
    industry = Heading.objects.get(kind="company", slot="industry")
    with pytest.raises(Invalid) as refused:
        actions.change_company(
            by=harbour.card.owner, id=harbour.pk, values={"stage": str(value_of(industry).id)}
        )
    assert "stage" in refused.value.fields


def test_two_people_change_different_fields(web: Any, harbour: Company) -> None:
    save(web, harbour, "tax_number", tax_number="1", version="1")
    answer = save(web, harbour, "description", description="A fine house", version="1")
    assert answer.status_code == 200
    harbour.refresh_from_db()
    assert (harbour.tax_number, harbour.description) == ("1", "A fine house")


def test_two_people_change_the_same_field(web: Any, harbour: Company) -> None:
    save(web, harbour, "tax_number", tax_number="111", version="1")
    answer = save(web, harbour, "tax_number", tax_number="222", version="1")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "111" in page
    assert 'value="222"' in page
    assert 'value="2"' in page  # the version with which "save mine all the same" wins
    harbour.refresh_from_db()
    assert harbour.tax_number == "111"
    assert save(web, harbour, "tax_number", tax_number="222", version="2").status_code == 200


def test_an_old_version_raises_in_the_action(harbour: Company, cast: Any) -> None:
    actions.change_company(by=cast.boss, id=harbour.pk, values={"city": "Bath"})
    with pytest.raises(Conflict):
        actions.change_company(by=cast.boss, id=harbour.pk, values={"city": "Exeter"}, version=1)


def test_the_owner_is_changed_by_the_same_address(web: Any, harbour: Company, cast: Any) -> None:
    assert save(web, harbour, "owner", owner=str(cast.anna.id)).status_code == 200
    harbour.card.refresh_from_db()
    assert harbour.card.owner == cast.anna
    assert save(web, harbour, "owner", owner="").status_code == 200
    harbour.card.refresh_from_db()
    assert harbour.card.owner is None


def test_a_company_cannot_belong_to_itself(harbour: Company, cast: Any) -> None:
    child = actions.create_company(by=cast.boss, values={"name": "Harbour Annex", "parent": str(harbour.pk)})
    with pytest.raises(Invalid) as refused:
        actions.change_company(by=cast.boss, id=harbour.pk, values={"parent": str(child.pk)})
    assert "parent" in refused.value.fields


def test_money_and_currency_change_together(web: Any, harbour: Company) -> None:
    save(web, harbour, "revenue", revenue="2,500,000", currency="USD", version="1")
    harbour.refresh_from_db()
    assert (harbour.revenue, harbour.currency) == (250_000_000, "USD")
    save(web, harbour, "revenue", revenue="", currency="USD", version="2")
    harbour.refresh_from_db()
    assert (harbour.revenue, harbour.currency) == (None, "")


def test_a_persons_name_changes_label_and_search(web: Any, martha: Person) -> None:
    web.post(
        url("clients:person_field", martha.pk, "name"),
        {"first_name": "Марта", "last_name": "Королёва", "middle_name": "", "version": "1"},
        headers=PART,
    )
    martha.card.refresh_from_db()
    assert martha.card.label == "Марта Королёва"
    assert "марта королева" in martha.card.search_text


def test_without_htmx_it_is_a_page_and_a_redirect(web: Any, harbour: Company) -> None:
    address = url("clients:company_field", harbour.pk, "city")
    assert web.get(url("clients:company_field", harbour.pk, "address")).status_code == 200
    assert web.get(address).status_code == 404
    answer = web.post(
        url("clients:company_field", harbour.pk, "tax_number"), {"tax_number": "9", "version": "1"}
    )
    assert answer["Location"] == url("clients:company", harbour.pk)


def test_a_change_set_is_undone_field_by_field(harbour: Company, cast: Any, stage: Heading) -> None:
    found = start_change_set(by=cast.boss, verb="lists.changed", title="Test")
    with context.altered(change_set=found.id):
        actions.change_company(
            by=cast.boss,
            id=harbour.pk,
            values={"city": "Bath", "stage": str(value_of(stage).id), "revenue": "5"},
        )
    finish_change_set(by=cast.boss, id=found.id, counts={"updated": 1})
    undo_change_set(by=cast.boss, id=found.id)
    harbour.refresh_from_db()
    assert (harbour.city, harbour.stage, harbour.revenue, harbour.currency) == ("Bristol", None, None, "")
