"""Changing what a list is asked: conditions, columns; and what it asks for later: counts, more cards."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join

from crm_core.lists.forms import ColumnsForm, ConditionForm
from crm_core.lists.queries.checking import check
from crm_core.lists.queries.counting import counts as capped_counts
from crm_core.lists.queries.reader import Reader
from crm_core.lists.queries.selecting import select
from crm_core.lists.queries.views import state_of, views_of
from crm_core.lists.tables import boards
from crm_core.lists.tables.parts import ListPage
from crm_core.lists.tables.words import number
from crm_core.lists.views.origin import address_of, asked_in, back_to, member_of, query_in, table_of
from kernel.currencies import CURRENCIES
from kernel.errors import NotFound
from kernel.rights import EVERYBODY
from kernel.web import page
from ui import answers


@page(EVERYBODY)
def filter_page(request: HttpRequest, table: str) -> HttpResponse:
    """First which field, then how and which value; with ``apply`` back to the list."""
    known = table_of(request, table)
    asked, view = asked_in(request, known)
    key = request.GET.get("key", "")
    back = address_of(known, asked, view).to()
    values = {"table": known, "asked": query_in(request), "key": key, "back": back}
    field = known.filter(request.GET.get("field", ""))
    if field is None:
        return answers.page(request, "lists/filter.html", values, part="dialog")
    reader = Reader.of(member_of(request))
    form = ConditionForm.of(field, request.GET.get("word", ""), reader, asked.filter.find(key))
    values |= {"form": form, "currencies": list(CURRENCIES), "currency": reader.currency}
    if "apply" not in request.GET and form.shape != "nothing":
        return answers.page(request, "lists/filter.html", values, part="dialog")
    condition = form.take(dict(request.GET.lists()))
    if condition is None:
        return answers.invalid(request, "lists/filter.html", values, part="dialog")
    changed = replace(asked, filter=form.added_to(asked.filter, condition, key), after="", before="")
    return back_to(request, known, address_of(known, changed, view).to())


@page(EVERYBODY)
def columns(request: HttpRequest, table: str) -> HttpResponse:
    """Which columns and in which order; ``up`` moves one up, ``apply`` goes back to the list."""
    known = table_of(request, table)
    asked, view = asked_in(request, known)
    form = ColumnsForm(known, asked, request.GET)
    if form.finished:
        changed = replace(asked, columns=form.result, after="", before="")
        return back_to(request, known, address_of(known, changed, view).to())
    back = address_of(known, asked, view).to()
    values = {"table": known, "asked": query_in(request), "rows": form.rows, "back": back}
    return answers.page(request, "lists/columns.html", values, part="dialog")


@page(EVERYBODY)
def counts(request: HttpRequest, table: str) -> HttpResponse:
    """The number of rows in every tab, all in one query; each number goes to its tab."""
    known = table_of(request, table)
    member = member_of(request)
    asked, _view = asked_in(request, known)
    reader = Reader.of(member)
    model = known.rows(member).model
    queries = {}
    for view in views_of(member, known.name):
        if view.put_away:  # type: ignore[attr-defined]
            continue
        checked = check(known, state_of(view).filter, reader, model)
        queries[str(view.pk)] = select(known, reader, checked, part=asked.part)
    found = capped_counts(reader, queries)
    regions = format_html_join(
        "",
        '<hx-partial hx-target="#count-{0}" hx-swap="innerHTML">{1}</hx-partial>',
        ((pk, number(count, capped=capped)) for pk, (count, capped) in found.items()),
    )
    return HttpResponse(regions)


@page(EVERYBODY)
def lane(request: HttpRequest, table: str, board: str, key: str) -> HttpResponse:
    """The next cards of one lane; without JavaScript a page with these cards alone."""
    known = table_of(request, table)
    if known.board(board) is None:
        raise NotFound
    member = member_of(request)
    asked, view = asked_in(request, known)
    asked = replace(asked, group=board, draw="board")
    reader = Reader.of(member)
    checked = check(known, asked.filter, reader, known.rows(member).model)
    made = ListPage(known, reader, known.title, "", query_in(request))
    address = address_of(known, replace(asked, filter=checked.filter), view)
    cards, more = boards.next_cards(made, member, address, checked, key, request.GET.get("page", ""))
    values = {"list": made, "cards": cards, "more_url": more, "back": address.to()}
    return answers.page(request, "lists/lane.html", values, part="cards")
