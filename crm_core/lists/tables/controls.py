"""What stands around the rows: tabs, chips, heads, menus of sorting, grouping and drawing."""

from __future__ import annotations

from dataclasses import replace

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from crm_core.lists.actions import EXPORT
from crm_core.lists.models import SavedView
from crm_core.lists.queries.bulk import bulk_for
from crm_core.lists.queries.checking import Checked, Usable, board_of, sort_of
from crm_core.lists.queries.conditions import Filter
from crm_core.lists.queries.declaring import Column, Link
from crm_core.lists.tables.addresses import Address
from crm_core.lists.tables.parts import Chip, Choice, Head, ListPage, Tab
from crm_core.team.models import Member

# Pages of the engine that the controls lead to; each gets the present state to come back to.
PAGES = ("columns", "export", "counts", "views", "new_view")


def fill(made: ListPage, member: Member, address: Address, views: list[SavedView], checked: Checked) -> None:
    """Everything around the rows, none of it from the database."""
    table = made.table
    shown = [view for view in views if not view.put_away or view == made.view]  # type: ignore[attr-defined]
    made.tabs = [Tab(view, address.view_url(view), view == made.view) for view in shown]
    made.chips = [_chip(address, one) for one in checked.usable]
    made.sorts = sorts(address)
    made.groupings = groupings(address)
    made.drawings = drawings(address)
    made.clear_url = address.to(filter=Filter())
    made.reset_url = address.view_url(made.view) if made.view else ""
    made.hidden_fields = [pair for pair in _pairs(address) if pair[0] != "q"]
    made.bulk = bulk_for(table, member)
    made.create = button(member, table.create)
    made.links = [one for link in table.links if (one := button(member, link))]
    made.may_export = member.may(EXPORT)
    made.urls = {name: address.of(name) for name in PAGES} | {"conditions": address.of("filter")}


def button(member: Member, link: Link | None) -> Choice | None:
    """A link as a button for whoever may follow it; none where its page does not exist in this installation."""
    if link is None or (link.right and not member.may(link.right)):
        return None
    try:
        url = reverse(link.url)
    except NoReverseMatch:
        return None
    return Choice(link.label, f"{url}?{link.query}" if link.query else url, icon=link.icon)


def _pairs(address: Address) -> list[tuple[str, str]]:
    """The state as fields of the search form, which sends a new text and begins at the first page."""
    asked = replace(address.asked, after="", before="", view=str(address.view.pk) if address.view else "")
    return replace(asked, draw=asked.draw or "table").pairs(scope=address.scope)


def _chip(address: Address, one: Usable) -> Chip:
    key = one.condition.key
    return Chip(
        key=key,
        label=one.field.label,
        word=one.word,
        value=one.value,
        sentence=one.sentence,
        edit_url=address.of("filter", field=one.field.name, key=key),
        remove_url=address.to(filter=address.asked.filter.without(key)),
    )


def heads(address: Address, columns: list[Column]) -> list[Head]:
    """The heads of the columns; a click sorts by it, a second one turns the order round."""
    return [_head(address, column) for column in columns]


def _head(address: Address, column: Column) -> Head:
    if not column.sort:
        return Head(column, "", "")
    sort = sort_of(address.table, address.asked)
    if sort.removeprefix("-") != column.name:
        return Head(column, address.to(sort=first_sort(column)), "")
    downwards = sort.startswith("-")
    turned = column.name if downwards else f"-{column.name}"
    return Head(column, address.to(sort=turned), "descending" if downwards else "ascending")


def first_sort(column: Column) -> str:
    return f"-{column.name}" if column.descending else column.name


def sorts(address: Address) -> list[Choice]:
    """Every column in both directions, in words; before them the order that people made by hand."""
    now = sort_of(address.table, address.asked)
    board = board_of(address.table, address.asked) if address.asked.draw == "board" else None
    found = []
    if board is not None and board.by_hand:
        found.append(Choice(_("As arranged by hand"), address.to(sort=""), now == board.sort))
    for column in address.table.columns:
        if not column.sort or column.hidden:
            continue
        names = (f"-{column.name}", column.name) if column.descending else (column.name, f"-{column.name}")
        for name in names:
            found.append(Choice(_sort_words(column, name), address.to(sort=name), name == now))
    return found


def _sort_words(column: Column, name: str) -> str:
    downwards = name.startswith("-")
    if column.format in ("date", "moment"):
        words = _("%(column)s: newest first") if downwards else _("%(column)s: oldest first")
    elif column.at_end:
        words = _("%(column)s: largest first") if downwards else _("%(column)s: smallest first")
    elif column.format in ("text", "record", "member", "email"):
        words = _("%(column)s: Z to A") if downwards else _("%(column)s: A to Z")
    else:
        words = _("%(column)s: last to first") if downwards else _("%(column)s: first to last")
    return words % {"column": column.label}


def groupings(address: Address) -> list[Choice]:
    """How rows (or the lanes of a board) can be grouped; none if there is no choice."""
    table, asked = address.table, address.asked
    if asked.draw == "board":
        boards = [
            Choice(one.label, address.to(group=one.name), (asked.group or table.boards[0].name) == one.name)
            for one in table.boards
        ]
        return boards if len(boards) > 1 else []
    if not table.groupings:
        return []
    none = Choice(_("No grouping"), address.to(group=""), not asked.group)
    return [
        none,
        *(Choice(one.label, address.to(group=one.name), asked.group == one.name) for one in table.groupings),
    ]


def drawings(address: Address) -> list[Choice]:
    """Table and board, if there is a board."""
    if not address.table.boards:
        return []
    board = address.asked.draw == "board"
    return [
        Choice(_("Table"), address.to(draw="table", group=""), not board, "table-2"),
        Choice(_("Board"), address.to(draw="board", group=""), board, "square-kanban"),
    ]
