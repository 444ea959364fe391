"""Thousands at once, in few statements, each with its fact."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from crm_core.events.models import Event
from crm_core.records import actions
from crm_core.records.models import Card


def test_a_thousand_cards_in_few_statements(member: Any, django_assert_max_num_queries: Any) -> None:
    found = actions.start_change_set(by=member, verb="imports.run")
    rows = [
        actions.NewCard(
            label=f"Company {number}", owner_id=member.id, origin=f"file:{number}", values={"row": number}
        )
        for number in range(1000)
    ]
    with django_assert_max_num_queries(4, using="tenant"):
        cards = actions.bulk_create_cards(
            by=member, kind="company", rows=rows, verb="clients.created", change_set=found.id
        )
    assert [card.label for card in cards[:2]] == ["Company 0", "Company 1"]
    facts = Event.objects.filter(change_set=found.id, verb="clients.created")
    assert facts.count() == Card.objects.filter(change_set=found.id).count() == 1000
    fact = facts.get(record_id=cards[7].id)
    assert (fact.actor_id, fact.record_label, fact.values["row"]) == (member.id, "Company 7", 7)


def test_an_origin_comes_in_once(member: Any) -> None:
    rows = [actions.NewCard(label="A", origin="x:1")]
    actions.bulk_create_cards(by=member, kind="company", rows=rows, verb="clients.created")
    with pytest.raises(IntegrityError), transaction.atomic(using="tenant"):
        actions.bulk_create_cards(by=member, kind="company", rows=rows, verb="clients.created")
    actions.bulk_create_cards(by=member, kind="person", rows=rows, verb="clients.created")
