"""A company that closes is not charged in its days of grace, and goes on as before if it stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from billing import actions, api, queries
from billing.models import Change, Customer
from billing.providers.fake import checkout, subscriptions
from billing.providers.fake.world import DAY
from kernel.rights import PLATFORM
from tenants import api as tenants
from tenants import leaving
from tests.billing.test_erasing import pay
from tests.support.tenants import Company

GOOD, LATER_BAD = "4242424242424242", "4000000000000341"


@pytest.fixture
def company(own_tenant: Callable[..., Company], fake: Any) -> Company:
    """A company that was opened while plans are sold: it is in its trial."""
    return own_tenant("Closing")


def customer(company: Company) -> Customer:
    return Customer.objects.select_related("subscription").get(tenant_id=company.tenant.id)


def close(company: Company) -> None:
    leaving.start(tenant_id=company.tenant.id, by="anna@example.com", reason="We part.")


def stay(company: Company) -> None:
    leaving.cancel(tenant_id=company.tenant.id, by="anna@example.com")


def lease(company: Company) -> Any:
    return tenants.tenant(company.tenant.id).lease


def paid(fake: Any, reference: str) -> list[int]:
    """What every charge took, newest first."""
    return [one["amount_paid"] for one in fake.world.all("invoice", customer=reference) if one["amount_paid"]]


def pass_days(fake: Any, clock: Any, days: int) -> None:
    clock.advance(days=days)
    with fake.world.lock:
        subscriptions.advance(fake.world, fake.world.now() + days * DAY, fake.address)


def test_nothing_is_charged_while_it_closes_and_it_goes_on_when_it_stays(
    company: Company, fake: Any, clock: Any
) -> None:
    reference = pay(company)
    assert paid(fake, reference) == [1800]
    close(company)
    held = customer(company)
    assert held.held_at is not None
    pass_days(fake, clock, 65)
    assert paid(fake, reference) == [1800], "Two renewals have passed and cost nothing."
    assert actions.pull(reference=reference)
    assert lease(company)["status"] == "active", "Being held is no reason to read only."
    stay(company)
    back = customer(company)
    assert (back.held_at, back.subscription.state, lease(company)["status"]) == (None, "active", "active")
    pass_days(fake, clock, 31)
    assert paid(fake, reference) == [1800, 1800], "What is used from now on is paid again."
    verbs = list(
        Change.objects.filter(customer=back, verb__in=("held", "released")).values_list("verb", flat=True)
    )
    assert sorted(verbs) == ["held", "released"]


def test_an_open_bill_waits_as_well(company: Company, fake: Any, clock: Any) -> None:
    reference = pay(company)
    checkout.change_card(fake.world, reference, LATER_BAD)
    pass_days(fake, clock, 31)
    assert actions.pull(reference=reference)
    assert customer(company).subscription.state == "past_due"
    # The card would be good again: the next try by itself would take the money.
    method = next(one for one in fake.world.all("payment_method", customer=reference))
    fake.world.hidden[method["id"]]["number"] = GOOD
    close(company)
    pass_days(fake, clock, 20)
    assert paid(fake, reference) == [1800]
    stay(company)
    pass_days(fake, clock, 2)
    assert paid(fake, reference) == [1800, 1800]


def test_a_provider_that_does_not_answer_is_asked_again(
    company: Company, fake: Any, clock: Any, settings: Any
) -> None:
    reference = pay(company)
    settings.TEREM_STRIPE_API = "http://127.0.0.1:9"
    close(company)
    assert customer(company).held_at is None
    assert api.watch_departures() == 0
    settings.TEREM_STRIPE_API = fake.address
    assert (api.watch_departures(), api.watch_departures()) == (1, 0)
    assert actions.pull(reference=reference)
    assert customer(company).subscription.state == "paused"
    settings.TEREM_STRIPE_API = "http://127.0.0.1:9"
    stay(company)
    assert lease(company)["status"] == "active", "Who comes back works at once, whatever the provider does."
    settings.TEREM_STRIPE_API = fake.address
    assert api.watch_departures() == 1
    pass_days(fake, clock, 31)
    assert paid(fake, reference) == [1800, 1800]


def test_what_the_company_paused_itself_stays_paused(company: Company, fake: Any) -> None:
    reference = pay(company)
    actions.set_paused(by=PLATFORM, tenant_id=company.tenant.id, paused=True)
    assert actions.pull(reference=reference)
    close(company)
    stay(company)
    assert actions.pull(reference=reference)
    assert queries.lease_now(customer(company))["status"] == "read-only"


def test_a_plan_that_ends_meanwhile_has_ended(company: Company, fake: Any, clock: Any) -> None:
    reference = pay(company)
    actions.set_cancelling(by=PLATFORM, tenant_id=company.tenant.id, cancels=True)
    assert actions.pull(reference=reference)
    close(company)
    pass_days(fake, clock, 40)
    stay(company)
    assert customer(company).held_at is None
    assert (lease(company)["plan"], lease(company)["status"]) == ("free", "active")
    assert paid(fake, reference) == [1800]


def test_who_pays_nothing_is_left_alone(company: Company, fake: Any) -> None:
    close(company)
    assert customer(company).held_at is None
    assert api.watch_departures() == 0
    stay(company)
    assert lease(company)["status"] == "trial"
