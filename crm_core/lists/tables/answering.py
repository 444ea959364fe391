"""The view of a list: the page, or for htmx only the region that changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from crm_core.lists.queries.declaring import Table
from crm_core.lists.tables.drawing import drawn
from ui.answers import page, region, wants_part


def answer(
    request: HttpRequest, table: Table, template: str = "lists/page.html", **values: Any
) -> HttpResponse:
    """The whole view of a list's page. ``template`` extends ``lists/page.html`` where an app adds to it."""
    made = drawn(request.member, table, request.GET)  # type: ignore[attr-defined]
    name = "lists/region.html" if wants_part(request) else template
    return page(request, name, {"list": made, **values})


def region_of(request: HttpRequest, table: Table, query: str) -> str:
    """The list region for a state, as one changed region of an htmx answer."""
    made = drawn(request.member, table, query)  # type: ignore[attr-defined]
    return region(request, "#list", "lists/region.html", {"list": made})
