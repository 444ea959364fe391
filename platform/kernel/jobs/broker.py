"""The queue library's one home: the Celery application and the wake-up message."""

from __future__ import annotations

import logging

from celery import Celery
from django.conf import settings

log = logging.getLogger("terem.jobs")

app = Celery("terem")
app.conf.update(
    broker_url=settings.TEREM_REDIS,
    task_ignore_result=True,
    task_default_queue="tenant",
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": 3600, "socket_timeout": 5, "socket_connect_timeout": 2},
    task_publish_retry=False,
    timezone="UTC",
    enable_utc=True,
)


@app.task(name="kernel.jobs.wake")
def wake(queue: str) -> None:
    """Claim and run the next ticket of ``queue``."""
    from kernel.jobs.running import run_next

    run_next(queue)


def nudge(queue: str, times: int = 1) -> None:
    """Wake workers. A broker that does not answer is no error: the sweeper wakes them later."""
    try:
        for _ in range(times):
            wake.apply_async((queue,), queue=queue)
    except (OSError, app.connection_for_write().connection_errors) as error:
        log.warning("The broker does not answer (%s); the sweeper will wake the workers.", error)
