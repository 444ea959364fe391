"""Reading imports. Every function starts at the member who asks."""

from crm_core.imports.queries.facts import order
from crm_core.imports.queries.imports import (
    Blocker,
    address,
    blockers,
    cell_of,
    columns_of,
    fields_of,
    import_of,
    is_first,
    late_parents,
    open_import,
    owner_words,
    row_of_file,
    runner,
    statuses_name,
    still_true,
    summary,
    undo_job,
    undo_of,
    visible_to,
    with_answers,
)
from crm_core.imports.queries.leftovers import reasons, wrong_as_csv
from crm_core.imports.queries.stages import stage_key

__all__ = [
    "Blocker",
    "address",
    "blockers",
    "cell_of",
    "columns_of",
    "fields_of",
    "import_of",
    "is_first",
    "late_parents",
    "open_import",
    "order",
    "owner_words",
    "reasons",
    "row_of_file",
    "runner",
    "stage_key",
    "statuses_name",
    "still_true",
    "summary",
    "undo_job",
    "undo_of",
    "visible_to",
    "with_answers",
    "wrong_as_csv",
]
