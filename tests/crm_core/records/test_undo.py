"""Undoing change sets: what nobody touched goes back, the rest is listed."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.clients.models import Company
from crm_core.events.actions import record
from crm_core.events.models import Event
from crm_core.records import actions, queries
from crm_core.records.models import Card, ChangeSet
from kernel import context
from kernel.errors import Conflict, NotAllowed, NotFound
from kernel.jobs.models import Job


def imported(by: Any, count: int, prefix: str = "Company") -> tuple[ChangeSet, list[Card]]:
    """What an import does: cards, wide rows and facts in one change set."""
    found = actions.start_change_set(by=by, verb="imports.run", title="clients.csv")
    rows = [actions.NewCard(label=f"{prefix} {number}", owner_id=by.id) for number in range(count)]
    with context.altered(change_set=found.id, cause="import"):
        cards = actions.bulk_create_cards(by=by, kind="company", rows=rows, verb="clients.created")
        Company.objects.bulk_create([Company(card=card) for card in cards])
    actions.finish_change_set(by=by, id=found.id, counts={"created": count})
    return found, cards


def test_an_import_is_undone_but_for_what_was_touched(cast: Any) -> None:
    found, cards = imported(cast.head, 5)
    actions.add_tag(by=cast.head, card_id=cards[0].id, name="Mine")
    record("notes.written", by=cast.head, client_id=cards[1].id)
    undone = actions.undo_change_set(by=cast.head, id=found.id)
    assert undone.state == "undone"
    assert undone.counts == {"created": 5, "undone": 3, "kept": 2}
    assert {kept["label"] for kept in undone.kept} == {"Company 0", "Company 1"}
    assert Company.objects.filter(card__in=cards).count() == 2
    assert Card.objects.filter(id__in=[card.id for card in cards], state="purged", label="").count() == 3


def test_undoing_twice_is_a_conflict(cast: Any) -> None:
    found, _cards = imported(cast.head, 1)
    actions.undo_change_set(by=cast.head, id=found.id)
    with pytest.raises(Conflict):
        actions.undo_change_set(by=cast.head, id=found.id)


def test_running_work_is_not_undone(cast: Any) -> None:
    found = actions.start_change_set(by=cast.head, verb="imports.run")
    with pytest.raises(Conflict):
        actions.undo_change_set(by=cast.head, id=found.id)


def test_other_peoples_work_needs_the_right(cast: Any, make_member: Any) -> None:
    found, _cards = imported(cast.head, 1)
    with pytest.raises(NotFound):
        actions.undo_change_set(by=cast.anna, id=found.id)
    keeper = make_member(rights=["records.undo"])
    assert actions.undo_change_set(by=keeper, id=found.id).state == "undone"


def test_a_bulk_assignment_goes_back(cast: Any, make_company: Any, make_member: Any) -> None:
    first, second = make_company("First", by=cast.head, owner=cast.anna), make_company("Second", by=cast.head)
    found = actions.start_change_set(by=cast.head, verb="records.assign", title="Two to Boris")
    with context.altered(change_set=found.id):
        actions.assign(by=cast.head, ids=[first.id, second.id], owner_id=cast.boris.id)
    actions.finish_change_set(by=cast.head, id=found.id, counts={"updated": 2})
    actions.assign(by=cast.head, ids=[second.id], owner_id=cast.clara.id)
    undone = actions.undo_change_set(by=cast.head, id=found.id)
    assert Card.objects.get(id=first.id).owner == cast.anna
    assert Card.objects.get(id=second.id).owner == cast.clara
    assert [kept["label"] for kept in undone.kept] == ["Second"]


def test_an_owner_who_left_does_not_come_back(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.head, owner=cast.anna)
    found = actions.start_change_set(by=cast.head, verb="records.assign")
    with context.altered(change_set=found.id):
        actions.assign(by=cast.head, ids=[card.id], owner_id=cast.boris.id)
    actions.finish_change_set(by=cast.head, id=found.id, counts={})
    type(cast.anna).objects.filter(id=cast.anna.id).update(active=False)
    undone = actions.undo_change_set(by=cast.head, id=found.id)
    assert Card.objects.get(id=card.id).owner == cast.boris
    assert len(undone.kept) == 1


def test_bulk_tags_and_trash_go_back(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.head)
    found = actions.start_change_set(by=cast.head, verb="lists.bulk")
    with context.altered(change_set=found.id):
        actions.tag(by=cast.head, ids=[card.id], name="Wrong")
        actions.trash(by=cast.head, ids=[card.id])
    actions.finish_change_set(by=cast.head, id=found.id, counts={})
    actions.undo_change_set(by=cast.head, id=found.id)
    assert Card.objects.get(id=card.id).is_live
    assert queries.tags_of([card.id]) == {}
    assert Event.objects.filter(record_id=card.id, verb="records.undone").count() == 2


def test_changed_fields_go_back_one_by_one(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.head)
    found = actions.start_change_set(by=cast.head, verb="imports.run")
    with context.altered(change_set=found.id):
        Company.objects.filter(card=card).update(website="new.example", description="new")
        actions.touch_card(by=cast.head, card=card)
        changes = {"website": ["old.example", "new.example"], "description": ["old", "new"]}
        record("clients.changed", by=cast.head, record=card, changes=changes)
    actions.finish_change_set(by=cast.head, id=found.id, counts={"updated": 1})
    record("clients.changed", by=cast.anna, record=card, changes={"description": ["new", "newer"]})
    undone = actions.undo_change_set(by=cast.head, id=found.id)
    row = Company.objects.get(card=card)
    assert (row.website, row.description) == ("old.example", "new")
    assert len(undone.kept) == 1


def test_a_big_set_is_undone_in_the_background(own_tenant: Any) -> None:
    from kernel.jobs.running import run_next
    from tenants import api

    company = own_tenant("Undo")
    with api.inside(company.tenant):
        owner = company.owner
        found, cards = imported(owner, 250)
        assert actions.undo_change_set(by=owner, id=found.id).state == "undoing"
    while run_next("tenant"):
        pass
    with api.inside(company.tenant):
        job = Job.objects.get(name="records.undo")
        assert (job.state, job.done, job.total) == ("done", 250, 250), job.error
        assert ChangeSet.objects.get(id=found.id).counts == {"created": 250, "undone": 250, "kept": 0}
        assert Company.objects.count() == 0
        assert Card.objects.filter(id=cards[0].id, state="purged").exists()


def test_the_right_is_declared(make_member: Any, cast: Any) -> None:
    with pytest.raises(NotAllowed):
        actions.purge(by=make_member(), ids=[])
