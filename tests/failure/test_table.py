"""What happens when something breaks while people work: every blow, one after the other, and a table of it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from deploy.local import places
from tests.failure.harness import clock, disk, record
from tests.failure.harness.blows import BLOWS, Blow
from tests.failure.harness.load import OK, Book, Load
from tests.failure.harness.reckoning import Reckoned, Times, jobs_of, reckon
from tests.failure.harness.standing import Standing, running

pytestmark = [pytest.mark.full, pytest.mark.caddy]

BEFORE, AFTER = 4, 8  # seconds of load before a blow, and of nothing but right answers after it
SLOWEST = 10  # seconds, for the slowest of all
WITHIN = 60  # seconds until everything is answered as before; the machine may be busy


@pytest.fixture(scope="module")
def standing() -> Iterator[Standing]:
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def table() -> Iterator[list[Reckoned]]:
    rows: list[Reckoned] = []
    yield rows
    print("\n" + "\n".join(record.lines(rows)))


@pytest.mark.parametrize("blow", BLOWS, ids=lambda blow: blow.name)
def test_a_blow_under_load(standing: Standing, table: list[Reckoned], blow: Blow) -> None:
    skip_what_cannot_be(standing, blow)
    before = {child.name: standing.pid(child.name) for child in standing.supervisor.children}
    jobs = frozenset(jobs_of(standing))
    load = Load(standing)
    load.start()
    time.sleep(BEFORE)
    struck = time.monotonic()
    blow.strike(standing)
    gone = time.monotonic()
    wait_until_good(load.book, gone)
    bearable = (OK, *blow.bearable)
    row = reckon(
        standing, blow.name, load.stop(), Times(struck, gone, jobs), bearable=bearable, reading=blow.reading
    )
    table.append(row)
    record.write(table, places.VAR / "failures.json")
    if blow.quick:
        # A worker that is held answers its own health question late, and those who wait for it wait long.
        assert row.slowest < SLOWEST, row
    assert row.lost == [], row.lost
    assert row.faults == [], "\n".join(row.faults[:12]) + "\n" + standing.words()[-6000:]
    assert row.counts[OK] > 30 and row.written and row.imports, row
    assert row.first_good is not None and row.all_good < WITHIN, row
    after = {child.name: standing.pid(child.name) for child in standing.supervisor.children}
    new = {name for name in before if before[name] != after[name]}
    assert new <= set(blow.known), standing.words(*new - set(blow.known))


def skip_what_cannot_be(standing: Standing, blow: Blow) -> None:
    if blow.needs_disk and not standing.bounded:
        pytest.skip(disk.MISSING)
    if blow.needs_clock and not standing.movable:
        pytest.skip(clock.MISSING)


def wait_until_good(book: Book, gone: float) -> None:
    """Until people saw nothing but right answers for a while."""
    while time.monotonic() < gone + WITHIN:
        time.sleep(0.5)
        wrong = [seen.at + seen.took for seen in list(book.seen) if seen.kind != OK]
        if time.monotonic() - max([gone, *wrong]) > AFTER:
            return
