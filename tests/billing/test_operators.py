"""The operators' page of deliveries and the commands: what arrived, once more, compare."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from billing.models import InboxEvent
from kernel.ids import uuid7
from kernel.when import now
from tests.billing.conftest import AtConsole
from tests.identity.test_operators import CONSOLE
from tests.support.visitor import Visitor


@pytest.fixture
def failed(tenant: Any) -> InboxEvent:
    return InboxEvent.objects.create(
        provider="stripe",
        reference="evt_1",
        type="invoice.paid",
        customer="cus_1",
        told_at=now(),
        status=InboxEvent.Status.FAILED,
        attempts=9,
        error="it did not answer",
    )


def test_deliveries_are_listed_and_worked_on_again(operator: AtConsole, failed: InboxEvent) -> None:
    page = operator.get("/deliveries/").content.decode()
    assert "invoice.paid" in page and "it did not answer" in page
    assert "invoice.paid" not in operator.get("/deliveries/?status=done").content.decode()
    assert operator.fill("/deliveries/", to=f"/deliveries/{failed.id}/retry/").status_code == 302
    failed.refresh_from_db()
    assert (failed.status, failed.attempts, failed.error) == ("waiting", 0, "")
    assert operator.get(f"/deliveries/{uuid7()}/comparison/").status_code == 404


def test_comparing_where_nothing_is_sold_does_nothing(operator: AtConsole) -> None:
    page = operator.get("/deliveries/").content.decode()
    assert "nothing is sold here" in page and "Compare with the provider" not in page
    assert operator.get("/deliveries/comparison/").status_code == 302


def test_strangers_see_no_deliveries(tenant: Any, failed: InboxEvent) -> None:
    assert Visitor().get(f"{CONSOLE}/deliveries/")["Location"].startswith("/account/login/")
    Visitor().post(f"{CONSOLE}/deliveries/{failed.id}/retry/", {})
    failed.refresh_from_db()
    assert failed.status == "failed"


def test_the_prices_command_shows_before_it_adds(tenant: Any, fake: Any) -> None:
    price = next(fake.world.all("price", lookup_key="team-month-eur"))
    price["unit_amount"] = 1
    said = io.StringIO()
    call_command("prices", stdout=said)
    assert "price team-month-eur is 1 instead of 1900" in said.getvalue()
    assert "run again with --apply" in said.getvalue()
    call_command("prices", apply=True, stdout=said)
    again = io.StringIO()
    call_command("prices", stdout=again)
    assert "as in the catalogue" in again.getvalue()
    assert price["lookup_key"] is None, "The former price keeps its subscriptions and loses its name."


def test_commands_without_a_provider(tenant: Any) -> None:
    with pytest.raises(CommandError, match="No payment provider"):
        call_command("prices")
    said = io.StringIO()
    call_command("reconcile", stdout=said)
    assert said.getvalue().startswith("customers 0")
