"""Thousands at once, for imports."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.clients import actions
from crm_core.clients.models import Company, ContactWay, Employment, Heading
from crm_core.events.models import Event
from crm_core.records.actions import finish_change_set, start_change_set, undo_change_set
from crm_core.records.models import Card
from kernel import context
from kernel.errors import Invalid
from tests.support.clients import counted, value_of


def test_companies_and_people_with_contacts_and_facts(cast: Any, stage: Heading) -> None:
    found = start_change_set(by=cast.boss, verb="imports.run", title="Test")
    rows = [
        actions.company_row(
            {"name": f"Company {number}", "stage": value_of(stage).id},
            [actions.Way("phone", f"+49 30 90{number:05d}"), actions.Way("email", f"info@c{number}.example")],
            owner_id=cast.boss.id,
            origin=f"acc-{number}",
        )
        for number in range(300)
    ]
    with context.altered(change_set=found.id), counted() as seen:
        ids = actions.bulk_create_companies(by=cast.boss, rows=rows)
    assert len(seen) <= 12
    people = [
        actions.person_row({"first_name": "P", "last_name": str(number)}, company_id=ids[number], role="Chef")
        for number in range(100)
    ]
    with context.altered(change_set=found.id):
        actions.bulk_create_people(by=cast.boss, rows=people)
    assert Company.objects.filter(pk__in=ids).count() == 300
    assert ContactWay.objects.filter(card__in=ids).count() == 600
    assert Employment.objects.filter(company__in=ids, main=True, role="Chef").count() == 100
    assert Event.objects.filter(verb="clients.created", change_set=found.id).count() == 400
    assert Company.objects.get(pk=ids[7]).phone == "+49 30 9000007"
    finish_change_set(by=cast.boss, id=found.id, counts={"created": 400})


def test_a_wrong_row_says_everything_that_is_wrong() -> None:
    with pytest.raises(Invalid) as refused:
        actions.company_row({"name": ""}, [actions.Way("email", "anna@")])
    assert set(refused.value.fields) == {"name", "email-0"}


def test_updates_fill_and_change_and_can_be_undone(cast: Any, harbour: Company, stage: Heading) -> None:
    found = start_change_set(by=cast.boss, verb="imports.run", title="Test")
    row = actions.company_row({"name": "Harbour House Hotels", "city": "Bath", "tax_number": "77"})
    values = {**row.values, "stage": value_of(stage).id}
    with context.altered(change_set=found.id):
        outcome = actions.bulk_update(
            by=cast.boss,
            kind="company",
            rows=[
                actions.Update(
                    harbour.pk, values, actions.read_ways([actions.Way("phone", "+49 30 777777")]), True
                ),
                actions.Update(harbour.pk, {"employees": 5}),
            ],
        )
    assert outcome.changed == [harbour.pk]
    harbour.refresh_from_db()
    assert (harbour.city, harbour.tax_number, harbour.employees) == ("Bristol", "77", 5)
    assert harbour.stage == value_of(stage)
    assert ContactWay.objects.filter(card=harbour.card, kind="phone").count() == 2
    assert harbour.phone == "+49 30 901820"
    finish_change_set(by=cast.boss, id=found.id, counts={"updated": 1})
    undo_change_set(by=cast.boss, id=found.id)
    harbour.refresh_from_db()
    assert (harbour.tax_number, harbour.employees, harbour.stage) == ("", None, None)
    assert ContactWay.objects.filter(card=harbour.card, kind="phone").count() == 1


def test_nothing_new_writes_nothing(cast: Any, harbour: Company) -> None:
    outcome = actions.bulk_update(
        by=cast.boss, kind="company", rows=[actions.Update(harbour.pk, {"city": "Bristol"})]
    )
    assert (outcome.changed, outcome.same) == ([], [harbour.pk])
    assert not Event.objects.filter(verb="clients.changed").exists()


def test_unseen_records_are_told_apart(cast: Any, harbour: Company) -> None:
    outcome = actions.bulk_update(
        by=cast.anna, kind="company", rows=[actions.Update(harbour.pk, {"city": "X"})]
    )
    assert outcome.missing == [harbour.pk]


def test_new_values_of_a_heading_are_opened_once(cast: Any) -> None:
    region = Heading.objects.get(kind="company", slot="region")
    first = actions.open_values(by=cast.boss, heading_id=region.id, names=["Far North", "far  north", ""])
    again = actions.open_values(by=cast.boss, heading_id=region.id, names=["FAR NORTH"])
    assert first["far north"] == again["far north"]


def test_many_rows_take_few_statements(cast: Any) -> None:
    rows = [actions.company_row({"name": f"Fast {number}"}, owner_id=cast.boss.id) for number in range(1000)]
    with counted() as seen:
        actions.bulk_create_companies(by=cast.boss, rows=rows)
    assert len(seen) <= 12
    assert Card.objects.filter(label__startswith="Fast ").count() == 1000
