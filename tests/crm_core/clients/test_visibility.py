"""Own records, others' records, and addresses that were guessed."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.clients import actions
from crm_core.clients.models import Company, Person
from crm_core.events.models import Event
from kernel.ids import uuid7
from tests.support.clients import PART, url


def test_a_foreign_record_is_not_found_and_noted(client_for: Any, cast: Any, harbour: Company) -> None:
    stranger = client_for(cast.anna)
    assert stranger.get(url("clients:company", harbour.pk)).status_code == 404
    assert stranger.get(url("clients:company", uuid7())).status_code == 404
    assert Event.objects.filter(verb="records.refused", record_id=harbour.pk, actor_id=cast.anna.id).exists()


@pytest.mark.parametrize("name", ["company", "company_related", "company_ways"])
def test_no_page_of_a_foreign_company_opens(client_for: Any, cast: Any, harbour: Company, name: str) -> None:
    assert client_for(cast.anna).get(url(f"clients:{name}", harbour.pk)).status_code == 404


def test_a_foreign_field_is_not_changed(client_for: Any, cast: Any, harbour: Company) -> None:
    address = url("clients:company_field", harbour.pk, "tax_number")
    answer = client_for(cast.anna).post(address, {"tax_number": "1", "version": "1"}, headers=PART)
    assert answer.status_code == 404
    harbour.refresh_from_db()
    assert harbour.tax_number == ""


def test_each_sees_the_own_ones_in_the_list(client_for: Any, cast: Any, harbour: Company) -> None:
    actions.create_company(by=cast.anna, owner=cast.anna, values={"name": "Annas Client"})
    mine = client_for(cast.anna).get(url("clients:companies")).content.decode()
    assert "Annas Client" in mine
    assert "Harbour House Hotels" not in mine
    everything = client_for(cast.boss).get(url("clients:companies")).content.decode()
    assert "Annas Client" in everything
    assert "Harbour House Hotels" in everything


def test_a_colleague_at_a_company_is_named_without_contacts(
    client_for: Any, cast: Any, martha: Person, harbour: Company
) -> None:
    actions.change_company(by=cast.boss, id=harbour.pk, values={"city": "Bath"})
    from crm_core.records.actions import assign

    assign(by=cast.boss, ids=[harbour.pk], owner_id=cast.anna.id)
    page = client_for(cast.anna).get(url("clients:company_related", harbour.pk)).content.decode()
    assert "Martha Vaughan" in page
    assert "123-45-67" not in page
    assert url("clients:person", martha.pk) not in page
