"""Making the archive: read every table at one moment, draw the spreadsheets, pack. It goes on after a crash.

What was read lies in a folder of the tenant's storage until the archive is packed, so that a new
worker does not read anew, and the reading itself is one short transaction.
"""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_core.events.actions import record
from crm_core.exports import queries
from crm_core.exports.actions.packing import pack
from crm_core.exports.actions.rights import TAKE
from crm_core.exports.models import Export
from crm_core.exports.queries.sheets import csv_of
from crm_core.exports.queries.tables import columns, tables
from crm_core.team.models import Member
from crm_core.timeline.actions import watch_export
from kernel import context, locks, storage
from kernel.actions import action
from kernel.jobs import Running, Stopped, background
from kernel.rights import Actor
from kernel.rows import one_moment, write_lines
from kernel.when import now


@action(TAKE)
def start(*, by: Actor) -> Export:
    """Begin a full export, or return the one that is being made."""
    locks.hold("exports.start")
    for found in Export.objects.filter(state=Export.State.MAKING):
        job = queries.job_of(found)
        if job is not None and job.is_open:
            return found
        _give_up(found)
    made = Export(actor_id=by.id, actor_label=getattr(by, "name", "")[:200])
    made.job = make.later(
        by=by, title=str(_("Full export")), link="/settings/export/", export_id=str(made.id)
    ).id
    made.save(force_insert=True)
    record("exports.started", by=by, export=str(made.id))
    return made


def _give_up(found: Export) -> None:
    storage.remove_folder(found.workshop)
    found.state = Export.State.ENDED
    found.save(update_fields=["state"])


@background("exports.make", title=gettext_lazy("Full export"))
def make(job: Running, *, export_id: str) -> dict[str, Any]:
    """Read, draw, pack, publish; every stage begins where a former worker left off."""
    found: Export | None = Export.objects.filter(id=UUID(export_id), state=Export.State.MAKING).first()
    if found is None:
        return {}
    try:
        if not job.checkpoint.get("tables"):
            _read(job, found)
        _draw(job, found)
        size, files = pack(job, found)
    except Stopped:
        give_up(id=found.id)
        raise
    publish(job=job, id=found.id, size=size, files=files)
    storage.remove_folder(found.workshop)
    return {"export": export_id, "size": size}


@action()
def give_up(*, id: UUID) -> None:
    """The export was stopped: nothing of it stays but the note that it was asked for."""
    _give_up(Export.objects.select_for_update().get(id=id))


@action()
def give_up_stale() -> int:
    """Clear away what failed or was stopped before it began; returns how many exports."""
    making = Export.objects.select_for_update().filter(state=Export.State.MAKING)
    stale = [found for found in making if (job := queries.job_of(found)) is None or not job.is_open]
    for found in stale:
        _give_up(found)
    return len(stale)


def _read(job: Running, found: Export) -> None:
    """Every table at one moment, into the workshop."""
    job.step(0, words=str(_("Reading")))
    told = []
    with one_moment():
        for model in tables():
            name, kept = model._meta.db_table, columns(model)
            with storage.writer(f"{found.workshop}/data/{name}.jsonl") as target:
                read = write_lines(model, kept, target.write)
            told.append({"name": name, "columns": kept, "rows": read.rows, "digest": read.digest})
    rows = sum(one["rows"] for one in told)
    checkpoint = {"tables": told, "drawn": 0, "made_at": now().isoformat()}
    job.step(0, total=2 * rows + 1, words=str(_("Drawing spreadsheets")), checkpoint=checkpoint)


def _draw(job: Running, found: Export) -> None:
    """The spreadsheets, one table after the other; what was drawn before a crash is not drawn again."""
    told = job.checkpoint["tables"]
    language = context.current().language
    done = sum(one["rows"] for one in told[: job.checkpoint["drawn"]])
    for place, one in enumerate(told[job.checkpoint["drawn"] :], start=job.checkpoint["drawn"] + 1):
        folder, name = found.workshop, one["name"]
        with (
            storage.open_file(f"{folder}/data/{name}.jsonl") as lines,
            storage.writer(f"{folder}/tables/{name}.csv") as target,
        ):
            for rows, piece in csv_of(one["columns"], lines, language):
                target.write(piece)
                if rows % 20_000 == 0 and rows:
                    job.step(done + rows)
        done += one["rows"]
        job.step(done, checkpoint=job.checkpoint | {"drawn": place})


def digest_of(told: list[dict[str, Any]]) -> str:
    """One digest over those of all tables."""
    text = "\n".join(f"{one['name']} {one['digest']}" for one in sorted(told, key=lambda one: one["name"]))
    return hashlib.sha256(text.encode()).hexdigest()


@action()
def publish(*, job: Running, id: UUID, size: int, files: int) -> Export:
    """The archive is there: offer it for its days, and leave the fact."""
    found: Export = Export.objects.select_for_update().get(id=id)
    told = job.checkpoint["tables"]
    found.state, found.size, found.files = Export.State.READY, size, files
    found.rows, found.digest = sum(one["rows"] for one in told), digest_of(told)
    found.ready_at = now()
    found.expires_at = found.ready_at + Export.LIFE
    found.save()
    by = Member.objects.filter(id=found.actor_id).first()
    event = record("exports.finished", by=by, export=str(found.id), rows=found.rows, files=files, size=size)
    watch_export(event, rows=found.rows, everything=True)
    total = 2 * found.rows + 1
    job.step(total, total=total, words=str(_("Ready to be downloaded")))
    return found
