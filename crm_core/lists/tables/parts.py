"""What templates of a list draw: plain data, every address and word already made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from crm_core.lists.models import SavedView
from crm_core.lists.queries.cells import Loaded, value
from crm_core.lists.queries.declaring import Bulk, Column, Empty, Lane, Table
from crm_core.lists.queries.reader import Reader
from crm_core.lists.tables.values import shown
from kernel.money import Money
from kernel.when import now


@dataclass(frozen=True, slots=True)
class Tab:
    view: SavedView
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in three parts, and in one sentence for those who do not see it."""

    key: str
    label: Any
    word: str
    value: str
    sentence: str
    edit_url: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head. ``aria`` is ascending, descending or empty."""

    column: Column
    url: str
    aria: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a menu or a switch."""

    label: Any
    url: str
    current: bool = False
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """``value`` is as cells and templates draw it, ``url`` the record's own address."""

    column: Column
    value: Any
    row: Any
    url: str = ""


class Cells(Mapping[str, Any]):
    """The values of a row's columns by name as templates draw them, worked out when one asks."""

    def __init__(self, columns: Mapping[str, Column], row: Any, loaded: Loaded, reader: Reader) -> None:
        self.columns, self.row, self.loaded, self.reader = columns, row, loaded, reader

    def __getitem__(self, name: str) -> Any:
        column = self.columns[name]
        return shown(column, value(column, self.row, self.loaded), self.reader)

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its cells, its two lines for a narrow screen, and the heading if a group begins with it."""

    pk: Any
    url: str
    label: str
    cells: list[Cell]
    phone: dict[str, Cell]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class CardShown:
    """A card of a board; ``row`` and ``cells`` are for the app's own template."""

    pk: Any
    url: str
    label: str
    row: Any
    cells: Cells
    move_url: str = ""


@dataclass(frozen=True, slots=True)
class LaneShown:
    lane: Lane
    count: int
    sums: list[Money]
    cards: list[CardShown]
    more_url: str = ""


@dataclass(frozen=True, slots=True)
class BoardShown:
    label: Any
    lanes: list[LaneShown]
    movable: bool
    by_hand: bool = False
    beside: Any = None
    beside_template: str = ""


@dataclass(frozen=True, slots=True)
class FootShown:
    """``count`` in words ("1,000+ companies"), totals as label and amounts."""

    words: str
    totals: list[tuple[Any, list[Money]]]
    too_many: bool
    count: int


@dataclass(slots=True)
class ListPage:
    """Everything that a list page shows."""

    table: Table
    reader: Reader
    title: Any
    url: str
    state: str
    tabs: list[Tab] = field(default_factory=list)
    view: SavedView | None = None
    changed: bool = False
    may_save: bool = False
    chips: list[Chip] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    text: str = ""
    hidden_fields: list[tuple[str, str]] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    board: BoardShown | None = None
    board_card: str = ""
    lane_names: list[Lane] = field(default_factory=list)
    # The menu that moves a card, drawn once, and by name of what differs the place where it stands.
    move_menu: tuple[str, dict[str, str]] | None = None
    foot: FootShown | None = None
    next_url: str = ""
    previous_url: str = ""
    first_url: str = ""
    clear_url: str = ""
    reset_url: str = ""
    sorts: list[Choice] = field(default_factory=list)
    groupings: list[Choice] = field(default_factory=list)
    drawings: list[Choice] = field(default_factory=list)
    parts: list[Choice] = field(default_factory=list)
    part_label: Any = ""
    bulk: list[Bulk] = field(default_factory=list)
    emptiness: str = ""
    empty: Empty | None = None
    begin: list[Choice] = field(default_factory=list)
    create: Choice | None = None
    links: list[Choice] = field(default_factory=list)
    may_export: bool = False
    urls: dict[str, str] = field(default_factory=dict)
    # Differs with every drawing, so that what is loaded afterwards is asked for again.
    moment: int = field(default_factory=lambda: int(now().timestamp() * 1000))
