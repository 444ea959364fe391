"""What of an asked state the table understands; the rest becomes a note beside the list."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from crm_core.lists.queries.conditions import Asked, Condition, Filter
from crm_core.lists.queries.declaring import Board, Column, Table
from crm_core.lists.queries.fields import Field, Unfit
from crm_core.lists.queries.reader import Reader
from crm_core.lists.queries.words import WORDS, either


@dataclass(frozen=True, slots=True)
class Usable:
    """A condition that the table understands, with its query and its words."""

    condition: Condition
    field: Field
    q: Q
    values: list[str]

    @property
    def word(self) -> str:
        return str(WORDS[self.condition.word].label)

    @property
    def value(self) -> str:
        return either(self.values, together=self.condition.word == "all")

    @property
    def sentence(self) -> str:
        """The whole condition as one sentence, for screen readers and headings."""
        return str(WORDS[self.condition.word].sentence) % {"field": self.field.label, "value": self.value}


@dataclass(frozen=True, slots=True)
class Checked:
    usable: tuple[Usable, ...]
    text: str
    notes: tuple[str, ...]

    @property
    def filter(self) -> Filter:
        """The filter without what the table does not understand."""
        return Filter(tuple(one.condition for one in self.usable), self.text)

    @property
    def sentences(self) -> list[str]:
        said = [one.sentence for one in self.usable]
        return ([_("contains “%(text)s”") % {"text": self.text}] if self.text else []) + said


def check(table: Table, asked: Filter, reader: Reader, model: type[Model]) -> Checked:
    """Sort the conditions of a filter into usable ones and notes; never raises for what a URL says."""
    usable: list[Usable] = []
    notes: list[str] = []
    for condition in asked.conditions:
        field = table.filter(condition.field)
        if field is None:
            notes.append(
                _("The view names a field that no longer exists (%(field)s); that condition was left out.")
                % {"field": condition.field}
            )
            continue
        word = WORDS.get(condition.word)
        if word is not None and word.takes == "nothing":
            condition = replace(condition, values=())
        try:
            q = field.as_q(condition, reader, model)
            usable.append(Usable(condition, field, q, field.say_values(condition, reader)))
        except Unfit as unfit:
            notes.append(unfit.sentence)
    return Checked(tuple(usable), asked.text, tuple(notes))


def shown_columns(table: Table, asked: Asked) -> list[Column]:
    """The columns to draw in their order; fixed ones are always there, unknown names are passed over."""
    if not asked.columns:
        return [column for column in table.columns if (column.default or column.fixed) and not column.hidden]
    chosen = [column for name in asked.columns if (column := table.column(name)) and not column.hidden]
    missing = [column for column in table.columns if column.fixed and column not in chosen]
    return missing + chosen if chosen else shown_columns(table, replace(asked, columns=()))


def sort_of(table: Table, asked: Asked) -> str:
    """The order that rows have: as asked, else the board's own, else the table's."""
    column = table.column(asked.sort.removeprefix("-"))
    if column is not None and column.sort:
        return asked.sort
    board = board_of(table, asked) if asked.draw == "board" else None
    return board.sort if board is not None and board.sort else table.sort


def board_of(table: Table, asked: Asked) -> Board | None:
    """The board that is asked for, or the first; None for a table without boards."""
    return table.board(asked.group) or next(iter(table.boards), None)


def tidy(table: Table, asked: Asked) -> tuple[Asked, list[str]]:
    """Sort, grouping, drawing and columns that exist; a sentence for what does not."""
    notes = []
    named = [asked.sort.removeprefix("-"), *asked.columns]
    gone = sorted({name for name in named if name and table.column(name) is None})
    if gone:
        notes.append(
            _("The view names columns that no longer exist (%(columns)s); they were left out.")
            % {"columns": ", ".join(gone)}
        )
    draw = "board" if asked.draw == "board" and table.boards else "table"
    grouped = table.board(asked.group) if draw == "board" else table.grouping(asked.group)
    tidied = replace(
        asked,
        sort=asked.sort if table.column(asked.sort.removeprefix("-")) else "",
        columns=tuple(name for name in asked.columns if table.column(name)),
        draw=draw,
        group=asked.group if grouped else "",
    )
    return tidied, notes
