"""Making, locking and touching cards."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.events.actions import record
from crm_core.records import actions
from crm_core.records.models import Card
from kernel.errors import Conflict, Invalid, NotAllowed, NotFound


def test_a_card_has_its_sort_key(member: Any) -> None:
    card = actions.create_card(by=member, kind="company", label="  ООО  «Ромашка» ", owner=member)
    assert card.label == "ООО «Ромашка»"
    assert card.sort_key.startswith("ромашка")
    assert card.created_by_id == member.id


@pytest.mark.parametrize("label", ["", "  ", "\x00", "x" * 301])
def test_a_card_needs_a_name(member: Any, label: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.create_card(by=member, kind="company", label=label)
    assert "name" in refused.value.fields


def test_a_deactivated_owner_is_refused(member: Any, make_member: Any) -> None:
    gone = make_member(active=False, name="Gone")
    with pytest.raises(Invalid) as refused:
        actions.create_card(by=member, kind="company", label="A", owner=gone)
    assert "Gone" in str(refused.value)


def test_a_foreign_card_cannot_be_locked(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.clara, owner=cast.clara)
    with pytest.raises(NotFound):
        actions.lock_card(by=cast.anna, kind="company", id=card.id)


def change(by: Any, card: Any, field: str, before: Any, after: Any) -> None:
    """What every changing action does."""
    locked = actions.lock_card(by=by, kind="company", id=card.id)
    actions.touch_card(by=by, card=locked)
    record("clients.changed", by=by, record=locked, changes={field: [before, after]})


def test_an_old_version_conflicts_and_names_who_and_what(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.anna, owner=cast.anna)
    change(cast.boris, card, "website", "", "b.example")
    with pytest.raises(Conflict) as found:
        actions.lock_card(by=cast.anna, kind="company", id=card.id, version=1, yours={"website": "a.example"})
    assert "Boris" in str(found.value)
    assert found.value.theirs == {"website": "b.example"}
    assert found.value.yours == {"website": "a.example"}


def test_another_field_does_not_conflict(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.anna, owner=cast.anna)
    change(cast.boris, card, "website", "", "b.example")
    locked = actions.lock_card(by=cast.anna, kind="company", id=card.id, version=1, yours={"industry": "x"})
    assert locked.version == 2


def test_a_change_without_a_fact_always_conflicts(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.anna, owner=cast.anna)
    actions.touch_card(by=cast.boris, card=Card.objects.get(id=card.id))
    with pytest.raises(Conflict):
        actions.lock_card(by=cast.anna, kind="company", id=card.id, version=1, yours={"industry": "x"})


def test_touching_renames(cast: Any, make_company: Any) -> None:
    card = make_company("Before", by=cast.anna, owner=cast.anna)
    actions.touch_card(by=cast.anna, card=card, label="After", search_text="after")
    again = Card.objects.get(id=card.id)
    assert (again.label, again.search_text, again.version) == ("After", "after", 2)


def test_touching_keeps_the_rules_of_assigning(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.anna, owner=cast.anna)
    with pytest.raises(NotAllowed):
        actions.touch_card(by=cast.anna, card=card, owner=cast.clara)
    actions.touch_card(by=cast.anna, card=card, owner=cast.boris)
    assert Card.objects.get(id=card.id).owner == cast.boris
