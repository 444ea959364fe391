"""The hands of a run: threads with a connection each, which upgrade one company after another."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

import psycopg
from django.conf import settings

from tenants.upgrades.applying import Outcome, Work, upgrade
from tenants.upgrades.plans import Plan

log = logging.getLogger("terem.upgrades")


class Crew:
    """Threads with a connection each. They take work, hand back outcomes, and know nothing else."""

    def __init__(self, size: int, plan_of: Callable[[str], Plan | None]) -> None:
        self.size = size
        self.plan_of = plan_of
        self.todo: SimpleQueue[Work | None] = SimpleQueue()
        self.results: SimpleQueue[tuple[Work, Outcome]] = SimpleQueue()
        self.in_flight = 0
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(size)]

    def __enter__(self) -> Crew:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        for _ in self._threads:
            self.todo.put(None)
        for thread in self._threads:
            thread.join(timeout=120)

    def give(self, work: Work) -> None:
        """Hand out one company."""
        self.in_flight += 1
        self.todo.put(work)

    def take(self, seconds: float) -> tuple[Work, Outcome] | None:
        """The next outcome, or None after ``seconds``."""
        try:
            found = self.results.get(timeout=seconds)
        except Empty:
            return None
        self.in_flight -= 1
        return found

    def _work(self) -> None:
        connection: psycopg.Connection[Any] | None = None
        while (work := self.todo.get()) is not None:
            try:
                if connection is None or connection.closed:
                    connection = psycopg.connect(settings.TEREM_OWNER_DB, autocommit=True)
                outcome = upgrade(connection, work, self.plan_of)
            except psycopg.Error as error:
                work.attempts += 1
                outcome = Outcome("again", 0.0, "", str(error))
            except Exception as error:  # a thread that dies silently would leave the run waiting for it
                log.exception("schema %s", work.schema)
                outcome = Outcome("failed", 0.0, "", f"{type(error).__name__}: {error}")
            self.results.put((work, outcome))
        if connection is not None:
            connection.close()
