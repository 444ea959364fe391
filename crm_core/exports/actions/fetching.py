"""The way to an archive: a signed address that works for an hour, for members with the right; each use is noted."""

from __future__ import annotations

from typing import IO, Any
from uuid import UUID

from crm_core.events.actions import record
from crm_core.exports import queries
from crm_core.exports.actions.rights import TAKE
from crm_core.exports.models import Export
from crm_core.team.models import Member
from kernel import signing, storage
from kernel.actions import action
from kernel.errors import NotFound
from kernel.when import now

PURPOSE = "exports.fetch"
LINK_SECONDS = 3600


def token_of(found: Export, member: Member) -> str:
    """The secret part of an archive's address: bound to workspace, archive and member, good for an hour."""
    return signing.sign(PURPOSE, [str(found.id), str(member.id)])


@action(TAKE)
def fetch(*, by: Member, id: UUID, token: str) -> tuple[Export, IO[Any]]:
    """Open an archive for its reader and note it. Raises ``NotFound`` for an untrue or old token."""
    if signing.unsign(PURPOSE, token, max_age=LINK_SECONDS) != [str(id), str(by.id)]:
        raise NotFound
    found = queries.export(id)
    if found.state != Export.State.READY or found.expires_at is None or found.expires_at <= now():
        raise NotFound
    source = storage.open_file(found.stored)
    found.downloads += 1
    found.save(update_fields=["downloads"])
    record(
        "exports.downloaded",
        by=by,
        export=str(found.id),
        rows=found.rows,
        files=found.files,
        size=found.size,
    )
    return found, source


@action(TAKE)
def forget(*, by: Any, id: UUID) -> Export:
    """Remove an archive from the store before its days are over."""
    found = queries.export(id)
    if found.state == Export.State.READY:
        _drop(found)
        record("exports.forgotten", by=by, export=str(found.id))
    return found


@action(TAKE)
def forget_old(*, by: Any) -> int:
    """Remove the archives whose days are over; returns how many."""
    old = list(Export.objects.filter(state=Export.State.READY, expires_at__lte=now())[:100])
    for found in old:
        _drop(found)
    return len(old)


def _drop(found: Export) -> None:
    storage.remove(found.stored)
    found.state = Export.State.GONE
    found.save(update_fields=["state"])
