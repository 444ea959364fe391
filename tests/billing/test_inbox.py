"""Deliveries repeated, reordered, lost, or late by an hour of downtime: the same end state."""

from __future__ import annotations

import json
import random
import time
from copy import deepcopy
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import actions, inbox, providers, queries
from billing.models import Customer, InboxEvent, Subscription
from billing.providers.fake import checkout, subscriptions
from billing.providers.fake.post import signed
from billing.providers.fake.world import DAY
from tenants import api as tenants
from tests.billing.conftest import SECRET

ADDRESS = "/webhooks/payments/"
GOOD, LATER_BAD = "4242424242424242", "4000000000000341"


@pytest.fixture
def buyer(tenant: Any, fake: Any, member: Any) -> Any:
    """Acme, in its trial, with a checkout open; returns (tenant, customer's id at the provider, session)."""
    actions.start(tenant.id)
    url = actions.check_out(
        by=member,
        tenant_id=tenant.id,
        email=member.email,
        price="start-month-eur",
        seats=5,
        done="http://acme.terem.test/done",
        back="http://acme.terem.test/back",
        language="en",
    )
    reference = Customer.objects.get(tenant_id=tenant.id).reference
    return tenant, reference, fake.world.things[url.rsplit("/", 1)[-1]]


@pytest.fixture
def ends() -> set[Any]:
    """The end states of all examples of one property."""
    return set()


def deliver(event: dict[str, Any], secret: str = SECRET, moment: int | None = None) -> int:
    body = json.dumps(event)
    answer = Client(HTTP_HOST="terem.test", enforce_csrf_checks=True).post(
        ADDRESS,
        body,
        content_type="application/json",
        headers={"Stripe-Signature": signed(body, secret, moment or int(time.time()))},
    )
    return answer.status_code


def live_through(fake: Any, session: Any, reference: str) -> None:
    """Buy, fail at the renewal, pay again, change, cancel: a history with every kind of event."""
    checkout.complete(fake.world, session, LATER_BAD, fake.address)
    for days in (15, 31, 4):
        subscriptions.advance(fake.world, fake.world.now() + days * DAY, fake.address)
    checkout.change_card(fake.world, reference, GOOD)
    sub = next(fake.world.all("subscription"))
    subscriptions.change(fake.world, sub, {"cancel_at_period_end": "true"}, fake.address)


def state(tenant: Any) -> tuple[Any, ...]:
    found = Subscription.objects.get(customer__tenant_id=tenant.id)
    invoices = sorted(found.customer.invoices.values_list("number", "status", "total", "paid"))
    lease = tenants.tenant(tenant.id).lease
    return (found.state, found.plan, found.seats, found.cancels, found.ends, tuple(invoices), lease["status"], lease["plan"])  # fmt: skip


def emptied(tenant: Any, reference: str) -> None:
    """Forget what was told, as if nothing had been delivered yet."""
    InboxEvent.objects.all().delete()
    customer = Customer.objects.get(reference=reference)
    customer.invoices.all().delete()
    Subscription.objects.filter(customer=customer).delete()


def test_a_purchase_becomes_a_lease(buyer: Any, fake: Any, clock: Any) -> None:
    tenant, _reference, session = buyer
    assert tenants.tenant(tenant.id).lease["status"] == "trial"
    clock.advance(days=14)
    subscriptions.advance(fake.world, fake.world.now() + 14 * DAY, fake.address)
    checkout.complete(fake.world, session, GOOD, fake.address)
    for event in fake.world.all("event"):
        assert deliver(event) == 200
    assert tenants.tenant(tenant.id).lease["status"] == "trial", "Stored only: the work comes later."
    inbox.drain()
    lease = tenants.tenant(tenant.id).lease
    assert (lease["plan"], lease["status"], lease["limits"]["members"]) == ("start", "active", 5)
    assert not InboxEvent.objects.open().exists()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), st.floats(0, 1), st.integers(1, 3))
def test_any_order_repetition_and_loss_ends_the_same(
    buyer: Any, fake: Any, ends: set[Any], seed: int, lost: float, repeat: int
) -> None:
    tenant, reference, session = buyer
    if session["status"] == "open":
        live_through(fake, session, reference)
    chance = random.Random(seed)
    emptied(tenant, reference)
    history = [event for event in fake.world.all("event") if chance.random() >= lost] * repeat
    chance.shuffle(history)
    for event in history:
        assert deliver(event) == 200
        if chance.random() < 0.3:
            inbox.drain()
    inbox.drain()
    inbox.reconcile(days=90)
    ends.add(state(tenant))
    assert len(ends) == 1, "The first example's end is the end of all."
    assert [(found[0], found[3]) for found in ends] == [("active", True)]


def record(fake: Any, session: Any, reference: str) -> list[Any]:
    """Live through a history and keep the provider's whole state after each of its steps."""
    world, kept = fake.world, []

    def keep() -> None:
        kept.append((deepcopy(world.things), deepcopy(world.hidden), world.offset))

    checkout.complete(world, session, LATER_BAD, fake.address)
    keep()
    for days in (15, 31, 4, 11):
        subscriptions.advance(world, world.now() + days * DAY, fake.address)
        keep()
    checkout.change_card(world, reference, GOOD)
    keep()
    sub = next(world.all("subscription"))
    subscriptions.change(world, sub, {"cancel_at_period_end": "true"}, fake.address)
    keep()
    return kept


@pytest.fixture
def recorded() -> list[Any]:
    """The recording of a property's first example, for all others."""
    return []


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_recorded_history_told_on_the_way_ends_in_the_same_lease(
    buyer: Any, fake: Any, ends: set[Any], recorded: list[Any], data: st.DataObject
) -> None:
    """The provider goes on while deliveries arrive: any of what it has said so far, permuted, repeated or lost. Then
    what was lost is replayed."""
    tenant, reference, session = buyer
    if not recorded:
        recorded += record(fake, session, reference)
    emptied(tenant, reference)
    for things, hidden, offset in recorded:
        fake.world.things, fake.world.hidden, fake.world.offset = deepcopy(things), deepcopy(hidden), offset
        said = list(fake.world.all("event"))
        for event in data.draw(st.lists(st.sampled_from(said), max_size=6)):
            assert deliver(event) == 200
        if data.draw(st.booleans()):
            inbox.drain()
    inbox.reconcile(days=200)
    assert not InboxEvent.objects.open().exists()
    ends.add(state(tenant))
    assert len(ends) == 1, "The first example's end is the end of all."
    assert [(found[0], found[3]) for found in ends] == [("active", True)]


def test_an_hour_of_downtime_changes_nothing(buyer: Any, fake: Any, clock: Any, settings: Any) -> None:
    _tenant, reference, session = buyer
    live_through(fake, session, reference)
    events = list(fake.world.all("event"))
    for event in events:
        deliver(event)
    settings.TEREM_STRIPE_API = "http://127.0.0.1:9"
    inbox.drain()
    assert InboxEvent.objects.open().count() > 0
    assert set(InboxEvent.objects.open().values_list("attempts", flat=True)) <= {0, 1}
    settings.TEREM_STRIPE_API = fake.address
    inbox.drain()
    assert Subscription.objects.get(customer__reference=reference).state == "trial", "Its time has not come."
    clock.advance(hours=1)
    inbox.drain()
    assert Subscription.objects.get(customer__reference=reference).state == "active"
    assert not InboxEvent.objects.open().exists()


def test_after_all_tries_an_operator_is_needed(buyer: Any, fake: Any, clock: Any, settings: Any) -> None:
    _tenant, reference, session = buyer
    checkout.complete(fake.world, session, GOOD, fake.address)
    deliver(next(fake.world.all("event", type="customer.subscription.created")))
    settings.TEREM_STRIPE_API = "http://127.0.0.1:9"
    for _ in range(len(inbox.PAUSES) + 1):
        inbox.drain()
        clock.advance(days=2)
    failed = InboxEvent.objects.get()
    assert (failed.status, bool(failed.error)) == (InboxEvent.Status.FAILED, True)
    settings.TEREM_STRIPE_API = fake.address
    inbox.retry(event_id=failed.id)
    inbox.drain()
    assert InboxEvent.objects.get().status == InboxEvent.Status.DONE
    assert Subscription.objects.get(customer__reference=reference).reference


def test_older_news_never_overwrites_newer(buyer: Any, fake: Any) -> None:
    tenant, reference, session = buyer
    checkout.complete(fake.world, session, GOOD, fake.address)
    old = providers.provider().tell(reference)
    subscriptions.advance(fake.world, fake.world.now() + 40 * DAY, fake.address)
    actions.pull(reference=reference)
    newest = state(tenant)
    actions.store(Customer.objects.get(reference=reference), old)
    assert state(tenant) == newest


def test_forged_old_and_foreign_deliveries(buyer: Any, fake: Any) -> None:
    event = next(fake.world.all("event"))
    assert deliver(event, "whsec_other") == 400
    assert deliver(event, moment=1_600_000_000) == 400
    assert not InboxEvent.objects.exists()
    assert deliver(event | {"id": "evt_live", "livemode": True}) == 200
    assert deliver(event | {"id": "evt_new", "type": "charge.succeeded"}) == 200
    assert set(InboxEvent.objects.values_list("status", flat=True)) == {InboxEvent.Status.IGNORED}
    assert Client(HTTP_HOST="terem.test").get(ADDRESS).status_code == 404


def test_two_secrets_hold_while_one_is_replaced(buyer: Any, fake: Any, settings: Any) -> None:
    settings.TEREM_STRIPE_WEBHOOK_SECRETS = f"whsec_new {SECRET}"
    event = next(fake.world.all("event"))
    assert (deliver(event), deliver(event, "whsec_new")) == (200, 200)
    assert InboxEvent.objects.count() == 1


def test_time_alone_moves_the_lease(buyer: Any, fake: Any, clock: Any) -> None:
    """The trial ends without anybody doing anything: Acme has few members, so it goes on free."""
    tenant, _reference, _session = buyer
    assert inbox.renew_leases() == 0
    clock.advance(days=15)
    assert inbox.renew_leases() == 1
    assert tenants.tenant(tenant.id).lease["plan"] == "free"
    assert queries.lease_now(Customer.objects.get(tenant_id=tenant.id))["valid_until"] is None


def test_a_customer_of_somebody_else_is_ignored(buyer: Any, fake: Any) -> None:
    stranger = providers.provider().create_customer(
        tenant="x", name="Stranger", email="s@stranger.example", language="en"
    )
    deliver(next(e for e in fake.world.all("event") if e["data"]["object"]["id"] == stranger) | {"type": "customer.updated"})  # fmt: skip
    inbox.drain()
    assert InboxEvent.objects.get().status == InboxEvent.Status.IGNORED
