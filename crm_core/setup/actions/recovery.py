"""What a workspace's administrators may do with its backups: ask for work, take a record over, close the workspace."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import record
from crm_core.setup.actions import taking_over
from crm_core.team.models import Member
from crm_core.team.queries import member as member_by_id
from kernel import context
from kernel.actions import action
from kernel.errors import Invalid, NotFound
from kernel.jobs import Running, background
from kernel.jobs.models import Job
from kernel.rights import declare
from tenants import api as tenants

RECOVER = declare("setup.recover", _("Restore backups and close the workspace"), _("Workspace"))


@action(RECOVER)
def ask(
    *,
    by: Member,
    verb: str,
    reason: str,
    snapshot_id: UUID | None = None,
    copy_id: UUID | None = None,
) -> None:
    """Ask for recovery work of this workspace. Raises ``Invalid``, ``Conflict``, ``NotFound`` as the registry does."""
    record("setup.recovery_asked", by=by, asked=verb, reason=reason)
    # The registry is another database: what it refuses is undone here too.
    tenants.ask_recovery(
        tenant_id=_original(),
        verb=verb,
        by=by.email,
        reason=reason,
        snapshot_id=snapshot_id,
        copy_id=copy_id,
    )


@action(RECOVER)
def close(*, by: Member, reason: str) -> None:
    """Close this workspace; it is erased after its days of grace. Raises ``Invalid`` (reason), ``Conflict``."""
    record("setup.closed", by=by, reason=reason)
    tenants.start_leaving(tenant_id=_original(), by=by.email, reason=reason)


def _original() -> UUID:
    """The workspace itself. Inside a copy there is nothing to recover or to close."""
    tenant = context.tenant()
    if tenant.quiet:
        raise Invalid(_("This is a copy: recovery is asked for in the workspace itself."))
    return tenant.id


@action(RECOVER)
def take_over(*, by: Member, copy_id: UUID, address: str) -> Job:
    """Take one record over from a copy, in the background. ``address`` is that of the record's page or its id."""
    copy = tenants.copy_of(_original(), copy_id)
    card_id = _id_in(address)
    return take_over_in_background.later(
        by=by, title=str(_("A record from a copy")), copy_id=str(copy.id), card_id=str(card_id)
    )


def _id_in(address: str) -> UUID:
    for part in reversed(address.strip().rstrip("/").split("/")):
        try:
            return UUID(part)
        except ValueError:
            continue
    raise Invalid(_("Paste the address of the record’s page in the copy."), field="address")


@background("setup.take_over", title=_("A record from a copy"))
def take_over_in_background(job: Running, *, copy_id: str, card_id: str) -> dict[str, Any]:
    """Read the record in the copy, then write it here; nothing is written if it is not there."""
    copy = tenants.copy_of(context.tenant().id, UUID(copy_id))
    with tenants.inside(copy, cause="job"):
        rows = taking_over.read(UUID(card_id))
    if not rows:
        raise NotFound
    by = member_by_id(job.actor) if job.actor else None
    return write(by=by, rows=rows, copy=copy.slug)


@action()
def write(*, by: Member | None, rows: taking_over.Rows, copy: str) -> dict[str, Any]:
    """Put a copy's rows in place of what stands here, with one fact that says so."""
    card, written, left_out = taking_over.put(rows)
    record("setup.taken_over", by=by, record=card, copy=copy, rows=written)
    return {"written": written, "left_out": left_out}
