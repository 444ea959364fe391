"""Keeping, sharing and putting away saved views. Whatever is taken back by Undo is given back as it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import record
from crm_core.lists.models import Hiding, SavedView
from crm_core.lists.queries.conditions import Asked
from crm_core.lists.queries.registry import TABLES, find
from crm_core.lists.queries.views import view_for
from crm_core.team.models import Member
from kernel.actions import action
from kernel.errors import Invalid, NotAllowed, NotFound
from kernel.rights import EVERYBODY, Actor, declare
from kernel.text import clean
from kernel.when import now

SHARE = declare("lists.share", _("Share views with the team or everyone"), _("Lists"))

NAME_LONGEST = 80
MOST_VIEWS = 200
_STATE = ("name", "filter", "sort", "columns", "grouping", "drawing", "shared")


@dataclass(frozen=True, slots=True)
class Changed:
    """A view and what it was before, in JSON terms, for Undo."""

    view: SavedView
    before: dict[str, Any]


def may_change(by: Actor, view: SavedView) -> bool:
    """Own views always; shared ones of others and those of nobody with the right to share."""
    return view.owner_id == by.id or (view.shared != SavedView.Shared.MINE and by.may(SHARE))


def _check_name(name: str) -> str:
    cleaned = clean(name)
    if not cleaned:
        raise Invalid(_("A view needs a name."), field="name")
    if len(cleaned) > NAME_LONGEST:
        raise Invalid(_("Use at most %(longest)s characters."), field="name", longest=str(NAME_LONGEST))
    return cleaned


def _check_shared(by: Actor, shared: str) -> str:
    if shared not in SavedView.Shared.values:
        raise Invalid(_("Choose who sees the view."), field="shared")
    if shared != SavedView.Shared.MINE and not by.may(SHARE):
        raise NotAllowed(_("Your role does not let you share views."), right=SHARE)
    if shared == SavedView.Shared.TEAM and not getattr(by, "team_id", None):
        raise Invalid(
            _("You belong to no team, so share it with everyone or keep it to yourself."), field="shared"
        )
    return shared


def _fill(view: SavedView, asked: Asked) -> None:
    view.filter = asked.filter.query
    view.sort = asked.sort
    view.columns = list(asked.columns)
    view.grouping = asked.group
    view.drawing = asked.draw


def _kept(view: SavedView) -> dict[str, Any]:
    return {name: getattr(view, name) for name in _STATE}


def _locked(by: Member, id: UUID) -> SavedView:
    """The view for a change. Raises ``NotFound`` if it is not open to the member, ``NotAllowed``."""
    view_for(by, id)
    view = SavedView.objects.select_for_update(of=("self",)).get(pk=id)
    if not may_change(by, view):
        raise NotAllowed(
            _("Only whoever made this view, or somebody who may share views, can change it."), right=SHARE
        )
    return view


@action(EVERYBODY)
def create_view(*, by: Member, table: str, name: str, asked: Asked, shared: str = "mine") -> SavedView:
    """Keep what a list is asked for under a name. Raises ``Invalid``, ``NotAllowed``, ``NotFound``."""
    find(table)
    name = _check_name(name)
    shared = _check_shared(by, shared)
    if SavedView.objects.kept().filter(owner=by).count() >= MOST_VIEWS:
        raise Invalid(_("You have %(most)s views. Delete some first."), field="name", most=str(MOST_VIEWS))
    last = SavedView.objects.filter(table=table).aggregate(last=Max("position"))["last"] or 0
    view = SavedView(table=table, name=name, shared=shared, owner=by, position=min(last + 1, 32000))
    _fill(view, asked)
    view.save(force_insert=True)
    record("lists.view_saved", by=by, view=str(view.pk), name=view.name, table=table)
    return view


@action(EVERYBODY)
def save_view(*, by: Member, id: UUID, asked: Asked) -> Changed:
    """Let the view be what the list now asks. Raises ``NotFound``, ``NotAllowed``."""
    view = _locked(by, id)
    before = _kept(view)
    _fill(view, asked)
    return _written(by, view, before, "lists.view_changed")


@action(EVERYBODY)
def rename_view(*, by: Member, id: UUID, name: str, shared: str) -> Changed:
    """Another name, or another circle of people. Views of nobody stay everybody's."""
    view = _locked(by, id)
    before = _kept(view)
    view.name = _check_name(name)
    if view.owner_id is not None and shared != view.shared:
        view.shared = _check_shared(by, shared)
    return _written(by, view, before, "lists.view_changed")


def _written(by: Member, view: SavedView, before: dict[str, Any], verb: str) -> Changed:
    view.changed_at = now()
    view.save()
    after = _kept(view)
    changes = {name: [before[name], after[name]] for name in _STATE if before[name] != after[name]}
    record(verb, by=by, changes=changes, view=str(view.pk), name=view.name, table=view.table)
    return Changed(view, before)


@action(EVERYBODY)
def delete_view(*, by: Member, id: UUID) -> SavedView:
    """Take a view away for all who saw it. Views that every workspace begins with are hidden instead."""
    view = _locked(by, id)
    if view.key:
        raise Invalid(_("This view comes with the workspace. It can be hidden, not deleted."))
    view.removed_at = now()
    view.save(update_fields=["removed_at"])
    record("lists.view_deleted", by=by, view=str(view.pk), name=view.name, table=view.table)
    return view


@action(EVERYBODY)
def give_back(*, by: Member, id: UUID, before: dict[str, Any]) -> SavedView:
    """Undo a change or deletion: the view is again what ``before`` says (from :class:`Changed`)."""
    view = SavedView.objects.select_for_update(of=("self",)).filter(pk=id).first()
    if view is None or not may_change(by, view):
        raise NotFound
    for name in _STATE:
        if name in before:
            setattr(view, name, before[name])
    view.removed_at = None
    view.changed_at = now()
    view.save()
    record("lists.view_given_back", by=by, view=str(view.pk), name=view.name, table=view.table)
    return view


@action(EVERYBODY)
def hide_view(*, by: Member, id: UUID) -> SavedView:
    """Put a view away from one's own tabs; for others nothing changes."""
    view = view_for(by, id)
    _made, fresh = Hiding.objects.get_or_create(view=view, member=by)
    if fresh:
        record("lists.view_hidden", by=by, view=str(view.pk), name=view.name, table=view.table)
    return view


@action(EVERYBODY)
def show_view(*, by: Member, id: UUID) -> SavedView:
    """Bring a hidden view back to one's own tabs."""
    view = view_for(by, id)
    gone, _kinds = Hiding.objects.filter(view=view, member=by).delete()
    if gone:
        record("lists.view_shown", by=by, view=str(view.pk), name=view.name, table=view.table)
    return view


@action()
def ensure_default_views() -> int:
    """Write the views that every workspace begins with, named in the active language; those there stay.

    Called by setup where a workspace is furnished again and after an upgrade; returns how many were added.
    """
    known = set(SavedView.objects.exclude(key="").values_list("key", flat=True))
    missing = [view for view in default_views() if view.key not in known]
    SavedView.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


def default_views() -> list[SavedView]:
    """The views that every workspace begins with, unsaved, named in the active language."""
    made = []
    for table in TABLES.values():
        for place, told in enumerate(table.views):
            asked = Asked.read(told.query)
            view = SavedView(
                table=table.name, key=told.key, name=str(told.name)[:NAME_LONGEST], position=place
            )
            view.shared = SavedView.Shared.EVERYONE
            _fill(view, asked)
            view.drawing = told.draw or asked.draw
            made.append(view)
    return made


@action()
def add_report(*, table: str, name: str, query: str) -> SavedView:
    """A view of everybody's that a pack brings: nobody's own, and removable like any shared one."""
    asked = Asked.read(query)
    last = SavedView.objects.filter(table=table).aggregate(last=Max("position"))["last"] or 0
    view = SavedView(table=table, name=_check_name(name), position=min(last + 1, 32000))
    view.shared = SavedView.Shared.EVERYONE
    view.changed_at = view.created_at
    _fill(view, asked)
    view.drawing = asked.draw or "table"
    view.save(force_insert=True)
    return view
