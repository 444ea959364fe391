"""Saved views of a member, and the state that each stands for."""

from __future__ import annotations

from dataclasses import replace

from crm_core.lists.models import SavedView
from crm_core.lists.queries.conditions import Asked, Filter
from crm_core.lists.queries.fields.base import ids
from crm_core.team.models import Member
from kernel.errors import NotFound


def views_of(member: Member, table: str = "") -> list[SavedView]:
    """The views that the member may open, in the order of the tabs; ``put_away`` says which he has hidden."""
    views = SavedView.objects.open_to(member).with_hiding(member).order_by("position", "created_at", "id")
    return list(views.filter(table=table) if table else views)


def view_for(member: Member, id: object) -> SavedView:
    """One view that the member may open. Raises ``NotFound``."""
    found = ids([str(id)])
    view = SavedView.objects.open_to(member).with_hiding(member).filter(pk__in=found).first()
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
