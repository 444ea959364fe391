"""The check: the whole file is read and planned, nothing is written but what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from io import BytesIO
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm_core.imports import queries
from crm_core.imports.actions.locking import locked
from crm_core.imports.actions.rights import RUN
from crm_core.imports.actions.writing import mark_same, update
from crm_core.imports.models import Import, ImportRow
from crm_core.imports.queries import facts, lookups, stages
from crm_core.imports.queries.planning import LETTERS, NEW, STATUSES, TWIN, UPDATE, WRONG, Planned, Planner
from crm_core.imports.reading import Row, survey
from crm_core.team.models import Member
from kernel import context, storage
from kernel.actions import action
from kernel.errors import Invalid, NotFound, TeremError
from kernel.jobs import Running, background
from kernel.jobs.models import Job
from kernel.rights import demand

BATCH = 500
# So many rows with errors are kept to be mended one by one; the count is true for more.
MOST_LISTED = 10_000

Watch = Callable[[int], None]


def check(*, by: Member, id: Any) -> Import:
    """Check an import under its present settings: small files at once, larger ones in the background.

    Raises ``NotFound``; what is wrong with the file itself is noted on the import.
    """
    demand(by, RUN)
    found = queries.open_import(by, id)
    if found.is_checked:
        return found
    if found.size <= facts.AT_ONCE_SIZE:
        return finish_check(
            by=by, id=found.id, revision=found.revision, **_examine(by, found, lambda done: None)
        )
    return ask_for_check(by=by, id=found.id)


@action(RUN)
def ask_for_check(*, by: Member, id: Any) -> Import:
    """Have the check done in the background; asked twice for the same settings it is done once."""
    found = locked(by, id)
    job = check_in_background.later(
        by=by,
        key=f"imports.check:{found.id}:{found.revision}",
        title=str(_("Checking “%(file)s”")) % {"file": found.file_name},
        link=queries.address(found),
        import_id=str(found.id),
        revision=found.revision,
    )
    found.job, found.state = job, Import.State.CHECKING
    if job.state in (Job.State.FAILED, Job.State.STOPPED):
        # The same settings would only fail again: say why, until somebody changes something.
        found.state, found.checked_revision = Import.State.CHECKED, found.revision
        found.error = job.error or str(_("The check was stopped."))
    found.save(update_fields=["job", "state", "checked_revision", "error"])
    return found


@background("imports.check", title=_("Checking a file"))
def check_in_background(job: Running, *, import_id: str, revision: int) -> dict[str, Any]:
    """Survey and plan the file; a check that settings have overtaken ends without a word."""
    by = queries.runner(job.actor)
    found = queries.import_of(by, import_id)
    if found.revision != revision or not found.is_open:
        return {}

    def watch(done: int) -> None:
        note_check(by=by, job=job, done=done)

    results = _examine(by, found, watch)
    finish_check(by=by, id=found.id, revision=revision, **results)
    return {}


@action()
def note_check(*, by: Member, job: Running, done: int) -> None:
    """How many rows have been looked at."""
    job.step(done)


def _examine(by: Member, found: Import, watch: Watch) -> dict[str, Any]:
    """Everything a check finds out, without writing a record."""
    try:
        with context.altered(cause="import"):
            if not found.facts.get("surveyed"):
                _survey(found, watch)
            _gather(by, found)
            return _plan_all(by, found, watch)
    except (Invalid, NotFound) as error:
        return {"failure": _sentence(error)}


def _sentence(error: TeremError) -> str:
    return str(error)


def _survey(found: Import, watch: Watch) -> None:
    """Formats of all columns and shifted rows, once for a file and the way it is read."""
    whole = survey(facts.sheet(found), language=context.current().language, watch=watch)
    found.columns = facts.to_json(whole.columns)
    found.facts = found.facts | {
        "surveyed": True,
        "rows": whole.rows,
        "doubts": {str(doubt.number): str(doubt.sentence) for doubt in whole.doubts},
        "remarks": [str(remark) for remark in whole.remarks],
    }


def _gather(by: Member, found: Import) -> None:
    """Names in the file that must be matched with names in the workspace: stages and colleagues."""
    mapped = facts.mapped(found)
    deal = {target.name: place for place, target in mapped.items() if target.kind == "deal"}
    found.facts["stages"] = []
    if "stage" in deal:
        found.facts["stages"] = [asdict(word) for word in stages.gather(facts.sheet(found).rows(), deal)]
    places = [place for place, target in mapped.items() if target.name == "owner"]
    names: Counter[str] = Counter()
    if places:
        for row in facts.sheet(found).rows():
            if row.problem is None:
                names.update(row.cells[place] for place in places if row.cells[place])
    found.facts["owners"] = names.most_common(200)
    found.options = queries.with_answers(by, found)


def _plan_all(by: Member, found: Import, watch: Watch) -> dict[str, Any]:
    planner = Planner(found, by, lookups.lookup(found), grow=True)
    special = {row.number: row for row in found.rows.exclude(state=ImportRow.State.WRONG, touched=False)}
    counts: Counter[str] = Counter()
    letters = bytearray()
    wrong: list[ImportRow] = []
    fresh: Counter[str] = Counter()
    for batch in batches(facts.sheet(found).rows()):
        planned = planner.plan(batch, special)
        compare(by=by, found=found, planned=planned)
        for plan in planned:
            counts[plan.status] += 1
            counts["twins"] += plan.twin is not None
            counts["unlinked"] += plan.unlinked
            letters += (
                LETTERS[TWIN] if plan.twin is not None and plan.status == NEW else LETTERS[plan.status]
            ).encode()
            fresh.update(part.kind for part in plan.parts if part.fresh)
            if plan.status == WRONG and len(wrong) < MOST_LISTED:
                wrong.append(wrong_row(found, plan))
        watch(len(letters))
    totals = {status: counts[status] for status in (*STATUSES, "twins", "unlinked")}
    return {
        "counts": totals | {"fresh": dict(fresh)},
        "letters": bytes(letters),
        "wrong": wrong,
        "examined": found,
    }


def batches(rows: Iterator[Row], size: int = BATCH) -> Iterator[list[Row]]:
    """The rows, some hundred at a time."""
    while batch := list(islice(rows, size)):
        yield batch


def wrong_row(found: Import, plan: Planned) -> ImportRow:
    """The row as it is listed for mending; its cells are as many as the table has columns."""
    width = len(found.headers)
    cells = [*plan.draft.row.cells[:width], *[""] * (width - len(plan.draft.row.cells))]
    return ImportRow(
        file=found,
        number=plan.draft.row.number,
        line=plan.draft.row.line,
        cells=cells,
        wrong={str(place): sentences for place, sentences in plan.draft.wrong.items()},
    )


@action()
def compare(*, by: Member, found: Import, planned: Sequence[Planned]) -> None:
    """Tell rows that would change something from those that are all here already. Writes nothing."""
    known = [plan for plan in planned if plan.status == UPDATE]
    parts = [part for plan in known for part in plan.parts if not part.fresh]
    mark_same(planned, update(by, found, parts, Counter(), dry=True))


@action(RUN)
def finish_check(
    *,
    by: Member,
    id: Any,
    revision: int,
    counts: dict[str, Any] | None = None,
    letters: bytes = b"",
    wrong: Sequence[ImportRow] = (),
    examined: Import | None = None,
    failure: str = "",
) -> Import:
    """Keep what a check found, if nobody has changed the settings meanwhile."""
    found = locked(by, id)
    if found.revision != revision or not found.is_open:
        return found
    found.state, found.error = Import.State.CHECKED, failure
    found.checked_revision = revision
    if examined is not None and counts is not None:
        found.columns, found.options = examined.columns, examined.options
        found.facts = examined.facts | {"counts": counts}
        storage.save(queries.statuses_name(found), BytesIO(letters))
        found.rows.filter(state=ImportRow.State.WRONG, touched=False).delete()
        kept = set(found.rows.values_list("number", flat=True))
        ImportRow.objects.bulk_create([row for row in wrong if row.number not in kept], batch_size=1000)
        _mark_wrong_again(found, wrong, kept)
    found.save()
    return found


def _mark_wrong_again(found: Import, wrong: Sequence[ImportRow], kept: set[int]) -> None:
    """A mended row that is wrong under the new settings is listed again, with what was typed."""
    again = {row.number: row for row in wrong if row.number in kept}
    rows = list(found.rows.filter(number__in=again))
    for row in rows:
        row.state, row.wrong = ImportRow.State.WRONG, again[row.number].wrong
    ImportRow.objects.bulk_update(rows, ["state", "wrong"])
