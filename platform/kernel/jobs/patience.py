"""A worker's line to the broker: whatever breaks because the line has broken is waited out.

The library goes on after errors of the socket and of Redis' client. What its own parts raise when the line breaks in
their hands (its own OperationalError, an attribute of something that has just gone) it calls unrecoverable, and
the worker ends with code 1.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from typing import Any

from celery.worker.consumer import Consumer
from kombu.exceptions import OperationalError as BrokerAway

from kernel.jobs import beating

log = logging.getLogger("terem.jobs")

# What breaks so often within a minute beside a broker that answers is a fault of the worker: it ends, and is seen.
MOST_FAULTS, WITHIN_SECONDS = 3, 60.0


class Patient(Consumer):
    """The library's consumer, which does not end because a line has broken."""

    connection_errors: tuple[type[BaseException], ...]

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.connection_errors = (*self.connection_errors, BrokerAway)

    def start(self) -> None:
        """Consume until the worker is told to end. Raises what goes on beside a broker that answers."""
        faults: deque[float] = deque(maxlen=MOST_FAULTS)
        while True:
            try:
                super().start()
            except Exception as error:
                faults.append(time.monotonic())
                often = len(faults) == MOST_FAULTS and faults[-1] - faults[0] < WITHIN_SECONDS
                if often and beating.answers(self.app):
                    raise
                log.warning(
                    "The line to the broker broke (%s); it is made anew.",
                    type(error).__name__,
                    exc_info=error,
                )
                self._begin_anew(error)
            else:
                return

    def _begin_anew(self, error: Exception) -> None:
        """What the library does after an error that it knows."""
        if self.connection:
            self.on_connection_error_after_connected(error)
        time.sleep(1)
        self.on_close()
        self._cancel_connection_timer_entries()
        self.blueprint.restart(self)
