"""The board drawing: lanes with their first cards, and the next cards of one lane."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from crm_core.lists.queries.cells import load
from crm_core.lists.queries.checking import Checked, board_of, shown_columns, sort_of
from crm_core.lists.queries.conditions import Asked
from crm_core.lists.queries.declaring import Board, Column, Table
from crm_core.lists.queries.lanes import FilledLane, filled, more_cards
from crm_core.lists.queries.paging import Page
from crm_core.lists.queries.selecting import paths_of, select, with_tags
from crm_core.lists.tables.addresses import Address
from crm_core.lists.tables.parts import BoardShown, CardShown, Cells, LaneShown, ListPage
from crm_core.lists.tables.rows import label_of, url_of
from crm_core.records import registry
from crm_core.team.models import Member
from kernel.errors import NotFound


def drawn(made: ListPage, member: Member, address: Address, checked: Checked) -> BoardShown:
    """All lanes of the board; three queries beside those of the app's own lanes and loaders."""
    table, asked = made.table, address.asked
    board = _board(table, asked)
    columns = _columns(table)
    rows = _rows(made, board, columns, checked, asked)
    lanes = filled(table, board, list(board.lanes(member, asked.part)), rows, sort_of(table, asked))
    loaded = load(columns, [row for lane in lanes for row in lane.rows])
    movable = bool(board.move) and (not board.move_right or member.may(board.move_right))
    shown = [_lane(made, address, board, lane, columns, loaded, movable) for lane in lanes]
    label = _("Board by %(field)s") % {"field": board.label}
    made.board_card, made.lane_names = board.card, [one.lane for one in lanes]
    by_hand = board.by_hand and sort_of(table, asked) == board.sort
    beside = board.beside(member, asked.part) if board.beside else None
    return BoardShown(label, shown, movable, by_hand, beside, board.beside_template)


def next_cards(
    made: ListPage, member: Member, address: Address, checked: Checked, key: str, after: str
) -> tuple[list[CardShown], str]:
    """The next cards of a lane and the address of those behind them."""
    table, asked = made.table, address.asked
    board = _board(table, asked)
    made.lane_names = list(board.lanes(member, asked.part))
    if key not in {lane.key for lane in made.lane_names}:
        raise NotFound
    made.board_card = board.card
    columns = _columns(table)
    rows = _rows(made, board, columns, checked, asked)
    found: Page = more_cards(table, board, key, rows, sort_of(table, asked), after)
    loaded = load(columns, found.rows)
    movable = bool(board.move) and (not board.move_right or member.may(board.move_right))
    cards = [_card(made, board, row, columns, loaded, movable) for row in found.rows]
    return cards, _more_url(address, board, key, found.after)


def _columns(table: Table) -> list[Column]:
    return shown_columns(table, Asked())


def _board(table: Table, asked: Asked) -> Board:
    found = board_of(table, asked)
    if found is None:
        raise NotFound
    return found


def _rows(made: ListPage, board: Board, columns: list[Column], checked: Checked, asked: Asked) -> Any:
    table = made.table
    sort = table.column(sort_of(table, asked).removeprefix("-"))
    paths = [
        *paths_of(columns),
        *board.needs,
        board.path,
        board.amount,
        board.currency,
        sort.sort if sort else "",
    ]
    return with_tags(select(table, made.reader, checked, paths=paths, part=asked.part), columns)


def _lane(
    made: ListPage,
    address: Address,
    board: Board,
    lane: FilledLane,
    columns: list[Column],
    loaded: Any,
    movable: bool,
) -> LaneShown:
    cards = [_card(made, board, row, columns, loaded, movable) for row in lane.rows]
    return LaneShown(
        lane.lane, lane.count, lane.sums, cards, _more_url(address, board, lane.lane.key, lane.more)
    )


def _card(
    made: ListPage, board: Board, row: Any, columns: list[Column], loaded: Any, movable: bool
) -> CardShown:
    by_name = {column.name: column for column in columns}
    move = registry.address(board.move, row.pk) if movable else ""
    cells = Cells(by_name, row, loaded, made.reader)
    return CardShown(row.pk, url_of(made.table, row), label_of(row), row, cells, move)


def _more_url(address: Address, board: Board, key: str, after: str) -> str:
    return address.of("lane", board.name, key, page=after) if after else ""
