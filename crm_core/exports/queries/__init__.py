"""Reading: the archives asked for, and what an archive holds."""

from __future__ import annotations

from uuid import UUID

from crm_core.exports.models import Export
from kernel.errors import NotFound
from kernel.jobs.models import Job


def exports() -> list[Export]:
    """The archives that were asked for, newest first."""
    return list(Export.objects.order_by("-created_at")[:50])


def export(id: UUID) -> Export:
    """One archive. Raises ``NotFound``."""
    found: Export | None = Export.objects.filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def job_of(found: Export) -> Job | None:
    """The background work that makes an archive, if it is still known."""
    job: Job | None = Job.objects.filter(id=found.job).first() if found.job else None
    return job
