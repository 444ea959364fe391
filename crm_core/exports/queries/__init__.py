"""Reading: the archives asked for, and what an archive holds."""

from __future__ import annotations

from uuid import UUID

from crm_core.exports.models import Export
from crm_core.records.models import Card, ChangeSet
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


def is_fresh() -> bool:
    """Whether nothing but seeds is here: no record was ever made, nothing imported."""
    return not Card.objects.exists() and not ChangeSet.objects.exists()


def bringing() -> Job | None:
    """The last archive that was to be taken in here."""
    job: Job | None = Job.objects.filter(name="exports.bring_in").order_by("-created_at").first()
    return job
