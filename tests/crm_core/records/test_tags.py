"""Tags: made once, used on many."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.events.models import Event
from crm_core.records import actions, queries
from kernel.errors import Invalid, NotAllowed, NotFound


def test_tagging_and_back(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.head, owner=cast.anna)
    actions.add_tag(by=cast.head, card_id=card.id, name=" #Hotels ")
    assert [tag.name for tag in queries.tags_of([card.id])[card.id]] == ["Hotels"]
    actions.remove_tag(by=cast.head, card_id=card.id, name="hotels")
    assert queries.tags_of([card.id]) == {}
    assert (
        Event.objects.filter(record_id=card.id, verb__in=("records.tagged", "records.untagged")).count() == 2
    )


def test_using_is_not_making(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.anna, owner=cast.anna)
    with pytest.raises(NotAllowed):
        actions.add_tag(by=cast.anna, card_id=card.id, name="Fresh word")
    actions.create_tag(by=cast.head, name="Known", hue="sky")
    assert actions.add_tag(by=cast.anna, card_id=card.id, name="known").done == [card.id]


def test_a_foreign_record_is_not_tagged(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.clara, owner=cast.clara)
    actions.create_tag(by=cast.head, name="Known", hue="sky")
    with pytest.raises(NotFound):
        actions.add_tag(by=cast.anna, card_id=card.id, name="Known")


@pytest.mark.parametrize(("name", "hue"), [("", "sky"), ("x" * 41, "sky"), ("Word", "#ff0000")])
def test_bad_tags_are_refused(cast: Any, name: str, hue: str) -> None:
    with pytest.raises(Invalid):
        actions.create_tag(by=cast.head, name=name, hue=hue)


def test_one_name_once(cast: Any) -> None:
    found = actions.create_tag(by=cast.head, name="Key", hue="sky")
    with pytest.raises(Invalid) as refused:
        actions.create_tag(by=cast.head, name="KEY", hue="red")
    assert "name" in refused.value.fields
    other = actions.create_tag(by=cast.head, name="Other", hue="red")
    with pytest.raises(Invalid):
        actions.change_tag(by=cast.head, id=other.id, name="key", hue="red")
    actions.change_tag(by=cast.head, id=found.id, name="Главный", hue="red")
    assert queries.tag(found.id).name == "Главный"


def test_removing_a_tag_frees_its_records(cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.head)
    actions.add_tag(by=cast.head, card_id=card.id, name="Short")
    word = next(tag for tag in queries.tags_with_counts() if tag.name == "Short")
    assert word.used == 1
    actions.delete_tag(by=cast.head, id=word.id)
    assert queries.tags_of([card.id]) == {}
