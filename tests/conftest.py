"""Fixtures for every test: the worker's own database, and the browser.

The tenants' fixtures live in tests/support/tenants.py.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.test import override_settings

from tests.support import browser as chromium
from tests.support import cluster
from tests.support.hashing import HASHERS
from tests.support.plugin import DATABASE, WORKER
from tests.support.product import RunningProduct

# A busy machine is no failure: properties are judged by their answers, not by the clock. Where nothing may be
# skipped, a change lands or not; that hangs on no luck, so examples are the same each time. By hand, new ones are sought.
hypothesis.settings.register_profile(
    "house",
    deadline=None,
    derandomize=bool(os.environ.get("TEREM_REQUIRE")),
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("house")

pytest_plugins = ["tests.support.tenants", "tests.support.afresh"]


@pytest.fixture(scope="session")
def test_run() -> cluster.Run:
    """This run's servers: addresses, passwords, folder."""
    run = cluster.joined()
    assert run is not None, "pytest was started without the plugin tests.support.plugin"
    return run


@pytest.fixture(scope="session")
def django_db_setup(test_run: cluster.Run, django_db_blocker: Any) -> Iterator[None]:
    """Give this worker its copy of the template database; the settings already name it."""
    cluster.create_database(test_run, DATABASE)
    yield
    from django.db import connections

    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """One round per password: hundreds of accounts are made, and few tests ask how."""
    with override_settings(PASSWORD_HASHERS=HASHERS):
        yield


@pytest.fixture(scope="session")
def running_product(test_run: cluster.Run) -> Iterator[RunningProduct]:
    """The whole product as processes, shared by this worker's browser tests."""
    running = RunningProduct(test_run, WORKER, payments=True)
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def own_product(test_run: cluster.Run) -> Iterator[RunningProduct]:
    """A product of one's own, for tests that kill its processes."""
    running = RunningProduct(test_run, f"{WORKER}_{secrets.token_hex(3)}")
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium for the session (mark the test ``browser``)."""
    from playwright.sync_api import expect, sync_playwright

    # A busy machine is no failure here either: the library expects everything within five seconds.
    expect.set_options(timeout=chromium.PATIENCE)
    # Playwright keeps an event loop in this thread; Django would refuse queries beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as engines:
        opened = engines.chromium.launch(
            executable_path=chromium.executable(), args=chromium.launch_arguments()
        )
        yield opened
        opened.close()
