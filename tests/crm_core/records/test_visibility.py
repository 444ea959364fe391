"""Three levels: nothing, known, full."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.clients.models import Company
from crm_core.records import queries
from kernel.errors import NotFound
from kernel.ids import uuid7


def names(found: Any) -> list[str]:
    return sorted(card.label for card in found)


@pytest.fixture
def three(cast: Any, make_company: Any) -> Any:
    make_company("Of Anna", by=cast.anna, owner=cast.anna)
    make_company("Of Boris", by=cast.boris, owner=cast.boris)
    make_company("Of Clara", by=cast.clara, owner=cast.clara)
    return make_company("Nobody's", by=cast.head)


def test_own_team_and_all(cast: Any, three: Any) -> None:
    assert names(queries.visible_to(cast.anna, "company")) == ["Of Anna"]
    assert names(queries.visible_to(cast.boris, "company")) == ["Of Anna", "Of Boris"]
    assert names(queries.visible_to(cast.clara, "company")) == ["Of Clara"]
    assert names(queries.visible_to(cast.head, "company")) == ["Nobody's", "Of Anna", "Of Boris", "Of Clara"]


def test_wide_rows_are_filtered_alike(cast: Any, three: Any) -> None:
    found = Company.objects.filter(queries.visibility_q(cast.boris)).select_related("card")
    assert sorted(row.card.label for row in found) == ["Of Anna", "Of Boris"]


def test_without_the_kinds_right_nothing_is_seen_or_known(make_member: Any, three: Any) -> None:
    stranger = make_member(rights=["sales.view"], visibility="all")
    assert not queries.visible_to(stranger, "company").exists()
    assert not queries.known_to(stranger).exists()


def test_a_foreign_record_is_known_by_name_and_owner(cast: Any, three: Any) -> None:
    known = {card.label: card for card in queries.known_to(cast.anna)}
    assert set(known) == {"Nobody's", "Of Anna", "Of Boris", "Of Clara"}
    assert known["Of Clara"].full is False
    assert known["Of Clara"].owner.name == "Clara"
    assert known["Of Anna"].full is True
    chips = queries.links(cast.anna, [card.id for card in known.values()])
    assert chips[known["Of Clara"].id].url == ""
    assert chips[known["Of Clara"].id].owner_name == "Clara"


def test_known_cards_carry_nothing_more(cast: Any, three: Any) -> None:
    card = next(card for card in queries.known_to(cast.anna) if card.label == "Of Clara")
    assert "search_text" in card.get_deferred_fields()


def test_a_foreign_record_is_refused_and_a_missing_one_not_found(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.clara, owner=cast.clara)
    with pytest.raises(queries.Refused):
        queries.card_for(cast.anna, "company", card.id)
    with pytest.raises(NotFound) as missing:
        queries.card_for(cast.anna, "company", uuid7())
    assert not isinstance(missing.value, queries.Refused)
    assert queries.card_for(cast.clara, "company", card.id) == card


def test_a_card_of_any_kind(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.anna, owner=cast.anna)
    assert queries.any_card_for(cast.boris, card.id) == card
    with pytest.raises(queries.Refused):
        queries.any_card_for(cast.clara, card.id)
