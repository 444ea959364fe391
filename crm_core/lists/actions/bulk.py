"""Changing many rows at once: as one change set, in batches, in the background when there are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_core.lists.queries.bulk import bulk_of, matching_ids, picked_ids
from crm_core.lists.queries.conditions import Asked
from crm_core.lists.queries.declaring import Bulk, Table
from crm_core.lists.queries.packing import pack, unpack
from crm_core.lists.queries.registry import find, grown
from crm_core.records.actions import finish_change_set, start_change_set
from crm_core.records.models import ChangeSet
from crm_core.team.models import Member
from kernel import context
from kernel.actions import action
from kernel.errors import Invalid, NotFound
from kernel.jobs import Running, background
from kernel.jobs.models import Job
from kernel.rights import EVERYBODY, demand

AT_ONCE = 200
BATCH = 200


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a bulk change. With ``job`` it has only begun, and the counts are not known yet."""

    change_set: ChangeSet
    done: int = 0
    kept: int = 0
    job: Job | None = None


@action(EVERYBODY)
def change_many(
    *,
    by: Member,
    table: str,
    name: str,
    ids: Sequence[UUID] = (),
    asked: Asked | None = None,
    values: dict[str, Any],
) -> Done:
    """Do a table's bulk change ``name`` to the rows ``ids``, or to all that ``asked`` matches.

    Rows that the member does not see are passed over. More than 200 rows become background work.
    Raises ``Invalid`` if no row is left, ``NotFound`` for an unknown change, ``NotAllowed``.
    """
    known = grown(find(table))
    change = bulk_of(known, name)
    for right in (known.edit_right, change.right):
        if right:
            demand(by, right)
    rows = matching_ids(known, by, asked) if asked is not None else picked_ids(known, by, ids)
    if not rows:
        raise Invalid(_("Choose at least one row."))
    change_set = start_change_set(by=by, verb=f"lists.{name}", title=title(change, known, len(rows)))
    if len(rows) <= AT_ONCE:
        done, kept = _do(by, change, rows, values, change_set)
        finish_change_set(by=by, id=change_set.id, counts={"done": done, "kept": kept})
        return Done(change_set, done, kept)
    job = run_many.later(
        by=by,
        title=change_set.title,
        table=table,
        name=name,
        ids=[str(one) for one in rows],
        values={key: pack(value) for key, value in values.items()},
        change_set_id=str(change_set.id),
    )
    return Done(change_set, job=job)


def title(change: Bulk, table: Table, count: int) -> str:
    return _("%(change)s: %(rows)s") % {"change": change.label, "rows": str(table.counted) % {"n": count}}


def _do(
    by: Member, change: Bulk, ids: list[UUID], values: dict[str, Any], change_set: ChangeSet
) -> tuple[int, int]:
    function = import_string(change.action)
    with context.altered(change_set=change_set.id):
        outcome = function(by=by, ids=ids, **change.fixed, **values)
    done = getattr(outcome, "done", None)
    kept = getattr(outcome, "kept", None)
    return (len(done) if done is not None else len(ids)), len(kept or ())


@background("lists.change_many", title=gettext_lazy("Changing many records"))
def run_many(
    job: Running, *, table: str, name: str, ids: list[str], values: dict[str, Any], change_set_id: str
) -> dict[str, Any]:
    """Go through the rows in batches; after a crash it goes on behind the last batch that was written."""
    values = {key: unpack(value) for key, value in values.items()}
    by = Member.objects.select_related("role").get(id=job.actor)
    done, kept, place = (job.checkpoint.get(key, 0) for key in ("done", "kept", "place"))
    while place < len(ids):
        batch = [UUID(one) for one in ids[place : place + BATCH]]
        place += len(batch)
        more, left = change_batch(
            by=by, job=job, table=table, name=name, ids=batch, values=values, change_set_id=UUID(change_set_id),
            reached={"done": done, "kept": kept, "place": place}, total=len(ids),
        )  # fmt: skip
        done, kept = done + more, kept + left
    finish_change_set(by=by, id=UUID(change_set_id), counts={"done": done, "kept": kept})
    return {"done": done, "kept": kept, "change_set": change_set_id}


@action(EVERYBODY)
def change_batch(
    *,
    by: Member,
    job: Running,
    table: str,
    name: str,
    ids: list[UUID],
    values: dict[str, Any],
    change_set_id: UUID,
    reached: dict[str, int],
    total: int,
) -> tuple[int, int]:
    """One batch and its progress in one transaction. What is no longer seen is passed over."""
    known = grown(find(table))
    change = bulk_of(known, name)
    change_set = ChangeSet.objects.filter(id=change_set_id).first()
    if change_set is None:
        raise NotFound
    seen = picked_ids(known, by, ids)
    done, kept = _do(by, change, seen, values, change_set) if seen else (0, 0)
    checkpoint = {"done": reached["done"] + done, "kept": reached["kept"] + kept, "place": reached["place"]}
    job.step(reached["place"], total=total, checkpoint=checkpoint)
    return done, kept
