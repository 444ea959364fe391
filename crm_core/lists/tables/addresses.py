"""Where the links of a list page lead: the page's own address with a part of its state changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.urls import get_script_prefix, reverse

from crm_core.lists.models import SavedView
from crm_core.lists.queries.checking import shown_columns, sort_of
from crm_core.lists.queries.conditions import Asked
from crm_core.lists.queries.declaring import Table
from crm_core.records.registry import WORKSPACE_URLS


def same(table: Table, one: Asked, other: Asked) -> bool:
    """True if two states show the same list, whatever their pages.

    Every link of a page asks this, and most differ in one thing: what is found out fastest comes first.
    """
    return (
        sort_of(table, one) == sort_of(table, other)
        and one.group == other.group
        and _drawing(table, one) == _drawing(table, other)
        and one.filter.text == other.filter.text
        and _conditions(one) == _conditions(other)
        and [column.name for column in shown_columns(table, one)]
        == [column.name for column in shown_columns(table, other)]
    )


def _drawing(table: Table, asked: Asked) -> str:
    return asked.draw if asked.draw == "board" and table.boards else "table"


def _conditions(asked: Asked) -> frozenset[Any]:
    return frozenset((one.key, frozenset(one.values)) for one in asked.filter.conditions)


@cache
def _path(name: str, prefix: str) -> str:
    """A list's address. ``prefix`` is where the site hangs, which reversing looks at."""
    return reverse(name, urlconf=WORKSPACE_URLS)


@dataclass(frozen=True, slots=True)
class Address:
    """Makes links from the present state; a state that equals the open view is just that view's link."""

    table: Table
    asked: Asked
    view: SavedView | None
    saved: Asked | None

    @property
    def path(self) -> str:
        return _path(self.table.url, get_script_prefix())

    @property
    def scope(self) -> str:
        return self.table.scope.name if self.table.scope else ""

    def to(self, **changes: Any) -> str:
        """The address of the list with some of its state changed; it begins at the first page."""
        return self.path + "?" + self.query(**{"after": "", "before": "", **changes})

    def query(self, **changes: Any) -> str:
        asked = replace(self.asked, **changes)
        if self.view is not None and self.saved is not None:
            if same(self.table, asked, self.saved):
                kept = Asked(view=str(self.view.pk), part=asked.part, after=asked.after, before=asked.before)
                return kept.query(scope=self.scope)
            asked = replace(asked, view=str(self.view.pk))
        # A changed state always says its drawing, so that it is never taken for the view alone.
        return replace(asked, draw=asked.draw or "table").query(scope=self.scope)

    @property
    def state(self) -> str:
        """The whole present state as one query, for forms that come back to this list."""
        return self.query()

    def of(self, name: str, *arguments: Any, **query: Any) -> str:
        """A page of the engine for this table (``lists:filter``), which gets the present state to come back to."""
        url = reverse(f"lists:{name}", args=[self.table.name, *arguments])
        return url + "?" + urlencode([*query.items(), ("asked", self.state)])

    def view_url(self, view: SavedView) -> str:
        return self.path + "?" + Asked(view=str(view.pk), part=self.asked.part).query(scope=self.scope)
