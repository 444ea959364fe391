"""The preview: rows of the file as they will be taken, with what becomes of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_core.imports.mapping import Target
from crm_core.imports.models import Import, ImportRow
from crm_core.imports.queries import facts
from crm_core.imports.queries.cells import amount
from crm_core.imports.queries.drafts import WHOLE_ROW, Drafter
from crm_core.imports.queries.imports import statuses_name
from crm_core.imports.queries.lookups import Lookup, lookup
from crm_core.imports.queries.planning import (
    LETTERS,
    NEW,
    OUT,
    SAME,
    SKIP,
    TWIN,
    UPDATE,
    WRONG,
    Planned,
    Planner,
)
from crm_core.imports.reading import Row
from crm_core.records import queries as records
from crm_core.records.queries import Link
from crm_core.team.models import Member
from kernel import context, storage
from kernel.emails import read_email
from kernel.errors import Invalid, NotFound
from kernel.money import format_money
from kernel.text import closest
from kernel.when import format_when

PAGE = 50
_LONGEST = 120
TABS = ("all", NEW, UPDATE, SAME, TWIN, SKIP, WRONG)
# Word and tone of each state; the word stands in a badge at the row.
STATES: dict[str, tuple[Any, str]] = {
    NEW: (pgettext_lazy("row of an import", "New"), "positive"),
    UPDATE: (pgettext_lazy("row of an import", "Update"), "info"),
    SAME: (pgettext_lazy("row of an import", "Already here"), "plain"),
    TWIN: (pgettext_lazy("row of an import", "Duplicate?"), "warning"),
    SKIP: (pgettext_lazy("row of an import", "Skipped"), "plain"),
    WRONG: (pgettext_lazy("row of an import", "Fix"), "negative"),
    OUT: (pgettext_lazy("row of an import", "Left out"), "plain"),
}
_BY: dict[str, Any] = {
    "origin": _("the id in the old system"),
    "tax": _("tax number"),
    "email": _("e-mail"),
    "domain": _("website"),
    "phone": _("phone"),
    "name": _("name"),
}


@dataclass(slots=True)
class Cell:
    """One cell: what will be stored, in words (``text``), and what stands in the file (``raw``).

    ``guess`` is a likely right spelling of a wrong one.
    """

    place: int
    name: str
    raw: str
    text: str
    end: bool = False
    out: bool = False
    wrong: list[str] = field(default_factory=list)
    guess: str = ""
    alike: int = 0


@dataclass(slots=True)
class PreviewRow:
    """A row of the preview. ``meant`` is the record that it updates or may double, ``by`` how it was found."""

    number: int
    line: int
    state: str
    cells: list[Cell]
    wrong: list[str] = field(default_factory=list)
    meant: Link | None = None
    by: Any = ""
    decision: str = ""
    mended: bool = False

    @property
    def word(self) -> Any:
        return STATES[self.state][0]

    @property
    def tone(self) -> str:
        return STATES[self.state][1]

    @property
    def asks(self) -> bool:
        """Whether a line below says which record is meant, or offers a decision."""
        unsure = self.state in (TWIN, OUT) or bool(self.decision)
        return unsure or (self.state == UPDATE and self.meant is not None and self.by != _BY["origin"])

    @property
    def complaints(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.wrong]


@dataclass(slots=True)
class Preview:
    """One page of rows. ``next_after`` is the number to go on behind, or None at the end."""

    rows: list[PreviewRow]
    next_after: int | None = None


def preview(member: Member, found: Import, tab: str, after: int = 0) -> Preview:
    """The rows of a tab behind the row with number ``after``."""
    letters = _letters(found)
    numbers = _numbers(found, tab, letters, after)
    rows = _rows(found, tab, after, numbers)
    more = len(rows) > PAGE
    shown = rows[:PAGE]
    made = _Painter(member, found).paint(shown, letters)
    return Preview(made, shown[-1].number if more and shown else None)


def _letters(found: Import) -> bytes:
    """What the last check says of each row; nothing while it speaks of other settings."""
    if not found.is_checked:
        return b""
    try:
        with storage.open_file(statuses_name(found)) as file:
            held: bytes = file.read()
            return held
    except NotFound:
        return b""


def _numbers(found: Import, tab: str, letters: bytes, after: int) -> list[int] | None:
    """Numbers of the rows of a tab; None means all rows."""
    if tab == WRONG:
        rows = found.rows.filter(state=ImportRow.State.WRONG, number__gt=after)
        return list(rows.values_list("number", flat=True)[: PAGE + 1])
    if tab not in LETTERS:
        return None
    letter = LETTERS[tab].encode()
    numbers: list[int] = []
    place = letters.find(letter, after)
    while place >= 0 and len(numbers) <= PAGE:
        numbers.append(place + 1)
        place = letters.find(letter, place + 1)
    return numbers


def _rows(found: Import, tab: str, after: int, numbers: list[int] | None) -> list[Row]:
    if numbers is not None and not numbers:
        return []
    rows: list[Row] = []
    wanted = set(numbers or ())
    for row in facts.sheet(found).rows(after=(min(wanted) - 1) if wanted else after):
        if wanted and row.number not in wanted:
            continue
        rows.append(row)
        wanted.discard(row.number)
        if len(rows) > PAGE or (numbers is not None and not wanted):
            break
    return rows


class _Painter:
    """Turns rows and their plans into what the page shows."""

    def __init__(self, member: Member, found: Import) -> None:
        self.member = member
        self.found = found
        self.lookup: Lookup = lookup(found)
        self.drafter = Drafter(found, self.lookup)
        self.readers = {place: (target, read) for place, target, read in self.drafter.plan}
        self.mapped = facts.mapped(found)
        self.order = facts.order(found)

    def paint(self, rows: Sequence[Row], letters: bytes) -> list[PreviewRow]:
        special = {row.number: row for row in self.found.rows.filter(number__in=[row.number for row in rows])}
        plans = Planner(self.found, self.member, self.lookup, grow=False).plan(rows, special)
        meant = self._meant(plans)
        alike = self._alike(plans)
        made = []
        for plan in plans:
            number = plan.draft.row.number
            state = self._state(plan, letters, special.get(number))
            row = self._row(plan, state, special.get(number), alike)
            row.meant = meant.get(_meant_id(plan)) if _meant_id(plan) else None  # type: ignore[arg-type]
            row.by = _BY.get(plan.by, "")
            made.append(row)
        return made

    def _state(self, plan: Planned, letters: bytes, special: ImportRow | None) -> str:
        if plan.status in (WRONG, OUT):
            return plan.status
        number = plan.draft.row.number
        if special is None and number <= len(letters):
            known = {letter: status for status, letter in LETTERS.items()}
            return known[chr(letters[number - 1])]
        return TWIN if plan.twin is not None and special is None else plan.status

    def _meant(self, plans: Sequence[Planned]) -> dict[UUID, Link]:
        return records.links(self.member, [_meant_id(plan) for plan in plans])

    def _alike(self, plans: Sequence[Planned]) -> dict[tuple[int, str], int]:
        """How many wrong rows hold the same wrong text in the same column, to be mended at once."""
        places = {place for plan in plans for place in plan.draft.wrong if place >= 0}
        counts: dict[tuple[int, str], int] = {}
        if not places:
            return counts
        for cells in self.found.rows.filter(state=ImportRow.State.WRONG).values_list("cells", flat=True):
            for place in places:
                counts[place, cells[place]] = counts.get((place, cells[place]), 0) + 1
        return counts

    def _row(
        self, plan: Planned, state: str, special: ImportRow | None, alike: dict[tuple[int, str], int]
    ) -> PreviewRow:
        row = plan.draft.row
        held = special.cells if special is not None and special.cells else row.cells
        cells = [self._cell(place, held[place] if place < len(held) else "") for place in self.order]
        for cell in cells:
            if state == WRONG and cell.place in plan.draft.wrong:
                cell.wrong = plan.draft.wrong[cell.place]
                cell.guess = self._guess(cell.place, cell.raw)
                cell.alike = alike.get((cell.place, cell.raw), 0)
        whole = plan.draft.wrong.get(WHOLE_ROW, []) if state == WRONG else []
        return PreviewRow(
            row.number,
            row.line,
            state,
            cells,
            whole,
            decision=special.decision if special is not None else "",
            mended=special is not None and special.state == ImportRow.State.MENDED,
        )

    def _cell(self, place: int, raw: str) -> Cell:
        target = self.mapped.get(place)
        end = target is not None and target.type in ("amount", "number", "percent")
        return Cell(
            place,
            self.found.headers[place],
            raw,
            self._words(place, raw)[:_LONGEST],
            end=end,
            out=target is None,
        )

    def _words(self, place: int, raw: str) -> str:
        """A date or an amount as it was understood; anything else as it stands."""
        if not raw or place not in self.readers:
            return raw
        target, read = self.readers[place]
        try:
            value = read(raw)
            if target.type == "amount":
                minor = amount(value, self.lookup.currency)
                return format_money(minor, self.lookup.currency, context.current().language)
        except Invalid:
            return raw
        if isinstance(value, date | datetime):
            return format_when(
                value, language=context.current().language, zone=context.current().zone, style="date"
            )
        return raw

    def _guess(self, place: int, raw: str) -> str:
        target: Target | None = self.mapped.get(place)
        if target is None or not raw:
            return ""
        if target.type == "email":
            for sign in (".", ""):
                guess = re.sub(r"\s*[,;]\s*" if sign else r"\s+", sign, raw)
                try:
                    return read_email(guess) if guess != raw else ""
                except Invalid:
                    continue
        if target.type == "currency":
            return closest(raw, (self.lookup.currency,), least=0.5) or ""
        return ""


def _meant_id(plan: Planned) -> UUID | None:
    if plan.twin is not None:
        return plan.twin.id
    return next((part.id for part in plan.parts if part.main and not part.fresh), None)
