"""Taking a list out of the house: who may, and the fact that it was done."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import record
from crm_core.lists.queries.conditions import Asked
from crm_core.lists.queries.registry import find, grown
from crm_core.lists.queries.spreadsheet import Sheet, csv_stream
from crm_core.team.models import Member
from crm_core.timeline.actions import watch_export
from kernel.actions import action
from kernel.rights import declare, demand

EXPORT = declare("lists.export", _("Export lists to files"), _("Lists"), reads=True)


@action(EXPORT)
def export_csv(*, by: Member, table: str, asked: Asked) -> tuple[str, Iterator[bytes]]:
    """Record the export and return the file's name and its pieces, which read the rows as they are taken.

    Raises ``NotFound`` for an unknown table, ``NotAllowed`` without the right to see it.
    """
    known = grown(find(table))
    demand(by, known.right)
    sheet = Sheet(known, by, asked)
    rows = sheet.count()
    event = record(
        "lists.exported",
        by=by,
        table=table,
        format="csv",
        rows=rows,
        columns=[column.name for column in sheet.columns],
        filter=sheet.checked.filter.query,
        words=sheet.checked.sentences,
    )
    watch_export(event, rows=rows)
    day = sheet.reader.today.isoformat()
    return f"{table}-{day}.csv", csv_stream(sheet)
