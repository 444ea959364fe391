"""From a member and a URL to everything that the list page shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import QueryDict

from crm_core.lists.actions import may_change
from crm_core.lists.models import SavedView
from crm_core.lists.queries.cells import load
from crm_core.lists.queries.checking import Checked, check, shown_columns, sort_of, tidy
from crm_core.lists.queries.conditions import Asked
from crm_core.lists.queries.counting import Foot, foot
from crm_core.lists.queries.declaring import Option, Table
from crm_core.lists.queries.paging import keys_for, page
from crm_core.lists.queries.reader import Reader
from crm_core.lists.queries.registry import grown
from crm_core.lists.queries.selecting import paths_of, select, with_tags
from crm_core.lists.queries.views import opened, state_of, views_of
from crm_core.lists.tables import boards, controls
from crm_core.lists.tables.addresses import Address, same
from crm_core.lists.tables.parts import Choice, FootShown, ListPage
from crm_core.lists.tables.rows import row_of
from crm_core.lists.tables.words import counted
from crm_core.team.models import Member
from kernel.money import Money


def drawn(member: Member, table: Table, params: QueryDict | str) -> ListPage:
    """The list page of a table for a member and a URL query; nonsense in the query becomes notes."""
    table = grown(table)
    reader = Reader.of(member)
    scope = table.scope.name if table.scope else ""
    views = views_of(member, table.name)
    asked, view = opened(Asked.read(params, scope=scope), views)
    asked, notes = tidy(table, asked)
    asked, parts = _with_part(table, member, asked)
    rows_of = table.rows(member)
    checked = check(table, asked.filter, reader, rows_of.model)
    asked = replace(asked, filter=checked.filter)
    saved = _understood(table, reader, rows_of.model, view, asked)
    address = Address(table, asked, view, saved)
    made = ListPage(table, reader, table.title, address.path, address.state)
    made.view, made.notes, made.text = view, [*notes, *checked.notes], asked.filter.text
    made.changed = saved is not None and not same(table, asked, saved)
    made.may_save = view is not None and may_change(member, view)
    controls.fill(made, member, address, views, checked)
    made.parts = [Choice(one.label, address.to(part=one.value), one.value == asked.part) for one in parts]
    made.part_label = next((one.label for one in made.parts if one.current), "")
    _fill_rows(made, member, address, checked)
    return made


def _with_part(table: Table, member: Member, asked: Asked) -> tuple[Asked, list[Any]]:
    """The state with a scope that exists, and the scopes to choose from."""
    if table.scope is None:
        return replace(asked, part=""), []
    options = list(table.scope.options(member))
    known = [one.value for one in options]
    whole = bool(table.scope.all) and asked.draw != "board"
    if asked.part not in known:
        asked = replace(asked, part="" if whole or not known else known[0])
    if whole and len(options) > 1:
        options = [Option("", table.scope.all), *options]
    return asked, options if len(options) > 1 else []


def _understood(
    table: Table, reader: Reader, model: Any, view: SavedView | None, asked: Asked
) -> Asked | None:
    """The open view's own state, without what the table no longer understands."""
    if view is None:
        return None
    state, _notes = tidy(table, state_of(view))
    if state.filter != asked.filter:
        state = replace(state, filter=check(table, state.filter, reader, model).filter)
    return state


def _fill_rows(made: ListPage, member: Member, address: Address, checked: Checked) -> None:
    asked, table = address.asked, made.table
    summed = select(table, made.reader, checked, paths=_sum_paths(table), part=asked.part)
    if asked.draw == "board":
        made.board = boards.drawn(made, member, address, checked)
        shown_any = any(lane.count for lane in made.board.lanes)
        made.foot = _foot(table, foot(table, made.reader, summed)) if table.sums else None
    else:
        made.foot = _foot(table, foot(table, made.reader, summed))
        _fill_table(made, address, checked)
        shown_any = bool(made.rows)
    if not shown_any:
        _fill_empty(made, member, address)


def _sum_paths(table: Table) -> list[Any]:
    return [path for one in table.sums for path in (one.amount, one.currency)]


def _foot(table: Table, found: Foot) -> FootShown:
    totals: list[tuple[Any, list[Money]]] = [(one.label, one.amounts) for one in found.totals if one.amounts]
    return FootShown(
        counted(table, found.count, capped=found.capped),
        totals,
        found.capped and bool(table.sums),
        found.count,
    )


def _fill_table(made: ListPage, address: Address, checked: Checked) -> None:
    asked, table = address.asked, made.table
    columns, order = shown_columns(table, asked), sort_of(table, asked)
    named = [table.column(name) for name in (table.phone.names if table.phone else ())]
    needed = list(dict.fromkeys([*columns, *(column for column in named if column)]))
    grouping = table.grouping(asked.group)
    sort = table.column(order.removeprefix("-"))
    paths = [*paths_of(needed), sort.sort if sort else "", grouping.path if grouping else ""]
    rows = with_tags(select(table, made.reader, checked, paths=paths, part=asked.part), needed)
    keys = keys_for(table, rows.model, order, asked.group)
    found = page(rows, keys, of=f"{table.name}:{order}:{asked.group}", after=asked.after, before=asked.before)
    loaded = load(needed, found.rows)
    heading = None
    for row in found.rows:
        title = str(grouping.title(row)) if grouping else ""
        made.rows.append(row_of(table, row, columns, loaded, made.reader, "" if title == heading else title))
        heading = title
    made.heads = controls.heads(address, columns)
    made.next_url = address.to(after=found.after) if found.after else ""
    made.previous_url = address.to(before=found.before) if found.before else ""
    made.first_url = address.to() if asked.after or asked.before else ""


def _fill_empty(made: ListPage, member: Member, address: Address) -> None:
    """Which of the three kinds of emptiness it is: nothing yet, nothing that fits, or past the last page."""
    asked, table = address.asked, made.table
    if asked.after or asked.before:
        made.emptiness = "end"
    elif (asked.filter or asked.part) and table.rows(member).exists():
        made.emptiness = "filtered"
    else:
        made.emptiness = "first"
        made.empty = table.empty
        ways = (table.empty.action, table.empty.second) if table.empty else ()
        made.begin = [one for link in ways if (one := controls.button(member, link))]
