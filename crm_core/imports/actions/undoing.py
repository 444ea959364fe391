"""Taking an import back, stopping one, and forgetting old files."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import record
from crm_core.imports import queries
from crm_core.imports.actions.locking import locked
from crm_core.imports.actions.rights import RUN
from crm_core.imports.models import Import, ImportRow
from crm_core.records.actions import undo_change_set
from crm_core.team.models import Member
from kernel import storage
from kernel.actions import action
from kernel.errors import Conflict
from kernel.jobs import stop
from kernel.rights import Actor
from kernel.when import now

UNDO_DAYS = 30


@action(RUN)
def undo(*, by: Member, id: UUID) -> Import:
    """Remove what the import made and put back what it changed. Asked twice it is undone once.

    Raises ``Conflict`` while it runs and after 30 days, ``NotFound`` for somebody else's import.
    """
    found = locked(by, id)
    if found.state == Import.State.UNDONE:
        return found
    if found.change_set is None or found.state == Import.State.RUNNING:
        raise Conflict(_("The import is still running. Stop it first."))
    if found.finished_at is not None and found.finished_at < now() - timedelta(days=UNDO_DAYS):
        raise Conflict(
            _("An import can be undone for %(days)s days; this one is older."), days=str(UNDO_DAYS)
        )
    undo_change_set(by=by, id=found.change_set)
    found.state = Import.State.UNDONE
    found.save(update_fields=["state"])
    record("imports.undone", by=by, file=found.file_name)
    return found


@action(RUN)
def stop_import(*, by: Member, id: UUID) -> Import:
    """Ask the running job to stop; what is written by then stays."""
    found = locked(by, id)
    if found.state == Import.State.RUNNING and found.job_id:
        stop(by=by, job_id=found.job_id)
    return found


@action()
def forget_old(*, by: Actor, limit: int = 200) -> int:
    """Remove files and rows of imports that can be undone no longer, and drafts as old; returns how many."""
    moment = now() - timedelta(days=UNDO_DAYS)
    old = list(
        Import.objects.filter(created_at__lt=moment).exclude(stored="").exclude(state="running")[:limit]
    )
    for found in old:
        storage.remove(found.stored)
        storage.remove(queries.statuses_name(found))
        found.stored = ""
    Import.objects.bulk_update(old, ["stored"])
    ImportRow.objects.filter(file__in=old).delete()
    return len(old)
