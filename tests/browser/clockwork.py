"""What the schedule does for payments, at once and as often as it is asked: run as a module with a product's environment.

A test moves the provider's clock; the product hears of it by a delivery or, here, by asking. One process does it again
and again, as a worker does: each line that it reads is a turn, and it answers ``DONE`` when the turn is over.
"""

from __future__ import annotations

import subprocess
import sys

import django

from deploy.local import places

DONE = "the turn is over"


def turn() -> None:
    """Compare with the provider, compute leases anew, write and send the letters that are due."""
    from django.db import connections

    from billing import api
    from kernel import context

    with context.enter(context.Context(cause="command")):
        api.reconcile()
        api.renew_leases()
        api.watch_letters()
        api.send_letters()
    connections.close_all()


class Clockwork:
    """The process, from a test: started at the first turn, ended by ``close``."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.running: subprocess.Popen[str] | None = None

    def turn(self) -> None:
        """Let the schedule come round once; raises ``AssertionError`` with its words if it ends instead."""
        if self.running is None:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "tests.browser.clockwork"],
                cwd=places.ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        assert self.running.stdin is not None and self.running.stdout is not None
        self.running.stdin.write("\n")
        self.running.stdin.flush()
        said = []
        for line in self.running.stdout:
            if line.strip() == DONE:
                return
            said.append(line)
        raise AssertionError("the schedule ended:\n" + "".join(said))

    def close(self) -> None:
        """End the process, if there is one."""
        if self.running is not None:
            self.running.communicate(timeout=60)


def main() -> None:
    """A turn for each line."""
    django.setup()
    for _line in sys.stdin:
        turn()
        print(DONE, flush=True)


if __name__ == "__main__":
    main()
