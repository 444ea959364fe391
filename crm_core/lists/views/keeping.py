"""Saved views: keeping, naming, sharing, putting away, and taking each of these back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_core.lists import actions
from crm_core.lists.forms import ViewForm
from crm_core.lists.models import SavedView
from crm_core.lists.queries.conditions import Asked
from crm_core.lists.queries.registry import TABLES, find
from crm_core.lists.queries.views import view_for, views_of
from crm_core.lists.views.origin import asked_in, member_of, query_in, table_of
from kernel import signing
from kernel.errors import Invalid, NotFound
from kernel.rights import EVERYBODY
from kernel.web import change, form, page
from ui.answers import changed, invalid
from ui.answers import page as show
from ui.forms import refuse

UNDO = "lists.view"


def _url(view: SavedView) -> str:
    return f"{reverse(find(view.table).url)}?{Asked(view=str(view.pk)).query()}"


def _undo(view: SavedView, before: dict[str, Any]) -> str:
    token = signing.sign(UNDO, [str(view.pk), before])
    return f"{reverse('lists:undoing', args=[view.pk])}?before={token}"


@page(EVERYBODY)
def all_views(request: HttpRequest, table: str) -> HttpResponse:
    """Every view that the member may open, hidden ones too, with what can be done to each."""
    known = table_of(request, table)
    member = member_of(request)
    rows = [(view, _url(view), actions.may_change(member, view)) for view in views_of(member, known.name)]
    return show(request, "lists/views.html", {"table": known, "rows": rows, "back": reverse(known.url)})


@form(EVERYBODY)
def new_view(request: HttpRequest, table: str) -> HttpResponse:
    """Keep the present state under a name."""
    known = table_of(request, table)
    filled = ViewForm(request.POST or None, by=member_of(request), initial={"shared": "mine"})
    if request.method == "POST" and filled.is_valid():
        asked, _view = asked_in(request, known)
        try:
            made = actions.create_view(
                by=member_of(request), table=known.name, asked=asked, **filled.cleaned_data
            )
        except Invalid as error:
            refuse(filled, error)
        else:
            return changed(request, to=_url(made), words=_("View saved"), follow=True)
    back = f"{reverse(known.url)}?{query_in(request)}"
    values = {"form": filled, "asked": query_in(request), "back": back, "url": request.path}
    answer = invalid if filled.errors else show
    return answer(request, "lists/view_form.html", values, part="dialog")


@form(EVERYBODY)
def view(request: HttpRequest, id: UUID) -> HttpResponse:
    """Rename a view, or change who sees it."""
    found = view_for(member_of(request), id)
    begin = {"name": found.name, "shared": found.shared}
    filled = ViewForm(
        request.POST or None, by=member_of(request), of_nobody=found.owner_id is None, initial=begin
    )
    if request.method == "POST" and filled.is_valid():
        given = {"shared": found.shared, **filled.cleaned_data}
        try:
            done = actions.rename_view(by=member_of(request), id=id, **given)
        except Invalid as error:
            refuse(filled, error)
        else:
            undo = _undo(done.view, done.before)
            return changed(request, to=_url(done.view), words=_("View changed"), undo=undo, follow=True)
    values = {"form": filled, "view": found, "back": _url(found), "url": request.path}
    answer = invalid if filled.errors else show
    return answer(request, "lists/view_form.html", values, part="dialog")


@change(EVERYBODY)
def state(request: HttpRequest, id: UUID) -> HttpResponse:
    """Let the view be what the list shows now."""
    found = view_for(member_of(request), id)
    known = table_of(request, found.table)
    asked, _view = asked_in(request, known)
    done = actions.save_view(by=member_of(request), id=id, asked=asked)
    return changed(
        request, to=_url(done.view), words=_("View saved"), undo=_undo(done.view, done.before), follow=True
    )


@change(EVERYBODY)
def hiding(request: HttpRequest, id: UUID) -> HttpResponse:
    """Put the view away from one's own tabs."""
    done = actions.hide_view(by=member_of(request), id=id)
    back = reverse("lists:views", args=[done.table])
    undo = reverse("lists:showing", args=[id])
    return changed(request, to=back, words=_("View hidden from your tabs"), undo=undo, follow=True)


@change(EVERYBODY)
def showing(request: HttpRequest, id: UUID) -> HttpResponse:
    """Bring the view back to one's own tabs."""
    done = actions.show_view(by=member_of(request), id=id)
    return changed(
        request, to=reverse("lists:views", args=[done.table]), words=_("View shown again"), follow=True
    )


@change(EVERYBODY)
def removal(request: HttpRequest, id: UUID) -> HttpResponse:
    """Take the view away for everybody who saw it."""
    done = actions.delete_view(by=member_of(request), id=id)
    back = reverse("lists:views", args=[done.table])
    return changed(request, to=back, words=_("View deleted"), undo=_undo(done, {}), follow=True)


@change(EVERYBODY)
def undoing(request: HttpRequest, id: UUID) -> HttpResponse:
    """Give a view back as it was before the change that the signed token tells of."""
    told, before = signing.unsign(UNDO, request.GET.get("before", ""), max_age=24 * 3600)
    if told != str(id) or not isinstance(before, dict):
        raise NotFound
    done = actions.give_back(by=member_of(request), id=id, before=before)
    if done.table not in TABLES:
        raise NotFound
    return changed(request, to=_url(done), words=_("Taken back"), follow=True)
