"""A list as data: what an app writes in its ``tables.py``. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from crm_core.team.models import Member

if TYPE_CHECKING:
    from django.db.models import Q, QuerySet

    from crm_core.lists.queries.fields import Field

Format = Literal[
    "text", "record", "member", "money", "date", "moment", "badge", "tags", "step", "number", "percent",
    "phone", "email", "link", "flag",
]  # fmt: skip
AT_END: frozenset[str] = frozenset({"money", "number", "percent"})


@dataclass(frozen=True, slots=True)
class Badge:
    """A state in a cell: a word with a dot. ``hue`` is one of the ten hue names, ``tone`` a status tone."""

    text: Any
    hue: str = "grey"
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """The next step of a record: what, when (a date or an aware moment), with which icon and tone."""

    text: Any
    when: date | datetime | None = None
    icon: str = "square-check"
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One value to choose: ``value`` stands in the URL."""

    value: str
    label: Any
    hue: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A button that leads somewhere, shown to members who hold ``right``. ``url`` is a URL name."""

    label: Any
    url: str
    query: str = ""
    icon: str = ""
    right: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; the fields are told in the handbook's page on lists.

    ``value`` is a dotted attribute path or a function of the row (default: the name), for money also a
    pair of paths to minor units and currency. ``sort`` is an ORM path, an annotation's name or an
    expression; without it the column cannot be sorted by. ``load`` gets the ids of the page's rows and
    returns their values in one query. ``export`` turns row and value into what a spreadsheet gets. A
    ``hidden`` column is never offered; it only serves a board to sort by.
    """

    name: str
    label: Any
    value: str | tuple[str, str] | Callable[[Any], Any] = ""
    format: Format = "text"
    sort: Any = ""
    descending: bool = False
    default: bool = True
    fixed: bool = False
    template: str = ""
    load: Callable[[list[Any]], Mapping[Any, Any]] | None = None
    export: Callable[[Any, Any], Any] | None = None
    hidden: bool = False
    needs: tuple[str, ...] = ()
    help: Any = ""

    @property
    def at_end(self) -> bool:
        return self.format in AT_END


@dataclass(frozen=True, slots=True)
class Sum:
    """A total per currency, in the foot of the table and above the board. Amounts are minor units."""

    name: str
    label: Any
    amount: str
    currency: str = "currency"
    only: Callable[[Member], Q | None] | None = None


@dataclass(frozen=True, slots=True)
class Grouping:
    """Rows under headings: ``path`` orders and parts them, ``title`` words the heading of a row's group."""

    name: str
    label: Any
    path: Any
    title: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Lane:
    """A column of a board. ``key`` is the value of the board's path as text."""

    key: str
    label: Any
    hue: str = ""
    words: Any = ""


@dataclass(frozen=True, slots=True)
class Board:
    """The list drawn as lanes of cards. ``path`` is the lane's key on the row (``stage_id``).

    ``lanes`` gets the member and the value of the table's scope. ``move`` names the URL that takes a
    moved card (POST with ``lane`` and ``before``); without it, or without ``move_right``, cards stay.
    ``by_hand`` says that ``sort`` is an order that people make by dragging within a lane. ``beside`` gives
    what ``beside_template`` draws at the side of the lanes (rails for won and lost). ``needs`` are paths that
    ``card``, the template of a card, reads beside the default columns.
    """

    name: str
    label: Any
    path: str
    lanes: Callable[[Member, str], Iterable[Lane]]
    card: str
    needs: tuple[str, ...] = ()
    amount: str = ""
    currency: str = "currency"
    sort: str = ""
    move: str = ""
    move_right: str = ""
    by_hand: bool = False
    beside: Callable[[Member, str], Any] | None = None
    beside_template: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the table that is chosen beside the title, such as one pipeline.

    ``all`` are the words for no choice at all; where it is empty the first option is the default.
    """

    name: str
    label: Any
    path: str
    options: Callable[[Member], Iterable[Option]]
    all: Any = ""


@dataclass(frozen=True, slots=True)
class Bulk:
    """A change of many rows. ``action`` is the dotted name of an action taking ``by``, ``ids`` and the form's
    values; ``form`` the dotted name of a form that is constructed with ``by``.
    """

    name: str
    label: Any
    icon: str
    action: str
    form: str = ""
    right: str = ""
    danger: bool = False
    fixed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Phone:
    """Names of the columns that make the two lines of a row on a narrow screen."""

    start: str
    end: str = ""
    below: str = ""
    below_end: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in (self.start, self.end, self.below, self.below_end) if name)


@dataclass(frozen=True, slots=True)
class Empty:
    """What stands in a list that holds nothing yet: what it is for, and one or two ways to begin."""

    title: Any
    text: Any
    action: Link | None = None
    second: Link | None = None


@dataclass(frozen=True, slots=True)
class DefaultView:
    """A saved view that every new workspace begins with. ``query`` is as in the URL of the list."""

    key: str
    name: Any
    query: str = ""
    draw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """What a workspace's own settings add to a table, such as its headings."""

    columns: tuple[Column, ...] = ()
    filters: tuple[Field, ...] = ()
    annotations: Mapping[str, Callable[[Member], Any]] = field(default_factory=dict)
    groupings: tuple[Grouping, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A list of one kind of thing. ``rows`` is the only way to its rows and applies what a member may see.

    ``counted`` is a lazy plural with ``%(n)s``. ``annotations`` maps names to functions of the member that
    return an ORM expression; only those that a page needs are added to its query. So with ``related``: the relations
    whose rows come along if something that the page shows begins with their name (``{"company": "company__card"}``).
    """

    name: str
    title: Any
    counted: Any
    url: str
    right: str
    rows: Callable[[Member], QuerySet[Any]]
    columns: tuple[Column, ...]
    kind: str = ""
    edit_right: str = ""
    filters: tuple[Field, ...] = ()
    search: tuple[str, ...] = ("card__search_text",)
    sort: str = ""
    annotations: Mapping[str, Callable[[Member], Any]] = field(default_factory=dict)
    related: Mapping[str, str] = field(default_factory=dict)
    groupings: tuple[Grouping, ...] = ()
    boards: tuple[Board, ...] = ()
    sums: tuple[Sum, ...] = ()
    bulk: tuple[Bulk, ...] = ()
    records_bulk: bool = True
    phone: Phone | None = None
    empty: Empty | None = None
    views: tuple[DefaultView, ...] = ()
    create: Link | None = None
    links: tuple[Link, ...] = ()
    scope: Scope | None = None
    dynamic: Callable[[], More | None] | None = None
    row_url: Callable[[Any], str] | None = None

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def filter(self, name: str) -> Field | None:
        return next((known for known in self.filters if known.name == name), None)

    def grouping(self, name: str) -> Grouping | None:
        return next((known for known in self.groupings if known.name == name), None)

    def board(self, name: str) -> Board | None:
        return next((known for known in self.boards if known.name == name), None)
