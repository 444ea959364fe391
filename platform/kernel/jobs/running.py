"""The worker's side: claim a ticket, enter the tenant, run the function, end it visibly."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import Error, InterfaceError, OperationalError, connections, transaction
from django.utils import translation

from kernel import context, faults, lost, tracing
from kernel.errors import NotSaved, TeremError, Unavailable
from kernel.ids import uuid7
from kernel.jobs import relay
from kernel.jobs.broker import nudge
from kernel.jobs.declaring import BACKGROUND, Background, GivenBack, Lost, Running, Stopped
from kernel.jobs.models import Job
from kernel.when import now

log = logging.getLogger("terem.jobs")

# Told of every run. The metrics listen.
RAN: list[Callable[[relay.Ran], None]] = []

BEAT_SECONDS = 5
MOST_ATTEMPTS = 50

# A pause that is none: the worker ends, and the job is for the next one.
_GIVEN_BACK = -1.0

# Set by the tenants room at start-up: schema name → directory entry, or None if it is not served now.
find_tenant: Callable[[str], context.TenantRef | None] = lambda schema: None  # noqa: E731


def run_next(queue: str) -> bool:
    """Run the next due ticket of ``queue``; False if there was none."""
    with context.enter(context.Context(cause="job")):
        ticket = relay.claim(queue, uuid7())
        if ticket is None:
            return False
        tenant = find_tenant(ticket.role)
        if tenant is None:
            relay.park(ticket)
            return True
        _carry_out(ticket, tenant, queue)
        if relay.was_held_up(ticket.role, queue):
            # The message for it may have come while this tenant ran its share, and have found nothing.
            nudge(queue)
    return True


def run_now(job_id: UUID, tenant: context.TenantRef) -> bool:
    """Run one job in this process, whether its tenant is served or not; False if a worker has it or it is over."""
    with context.enter(context.Context(cause="command")):
        ticket = relay.claim_one(job_id, uuid7())
        if ticket is None:
            return False
        _carry_out(ticket, tenant, "tenant")
    return True


def _carry_out(ticket: relay.Ticket, tenant: context.TenantRef, queue: str) -> None:
    """Run a claimed ticket's job in its tenant's context and end or put back the ticket."""
    here = context.Context(
        tenant=tenant, cause="job", zone=tenant.zone, language=tenant.language, job=str(ticket.id)
    )
    with _Heart(ticket, threading.Event()), context.enter(here):
        pause = _timed(ticket, queue)
    if pause is None:
        relay.finish(ticket)
    elif pause == _GIVEN_BACK:
        relay.give_back(ticket)
        nudge(queue)
    else:
        relay.put_back(ticket, seconds=pause)


def _timed(ticket: relay.Ticket, queue: str) -> float | None:
    """Run one job, log a line and tell everybody who listens how it went; the pause before the next try."""
    ran = relay.Ran(queue, ticket.role)
    began = time.perf_counter()
    with tracing.working(queue) as span:
        pause = _run(ticket, ran)
        if span is not None:
            span.name, span.failed = f"job {ran.job}", ran.outcome == "failed"
    ran.seconds = time.perf_counter() - began
    for told in RAN:
        told(ran)
    log.info(
        "job %s (%s) %s after %.0f ms",
        ticket.id,
        ran.job,
        ran.outcome,
        ran.seconds * 1000,
        extra={"queue": queue, "outcome": ran.outcome, "ms": round(ran.seconds * 1000)},
    )
    return pause


def _run(ticket: relay.Ticket, ran: relay.Ran | None = None) -> float | None:
    """Run one job in the tenant's context. Returns the pause before the next try, or None if it ended.

    ``ran`` learns what ran and how it ended.
    """
    ran = ran or relay.Ran("", ticket.role)
    job = _take(ticket)
    if job is None:
        return None
    ran.job = job.name if job.name in BACKGROUND else "unknown"
    with (
        context.altered(actor=job.actor, language=job.language, job=f"{job.name}/{job.id}"),
        translation.override(job.language),
    ):
        return _carried_out(job, ticket, ran)


def _carried_out(job: Job, ticket: relay.Ticket, ran: relay.Ran) -> float | None:
    declared = BACKGROUND.get(job.name)
    if declared is None:
        ran.outcome = "failed"
        _fail(job, ticket, f"Unknown background work: {job.name}")
        return None
    running = Running(job.id, ticket.run, job.actor, job.checkpoint, ticket.attempts)
    try:
        result = declared.function(running, **job.arguments)
    except Stopped:
        ran.outcome = "stopped"
        _end(job, ticket, state=Job.State.STOPPED)
        return None
    except GivenBack:
        ran.outcome = "again"
        log.info("job %s is given back: this worker ends", job.id)
        with transaction.atomic(using="tenant"):
            held = Job.objects.using("tenant").filter(id=job.id, run=ticket.run)
            held.update(state=Job.State.WAITING)
        return _GIVEN_BACK
    except Lost:
        ran.outcome = "lost"
        log.warning("job %s was taken over by another worker", job.id)
        return None
    except Exception as error:  # every failure must end visibly on the jobs page
        pause = _after_error(job, ticket, declared, error)
        ran.outcome = "failed" if pause is None else "again"
        return pause
    ran.outcome = "done"
    _end(job, ticket, state=Job.State.DONE, result=result or running.result)
    return None


def _take(ticket: relay.Ticket) -> Job | None:
    """Fence the job with this run's token; None if there is nothing left to do."""
    with transaction.atomic(using="tenant"):
        job: Job | None = Job.objects.using("tenant").select_for_update().filter(id=ticket.id).first()
        if job is None or not job.is_open:
            return None
        job.run = ticket.run
        job.state = Job.State.RUNNING
        job.attempts = ticket.attempts
        job.started_at = job.started_at or now()
        job.save(using="tenant", update_fields=["run", "state", "attempts", "started_at"])
        return job


def _end(job: Job, ticket: relay.Ticket, **changes: Any) -> None:
    with transaction.atomic(using="tenant"):
        Job.objects.using("tenant").filter(id=job.id, run=ticket.run).update(finished_at=now(), **changes)


def _fail(job: Job, ticket: relay.Ticket, words: str) -> None:
    _end(job, ticket, state=Job.State.FAILED, error=words)
    relay.fail(ticket)


def _after_error(job: Job, ticket: relay.Ticket, declared: Background, error: Exception) -> float | None:
    temporary = isinstance(error, OperationalError | InterfaceError | OSError | Unavailable) or (
        isinstance(error, TeremError) and error.temporary
    )
    if lost.is_unwritable(error):
        # A full disk is not the job's fault, however long it lasts.
        return _pause(job, ticket, str(NotSaved()), 30.0)
    words = str(error) if isinstance(error, TeremError) else f"{type(error).__name__}: {error}"
    if not temporary or ticket.attempts > min(declared.retries, MOST_ATTEMPTS):
        log.error("job %s (%s) failed: %s", job.id, job.name, words, exc_info=error)
        _fail(job, ticket, words)
        if not isinstance(error, TeremError):
            faults.note(error, kind="job", task=job.name)
        return None
    return _pause(job, ticket, words, 300.0)


def _pause(job: Job, ticket: relay.Ticket, words: str, longest: float) -> float:
    """Note why the job waits; the seconds until its next try, twice as long each time up to ``longest``."""
    pause = min(longest, 2.0 ** min(ticket.attempts, 8)) * random.uniform(0.75, 1.25)  # noqa: S311
    log.warning("job %s (%s) will be tried again in %.0f s: %s", job.id, job.name, pause, words)
    try:
        with transaction.atomic(using="tenant"):
            Job.objects.using("tenant").filter(id=job.id, run=ticket.run).update(
                state=Job.State.WAITING, error=words
            )
    except Error:
        log.warning("job %s: the pause could not be noted", job.id)
    return pause


class _Heart:
    """Prolongs the ticket's lease from a thread of its own while the work runs."""

    def __init__(self, ticket: relay.Ticket, lost: threading.Event) -> None:
        self.ticket = ticket
        self.lost = lost
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *error: object) -> None:
        self.done.set()
        self.thread.join(timeout=10)

    def _beat(self) -> None:
        try:
            while not self.done.wait(BEAT_SECONDS):
                try:
                    if not relay.beat(self.ticket):
                        self.lost.set()
                        return
                except Error as error:
                    log.warning("heartbeat of job %s: %s", self.ticket.id, error)
                    connections["default"].close()
        finally:
            connections["default"].close()


def sweep() -> None:
    """Release the tickets of dead workers and wake a worker for each that is due (up to 50 a queue)."""
    with context.enter(context.Context(cause="job")):
        freed = relay.release_dead()
        if freed:
            log.warning("%s jobs of dead workers are ready again", freed)
            faults.note_words("WorkerDied", kind="worker", place="kernel.jobs.running sweep")
        for role in relay.parked_roles():
            # A worker that had not heard yet may have parked work after its tenant was served again.
            if find_tenant(role) is not None:
                relay.unpark(role)
        for queue, count in relay.due_counts().items():
            nudge(queue, min(count, 50))
