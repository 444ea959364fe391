"""Adding companies and people through their pages."""

from __future__ import annotations

from typing import Any

from crm_core.clients.models import Company, ContactWay, Employment, Heading, Person
from crm_core.events.models import Event
from crm_core.records.models import Card
from tests.support.clients import PART, url, value_of


def test_a_company_is_added_with_contacts_and_owner(web: Any, cast: Any, stage: Heading) -> None:
    answer = web.post(
        url("clients:new_company"),
        {
            "name": "  Aurora   Dental ",
            "website": "https://www.Aurora.example/about",
            "phone": "030 / 901820",
            "email": "Hello@Aurora.example",
            "stage": str(value_of(stage).id),
            "owner": str(cast.boss.id),
            "revenue": "1.2m",
            "currency": "EUR",
        },
    )
    company = Company.objects.get(name="Aurora Dental")
    assert answer.status_code == 302
    assert answer["Location"] == url("clients:company", company.pk)
    assert company.domain == "aurora.example"
    assert company.stage == value_of(stage)
    assert (company.revenue, company.currency) == (120_000_000, "EUR")
    assert company.card.owner == cast.boss
    phone, mail = ContactWay.objects.filter(card=company.card).order_by("position")
    assert (phone.value, phone.normal) == ("030 / 901820", "+4930901820")
    assert mail.normal == "hello@aurora.example"
    assert "4930901820" in company.card.search_text
    assert Event.objects.get(record_id=company.pk).verb == "clients.created"


def test_no_name_is_refused_and_nothing_is_lost(web: Any) -> None:
    answer = web.post(
        url("clients:new_company"), {"name": " ", "city": "Bath", "email": "anna@", "owner": ""}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Bath"' in page
    assert 'value="anna@"' in page
    assert not Company.objects.filter(city="Bath").exists()


def test_wrong_values_are_named_at_their_fields(web: Any) -> None:
    wrong = {
        "name": "N" * 10_000,
        "website": "javascript:alert(1)",
        "email": "anna@",
        "revenue": "lots",
        "owner": "",
    }
    page = web.post(url("clients:new_company"), wrong).content.decode()
    for sentence in (
        "This is too long: 10000 characters.",
        "A website begins with http:// or https://",
        "“lots” is not an amount.",
    ):
        assert sentence in page
    assert "N" * 10_000 in page


def test_a_malformed_mail_is_refused_beside_a_good_name(web: Any) -> None:
    answer = web.post(url("clients:new_company"), {"name": "Aurora", "email": "anna@", "owner": ""})
    assert answer.status_code == 422
    assert "The part after the @ is missing." in answer.content.decode()
    assert not Company.objects.filter(name="Aurora").exists()


def test_nul_and_direction_marks_are_taken_out(web: Any) -> None:
    web.post(url("clients:new_company"), {"name": "Au\x00ro\u202era", "owner": ""})
    assert Company.objects.filter(name="Aurora").exists()


def test_a_phone_with_letters_is_kept_and_marked(web: Any) -> None:
    web.post(url("clients:new_company"), {"name": "Aurora", "phone": "0800 FLOWERS", "owner": ""})
    company = Company.objects.get(name="Aurora")
    way = ContactWay.objects.get(card=company.card)
    assert (way.value, way.doubtful) == ("0800 FLOWERS", True)
    page = web.get(url("clients:company", company.pk)).content.decode()
    assert "There are letters in this phone number." in page


def test_no_owner_is_possible_and_said(web: Any) -> None:
    web.post(url("clients:new_company"), {"name": "Aurora", "owner": ""})
    company = Company.objects.get(name="Aurora")
    assert company.card.owner is None
    listed = web.get(url("clients:companies") + "?owner.empty=1").content.decode()
    assert "Aurora" in listed


def test_a_person_at_a_new_company(web: Any, cast: Any) -> None:
    web.post(
        url("clients:new_person"),
        {
            "first_name": "Zoe",
            "last_name": "Barrow",
            "position": "Engineer",
            "company_text": "Brand New Firm",
            "owner": str(cast.boss.id),
        },
    )
    person = Person.objects.get(last_name="Barrow")
    assert person.company.name == "Brand New Firm"
    assert Employment.objects.get(person=person).role == "Engineer"
    assert person.card.label == "Zoe Barrow"


def test_a_person_at_a_known_company_by_name(web: Any, harbour: Company) -> None:
    web.post(
        url("clients:new_person"),
        {"first_name": "Zoe", "last_name": "", "company_text": "harbour house hotels", "owner": ""},
    )
    assert Person.objects.get(first_name="Zoe").company == harbour


def test_a_person_needs_some_name(web: Any) -> None:
    answer = web.post(
        url("clients:new_person"), {"first_name": "", "last_name": "", "position": "Chef", "owner": ""}
    )
    assert answer.status_code == 422
    assert "Enter a name." in answer.content.decode()


def test_the_dialog_answers_with_its_form(web: Any) -> None:
    answer = web.get(url("clients:new_company"), headers=PART)
    assert answer.content.decode().lstrip().startswith("<form")


def test_without_the_right_there_is_no_form(client_for: Any, make_member: Any) -> None:
    reader = client_for(make_member(rights=["clients.view"]))
    assert reader.get(url("clients:new_company")).status_code == 403
    assert reader.post(url("clients:new_company"), {"name": "Aurora"}).status_code == 403
    assert not Card.objects.filter(label="Aurora").exists()
