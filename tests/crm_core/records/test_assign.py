"""Giving records to people."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.events.models import Event
from crm_core.records import actions
from crm_core.records.models import Card
from kernel.errors import Invalid, NotAllowed, NotFound
from kernel.ids import uuid7


def test_the_head_gives_to_anybody(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.anna, owner=cast.anna)
    outcome = actions.assign(by=cast.head, ids=[card.id], owner_id=cast.clara.id)
    assert outcome.done == [card.id]
    assert Card.objects.get(id=card.id).owner == cast.clara
    fact = Event.objects.get(verb="records.assigned", record_id=card.id)
    assert [side["label"] for side in fact.changes["owner"]] == ["Anna", "Clara"]
    assert fact.values["record_version"] == 2


def test_nobody_is_an_owner_too(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.anna, owner=cast.anna)
    actions.assign(by=cast.head, ids=[card.id], owner_id=None)
    assert Card.objects.get(id=card.id).owner is None


def test_within_the_own_team_only(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.anna, owner=cast.anna)
    with pytest.raises(NotAllowed):
        actions.assign(by=cast.anna, ids=[card.id], owner_id=cast.clara.id)
    with pytest.raises(NotAllowed):
        actions.assign(by=cast.anna, ids=[card.id], owner_id=None)
    assert actions.assign(by=cast.anna, ids=[card.id], owner_id=cast.boris.id).done == [card.id]


def test_a_deactivated_member_is_refused(cast: Any, make_company: Any, make_member: Any) -> None:
    card = make_company(by=cast.anna, owner=cast.anna)
    gone = make_member(active=False)
    with pytest.raises(Invalid) as refused:
        actions.assign(by=cast.head, ids=[card.id], owner_id=gone.id)
    assert "owner" in refused.value.fields
    with pytest.raises(NotFound):
        actions.assign(by=cast.head, ids=[card.id], owner_id=uuid7())


def test_foreign_records_are_left_out_without_a_word(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.clara, owner=cast.clara)
    outcome = actions.assign(by=cast.anna, ids=[card.id], owner_id=cast.anna.id)
    assert (outcome.done, outcome.kept) == ([], [])


def test_without_the_edit_right_it_is_kept_and_told(cast: Any, make_company: Any, make_member: Any) -> None:
    card = make_company(by=cast.anna, owner=cast.anna)
    reader = make_member(rights=["clients.view", "records.assign"], visibility="all")
    outcome = actions.assign(by=reader, ids=[card.id], owner_id=reader.id)
    assert outcome.done == []
    assert [kept.label for kept in outcome.kept] == ["Harbour House"]


def test_two_hundred_at_once(cast: Any, make_company: Any, django_assert_max_num_queries: Any) -> None:
    rows = [actions.NewCard(label=f"Company {number}", owner_id=cast.anna.id) for number in range(200)]
    cards = actions.bulk_create_cards(by=cast.head, kind="company", rows=rows, verb="clients.created")
    with django_assert_max_num_queries(8, using="tenant"):
        outcome = actions.assign(by=cast.head, ids=[card.id for card in cards], owner_id=cast.boris.id)
    assert len(outcome.done) == 200
