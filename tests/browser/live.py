"""The running product with the companies that browser tests look at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from deploy.local.servers import run_python
from tests.browser.seeded import Seeded
from tests.support import cluster
from tests.support.product import RunningProduct


def seed_into(running: RunningProduct) -> Seeded:
    """Fill a running product with the companies of ``seed.py``."""
    said = run_python(["-m", "tests.browser.seed"], running.environment, "Seeding the companies to look at")
    return Seeded.from_json(said.strip().splitlines()[-1])


def address_of(running: RunningProduct) -> str:
    """Host and port of the public site."""
    return f"{running.address.domain}:{running.address.port}"


@contextmanager
def seeded_product(run: cluster.Run, name: str) -> Iterator[tuple[str, Seeded]]:
    """A product of one's own, seeded; address and companies."""
    running = RunningProduct(run, name, payments=True)
    try:
        running.start()
        yield address_of(running), seed_into(running)
    finally:
        running.stop()
