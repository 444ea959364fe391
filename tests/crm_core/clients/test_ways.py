"""Several phones and mails of one client, found in any spelling."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.clients import queries
from crm_core.clients.models import Company, ContactWay, Person
from crm_core.records.models import Card
from kernel.phones import phone_search_digits
from tests.support.clients import PART, url


def rows(*lines: tuple[str, str, str]) -> dict[str, str]:
    data = {"version": "1"}
    for number, (kind, value, label) in enumerate(lines):
        data |= {f"kind-{number}": kind, f"value-{number}": value, f"label-{number}": label}
    return data


def test_three_phones_and_two_mails_with_a_preferred_one(web: Any, martha: Person) -> None:
    data = rows(
        ("phone", "+49 30 901820", "work"),
        ("phone", "+49 171 1234567", "mobile"),
        ("phone", "8 (495) 123-45-67", "home"),
        ("email", "martha@harbour.example", "work"),
        ("email", "m.vaughan@mail.example", ""),
    )
    answer = web.post(url("clients:person_ways", martha.pk), data | {"preferred-1": "1"})
    assert answer.status_code == 302
    ways = queries.ways_of(martha.pk)
    assert [way.value for way in ways if way.preferred] == ["martha@harbour.example", "+49 171 1234567"]
    martha.refresh_from_db()
    assert (martha.phone, martha.email) == ("+49 171 1234567", "martha@harbour.example")


@pytest.mark.parametrize(
    "typed", ["+7 495 123-45-67", "84951234567", "495 123 45 67", "8(495)1234567", "1234567"]
)
def test_any_spelling_of_the_number_finds_the_person(martha: Person, typed: str) -> None:
    found = Card.objects.filter(kind="person", search_text__contains=phone_search_digits(typed))
    assert list(found) == [martha.card]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("8 (495) 123", True),
        ("+7 495", True),
        ("495 123-45", True),
        ("8 (496) 123", False),
        ("8 (495) roof", False),
    ],
)
def test_the_list_finds_a_phone_in_any_spelling(web: Any, martha: Person, typed: str, found: bool) -> None:
    page = web.get("/people/", {"q": typed}, headers=PART).content.decode()
    assert (str(martha.pk) in page) is found


def test_a_wrong_mail_is_named_at_its_line_and_nothing_is_lost(web: Any, martha: Person) -> None:
    data = rows(("phone", "+49 171 1234567", ""), ("email", "martha@", ""))
    answer = web.post(url("clients:person_ways", martha.pk), data, headers=PART)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The part after the @ is missing." in page
    assert 'value="+49 171 1234567"' in page
    assert [way.value for way in queries.ways_of(martha.pk)] == ["8 (495) 123-45-67"]


def test_the_same_number_in_two_spellings_is_one(web: Any, harbour: Company) -> None:
    web.post(
        url("clients:company_ways", harbour.pk),
        rows(("phone", "+49 30 901820", ""), ("phone", "030 901820", "")),
    )
    assert ContactWay.objects.filter(card=harbour.card).count() == 1


def test_an_old_form_does_not_overwrite(web: Any, harbour: Company) -> None:
    web.post(url("clients:company_ways", harbour.pk), rows(("phone", "+49 30 111111", "")))
    answer = web.post(url("clients:company_ways", harbour.pk), rows(("phone", "+49 30 222222", "")))
    assert answer.status_code == 409
    assert 'value="+49 30 222222"' in answer.content.decode()
