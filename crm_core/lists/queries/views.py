"""Saved views of a member, and the state that each stands for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from crm_core.lists.models import SavedView
from crm_core.lists.queries.conditions import Asked, Filter
from crm_core.lists.queries.fields.base import ids
from crm_core.team.models import Member
from kernel.errors import NotFound
from kernel.standing import standing


def views_of(member: Member, table: str = "") -> list[SavedView]:
    """The views that the member may open, in the order of the tabs; ``put_away`` says which he has hidden."""
    team = {"team": member.team_id} if member.team_id else {}
    return _views(member=member.id, **team, **({"table": table} if table else {}))


@standing
def _views(*, member: Any, team: Any = None, table: str = "") -> QuerySet[SavedView]:
    views = SavedView.objects.open_to(member, team).with_hiding(member)
    views = views.order_by("position", "created_at", "id")
    return views.filter(table=table) if table else views


def view_for(member: Member, id: object) -> SavedView:
    """One view that the member may open. Raises ``NotFound``."""
    found = ids([str(id)])
    view = (
        SavedView.objects.open_to(member.id, member.team_id)
        .with_hiding(member.id)
        .filter(pk__in=found)
        .first()
    )
    if view is None:
        raise NotFound
    return view


def state_of(view: SavedView) -> Asked:
    """What a view asks, as if it stood in the URL."""
    return Asked(
        filter=Filter.read(view.filter),
        sort=view.sort,
        columns=tuple(name for name in view.columns if isinstance(name, str)),
        group=view.grouping,
        draw=view.drawing,
        view=str(view.pk),
    )


def opened(asked: Asked, views: list[SavedView]) -> tuple[Asked, SavedView | None]:
    """The state to show, and the view that it belongs to.

    A URL that names a view and nothing else shows the view; one that says more is that view, changed. A URL
    that says nothing shows the first tab. The page keys and the scope of the URL are kept.
    """
    view = next((one for one in views if str(one.pk) == asked.view), None)
    if asked.says_something:
        return (asked if view else replace(asked, view="")), view
    view = view or next((one for one in views if not one.put_away), None)
    if view is None:
        return asked, None
    return replace(state_of(view), part=asked.part, after=asked.after, before=asked.before), view
