"""The console's tests commit for real: an operator, a browser at the console, fresh companies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from kernel import context
from kernel.ids import uuid7
from tenants import bulletin
from tenants.models import Announcement
from tests.support.operators import at_console, make_operator


@pytest.fixture(autouse=True)
def command(database: None) -> Iterator[None]:
    bulletin.forget()
    known = list(Announcement.objects.values_list("id", flat=True))
    with context.enter(context.Context(cause="command")):
        yield
    # What is written for a plan or a language would be read by other tests' companies.
    Announcement.objects.exclude(id__in=known).delete()
    bulletin.forget()


@pytest.fixture
def operator() -> Any:
    """An operator's account with a second factor."""
    return make_operator(f"operator-{uuid7().hex[-8:]}@terem.example")


@pytest.fixture
def console(operator: Any) -> Client:
    """The operator's browser."""
    return at_console(operator)
