"""The demonstration server, asked through the official library: it behaves, and it refuses what is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from billing import catalog, providers
from billing.providers.fake import checkout, endpoints, subscriptions
from billing.providers.fake.world import DAY
from billing.providers.told import Declined, Forged, Unreachable, Wanted
from tests.billing.stripe_api.judging import answer_faults, event_faults, request_faults

GOOD, BAD, LATER_BAD, ASKS = (
    "4242 4242 4242 4242",
    "4000000000000002",
    "4000000000000341",
    "4000002500003155",
)


def customer(stripe: Any, name: str = "Acme") -> str:
    found: str = stripe.create_customer(tenant=name, name=name, email="a@acme.example", language="en")
    return found


def buy(fake: Any, number: str = GOOD, *, price: str = "start-month-eur", seats: int = 3, **told: Any) -> str:
    """A customer who went through checkout; returns its id."""
    stripe = providers.provider()
    who = customer(stripe, f"Firm {number} {price}")
    url = stripe.checkout(
        customer=who,
        price=price,
        seats=seats,
        trial_ends=told.get("trial_ends"),
        done="http://done.example/",
        back="http://back.example/",
        language="en",
    )
    session = checkout.open_one(fake.world, url.rsplit("/", 1)[-1])
    assert checkout.complete(fake.world, session, number, fake.address, confirmed=True) == "paid"
    return who


def metered(sub: Any, price: str) -> tuple[tuple[str, str], ...]:
    """The items that are paid by volume, with the prices that go with another plan's."""
    bearers = [one.reference for one in sub.items if one.metered]
    return tuple(zip(bearers, catalog.metered_with(price), strict=True))


def advance(fake: Any, days: float) -> None:
    with fake.world.lock:
        subscriptions.advance(fake.world, fake.world.now() + int(days * DAY), fake.address)


def test_the_catalogue_is_synchronised_once(fake: Any) -> None:
    assert providers.provider().differences() == []


def test_a_purchase_renews_month_by_month(fake: Any) -> None:
    who = buy(fake)
    told = providers.provider().tell(who)
    assert told.subscription is not None and told.card is not None
    assert (told.subscription.state, told.subscription.plan, told.subscription.seats) == (
        "active",
        "start",
        3,
    )
    assert [(one.total, one.status) for one in told.invoices] == [(2700, "paid")]
    advance(fake, 65)
    told = providers.provider().tell(who)
    assert [(one.total, one.status) for one in told.invoices] == [(2700, "paid")] * 3


def test_a_trial_charges_nothing_before_its_end(fake: Any, clock: Any) -> None:
    who = buy(fake, trial_ends=clock.moment + timedelta(days=10))
    told = providers.provider().tell(who)
    assert told.subscription is not None
    assert (told.subscription.state, told.invoices[0].total) == ("trial", 0)
    advance(fake, 11)
    told = providers.provider().tell(who)
    assert told.subscription is not None
    assert (told.subscription.state, told.invoices[0].total) == ("active", 2700)


@pytest.mark.parametrize("day", [0, 1, 10, 29])
@pytest.mark.parametrize(
    ("price", "seats"), [("team-month-eur", 3), ("start-month-eur", 4), ("team-year-eur", 5)]
)
def test_the_preview_equals_the_invoice(fake: Any, clock: Any, day: int, price: str, seats: int) -> None:
    who = buy(fake)
    advance(fake, day)
    clock.advance(days=day)
    stripe = providers.provider()
    sub = stripe.tell(who).subscription
    assert sub is not None
    wanted: Any = {
        "subscription": sub.reference,
        "wanted": Wanted(sub.items[0].reference, price, seats, metered(sub, price)),
        "at": clock.moment,
    }
    shown = stripe.preview(**wanted)
    stripe.change(**wanted, key="once")
    stripe.change(**wanted, key="once")
    told = stripe.tell(who)
    assert len(told.invoices) == 2, "The same key counts once."
    assert told.invoices[0].total == shown.total
    assert [line.minor for line in told.invoices[0].lines] == [line.minor for line in shown.lines]


def test_a_downgrade_is_a_credit_for_the_next_bill(fake: Any, clock: Any) -> None:
    who = buy(fake, price="team-month-eur")
    advance(fake, 10)
    clock.advance(days=10)
    stripe = providers.provider()
    sub = stripe.tell(who).subscription
    assert sub is not None
    stripe.change(
        subscription=sub.reference,
        wanted=Wanted(sub.items[0].reference, "start-month-eur", 3, metered(sub, "start-month-eur")),
        at=clock.moment,
        key="down",
    )
    credit = stripe.tell(who).invoices[0]
    assert credit.total < 0 and credit.due == 0
    advance(fake, 30)
    renewal = stripe.tell(who).invoices[0]
    assert renewal.due == max(0, renewal.total + credit.total)


def test_a_failing_card_is_past_due_then_unpaid_then_paid_again(fake: Any) -> None:
    who = buy(fake, LATER_BAD)
    states = []
    for days in (0, 31, 3, 10):
        advance(fake, days)
        sub = providers.provider().tell(who).subscription
        assert sub is not None
        states.append(sub.state)
    assert states == ["active", "past_due", "past_due", "unpaid"]
    assert checkout.change_card(fake.world, who, GOOD) == "paid"
    sub = providers.provider().tell(who).subscription
    assert sub is not None
    assert (sub.state, sub.since) == ("active", None)


def test_cards_that_are_declined_or_ask(fake: Any) -> None:
    stripe = providers.provider()
    who = customer(stripe)
    url = stripe.checkout(
        customer=who, price="team-year-usd", seats=1, trial_ends=None, done="http://d.example/",
        back="http://b.example/", language="ru",
    )  # fmt: skip
    session = checkout.open_one(fake.world, url.rsplit("/", 1)[-1])
    assert checkout.complete(fake.world, session, BAD, fake.address) == "declined"
    assert checkout.complete(fake.world, session, ASKS, fake.address) == "authenticate"
    assert stripe.tell(who).subscription is None
    assert checkout.complete(fake.world, session, ASKS, fake.address, confirmed=True) == "paid"
    assert stripe.tell(who).subscription is not None


def test_a_refused_upgrade_changes_nothing(fake: Any, clock: Any) -> None:
    who = buy(fake, LATER_BAD)
    stripe = providers.provider()
    sub = stripe.tell(who).subscription
    assert sub is not None
    with pytest.raises(Declined):
        stripe.change(
            subscription=sub.reference,
            wanted=Wanted(sub.items[0].reference, "team-month-eur", 3, metered(sub, "team-month-eur")),
            at=clock.moment,
            key="no",
        )
    after = stripe.tell(who).subscription
    assert after == sub


def test_cancelling_keeps_the_paid_period(fake: Any) -> None:
    who = buy(fake)
    stripe = providers.provider()
    sub = stripe.tell(who).subscription
    assert sub is not None
    stripe.cancel(subscription=sub.reference, cancels=True)
    advance(fake, 20)
    before = stripe.tell(who).subscription
    advance(fake, 20)
    after = stripe.tell(who).subscription
    assert before is not None and after is not None
    assert (before.state, before.cancels, after.state) == ("active", True, "canceled")


def test_meter_events_count_once(fake: Any, clock: Any) -> None:
    stripe = providers.provider()
    who = customer(stripe)
    for _ in range(3):
        stripe.report(customer=who, meter="letters", value=5, identifier="a", at=clock.moment)
    stripe.report(customer=who, meter="letters", value=2, identifier="b", at=clock.moment)
    day = clock.moment.date()
    meter_id = stripe.meters()["letters"]
    told: Any = {"customer": who, "meter_id": meter_id}
    assert stripe.counted(**told, begin=day, end=day + timedelta(days=1)) == 7
    assert stripe.counted(**told, begin=day - timedelta(days=1), end=day) == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"meter": "unheard"}, "no_meter"),
        ({"customer": "cus_none"}, "resource_missing"),
        ({"value": -1}, "meter_event_invalid_value"),
        ({"days": -36}, "timestamp_too_far_in_past"),
        ({"days": 1}, "timestamp_in_future"),
    ],
)
def test_uses_that_the_provider_does_not_take(
    fake: Any, clock: Any, changes: dict[str, Any], code: str
) -> None:
    stripe = providers.provider()
    told: dict[str, Any] = {"customer": customer(stripe), "meter": "letters", "value": 1, "identifier": "a"}
    at = clock.moment + timedelta(days=changes.pop("days", 0))
    with pytest.raises(Unreachable) as refused:
        stripe.report(**told | changes, at=at)
    assert refused.value.code == code


@pytest.mark.parametrize(("used", "charged"), [(0, 0), (2_000, 0), (2_004, 0), (2_005, 1), (12_345, 1_035)])
def test_what_goes_beyond_the_volume_is_on_the_next_bill(
    fake: Any, clock: Any, used: int, charged: int
) -> None:
    who = buy(fake)
    stripe = providers.provider()
    sub = stripe.tell(who).subscription
    assert sub is not None
    advance(fake, 10)
    if used:
        at = clock.moment + timedelta(days=5)
        stripe.report(customer=who, meter="letters", value=used, identifier="a", at=at)
    shown = stripe.preview(subscription=sub.reference, at=clock.moment)
    advance(fake, 25)
    bill = stripe.tell(who).invoices[0]
    assert (bill.total, shown.total) == (2700 + charged, 2700 + charged)
    assert charged == catalog.overage(used, 2_000, 100)
    advance(fake, 31)
    assert stripe.tell(who).invoices[0].total == 2700, "What was billed is not billed again."


def test_the_last_period_is_billed_by_what_was_used_in_it(fake: Any, clock: Any) -> None:
    who = buy(fake)
    stripe = providers.provider()
    sub = stripe.tell(who).subscription
    assert sub is not None
    stripe.report(customer=who, meter="letters", value=7_000, identifier="a", at=clock.moment)
    stripe.cancel(subscription=sub.reference, cancels=True)
    advance(fake, 40)
    assert [one.total for one in stripe.tell(who).invoices] == [500, 2700]


def test_a_forged_delivery_is_refused(fake: Any) -> None:
    with pytest.raises(Forged):
        providers.provider().verified(b"{}", "t=1,v1=00")


def test_unknown_parameters_and_things_are_refused(fake: Any) -> None:
    stripe = providers.provider()
    with pytest.raises(Unreachable, match="No such customer"):
        stripe.portal(customer="cus_none", back="http://b.example/", language="en")
    status, said = endpoints.answer(fake.world, "POST", CUSTOMER, "name=x&colour=red", None, fake.address)
    assert (status, said["error"]["param"]) == (400, "colour")


CUSTOMER = "/v1/customers"
CHANGE = "/v1/subscriptions/sub_1"


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", CUSTOMER, "name=x&colour=red", "colour"),
        ("POST", CHANGE, "items[0][colour]=red", "colour"),
        ("POST", CHANGE, "proration_behavior=maybe", "maybe"),
        ("POST", CHANGE, "items[0][quantity]=many", "quantity"),
        ("POST", "/v1/billing/meter_events", "event_name=letters", "payload"),
        ("POST", "/v1/prices", "currency=eur&product=p&tiers[0][up_to]=many", "many"),
        ("POST", "/v1/checkout/sessions", "mode=subscription&subscription_data[trial_ends]=5", "trial_ends"),
        ("POST", "/v1/checkout/sessions", "mode=rental", "rental"),
        ("GET", "/v1/invoices", "customer=cus_1&colour=red", "colour"),
        ("POST", "/v1/customer", "name=x", "no request"),
    ],
)
def test_planted_faults_of_requests_are_found(method: str, path: str, body: str, expected: str) -> None:
    found = request_faults(method, path, body)
    assert any(expected in one for one in found), found


def test_planted_faults_of_answers_and_events_are_found(fake: Any) -> None:
    who = buy(fake)
    good = next(one for one in fake.world.all("subscription", customer=who))
    assert answer_faults("GET", "/v1/subscriptions/sub_1", good) == []
    for planted in (
        {"status": "late"},
        {"created": "now"},
        {"colour": "red"},
        {"items": {"object": "list"}},
        {"customer": None},
    ):
        assert answer_faults("GET", "/v1/subscriptions/sub_1", good | planted), planted
    event = next(fake.world.all("event"))
    assert event_faults(event) == []
    assert event_faults(event | {"data": {"object": event["data"]["object"] | {"colour": "red"}}})
