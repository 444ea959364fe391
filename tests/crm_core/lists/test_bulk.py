"""Changing many rows: only those seen, as one set, in the background when many, and back again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crm_core.events.models import Event
from crm_core.lists.actions import bulk, change_many
from crm_core.lists.queries.conditions import Asked
from crm_core.lists.queries.packing import pack, unpack
from crm_core.records.actions import undo_change_set
from crm_core.records.models import Card, ChangeSet
from crm_core.sales.models import Deal
from kernel.errors import Invalid, NotAllowed, NotFound
from kernel.jobs.models import Job
from tests.support.tenants import run_jobs


def _owners(deals: list[Deal]) -> set[Any]:
    return set(Card.objects.filter(pk__in=[one.pk for one in deals]).values_list("owner_id", flat=True))


def test_the_picked_rows_are_changed_and_given_back(
    table: Any, member: Any, make_member: Callable[..., Any], make_deal: Callable[..., Deal]
) -> None:
    anna = make_member(name="Anna")
    picked, left = [make_deal(owner=member) for _turn in range(3)], make_deal(owner=member)
    ids = [one.pk for one in picked]
    done = change_many(by=member, table=table.name, name="assign", ids=ids, values={"owner_id": anna.id})
    assert (done.done, done.kept, done.job) == (3, 0, None)
    assert _owners(picked) == {anna.id}
    assert _owners([left]) == {member.id}
    events = Event.objects.filter(change_set=done.change_set.id)
    assert events.count() == 3
    undo_change_set(by=member, id=done.change_set.id)
    assert _owners(picked) == {member.id}


def test_all_that_match_are_changed(table: Any, member: Any, make_deal: Callable[..., Deal]) -> None:
    matching = [make_deal("Lobby") for _turn in range(3)]
    other = make_deal("Roof")
    asked = Asked.read("name.has=lobby")
    done = change_many(by=member, table=table.name, name="tag", asked=asked, values={"name": "key"})
    assert done.done == 3
    assert all(one.card.taggings.count() == 1 for one in matching)
    assert other.card.taggings.count() == 0


def test_a_condition_that_vanished_never_widens_a_change(
    table: Any, member: Any, make_deal: Callable[..., Deal]
) -> None:
    make_deal("Lobby")
    asked = Asked.read("gone.is=1")
    with pytest.raises(Invalid, match="no longer exists"):
        change_many(by=member, table=table.name, name="trash", asked=asked, values={})
    assert not Card.objects.trashed().exists()


def test_many_rows_run_in_the_background(
    table: Any, member: Any, make_deal: Callable[..., Deal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 3)
    monkeypatch.setattr(bulk, "BATCH", 2)
    deals = [make_deal() for _turn in range(5)]
    done = change_many(
        by=member,
        table=table.name,
        name="assign",
        ids=[one.pk for one in deals],
        values={"owner_id": member.id},
    )
    assert done.job is not None
    assert _owners(deals) == {None}
    run_jobs()
    job = Job.objects.get(pk=done.job.pk)
    assert (job.state, job.done, job.total, job.result["done"]) == ("done", 5, 5, 5)
    assert _owners(deals) == {member.id}
    assert ChangeSet.objects.get(pk=done.change_set.pk).state == "done"
    undo_change_set(by=member, id=done.change_set.id)
    assert _owners(deals) == {None}


def test_rows_that_are_not_seen_are_passed_over(
    table: Any, make_member: Callable[..., Any], make_deal: Callable[..., Deal]
) -> None:
    anna = make_member(rights=["sales.view", "sales.edit"], visibility="own")
    hers, hidden = make_deal(owner=anna), make_deal()
    done = change_many(by=anna, table=table.name, name="trash", ids=[hers.pk, hidden.pk], values={})
    assert done.done == 1
    assert list(Card.objects.trashed()) == [hers.card]
    with pytest.raises(Invalid):
        change_many(by=anna, table=table.name, name="trash", ids=[hidden.pk], values={})


def test_rights_are_asked(
    table: Any, make_member: Callable[..., Any], make_deal: Callable[..., Deal]
) -> None:
    looker = make_member(rights=["sales.view"])
    deal = make_deal()
    with pytest.raises(NotAllowed):
        change_many(by=looker, table=table.name, name="trash", ids=[deal.pk], values={})
    editor = make_member(rights=["sales.view", "sales.edit"])
    with pytest.raises(NotAllowed):
        change_many(by=editor, table=table.name, name="assign", ids=[deal.pk], values={"owner_id": editor.id})


def test_an_unknown_change_is_not_found(table: Any, member: Any) -> None:
    with pytest.raises(NotFound):
        change_many(by=member, table=table.name, name="explode", values={})
    with pytest.raises(NotFound):
        change_many(by=member, table="nothing", name="trash", values={})


def test_values_survive_the_wait(member: Any) -> None:
    from datetime import UTC, date, datetime
    from decimal import Decimal

    values = [
        member.id,
        date(2026, 1, 2),
        datetime(2026, 1, 2, 3, tzinfo=UTC),
        Decimal("1.50"),
        "x",
        5,
        None,
        True,
        [1],
    ]
    assert [unpack(pack(value)) for value in values] == values
    with pytest.raises(TypeError):
        pack(member)
