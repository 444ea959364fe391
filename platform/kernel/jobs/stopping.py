"""Asking a job to stop; it ends at its next step."""

from __future__ import annotations

from uuid import UUID

from kernel.actions import action
from kernel.errors import NotFound
from kernel.jobs.models import Job
from kernel.rights import Actor
from kernel.when import now


@action()
def stop(*, by: Actor, job_id: UUID) -> Job:
    """Stop a job: a waiting one ends at once, a running one at its next step. Raises ``NotFound``."""
    job: Job | None = Job.objects.using("tenant").select_for_update().filter(id=job_id).first()
    if job is None or (job.actor != by.id and not by.may("team.see_jobs")):
        raise NotFound
    if job.is_open:
        job.stop_wanted = True
        if job.state == Job.State.WAITING:
            job.state = Job.State.STOPPED
            job.finished_at = now()
        job.save(using="tenant", update_fields=["stop_wanted", "state", "finished_at"])
    return job


@action()
def stop_open() -> int:
    """End everything that waits or runs: the schema was restored, and its work belongs to another time."""
    return int(
        Job.objects.using("tenant")
        .open()
        .update(state=Job.State.STOPPED, stop_wanted=True, run=None, finished_at=now())
    )
