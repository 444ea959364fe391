"""The import itself: batches, each in one transaction with its progress, so that nothing is done twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.clients import actions as clients
from crm_core.events.actions import record
from crm_core.imports import queries
from crm_core.imports.actions.checking import batches, wrong_row
from crm_core.imports.actions.locking import locked
from crm_core.imports.actions.remembering import remember
from crm_core.imports.actions.rights import RUN
from crm_core.imports.actions.settling import settle_headings, settle_stages
from crm_core.imports.actions.writing import write
from crm_core.imports.models import Import, ImportRow
from crm_core.imports.queries import facts
from crm_core.imports.queries.lookups import Lookup, choice_texts, load_values, lookup, unknown_values
from crm_core.imports.queries.planning import NEW, OUT, SAME, SKIP, TWIN, UPDATE, WRONG, Planned, Planner
from crm_core.imports.reading import Row
from crm_core.records.actions import finish_change_set, start_change_set
from crm_core.records.models import ChangeSet
from crm_core.team.models import Member
from kernel import context
from kernel.actions import action
from kernel.bulk import calm_collector
from kernel.errors import Conflict, Invalid
from kernel.jobs import Running, Stopped, background
from kernel.jobs.models import Job
from kernel.when import now

BATCH = 500


@action(RUN)
def start(*, by: Member, id: UUID) -> Import:
    """Begin the import. Asked twice it begins once. Raises ``Invalid`` while something must be settled first."""
    found = locked(by, id)
    if not found.is_open:
        return found
    if not found.is_checked or found.state != Import.State.CHECKED:
        raise Conflict(_("The file is still being checked. Wait a moment."))
    blockers = queries.blockers(by, found)
    if found.error or blockers:
        raise Invalid(found.error or blockers[0].sentence)
    settle_headings(by, found)
    settle_stages(by, found)
    title = str(_("Import of “%(file)s”")) % {"file": found.file_name}
    found.change_set = start_change_set(by=by, verb="imports.run", title=title).id
    found.state, found.started_at = Import.State.RUNNING, now()
    found.progress = {"after": 0}
    _enqueue(by, found)
    found.save()
    remember(found)
    record("imports.started", by=by, file=found.file_name, rows=found.facts.get("rows", 0))
    return found


@action(RUN)
def go_on(*, by: Member, id: UUID) -> Import:
    """Take up an import that was stopped or failed, behind the last batch that was written."""
    found = locked(by, id)
    if not found.may_go_on:
        return found
    found.state, found.error = Import.State.RUNNING, ""
    _enqueue(by, found)
    found.save()
    return found


@action(RUN)
def take_mended(*, by: Member, id: UUID) -> Import:
    """Import the rows that were mended after the import had ended; they belong to the same change set."""
    found = locked(by, id)
    if found.state != Import.State.DONE or not found.rows.filter(state=ImportRow.State.MENDED).exists():
        return found
    state = ChangeSet.objects.filter(id=found.change_set).values_list("state", flat=True).first()
    if state != ChangeSet.State.DONE:
        raise Conflict(_("This import was undone."))
    found.state = Import.State.RUNNING
    _enqueue(by, found)
    found.save()
    return found


def _enqueue(by: Member, found: Import) -> None:
    attempt = int(found.progress.get("attempt", 0)) + 1
    found.progress = found.progress | {"attempt": attempt}
    found.job = run.later(
        by=by,
        key=f"imports.run:{found.id}:{attempt}",
        title=str(_("Import of “%(file)s”")) % {"file": found.file_name},
        link=queries.address(found),
        import_id=str(found.id),
    )


@background("imports.run", title=_("Import"))
def run(job: Running, *, import_id: str) -> dict[str, Any]:
    """Write what the plan says, batch by batch; after a crash it goes on behind the last one."""
    by = queries.runner(job.actor)
    found = Import.objects.get(id=import_id)
    if found.state != Import.State.RUNNING:
        return {}
    try:
        with calm_collector(), context.altered(cause="import", change_set=found.change_set):
            _write_file(by, job, found)
            _write_mended(by, job, found)
            return finish(by=by, job=job, id=found.id).counts
    except Stopped:
        end_early(by=by, id=found.id, state=Import.State.STOPPED)
        raise


def _write_file(by: Member, job: Running, found: Import) -> None:
    if found.progress.get("read"):
        return
    known = lookup(found)
    planner = Planner(found, by, known, grow=False, only_own=queries.is_first(found))
    special = {row.number: row for row in found.rows.exclude(state=ImportRow.State.WRONG)}
    work = Work(by, job, found.id, planner, known, special, int(found.facts.get("rows", 0)))
    for batch in batches(facts.sheet(found).rows(after=int(found.progress.get("after", 0))), BATCH):
        write_batch(by=by, work=work, rows=batch)
    write_late_parents(by=by, job=job, id=found.id)


def _write_mended(by: Member, job: Running, found: Import) -> None:
    while write_mended_batch(by=by, job=job, id=found.id):
        pass


@dataclass(frozen=True, slots=True)
class Work:
    """What all batches of a run share. ``special`` are rows with a state of their own, ``total`` the rows in all."""

    by: Member
    job: Running
    import_id: UUID
    planner: Planner
    known: Lookup
    special: Mapping[int, ImportRow]
    total: int


@action()
def write_batch(*, by: Member, work: Work, rows: Sequence[Row]) -> Counter[str]:
    """One batch of the file: plan, write, note the progress; all of it or nothing."""
    found = Import.objects.select_for_update().get(id=work.import_id)
    # Mended rows come last, from their own list.
    kept = (ImportRow.State.LEFT_OUT, ImportRow.State.DECIDED)
    special = {row.number: work.special[row.number] for row in rows if row.number in work.special}
    plain = [row for row in rows if row.number not in special or special[row.number].state in kept]
    _make_values(by, work.planner, work.known, plain)
    planned = work.planner.plan(plain, special)
    counts = write(by, found, planned)
    counts.update(_tally(planned))
    _list_wrong(found, planned)
    last = rows[-1].number
    late = found.progress.get("late", False) or any(plan.late_parent for plan in planned)
    found.progress = found.progress | {"after": last, "late": late}
    found.counts = _added(found.counts, counts)
    found.save(update_fields=["progress", "counts"])
    work.job.step(last, total=max(work.total, last), checkpoint={"after": last})
    return counts


def _list_wrong(found: Import, planned: Sequence[Planned]) -> None:
    """Rows that turned out wrong only now join the list of rows to mend."""
    wrong = [wrong_row(found, plan) for plan in planned if plan.status == WRONG]
    if wrong:
        known = set(
            found.rows.filter(number__in=[row.number for row in wrong]).values_list("number", flat=True)
        )
        ImportRow.objects.bulk_create([row for row in wrong if row.number not in known])


def _make_values(by: Member, planner: Planner, known: Lookup, rows: Sequence[Row]) -> None:
    """Values of headings that the batch names and the workspace does not have yet."""
    texts = choice_texts(planner.drafter.choices, (row.cells for row in rows if row.problem is None))
    for heading_id, names in unknown_values(known, texts).items():
        known.values[heading_id] = clients.open_values(by=by, heading_id=heading_id, names=names)


def _tally(planned: Sequence[Planned]) -> Counter[str]:
    names = {
        NEW: "rows.new",
        UPDATE: "rows.updated",
        SAME: "rows.same",
        SKIP: "rows.skipped",
        TWIN: "rows.twins",
    }
    names |= {WRONG: "rows.wrong", OUT: "rows.left_out"}
    return Counter(names[plan.status] for plan in planned)


def _added(counts: dict[str, int], more: Counter[str]) -> dict[str, int]:
    return {name: counts.get(name, 0) + more.get(name, 0) for name in {*counts, *more}}


@action()
def write_mended_batch(*, by: Member, job: Running, id: UUID) -> int:
    """The next mended rows; returns how many there were."""
    found = Import.objects.select_for_update().get(id=id)
    mended = list(found.rows.filter(state=ImportRow.State.MENDED).order_by("number")[:BATCH])
    if not mended:
        return 0
    known = lookup(found)
    planner = Planner(found, by, known, grow=False)
    rows = [Row(row.line, row.number, row.cells) for row in mended]
    _make_values(by, planner, known, rows)
    load_values(known)
    planned = planner.plan(rows, {row.number: row for row in mended})
    counts = write(by, found, planned) + _tally(planned)
    wrong = {plan.draft.row.number: plan.draft.wrong for plan in planned if plan.status == WRONG}
    for row in mended:
        row.state = ImportRow.State.WRONG if row.number in wrong else ImportRow.State.TAKEN
        row.wrong = {str(place): said for place, said in wrong.get(row.number, {}).items()}
    ImportRow.objects.bulk_update(mended, ["state", "wrong"])
    counts["rows.mended"] = len(mended) - len(wrong)
    counts.pop("rows.wrong", None)
    found.counts = _added(found.counts, counts)
    found.save(update_fields=["counts"])
    job.step(int(found.progress.get("after", 0)), checkpoint=job.checkpoint)
    return len(mended)


@action()
def write_late_parents(*, by: Member, job: Running, id: UUID) -> None:
    """Parent companies that stood further down in the file than their daughters; then the file is read."""
    found = Import.objects.select_for_update().get(id=id)
    if found.progress.get("late"):
        rows = queries.late_parents(found)
        outcome = clients.bulk_update(by=by, kind="company", rows=rows, change_set=found.change_set)
        found.counts = _added(found.counts, Counter({"parents": len(outcome.changed)}))
    found.progress = found.progress | {"read": True}
    found.save(update_fields=["progress", "counts"])
    job.step(int(found.progress.get("after", 0)), checkpoint=job.checkpoint)


@action()
def finish(*, by: Member, job: Running, id: UUID) -> Import:
    """Close the import and its change set, and say so in the history."""
    found = Import.objects.select_for_update().get(id=id)
    counts = queries.summary(found)
    finish_change_set(by=by, id=found.change_set, counts=counts)  # type: ignore[arg-type]
    found.state, found.finished_at = Import.State.DONE, now()
    found.save(update_fields=["state", "finished_at"])
    record("imports.finished", by=by, file=found.file_name, **counts)
    job.step(int(found.progress.get("after", 0)), checkpoint=job.checkpoint)
    return found


@action()
def end_early(*, by: Member, id: UUID, state: str) -> Import:
    """Note that the writing was stopped; what is written stays and can be undone or gone on with."""
    found = Import.objects.select_for_update().get(id=id)
    if found.state == Import.State.RUNNING:
        found.state = state
        found.save(update_fields=["state"])
        finish_change_set(by=by, id=found.change_set, counts=queries.summary(found))  # type: ignore[arg-type]
        record("imports.stopped", by=by, file=found.file_name, **queries.summary(found))
    return found


def note_failure(*, by: Member, found: Import) -> Import:
    """A job that failed leaves the import as running: whoever looks at it next puts that right."""
    if found.state != Import.State.RUNNING or found.job is None:
        return found
    if found.job.state in (Job.State.FAILED, Job.State.STOPPED):
        ended = Import.State.FAILED if found.job.state == Job.State.FAILED else Import.State.STOPPED
        return end_early(by=by, id=found.id, state=ended)
    return found
