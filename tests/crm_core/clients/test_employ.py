"""One person at several companies, with a role in each."""

from __future__ import annotations

from typing import Any

from crm_core.clients import actions, queries
from crm_core.clients.models import Company, Employment, Person
from tests.support.clients import url


def test_a_person_belongs_to_several_companies(web: Any, cast: Any, martha: Person, harbour: Company) -> None:
    web.post(url("clients:employing", martha.pk), {"company_text": "Aurora Dental", "role": "Adviser"})
    places = queries.employments_of(cast.boss, martha.pk)
    assert [(one.label, one.role, one.main) for one in places] == [
        ("Harbour House Hotels", "Head of operations", True),
        ("Aurora Dental", "Adviser", False),
    ]
    page = web.get(url("clients:company_related", harbour.pk)).content.decode()
    assert "Martha Vaughan" in page


def test_the_main_place_moves(web: Any, martha: Person) -> None:
    web.post(
        url("clients:employing", martha.pk), {"company_text": "Aurora Dental", "role": "Chief", "main": "on"}
    )
    martha.refresh_from_db()
    assert (martha.company.name, martha.position) == ("Aurora Dental", "Chief")
    assert Employment.objects.filter(person=martha, main=True).count() == 1


def test_leaving_makes_the_next_place_the_main_one(
    web: Any, cast: Any, martha: Person, harbour: Company
) -> None:
    actions.employ(by=cast.boss, person_id=martha.pk, company_name="Aurora Dental", role="Adviser")
    web.post(url("clients:leaving", martha.pk, harbour.pk))
    martha.refresh_from_db()
    assert (martha.company.name, martha.position) == ("Aurora Dental", "Adviser")


def test_no_company_is_refused_in_words(web: Any, martha: Person) -> None:
    answer = web.post(url("clients:employing", martha.pk), {"role": "Chief"})
    assert answer.status_code == 422
    assert "Name the company." in answer.content.decode()
