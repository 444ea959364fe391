"""The trash: gone from lists, back with everything, blank in the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from crm_core.clients.models import Company
from crm_core.events.models import Event
from crm_core.notes.models import Note
from crm_core.records import actions, queries
from crm_core.records.models import Card, Star
from kernel.errors import NotAllowed
from kernel.when import now


def test_trashed_and_back(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.anna, owner=cast.anna)
    actions.star(by=cast.anna, card_id=card.id)
    assert actions.trash(by=cast.anna, ids=[card.id]).done == [card.id]
    assert not queries.visible_to(cast.anna, "company").exists()
    assert list(queries.trashed_for(cast.anna)) == [card]
    assert not queries.trashed_for(cast.clara).exists()
    assert actions.restore(by=cast.anna, ids=[card.id]).done == [card.id]
    assert list(queries.visible_to(cast.anna, "company")) == [card]
    assert [mark.label for mark in queries.starred(cast.anna)] == ["Harbour House"]


def test_a_foreign_record_is_not_trashed(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.clara, owner=cast.clara)
    assert actions.trash(by=cast.anna, ids=[card.id]).done == []
    assert Card.objects.get(id=card.id).is_live


def test_purging_leaves_a_blank_tombstone(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.head, owner=cast.anna, origin="hubspot:1", search_text="secret")
    Note(card=card, text="Private").save()
    actions.trash(by=cast.head, ids=[card.id])
    with pytest.raises(NotAllowed):
        actions.purge(by=cast.anna, ids=[card.id])
    assert actions.purge(by=cast.head, ids=[card.id]).done == [card.id]
    left = Card.objects.get(id=card.id)
    assert (left.state, left.label, left.search_text, left.owner, left.origin) == (
        "purged",
        "",
        "",
        None,
        None,
    )
    assert not Company.objects.filter(card_id=card.id).exists()
    assert not Note.objects.filter(card_id=card.id).exists()
    assert Event.objects.filter(record_id=card.id, verb="records.purged").exists()


def test_live_records_are_not_purged(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.head)
    assert actions.purge(by=cast.head, ids=[card.id]).done == []
    assert Company.objects.filter(card_id=card.id).exists()


def test_after_thirty_days_it_goes(cast: Any, make_company: Any) -> None:
    old, fresh = make_company("Old", by=cast.head), make_company("Fresh", by=cast.head)
    actions.trash(by=cast.head, ids=[old.id, fresh.id])
    Card.objects.filter(id=old.id).update(trashed_at=now() - timedelta(days=31))
    assert actions.purge_expired() == 1
    assert Card.objects.get(id=old.id).state == "purged"
    assert Card.objects.get(id=fresh.id).state == "trashed"


def test_an_origin_is_free_again_after_the_purge(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.head, origin="file:7")
    actions.trash(by=cast.head, ids=[card.id])
    actions.purge(by=cast.head, ids=[card.id])
    make_company(by=cast.head, origin="file:7")


def test_stars_are_personal(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.anna, owner=cast.anna)
    actions.star(by=cast.anna, card_id=card.id)
    actions.star(by=cast.anna, card_id=card.id)
    assert Star.objects.count() == 1
    assert queries.starred(cast.boris) == []
    actions.unstar(by=cast.anna, card_id=card.id)
    assert queries.starred(cast.anna) == []


def test_recent_records(cast: Any, make_company: Any) -> None:
    first, second = make_company("First", by=cast.head), make_company("Second", by=cast.head)
    for card in (first, second, first):
        actions.visit(by=cast.head, card_id=card.id)
    assert [link.label for link in queries.recent_of(cast.head)] == ["First", "Second"]
