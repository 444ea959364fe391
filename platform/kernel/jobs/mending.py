"""An operator mends a job in its tenant's context: tried again, or given up. Its content is not looked at."""

from __future__ import annotations

from uuid import UUID

from kernel.actions import action
from kernel.jobs.models import Job
from kernel.when import now


@action()
def reopen(*, job_id: UUID) -> bool:
    """Let a job that failed or waits be taken again. False if it has ended otherwise or is gone."""
    job: Job | None = Job.objects.using("tenant").select_for_update().filter(id=job_id).first()
    if job is None or job.state in (Job.State.DONE, Job.State.STOPPED):
        return False
    job.state = Job.State.WAITING
    job.error = ""
    job.finished_at = None
    job.run = None
    job.save(using="tenant", update_fields=["state", "error", "finished_at", "run"])
    return True


@action()
def give_up(*, job_id: UUID) -> None:
    """End a job as stopped, whatever it does now: its worker's run is void and may write nothing more."""
    job: Job | None = Job.objects.using("tenant").select_for_update().filter(id=job_id).first()
    if job is None or job.state in (Job.State.DONE, Job.State.STOPPED):
        return
    job.stop_wanted = True
    job.state = Job.State.STOPPED
    job.finished_at = now()
    job.run = None
    job.save(using="tenant", update_fields=["stop_wanted", "state", "finished_at", "run"])
