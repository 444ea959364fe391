"""The two marked companies of the crawl, built once per worker."""

from __future__ import annotations

from typing import Any

import pytest

from tests.isolation.world import World, build


@pytest.fixture(scope="session")
def worlds(django_db_setup: None, django_db_blocker: Any) -> tuple[World, World]:
    """The owner's company and a stranger's, committed once for this worker."""
    with django_db_blocker.unblock():
        return build("Owner", "crawl-owner"), build("Stranger", "crawl-stranger")
