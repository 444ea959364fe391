"""A worker in which parts of the queue library break when the line to Redis breaks.

As ``python -m tests.failure.harness.brittle FOLDER``, with the worker's own arguments after it: once the file ``loop``
stands in the folder, the loop that loses its line meets an attribute of something that is no more; once ``join``
stands there, the next connection ends in the library's own error. Each file goes when its fault has happened. While
``always`` stands there, every connection ends in a fault.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from celery import bootsteps
from kombu.exceptions import OperationalError


class Brittle(bootsteps.StartStopStep):
    """The faults, as a part of the consumer."""

    requires = {"celery.worker.consumer.tasks:Tasks"}

    def start(self, parent: Any) -> None:
        """Called at each connection."""
        if (FOLDER / "always").exists():
            raise AttributeError("a fault of the worker's own")
        if _taken("join"):
            raise OperationalError("Error 104 while writing to socket")
        listen = parent.loop

        def loop(*given: Any) -> None:
            try:
                listen(*given)
            except parent.connection_errors as error:
                if _taken("loop"):
                    raise AttributeError("'NoneType' object has no attribute 'fileno'") from error
                raise

        parent.loop = loop


def _taken(name: str) -> bool:
    there = (FOLDER / name).exists()
    (FOLDER / name).unlink(missing_ok=True)
    return there


FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()

if __name__ == "__main__":
    from celery.bin.celery import main

    from config.worker import app

    app.steps["consumer"].add(Brittle)
    sys.argv = ["celery", "-q", "-A", "config.worker", *sys.argv[2:]]
    sys.exit(main())
