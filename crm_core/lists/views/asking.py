"""Changing what a list is asked: conditions, columns; and what it asks for later: counts, more cards."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join

from crm_core.lists.forms import ConditionForm
from crm_core.lists.queries.checking import check, shown_columns
from crm_core.lists.queries.counting import counts as capped_counts
from crm_core.lists.queries.reader import Reader
from crm_core.lists.queries.selecting import select
from crm_core.lists.queries.views import state_of, views_of
from crm_core.lists.queries.words import WORDS
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
    field = known.filter(request.GET.get("field", ""))
    values = {
        "table": known,
        "asked": query_in(request),
        "key": request.GET.get("key", ""),
        "back": address_of(known, asked, view).to(),
    }
    if field is None:
        return answers.page(request, "lists/filter.html", values, part="dialog")
    reader = Reader.of(member_of(request))
    now = asked.filter.find(values["key"])
    word = request.GET.get("word") or (now.word if now else "")
    form = ConditionForm(field, word, reader, now=now if now and now.word == word else None)
    values |= {"form": form, "currencies": list(CURRENCIES), "currency": reader.currency}
    if "apply" in request.GET or form.shape == "nothing":
        condition = form.take(dict(request.GET.lists()))
        if condition is None:
            return answers.invalid(request, "lists/filter.html", values, part="dialog")
        one = WORDS[condition.word].takes != "several" and field.widget != "text"
        replaced = values["key"] or (condition.key if one else "")
        changed = replace(
            asked, filter=asked.filter.plus(condition, instead_of=replaced), after="", before=""
        )
        return back_to(request, known, address_of(known, changed, view).to())
    return answers.page(request, "lists/filter.html", values, part="dialog")


@page(EVERYBODY)
def columns(request: HttpRequest, table: str) -> HttpResponse:
    """Which columns and in which order; ``up`` moves one up, ``apply`` goes back to the list."""
    known = table_of(request, table)
    asked, view = asked_in(request, known)
    if "chosen" in request.GET:
        chosen = [name for name in request.GET.getlist("chosen") if known.column(name)]
    else:
        chosen = [column.name for column in shown_columns(known, asked)]
    if "usual" in request.GET:
        return back_to(request, known, address_of(known, replace(asked, columns=()), view).to())
    if "apply" in request.GET:
        return back_to(request, known, address_of(known, replace(asked, columns=tuple(chosen)), view).to())
    order = [name for name in request.GET.getlist("order") if known.column(name)] or chosen
    order += [column.name for column in known.columns if column.name not in order]
    moved = request.GET.get("up", "")
    if moved in order[1:]:
        place = order.index(moved)
        order[place - 1], order[place] = order[place], order[place - 1]
    rows = [(known.column(name), name in chosen) for name in order]
    values = {
        "table": known,
        "asked": query_in(request),
        "rows": rows,
        "back": address_of(known, asked, view).to(),
    }
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
