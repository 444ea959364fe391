"""Everything here is committed for real: companies get names that no other test has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kernel import context
from kernel.ids import uuid7
from tests.onboarding.company import Newcomer


@pytest.fixture(autouse=True)
def command(database: None) -> Iterator[None]:
    with context.enter(context.Context(cause="page")):
        yield


@pytest.fixture
def newcomer() -> Newcomer:
    """Somebody with a company of a name of its own, in front of the form."""
    return Newcomer(uuid7().hex[-10:])


@pytest.fixture
def owner() -> Newcomer:
    """Somebody whose workspace is open and who is inside."""
    person = Newcomer(uuid7().hex[-10:])
    person.come_in()
    return person


@pytest.fixture
def make() -> Callable[..., Any]:
    """Make a confirmed account: ``make()`` or ``make(email)``."""
    from identity import api

    def make_one(email: str = "") -> Any:
        email = email or f"boris{uuid7().hex[-10:]}@southern.example"
        return api.create_account(email=email, password="correct horse battery")

    return make_one
