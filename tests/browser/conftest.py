"""One running, seeded product and one set of browser contexts per worker and sight."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.eyes import Sight
from tests.browser.live import address_of, seed_into
from tests.browser.seeded import Seeded
from tests.browser.showing import Showing
from tests.support.product import RunningProduct


@pytest.fixture(scope="session")
def seeded(running_product: RunningProduct) -> Seeded:
    """The companies to look at, made once per worker."""
    return seed_into(running_product)


@pytest.fixture(scope="session")
def showing(
    running_product: RunningProduct, seeded: Seeded, browser: Any
) -> Iterator[Callable[[Sight], Showing]]:
    """``showing(sight)`` opens pages in that language, width and theme."""
    known: dict[Sight, Showing] = {}

    def at(sight: Sight) -> Showing:
        if sight not in known:
            known[sight] = Showing(browser, sight, address_of(running_product), seeded)
        return known[sight]

    yield at
    for opened in known.values():
        opened.close()
