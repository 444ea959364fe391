"""What is there already: found by id, then by what tells records apart; filled, overwritten or skipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm_core.clients.models import Company, ContactWay, Person
from crm_core.imports import actions
from crm_core.imports.models import Import
from crm_core.records.models import Card
from crm_core.sales.models import Deal

Bring = Callable[..., Import]


def names(kind: str = "company") -> list[str]:
    return sorted(Card.objects.live().filter(kind=kind).values_list("label", flat=True))


def test_a_file_without_ids_is_recognised_the_second_time(bring: Bring) -> None:
    text = "Company,E-mail,City\nAcme,info@acme.example,Bath\nOrion,,Leeds\n"
    bring(text)
    again = bring(text)
    assert names() == ["Acme", "Orion"]
    assert again.counts["company.same"] == 2


def test_only_empty_fields_are_filled(bring: Bring) -> None:
    bring("Company,E-mail,City\nAcme,info@acme.example,Bath\n")
    found = bring("Company,E-mail,City,Postcode\nACME,info@acme.example,London,BA1\n", existing="fill")
    company = Company.objects.get()
    assert (company.name, company.city, company.postcode) == ("Acme", "Bath", "BA1")
    assert found.counts["company.updated"] == 1


def test_overwriting_and_undoing_brings_the_former_values_back(bring: Bring, member: Any) -> None:
    bring("Company,E-mail,City\nAcme,info@acme.example,Bath\n")
    found = bring("Company,E-mail,City\nACME,info@acme.example,London\n", existing="overwrite")
    company = Company.objects.get()
    assert (company.name, company.city) == ("ACME", "London")
    actions.undo(by=member, id=found.id)
    company.refresh_from_db()
    assert (company.name, company.city) == ("Acme", "Bath")


def test_rows_about_known_records_can_be_skipped(bring: Bring) -> None:
    bring("Company,City\nAcme,\n")
    found = bring("Company,City\nAcme,Bath\nOrion,Leeds\n", existing="skip")
    assert found.counts["rows.skipped"] == 1
    assert Company.objects.get(name="Acme").city == ""
    assert names() == ["Acme", "Orion"]


def test_phones_in_two_spellings_are_one(bring: Bring) -> None:
    bring("Company,Phone\nAcme,+44 117 496 0128\n")
    bring("Company,Phone\nAcme Ltd,0044 117 4960128\n")
    assert names() == ["Acme"]
    assert ContactWay.objects.filter(kind="phone").count() == 1


def test_two_ids_with_one_name_are_two_companies(bring: Bring) -> None:
    bring("Id,Company\n1,????\n2,????\n")
    again = bring("Id,Company\n1,????\n2,????\n")
    assert names() == ["????", "????"]
    assert again.counts["company.same"] == 2


def test_a_shared_phone_with_another_name_is_only_a_possible_duplicate(upload: Bring, bring: Bring) -> None:
    bring("Company,Phone\nAcme,+44 117 496 0128\n")
    found = upload("Company,Phone\nHarbour House,+44 117 496 0128\n")
    counts = found.facts["counts"]
    assert (counts["new"], counts["twins"]) == (1, 1)


def test_possible_duplicates_can_be_left_out_or_be_the_same(
    upload: Bring, bring: Bring, carry_out: Bring, member: Any
) -> None:
    bring("Company,Phone\nAcme,+44 117 496 0128\n")
    left = bring("Company,Phone\nHarbour House,+44 117 496 0128\n", twins="leave")
    assert (left.counts["rows.twins"], names()) == (1, ["Acme"])
    found = upload("Company,Phone,City\nHarbour House,+44 117 496 0128,Bath\n")
    actions.decide(by=member, id=found.id, number=1, decision="existing")
    actions.check(by=member, id=found.id)
    carry_out(found)
    assert names() == ["Acme"]
    assert Company.objects.get().city == "Bath"


def test_traits_can_be_switched_off(bring: Bring) -> None:
    bring("Company,City\nAcme,Bath\n")
    bring("Company,City\nAcme,Leeds\n", traits=["email"])
    assert names() == ["Acme", "Acme"]


def test_the_same_name_twice_in_one_file_is_one_company(upload: Bring, carry_out: Bring) -> None:
    found = upload("Company,City,Phone\nAcme,Bath,\nAcme,,+44 117 496 0128\n")
    assert (found.facts["counts"]["new"], found.facts["counts"]["update"]) == (1, 1)
    found = carry_out(found)
    assert (found.counts["company.created"], found.counts["company.updated"]) == (1, 1)
    assert Company.objects.get().phone == "+44 117 496 0128"


def test_people_come_with_their_companies_and_several_contacts(bring: Bring) -> None:
    text = (
        "First name,Last name,Company,Title,E-mail,Phone,Mobile\n"
        "Anna,Keller,Acme,Buyer,anna@acme.example; a.keller@acme.example,+44 117 496 0128,+44 7700 900123\n"
        "Mark,Osei,Acme,,mark@acme.example,,\n"
    )
    found = bring(text, kind="person")
    assert (found.counts["person.created"], found.counts["company.created"]) == (2, 1)
    anna = Person.objects.get(first_name="Anna")
    assert anna.company is not None and anna.company.name == "Acme"
    assert anna.position == "Buyer"
    kinds = sorted(ContactWay.objects.filter(card_id=anna.pk).values_list("kind", "label"))
    assert kinds == [("email", "work"), ("email", "work"), ("phone", "mobile"), ("phone", "work")]
    again = bring(text, kind="person")
    assert again.counts["person.same"] == 2
    assert Person.objects.count() == 2


def test_a_company_with_its_contact_person_in_one_row(bring: Bring) -> None:
    found = bring("Company,City,Contact name,Job title\nAcme,Bath,Anna Keller,Buyer\n", kind="company")
    assert (found.counts["company.created"], found.counts["person.created"]) == (1, 1)
    person = Person.objects.get()
    assert (person.first_name, person.last_name, person.company.name) == ("Anna", "Keller", "Acme")


def test_deals_by_name_of_their_company(bring: Bring) -> None:
    text = 'Deal name,Company,Stage,Amount,Close date\nTwo ovens,Acme,Proposal,"1,200.50",2027-03-01\n'
    bring(text, kind="deal")
    deal = Deal.objects.select_related("client", "stage").get()
    assert (deal.client.label, deal.stage.name, deal.amount_minor) == ("Acme", "Proposal", 120_050)
    again = bring(text, kind="deal")
    assert again.counts["deal.same"] == 1


def test_deals_before_their_companies_get_their_links_the_second_time(bring: Bring) -> None:
    deals = "Id,Account ID,Deal name,Stage\nd1,a1,Two ovens,Proposal\n"
    first = bring(deals, kind="deal")
    assert first.counts["unlinked"] == 1
    bring("Id,Company\na1,Acme\n")
    again = bring(deals, kind="deal")
    assert again.counts["deal.updated"] == 1
    assert Deal.objects.select_related("client").get().client.label == "Acme"


def test_a_parent_further_down_in_the_file(bring: Bring) -> None:
    bring("Id,Company,Parent ID\n1,Daughter,2\n2,Mother,\n")
    assert Company.objects.get(name="Daughter").parent.name == "Mother"


def test_a_record_in_the_trash_is_not_made_twice(bring: Bring, member: Any) -> None:
    from crm_core.records.actions import trash

    bring("Id,Company\n1,Acme\n")
    trash(by=member, ids=[Card.objects.get(origin="1").id])
    found = bring("Id,Company\n1,Acme\n2,Orion\n")
    assert found.counts["rows.wrong"] == 1
    assert "trash" in found.rows.get().wrong["-1"][0]


def test_colleagues_own_what_the_file_says(bring: Bring, make_member: Any, member: Any) -> None:
    anna = make_member(rights=["clients.view"], name="Anna Keller")
    bring("Company,Owner\nAcme,Anna Keller\nOrion,A. Keler\n", owner=str(member.id))
    owners = dict(Card.objects.values_list("label", "owner_id"))
    assert owners == {"Acme": anna.id, "Orion": member.id}
    bring("Company,Owner\nTern,A. Keler\n", owners={"A. Keler": str(anna.id)})
    assert Card.objects.get(label="Tern").owner_id == anna.id


def test_what_a_colleague_owns_is_skipped_for_who_does_not_see_it(
    bring: Bring, upload: Bring, carry_out: Bring, make_member: Any
) -> None:
    bring("Id,Company,City\n1,Acme,\n")
    own = make_member(rights=["imports.run", "clients.view", "clients.edit"], visibility="own")
    found = carry_out(upload("Id,Company,City\n1,Acme,Bath\n", by=own), by=own)
    assert found.counts["rows.skipped"] == 1
    assert Company.objects.get().city == ""
