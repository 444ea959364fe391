"""What the pages of the engine share: the table that the URL names, and the state to come back to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from crm_core.lists.models import SavedView
from crm_core.lists.queries.conditions import Asked
from crm_core.lists.queries.declaring import Table
from crm_core.lists.queries.registry import find, grown
from crm_core.lists.queries.views import opened, views_of
from crm_core.lists.tables import region_of
from crm_core.lists.tables.addresses import Address
from crm_core.team.models import Member
from kernel.rights import demand
from ui.answers import changed


def member_of(request: HttpRequest) -> Member:
    member: Member = request.member  # type: ignore[attr-defined]
    return member


def table_of(request: HttpRequest, name: str) -> Table:
    """The table with everything that adds to it. Raises ``NotFound``, ``NotAllowed``."""
    table = find(name)
    demand(member_of(request), table.right)
    return grown(table)


def asked_in(request: HttpRequest, table: Table) -> tuple[Asked, SavedView | None]:
    """The state that the form or link came from; a view named alone is opened."""
    text = request.POST.get("asked") or request.GET.get("asked") or ""
    asked = Asked.read(text, scope=table.scope.name if table.scope else "")
    return opened(asked, views_of(member_of(request), table.name))


def query_in(request: HttpRequest) -> str:
    return request.POST.get("asked") or request.GET.get("asked") or ""


def address_of(table: Table, asked: Asked, view: SavedView | None) -> Address:
    return Address(table, asked, view, None)


def back_to(request: HttpRequest, table: Table, url: str) -> HttpResponse:
    """The list at another state: for htmx its region, with the address pushed and the dialog emptied."""
    query = url.partition("?")[2]
    response = changed(request, region_of(request, table, query), to=url)
    response.headers["HX-Push-Url"] = url
    return response
