"""Change sets: work on many records that can be undone as a whole.

The work runs inside ``context.altered(change_set=found.id)``; every event and new card
written there carries the set's id.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_core.records.models import ChangeSet
from kernel.actions import action
from kernel.errors import NotFound
from kernel.rights import Actor


@action()
def start_change_set(*, by: Actor, verb: str, title: Any = "") -> ChangeSet:
    """Open a set. ``verb`` says what kind of work it is (``imports.run``), ``title`` names it to people."""
    found = ChangeSet(verb=verb, title=str(title)[:300], member_id=by.id)
    found.save(force_insert=True)
    return found


@action()
def finish_change_set(*, by: Actor, id: UUID, counts: dict[str, int]) -> ChangeSet:
    """Close a set; ``counts`` says what was done (created, updated, trashed …). Raises ``NotFound``."""
    found = ChangeSet.objects.select_for_update(of=("self",)).filter(id=id).first()
    if found is None:
        raise NotFound
    if found.state == ChangeSet.State.OPEN:
        found.state = ChangeSet.State.DONE
    found.counts = counts
    found.save(update_fields=["state", "counts"])
    return found
