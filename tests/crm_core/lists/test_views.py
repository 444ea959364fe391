"""Saved views: kept, shared, changed, put away, and each of these taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation

from crm_core.events.models import Event
from crm_core.lists import actions
from crm_core.lists.models import SavedView
from crm_core.lists.queries.conditions import Asked
from crm_core.lists.queries.views import opened, state_of, views_of
from crm_core.team.models import Team
from kernel.errors import Invalid, NotAllowed, NotFound

ASKED = Asked.read("stage.is=x&q=lob&sort=-amount&columns=name,stage&group=stage&draw=board")


@pytest.fixture
def anna(make_member: Callable[..., Any]) -> Any:
    return make_member(name="Anna", rights=["sales.view"])


@pytest.fixture
def sharer(make_member: Callable[..., Any]) -> Any:
    return make_member(
        name="Mark", rights=["sales.view", "lists.share"], team=Team.objects.create(name="North")
    )


def _create(by: Any, table: Any, **fields: Any) -> SavedView:
    return actions.create_view(**{"by": by, "table": table.name, "name": "Mine", "asked": ASKED, **fields})


def test_a_view_keeps_everything_that_was_asked(table: Any, anna: Any) -> None:
    view = _create(anna, table)
    again = state_of(SavedView.objects.get(pk=view.pk))
    assert again == Asked.read(f"{ASKED.query()}&view={view.pk}")
    assert Event.objects.filter(verb="lists.view_saved", actor_id=anna.id).count() == 1


@pytest.mark.parametrize("name", ["", "  \t", "x" * 81])
def test_a_view_needs_a_fitting_name(table: Any, anna: Any, name: str) -> None:
    with pytest.raises(Invalid):
        _create(anna, table, name=name)
    assert not SavedView.objects.filter(owner=anna).exists()


def test_an_own_view_is_nobody_elses(table: Any, anna: Any, sharer: Any) -> None:
    view = _create(anna, table)
    assert view not in views_of(sharer, table.name)
    with pytest.raises(NotFound):
        actions.save_view(by=sharer, id=view.pk, asked=Asked())


def test_sharing_needs_the_right(table: Any, anna: Any, sharer: Any, make_member: Callable[..., Any]) -> None:
    with pytest.raises(NotAllowed):
        _create(anna, table, shared="everyone")
    everyone, team = _create(sharer, table, shared="everyone"), _create(sharer, table, shared="team")
    assert everyone in views_of(anna, table.name)
    assert team not in views_of(anna, table.name)
    mate = make_member(team=sharer.team)
    assert {everyone, team} <= set(views_of(mate, table.name))


def test_a_team_is_needed_to_share_with_it(table: Any, make_member: Callable[..., Any]) -> None:
    with pytest.raises(Invalid):
        _create(make_member(rights=["lists.share"]), table, shared="team")


def test_a_shared_view_is_changed_by_those_who_may(table: Any, anna: Any, sharer: Any) -> None:
    view = _create(sharer, table, shared="everyone")
    with pytest.raises(NotAllowed):
        actions.rename_view(by=anna, id=view.pk, name="Hers", shared="everyone")
    done = actions.rename_view(by=sharer, id=view.pk, name="Ours", shared="mine")
    assert (done.view.name, done.view.shared) == ("Ours", "mine")
    assert view not in views_of(anna, table.name)


def test_saving_is_taken_back(table: Any, anna: Any) -> None:
    view = _create(anna, table)
    done = actions.save_view(by=anna, id=view.pk, asked=Asked.read("owner.is=me"))
    assert done.view.filter == "owner.is=me"
    back = actions.give_back(by=anna, id=view.pk, before=done.before)
    assert state_of(back) == state_of(view)


def test_deleting_is_taken_back(table: Any, anna: Any) -> None:
    view = _create(anna, table)
    actions.delete_view(by=anna, id=view.pk)
    assert view not in views_of(anna, table.name)
    actions.give_back(by=anna, id=view.pk, before={})
    assert view in views_of(anna, table.name)


def test_giving_back_is_for_whoever_may_change(table: Any, anna: Any, sharer: Any) -> None:
    view = _create(sharer, table)
    actions.delete_view(by=sharer, id=view.pk)
    with pytest.raises(NotFound):
        actions.give_back(by=anna, id=view.pk, before={})


def test_hiding_is_ones_own_matter(table: Any, anna: Any, sharer: Any) -> None:
    view = _create(sharer, table, shared="everyone")
    actions.hide_view(by=anna, id=view.pk)
    actions.hide_view(by=anna, id=view.pk)
    assert [one.put_away for one in views_of(anna, table.name) if one == view] == [True]
    assert [one.put_away for one in views_of(sharer, table.name) if one == view] == [False]
    actions.show_view(by=anna, id=view.pk)
    assert [one.put_away for one in views_of(anna, table.name) if one == view] == [False]


def test_default_views_come_once_and_stay(table: Any, member: Any) -> None:
    actions.ensure_default_views()
    assert actions.ensure_default_views() == 0
    made = SavedView.objects.filter(table=table.name).order_by("position")
    assert [(view.key, view.name, view.shared) for view in made] == [
        ("testdeals.all", "All", "everyone"),
        ("testdeals.mine", "Mine", "everyone"),
    ]
    with pytest.raises(Invalid):
        actions.delete_view(by=member, id=made[0].pk)
    actions.hide_view(by=member, id=made[0].pk)


def test_default_views_are_named_in_the_workspaces_language(table: Any, tenant: Any) -> None:
    from crm_core.lists.queries.registry import TABLES

    SavedView.objects.all().delete()
    with translation.override("ru"):
        actions.ensure_default_views()
    assert SavedView.objects.count() == sum(len(one.views) for one in TABLES.values())


def test_an_address_that_says_nothing_opens_the_first_tab(table: Any, anna: Any) -> None:
    first, second = (
        _create(anna, table, name="One"),
        _create(anna, table, name="Two", asked=Asked.read("q=x")),
    )
    views = views_of(anna, table.name)
    assert opened(Asked(), views)[1] == first
    actions.hide_view(by=anna, id=first.pk)
    views = views_of(anna, table.name)
    asked, view = opened(Asked(), views)
    assert (view, asked.filter.text) == (second, "x")
    assert opened(Asked(view=str(first.pk)), views)[1] == first
    changed, view = opened(Asked.read(f"view={second.pk}&sort=name"), views)
    assert (view, changed.filter.text) == (second, "")
    assert opened(Asked.read("view=nonsense&sort=name"), views) == (Asked.read("sort=name"), None)
