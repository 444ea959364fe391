"""Reading ahead: while the database writes one batch, the next one is read and checked in another thread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from itertools import islice

from crm_core.imports.models import ImportRow
from crm_core.imports.queries.drafts import Draft
from crm_core.imports.queries.planning import Planner
from crm_core.imports.reading import Row


@dataclass(frozen=True, slots=True)
class Batch:
    """Some hundred rows of the file and what was read from them; ``special`` are rows with a state of their own.

    Mended rows are not among them: they come last, from their own list.
    """

    rows: list[Row]
    plain: list[Row]
    drafts: list[Draft]
    special: Mapping[int, ImportRow]


def batches_ahead(
    rows: Iterator[Row], planner: Planner, special: Mapping[int, ImportRow], size: int
) -> Iterator[Batch]:
    """The batches of a file in order. Reading asks no database, so its thread needs no connection."""

    def read() -> Batch | None:
        some = list(islice(rows, size))
        if not some:
            return None
        own = {row.number: special[row.number] for row in some if row.number in special}
        kept = (ImportRow.State.LEFT_OUT, ImportRow.State.DECIDED)
        plain = [row for row in some if row.number not in own or own[row.number].state in kept]
        return Batch(some, plain, planner.read(plain, own), own)

    with ThreadPoolExecutor(1, "import-reader") as pool:
        # The thread gets the context of who asks: tenant, language, zone.
        ahead: Future[Batch | None] = pool.submit(copy_context().run, read)
        while batch := ahead.result():
            ahead = pool.submit(copy_context().run, read)
            yield batch
