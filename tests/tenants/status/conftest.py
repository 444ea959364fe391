"""The tests of the status page commit for real and leave it as empty as it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from kernel import context
from kernel.ids import uuid7
from tenants import bulletin
from tenants.models import Check, CheckDay, Incident
from tests.support.operators import at_console, make_operator


@pytest.fixture(autouse=True)
def command(database: None) -> Iterator[None]:
    _emptied()
    with context.enter(context.Context(cause="command")):
        yield
    _emptied()


def _emptied() -> None:
    for model in (Check, CheckDay, Incident):
        model.objects.all().delete()
    bulletin.forget()


@pytest.fixture
def operator() -> Any:
    """An operator's account with a second factor."""
    return make_operator(f"operator-{uuid7().hex[-8:]}@terem.example")


@pytest.fixture
def console(operator: Any) -> Client:
    """The operator's browser."""
    return at_console(operator)


def public(language: str = "en") -> Client:
    """Somebody at the platform's own address."""
    return Client(HTTP_HOST="terem.test", headers={"accept-language": language})
