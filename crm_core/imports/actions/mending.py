"""Rows that need a person: mended in place, left out, decided."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.imports import queries
from crm_core.imports.actions.locking import locked
from crm_core.imports.actions.rights import RUN
from crm_core.imports.models import Import, ImportRow
from crm_core.imports.queries.drafts import Drafter
from crm_core.imports.queries.lookups import lookup
from crm_core.imports.reading import Row
from crm_core.team.models import Member
from kernel import context
from kernel.actions import action
from kernel.errors import Conflict, NotFound
from kernel.text import clean


@action(RUN)
def mend(*, by: Member, id: UUID, number: int, cells: dict[int, str]) -> ImportRow:
    """Put new texts into some cells of a wrong row (by place); it is mended if nothing is wrong any more."""
    found = _demand_mendable(locked(by, id))
    row = _row(found, number)
    for place, text in cells.items():
        if 0 <= place < len(row.cells):
            row.cells[place] = clean(text, multiline=True)
    with context.altered(cause="import"):
        draft = Drafter(found, lookup(found)).read(Row(row.line, row.number, row.cells), mended=True)
    row.wrong = {str(place): sentences for place, sentences in draft.wrong.items()}
    row.state = ImportRow.State.WRONG if draft.wrong else ImportRow.State.MENDED
    row.touched = True
    row.save(update_fields=["cells", "wrong", "state", "touched"])
    _outdate(found)
    return row


@action(RUN)
def mend_alike(*, by: Member, id: UUID, place: int, text: str, instead: str) -> int:
    """Put ``instead`` into the same column of every wrong row that holds ``text`` there; returns how many."""
    found = _demand_mendable(locked(by, id))
    rows = [row for row in found.rows.filter(state=ImportRow.State.WRONG) if row.cells[place] == text]
    for row in rows:
        mend(by=by, id=found.id, number=row.number, cells={place: instead})
    return len(rows)


@action(RUN)
def leave_out(*, by: Member, id: UUID, number: int, out: bool = True) -> ImportRow:
    """Leave a row out of the import, or take it back in."""
    found = _demand_mendable(locked(by, id))
    row = _row(found, number)
    row.state = (
        ImportRow.State.LEFT_OUT if out else ImportRow.State.WRONG if row.wrong else ImportRow.State.DECIDED
    )
    row.save(update_fields=["state"])
    _outdate(found)
    return row


@action(RUN)
def decide(*, by: Member, id: UUID, number: int, decision: str) -> ImportRow:
    """Say what a possible duplicate is to become: new, the existing one, or left out for now."""
    found = _demand_mendable(locked(by, id))
    if decision not in Import.Twins.values:
        raise NotFound
    row = found.rows.filter(number=number).first() or _fresh_row(found, number)
    row.state, row.decision = ImportRow.State.DECIDED, decision
    row.save()
    _outdate(found)
    return row


def _fresh_row(found: Import, number: int) -> ImportRow:
    row = queries.row_of_file(found, number)
    return ImportRow(file=found, number=row.number, line=row.line, cells=list(row.cells))


def _row(found: Import, number: int) -> ImportRow:
    row = found.rows.select_for_update().filter(number=number).first()
    if row is None:
        raise NotFound
    return row


def _demand_mendable(found: Import) -> Import:
    if not found.is_open and found.state != Import.State.DONE:
        raise Conflict(_("Rows can be mended before the import or after it, not while it runs."))
    return found


def _outdate(found: Import) -> None:
    """Counts of an import that has not begun are to be taken anew."""
    if found.is_open:
        found.revision += 1
        found.save(update_fields=["revision"])


def typed(values: dict[str, Any]) -> dict[int, str]:
    """The cells in a posted form: ``cell-3`` → 3."""
    return {
        int(name.removeprefix("cell-")): str(text)
        for name, text in values.items()
        if name.startswith("cell-") and name.removeprefix("cell-").isdigit()
    }
