"""The queue library's one home: the Celery application and the wake-up message."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from celery import Celery, Task, bootsteps
from django.conf import settings
from kombu.exceptions import OperationalError as BrokerAway

from kernel import cache, context

log = logging.getLogger("terem.jobs")

WAKE = "kernel.jobs.wake"


# Told of work of the clock that ended well, by its name, and of a worker that starts, by its kind (worker, keeper).
ENDED: list[Callable[[str], None]] = []
STARTED: list[Callable[[str], None]] = []


class ClockTask(Task):
    """Everything that a worker does by message or by the clock: its log lines name it, its success is noted."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with context.enter(context.Context(cause="job", job=self.name)):
            result = self.run(*args, **kwargs)
        if self.name != WAKE:
            for told in ENDED:
                told(self.name.rpartition(".")[2])
        return result


class Living(bootsteps.StartStopStep):
    """Says that this worker lives: as keeper if it takes the owner's work."""

    def start(self, parent: Any) -> None:
        kind = "keeper" if "owner" in parent.app.amqp.queues.consume_from else "worker"
        for told in STARTED:
            told(kind)


app = Celery("terem", task_cls=ClockTask)
app.steps["worker"].add(Living)
app.conf.update(
    broker_url=settings.TEREM_REDIS,
    task_ignore_result=True,
    task_default_queue="tenant",
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    # However long the broker is away, and also while it only refuses what is written (its disk is full).
    broker_connection_max_retries=None,
    broker_channel_error_retry=True,
    worker_consumer="kernel.jobs.patience:Patient",
    broker_transport_options={
        "visibility_timeout": 3600,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        # Whoever asks for work while the broker is away does not wait for it: the sweeper finds the job.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
    },
    task_publish_retry=False,
    timezone="UTC",
    enable_utc=True,
)


class _Ending(bootsteps.StartStopStep):
    """On SIGTERM a worker waits for what is in hand; told so, long work is given back at its next step."""

    requires = {"celery.worker.components:Pool"}

    def close(self, parent: Any) -> None:
        """The first thing that the library does when it ends; only then it waits for the pool."""
        from kernel.jobs.declaring import ENDING

        ENDING.set()


app.steps["worker"].add(_Ending)


@app.task(name=WAKE)
def wake(queue: str) -> None:
    """Claim and run the next ticket of ``queue``."""
    from kernel.jobs.running import run_next

    run_next(queue)


def _away() -> tuple[type[BaseException], ...]:
    """What the library raises when the broker does not answer."""
    return (OSError, BrokerAway, *app.connection_for_write().connection_errors)


def nudge(queue: str, times: int = 1) -> None:
    """Wake workers. A broker that does not answer is no error: the sweeper wakes them later."""
    try:
        for _ in range(times):
            wake.apply_async((queue,), queue=queue)
    except _away() as error:
        log.warning("The broker does not answer (%s); the sweeper will wake the workers.", error)


def hurry(task: str, queue: str) -> None:
    """Have a task of the schedule run now. A broker that does not answer is no error: its turn comes."""
    try:
        app.send_task(task, queue=queue, expires=10)
    except _away() as error:
        log.warning("The broker does not answer (%s); %s waits for its turn.", error, task)


WORKERS_FRESH = 10  # seconds
_WORKERS = "workers"


def workers() -> list[str] | None:
    """The workers that answer now, by name; None if the broker does not. Remembered for some seconds."""
    held = cache.get(_WORKERS)
    if held is not None:
        return list(held)
    try:
        answers = app.control.ping(timeout=0.5)
    except _away() as error:
        log.warning("The broker does not answer (%s).", error)
        return None
    names = sorted(name for answer in answers for name in answer)
    cache.put(_WORKERS, names, seconds=WORKERS_FRESH)
    return names
