"""What happens when something breaks while people work: every blow, one after the other, and a table of it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from deploy.local import places
from tests.failure.harness import record
from tests.failure.harness.blows import BLOWS, Blow
from tests.failure.harness.disk import MISSING
from tests.failure.harness.load import OK, Load
from tests.failure.harness.reckoning import Reckoned, connect, reckon
from tests.failure.harness.standing import Standing, running

pytestmark = [pytest.mark.full, pytest.mark.caddy]

BEFORE, AFTER = 4, 12  # seconds of load before a blow and after its cause is gone
WITHIN = 30  # seconds until everything is answered as before


@pytest.fixture(scope="module")
def standing() -> Iterator[Standing]:
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def table() -> Iterator[list[Reckoned]]:
    rows: list[Reckoned] = []
    yield rows
    record.write(rows, places.VAR / "failures.json")
    print("\n" + "\n".join(record.lines(rows)))  # noqa: T201 (this is what the test is for)


@pytest.mark.parametrize("blow", BLOWS, ids=lambda blow: blow.name)
def test_a_blow_under_load(standing: Standing, table: list[Reckoned], blow: Blow) -> None:
    if blow.needs_disk and not standing.bounded:
        pytest.skip(MISSING)
    before = {child.name: standing.pid(child.name) for child in standing.supervisor.children}
    with connect(standing) as line:
        began = str(line.execute("SELECT now()").fetchone()[0])  # type: ignore[index]
    load = Load(standing)
    load.start()
    time.sleep(BEFORE)
    struck = time.monotonic()
    blow.strike(standing)
    gone = time.monotonic()
    time.sleep(AFTER)
    row = reckon(standing, blow.name, load.stop(), struck, gone, began)
    table.append(row)
    assert row.lost == [], row.lost
    assert row.faults == [], "\n".join(row.faults[:12]) + "\n" + standing.words()[-6000:]
    assert row.counts[OK] > 50 and row.written and row.imports, row
    assert row.first_good is not None and row.all_good < WITHIN, row
    after = {child.name: standing.pid(child.name) for child in standing.supervisor.children}
    new = {name for name in before if before[name] != after[name]}
    assert new <= set(blow.known), new
