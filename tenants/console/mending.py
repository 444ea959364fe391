"""What an operator may do to background work: have it tried again, or give it up. Its content stays unseen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, NotFound
from kernel.jobs import mending, watching
from kernel.jobs.broker import nudge
from kernel.when import now
from tenants.console import acts
from tenants.entering import inside
from tenants.models import Tenant


def ticket(id: UUID) -> tuple[dict[str, Any], Tenant]:
    """A ticket and its tenant. Raises ``NotFound``."""
    found = watching.ticket(id)
    tenant = Tenant.objects.filter(schema_name=found["role"]).first() if found else None
    if found is None or tenant is None:
        raise NotFound
    return found, tenant


def retry(*, id: UUID, reason: str, by: Any) -> None:
    """Let a job run again now: one that failed, waits for its next try, or whose worker died.

    The tenant's row goes first, so that a crash in between leaves a ticket that can be retried.
    Raises ``Conflict`` while a worker holds it, or if the job has ended meanwhile.
    """
    words = acts.demand_reason(reason)
    found, tenant = ticket(id)
    if found["state"] == "running" and found["lease_until"] > now():
        raise Conflict(_("A worker holds this job now. Give it up first."))
    with inside(tenant, cause="operator"):
        open_again = mending.reopen(job_id=id)
    if not open_again:
        watching.drop(id)
        raise Conflict(_("This job has ended meanwhile."))
    with transaction.atomic(using="default"):
        if not watching.again(id):
            raise Conflict(_("A worker holds this job now. Give it up first."))
        acts.note(tenant, by, "job_retried", words, job=found["name"], id=str(id))
    nudge(found["queue"])


def cancel(*, id: UUID, reason: str, by: Any) -> None:
    """Give a job up for good: it ends as stopped and what it has done so far stays."""
    words = acts.demand_reason(reason)
    found, tenant = ticket(id)
    with inside(tenant, cause="operator"):
        mending.give_up(job_id=id)
    with transaction.atomic(using="default"):
        watching.drop(id)
        acts.note(tenant, by, "job_cancelled", words, job=found["name"], id=str(id))
