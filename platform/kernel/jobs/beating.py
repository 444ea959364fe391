"""The beat of workers and scheduler: a file that lives as long as the process does its turn.

Whoever watches (a container's probe, systemd) looks at the file's age; ``deploy.alive`` does.
A worker that only waits for a broker which does not answer is alive: ending it would help nobody.
"""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import Any

from celery import Celery, bootsteps
from celery.beat import PersistentScheduler

log = logging.getLogger("terem.jobs")

SECONDS = 5
# A consumer that has not turned for so long, though the broker answers, is stuck.
STUCK_SECONDS = 60

_file: list[Path] = []
_turned_at = [time.monotonic()]


def keep(app: Celery, place: str) -> None:
    """Let the worker or scheduler of this process renew the file ``place``; an empty one: none."""
    app.conf.beat_scheduler = "kernel.jobs.beating:Scheduler"
    # So soon it is noticed that the clock was set.
    app.conf.beat_max_loop_interval = SECONDS
    if not place:
        return
    _file[:] = [Path(place)]
    app.steps["consumer"].add(Turning)


def touch() -> None:
    """Renew the file. A full disk is no reason to stop working."""
    for path in _file:
        try:
            path.touch()
        except OSError:
            continue


class Turning(bootsteps.StartStopStep):
    """Notes each turn of a worker's consumer, and starts the beat of its process once."""

    requires = {"celery.worker.consumer.tasks:Tasks"}
    started = False

    def start(self, consumer: Any) -> None:
        """Called again after each lost connection, which forgets the timers."""
        _turn()
        consumer.timer.call_repeatedly(SECONDS, _turn)
        if not Turning.started:
            Turning.started = True
            threading.Thread(target=_beat, args=(consumer.app,), daemon=True, name="beat").start()


def _turn() -> None:
    _turned_at[0] = time.monotonic()


def _beat(app: Any) -> None:
    while True:
        beat_once(app)
        time.sleep(SECONDS)


def beat_once(app: Any) -> None:
    """Renew the file unless the consumer is stuck beside a broker that answers."""
    if time.monotonic() - _turned_at[0] < STUCK_SECONDS or not answers(app):
        touch()


def answers(app: Any) -> bool:
    """Whether the broker takes a connection now."""
    try:
        with app.connection_for_read() as line:
            line.ensure_connection(max_retries=1, timeout=2)
    except Exception:
        return False
    return True


class Scheduler(PersistentScheduler):
    """The clock, whose every tick renews the file.

    The library remembers by the wall clock when it last did something. Set back by an hour, it would stand
    still for an hour: what seems to have been done in the future is taken as done just now.
    """

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """One look at what is due; returns the seconds until the next."""
        touch()
        self.forget_the_future()
        return super().tick(*args, **kwargs)

    def sync(self) -> None:
        """Remember on disk what was done when. A full disk is no reason to stop: it is only forgotten by the next start."""
        try:
            super().sync()
        except OSError as error:
            log.warning("the scheduler's notes could not be written: %s", type(error).__name__)

    def forget_the_future(self) -> None:
        """Begin anew with what was last done after now."""
        ahead = [entry for entry in self.schedule.values() if entry.last_run_at > entry.default_now()]
        for entry in ahead:
            entry.last_run_at = entry.default_now()
        if ahead:
            log.warning("the clock was set back: %s tasks are counted from now", len(ahead))
            self._heap = None
