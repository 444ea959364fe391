"""Imports: many deals at once, with the old system's stages and dates, and the way back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from crm_core.events.models import Event
from crm_core.records import actions as records
from crm_core.records.models import Card
from crm_core.sales import actions
from crm_core.sales.actions import DealRow
from crm_core.sales.models import Deal
from kernel import context
from kernel.errors import Invalid, NotAllowed


def row(sales: Any, name: str, stage: Any = None, **known: Any) -> DealRow:
    return DealRow(name=name, stage_id=(stage or sales.first).id, currency="EUR", **known)


def test_stages_and_dates_stay_as_the_old_system_had_them(member: Any, sales: Any, company: Any) -> None:
    actions.bulk_create_deals(
        by=member,
        rows=[
            row(
                sales,
                "Old win",
                sales.won,
                origin="006-1",
                expected_on=date(2005, 11, 9),
                opened_on=date(2005, 3, 1),
            ),
            row(sales, "Old open", origin="006-2", client_id=company.id, expected_on=date(2006, 1, 1)),
        ],
    )
    won, still = Deal.objects.get(card__origin="006-1"), Deal.objects.get(card__origin="006-2")
    assert (won.outcome, won.closed_on, won.opened_on) == ("won", date(2005, 11, 9), date(2005, 3, 1))
    assert (still.outcome, still.opened_on, still.expected_on) == ("open", date(2006, 1, 1), date(2006, 1, 1))
    assert Event.objects.filter(verb="sales.opened").count() == 2
    assert "harbour" in Card.objects.get(pk=still.pk).search_text


def test_a_thousand_deals_take_few_statements(member: Any, sales: Any) -> None:
    rows = [row(sales, f"Deal {number}", amount_minor=number) for number in range(1000)]
    with CaptureQueriesContext(connections["tenant"]) as told:
        actions.bulk_create_deals(by=member, rows=rows)
    assert len(told) <= 12
    assert Deal.objects.count() == Event.objects.filter(verb="sales.opened").count() == 1000


@pytest.mark.parametrize("amount", [-1, 10**13])
def test_wrong_amounts_are_refused_and_nothing_is_written(member: Any, sales: Any, amount: int) -> None:
    with pytest.raises(Invalid):
        actions.bulk_create_deals(by=member, rows=[row(sales, "ok"), row(sales, "bad", amount_minor=amount)])
    assert not Deal.objects.exists()


def test_an_import_is_undone_as_a_whole(member: Any, sales: Any) -> None:
    found = records.start_change_set(by=member, verb="imports.run", title="Deals")
    with context.altered(change_set=found.id, cause="import"):
        actions.bulk_create_deals(by=member, rows=[row(sales, "a"), row(sales, "b")], change_set=found.id)
    records.finish_change_set(by=member, id=found.id, counts={"created": 2})
    records.undo_change_set(by=member, id=found.id)
    assert not Deal.objects.filter(card__state="live").exists()


def test_changes_of_an_import_are_compared_written_and_undone(
    member: Any, sales: Any, deal: Any, again: Any
) -> None:
    found = records.start_change_set(by=member, verb="imports.run", title="Deals")
    with context.altered(change_set=found.id, cause="import"):
        changed = actions.bulk_change_deals(
            by=member,
            changes={deal.pk: {"amount_minor": 5, "stage_id": sales.lost.id, "source": "Old system"}},
        )
        assert changed == [deal.pk]
        assert actions.bulk_change_deals(by=member, changes={deal.pk: {"amount_minor": 5}}) == []
    now_lost = again(deal)
    assert (now_lost.outcome, now_lost.amount_minor, now_lost.source) == ("lost", 5, "Old system")
    records.finish_change_set(by=member, id=found.id, counts={"updated": 1})
    records.undo_change_set(by=member, id=found.id)
    back = again(deal)
    assert (back.outcome, back.amount_minor, back.source, back.closed_on) == ("open", 18_400_00, "", None)


def test_missing_stages_are_made_once(member: Any, sales: Any) -> None:
    wanted = [("Prospecting", "open", 10), ("PROPOSAL", "open", None), ("Closed Won", "won", None)]
    first = actions.ensure_stages(by=member, pipeline_id=sales.pipeline.id, stages=wanted)
    second = actions.ensure_stages(by=member, pipeline_id=sales.pipeline.id, stages=wanted)
    assert {name: stage.id for name, stage in first.items()} == {
        name: stage.id for name, stage in second.items()
    }
    assert first["PROPOSAL"].id == sales.second.id
    assert (first["Prospecting"].probability, first["Closed Won"].kind) == (10, "won")


def test_bulk_work_needs_the_right(make_member: Any, sales: Any) -> None:
    with pytest.raises(NotAllowed):
        actions.bulk_create_deals(by=make_member(rights=["sales.view"]), rows=[row(sales, "x")])
