"""Trash, tags, stars, refused records and undoing, through HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from crm_core.events.models import Event
from crm_core.records import actions, queries
from crm_core.records.models import Card, Tag
from kernel import context
from kernel.ids import uuid7

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
DIALOG = PART | {"HX-Target": "div#dialog-body"}


def url(name: str, *args: Any) -> str:
    return reverse(f"records:{name}", args=args, urlconf="config.urls_workspace")


@pytest.fixture
def anna(cast: Any, client_for: Any) -> Any:
    return client_for(cast.anna)


@pytest.fixture
def head(cast: Any, client_for: Any) -> Any:
    return client_for(cast.head)


def test_a_foreign_record_is_the_same_404_as_a_missing_one_and_logged(
    anna: Any, cast: Any, make_company: Any
) -> None:
    card = make_company("Secret deals", by=cast.clara, owner=cast.clara)
    foreign, missing = anna.post(url("trashing", card.id)), anna.post(url("trashing", uuid7()))
    assert foreign.status_code == missing.status_code == 404
    assert "Secret deals" not in foreign.content.decode()
    facts = Event.objects.filter(verb="records.refused")
    assert [(fact.record_id, fact.actor_label, fact.values["path"]) for fact in facts] == [
        (card.id, "Anna", url("trashing", card.id))
    ]
    assert Card.objects.get(id=card.id).is_live


def test_trash_and_back(anna: Any, cast: Any, make_company: Any) -> None:
    card = make_company("Harbour House", by=cast.anna, owner=cast.anna)
    assert anna.post(url("trashing", card.id)).status_code == 302
    assert "Harbour House" in anna.get(url("trash")).content.decode()
    assert "Harbour House" in anna.get(url("trash") + "?kind=company").content.decode()
    assert "Harbour House" not in anna.get(url("trash") + "?kind=deal").content.decode()
    assert anna.post(url("restoring", card.id)).status_code == 302
    assert Card.objects.get(id=card.id).is_live
    assert "Put back: Harbour House" not in anna.get(url("trash")).content.decode()


def test_others_trash_is_not_shown(anna: Any, cast: Any, make_company: Any) -> None:
    card = make_company("Hidden", by=cast.clara, owner=cast.clara)
    actions.trash(by=cast.clara, ids=[card.id])
    assert "Hidden" not in anna.get(url("trash")).content.decode()
    assert anna.post(url("restoring", card.id)).status_code == 404


def test_purging_asks_for_the_name(head: Any, anna: Any, cast: Any, make_company: Any) -> None:
    card = make_company("Harbour House", by=cast.anna, owner=cast.anna)
    actions.trash(by=cast.anna, ids=[card.id])
    assert anna.get(url("purging", card.id)).status_code == 403
    body = head.get(url("purging", card.id), headers=DIALOG).content.decode()
    assert 'id="dialog-title"' in body
    assert "settings-nav" not in body
    assert head.post(url("purging", card.id), {"name": "Harbor"}).status_code == 422
    assert head.post(url("purging", card.id), {}).status_code == 422
    assert Card.objects.get(id=card.id).state == "trashed"
    assert head.post(url("purging", card.id), {"name": "harbour house"}).status_code == 302
    assert Card.objects.get(id=card.id).state == "purged"


def test_starring(anna: Any, cast: Any, make_company: Any) -> None:
    card = make_company("Harbour House", by=cast.anna, owner=cast.anna)
    answer = anna.post(url("star", card.id), {"on": "1"}, headers=PART)
    assert 'aria-pressed="true"' in answer.content.decode()
    assert queries.is_starred(cast.anna, card.id)
    assert "Harbour House" in anna.get(url("trash")).content.decode()  # in the sidebar
    anna.post(url("star", card.id), {"on": ""})
    assert not queries.is_starred(cast.anna, card.id)


def test_tagging_a_record(head: Any, anna: Any, cast: Any, make_company: Any) -> None:
    card = make_company(by=cast.anna, owner=cast.anna)
    answer = head.post(url("tagging", card.id), {"name": "Hotels"}, headers=PART)
    assert answer.status_code == 200
    assert "Hotels" in answer.content.decode()
    assert anna.post(url("tagging", card.id), {"name": "New word"}, headers=PART).status_code == 403
    refused = anna.post(url("tagging", card.id), {"name": "x" * 41}, headers=PART)
    assert refused.status_code == 422
    assert "x" * 41 in refused.content.decode()
    assert anna.post(url("tagging", card.id), {"remove": "Hotels"}).status_code == 302
    assert queries.tags_of([card.id]) == {}


def test_tag_settings(head: Any, anna: Any) -> None:
    assert anna.get(url("tags")).status_code == 403
    assert head.post(url("tags"), {"name": "Warehouses", "hue": "amber"}).status_code == 302
    found = Tag.objects.get(name="Warehouses")
    assert "Warehouses" in head.get(url("tags")).content.decode()
    assert head.post(url("tags"), {"name": "warehouses", "hue": "sky"}).status_code == 422
    assert head.get(url("tag", found.id), headers=DIALOG).status_code == 200
    assert head.post(url("tag", found.id), {"name": "Depots", "hue": "red"}).status_code == 302
    assert head.post(url("tag_removal", found.id)).status_code == 302
    assert not Tag.objects.filter(id=found.id).exists()


def test_undoing_a_bulk_change(head: Any, anna: Any, cast: Any, make_company: Any) -> None:
    first, second = make_company("First", by=cast.head), make_company("Second", by=cast.head)
    found = actions.start_change_set(by=cast.head, verb="records.assign", title="Two to Anna")
    with context.altered(change_set=found.id):
        actions.assign(by=cast.head, ids=[first.id, second.id], owner_id=cast.anna.id)
    actions.finish_change_set(by=cast.head, id=found.id, counts={"updated": 2})
    actions.assign(by=cast.head, ids=[second.id], owner_id=cast.boris.id)
    assert anna.get(url("change_set", found.id)).status_code == 404
    assert "Two to Anna" in head.get(url("change_set", found.id)).content.decode()
    assert head.post(url("undoing", found.id)).status_code == 302
    body = head.get(url("change_set", found.id)).content.decode()
    assert "Second" in body
    assert Card.objects.get(id=first.id).owner is None
    assert head.post(url("undoing", found.id)).status_code == 409
