"""What companies use reaches the provider once, whatever is lost, repeated or late; and the pages say it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import TestCase
from hypothesis import given
from hypothesis import strategies as st

from billing import actions, api, catalog, inbox, metering, providers, usage, warnings
from billing.catalog import METERS
from billing.models import Customer, Letter, MeterReport
from billing.providers.fake import checkout
from billing.providers.fake.world import DAY
from billing.usage import Period
from tenants import api as tenants
from tenants.models import UseOfDay
from tests.billing.test_pages import HOME, buy, go_on, hidden, preview

USAGE = f"{HOME}usage/"


def use(tenant: Any, day: date, value: int, meter: str = "letters") -> None:
    """So much was used on a day, as after folding."""
    UseOfDay.objects.update_or_create(tenant=tenant, meter=meter, day=day, defaults={"value": value})


def theirs(tenant: Any, day: date) -> int:
    customer = Customer.objects.get(tenant_id=tenant.id)
    return metering.counted(customer, "letters", day, day + timedelta(days=1))


@pytest.fixture
def payer(browser: Any, tenant: Any, fake: Any, clock: Any) -> Any:
    """Acme, that pays for two seats of Start since today, 17 November."""
    go_on(fake, clock, 14, browser)
    assert buy(browser).status_code == 303
    return browser


def test_finished_days_are_told_once(payer: Any, tenant: Any, fake: Any, clock: Any) -> None:
    today = clock.moment.date()
    use(tenant, today, 30)
    use(tenant, today, 5, "api_calls")
    assert api.report_uses() == 0, "The day is not over."
    clock.advance(days=1)
    fake.world.offset += DAY
    assert (api.report_uses(days=2), api.report_uses()) == (1, 0)
    assert theirs(tenant, today) == 30
    use(tenant, today, 33)
    assert api.report_uses() == 1
    assert theirs(tenant, today) == 33
    parts = list(MeterReport.objects.order_by("sequence"))
    assert [(one.sequence, one.value, one.status) for one in parts] == [(1, 30, "sent"), (2, 3, "sent")]
    assert parts[1].identifier == f"{tenant.id.hex}-letters-20261117-2"


def test_the_night_finds_what_was_folded_late(payer: Any, tenant: Any, fake: Any, clock: Any) -> None:
    go_on(fake, clock, 5, payer)
    day = clock.moment.date() - timedelta(days=4)
    use(tenant, day, 30)
    assert api.report_uses(days=2) == 0
    inbox.reconcile()
    assert theirs(tenant, day) == 30


@pytest.fixture
def yesterday(payer: Any, tenant: Any, fake: Any, clock: Any) -> date:
    """A finished day with 30 letters that nobody was told of yet."""
    go_on(fake, clock, 1, payer)
    found: date = clock.moment.date() - timedelta(days=1)
    use(tenant, found, 30)
    return found


def test_an_outage_loses_and_doubles_nothing(
    yesterday: date, tenant: Any, fake: Any, clock: Any, settings: Any
) -> None:
    settings.TEREM_STRIPE_API = "http://127.0.0.1:9"
    assert api.report_uses() == 0
    settings.TEREM_STRIPE_API = fake.address
    assert api.report_uses() == 0, "Its time has not come."
    clock.advance(minutes=2)
    assert api.report_uses() == 1
    assert theirs(tenant, yesterday) == 30


def test_an_answer_that_was_lost_is_not_told_again(
    yesterday: date, tenant: Any, fake: Any, clock: Any
) -> None:
    """The provider counted, we died before we knew; days later it has forgotten the identifier, but not the count."""
    api.report_uses()
    MeterReport.objects.update(status="waiting", sent_at=None)
    for event in fake.world.all("billing.meter_event"):
        event["identifier"] = "forgotten"
    clock.advance(days=2)
    assert api.report_uses() == 1
    assert theirs(tenant, yesterday) == 30
    assert MeterReport.objects.get().status == "sent"


def test_a_use_that_is_too_old_waits_for_an_operator(
    payer: Any, tenant: Any, fake: Any, clock: Any, settings: Any
) -> None:
    use(tenant, clock.moment.date(), 30)
    clock.advance(days=1)
    settings.TEREM_STRIPE_API = "http://127.0.0.1:9"
    for days in (0, 1, 20, 20):
        clock.advance(days=days)
        api.report_uses()
    failed = MeterReport.objects.get()
    assert failed.status == "failed" and failed.error
    assert api.report_uses() == 0, "It is not begun anew."


def test_the_nightly_comparison_finds_what_the_provider_counted_otherwise(
    payer: Any, tenant: Any, fake: Any, clock: Any
) -> None:
    use(tenant, clock.moment.date(), 30)
    go_on(fake, clock, 1, payer)
    assert inbox.reconcile().uses == 0
    next(fake.world.all("billing.meter_event"))["payload"]["value"] = "31"
    assert inbox.reconcile().uses == 1


def test_the_bill_is_what_the_usage_page_expected(payer: Any, tenant: Any, fake: Any, clock: Any) -> None:
    use(tenant, clock.moment.date(), 12_000)
    go_on(fake, clock, 29, payer)
    api.report_uses()
    page = payer.get(USAGE).content.decode()
    assert "12,000" in page and "Expected by the end" in page and "<rect" in page
    assert page.count("€10.00") >= 1, "Ten thousand more than the volume."
    go_on(fake, clock, 2, payer)
    bill = Customer.objects.get(tenant_id=tenant.id).invoices.order_by("-issued_at").first()
    assert bill is not None and bill.total == 2 * 900 + 1000


def test_a_larger_plan_takes_its_volume_along(payer: Any, tenant: Any, fake: Any, clock: Any) -> None:
    use(tenant, clock.moment.date(), 12_000)
    go_on(fake, clock, 10, payer)
    api.report_uses()
    payer.post(f"{HOME}change/", hidden(preview(payer, plan="team", seats="2").content.decode()))
    customer = Customer.objects.get(tenant_id=tenant.id)
    assert sorted(customer.subscription.items.values_list("price", "quantity")) == [
        ("letters-team-month-eur", 0),
        ("team-month-eur", 2),
    ]
    assert "of 10,000 included" in payer.get(USAGE).content.decode()
    go_on(fake, clock, 21, payer)
    bill = customer.invoices.order_by("-issued_at").first()
    assert bill is not None and bill.total == 2 * 1900 + 200


def test_warnings_come_once_by_letter_and_stand_on_the_administrators_pages(
    payer: Any, tenant: Any, fake: Any, clock: Any, client_for: Any, make_member: Any, mailoutbox: list[Any]
) -> None:
    def look() -> str:
        with TestCase.captureOnCommitCallbacks(using="default", execute=True):
            for number in range(warnings.SLICES):
                warnings.watch_volumes(number)
        api.send_letters()
        return str(payer.get("/companies/").content.decode())

    today = clock.moment.date()
    use(tenant, today, 1_599)
    assert "included volume" not in look()
    use(tenant, today, 1_600)
    assert "More than 80 per cent of an included volume" in look()
    assert look() and [letter.subject for letter in mailoutbox] == ["“Acme” has used 80 per cent of a volume"]
    assert "1,600 of 2,000" in mailoutbox[0].body and USAGE in mailoutbox[0].body
    use(tenant, today, 2_001)
    assert "An included volume is used up. Nothing is cut off" in look()
    assert [letter.subject for letter in mailoutbox[1:]] == ["“Acme” has used up a volume"]
    other = client_for(make_member(rights=["clients.view"]))
    assert "included volume" not in other.get("/companies/").content.decode()
    assert tenants.tenant(tenant.id).lease["status"] == "active", "Nothing is cut off."
    go_on(fake, clock, 31, payer)
    assert "included volume" not in look(), "A new period begins."
    assert Letter.objects.filter(kind__startswith="volume").count() == 2


def test_storage_is_warned_of_before_files_are_refused(
    payer: Any, tenant: Any, fake: Any, clock: Any, mailoutbox: list[Any]
) -> None:
    def look(gigabytes: float) -> str:
        with TestCase.captureOnCommitCallbacks(using="default", execute=True):
            tenants.report_meter(tenant_id=tenant.id, name="storage", value=int(gigabytes * 2**30))
            for number in range(warnings.SLICES):
                warnings.watch_volumes(number)
        api.send_letters()
        return str(payer.get("/companies/").content.decode())

    assert "included volume" not in look(7.9)
    assert "More than 80 per cent of an included volume" in look(8)
    assert "The storage of files is full" in look(10)
    assert look(10) and [letter.subject for letter in mailoutbox] == [
        "The storage of “Acme” is nearly full",
        "The storage of “Acme” is full",
    ]
    assert "10.0\xa0GB of 10.0\xa0GB" in mailoutbox[1].body
    assert "storage" not in look(1).partition("<main")[0]


def test_others_may_not_look(tenant: Any, fake: Any, client_for: Any, make_member: Any) -> None:
    assert client_for(make_member(rights=["clients.view"])).get(USAGE).status_code == 403


def test_the_page_is_whole_without_use_trial_or_provider(
    browser: Any,
    tenant: Any,
    fake: Any,
    settings: Any,
    client_for: Any,
    member: Any,
) -> None:
    page = browser.get(USAGE).content.decode()
    assert "Nothing was used yet" in page and "of 10,000 included" in page and "By our figures" not in page
    settings.TEREM_STRIPE_KEY = ""
    Customer.objects.all().delete()
    actions.start(tenant.id)
    assert "without limit" in client_for(member).get(USAGE).content.decode()


def test_the_page_asks_little(
    payer: Any, tenant: Any, clock: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        use(tenant, clock.moment.date() + timedelta(days=number), 7)
    payer.get(USAGE)
    with django_assert_max_num_queries(12, using="default"):
        assert payer.get(USAGE).status_code == 200


def test_meters_are_those_of_the_price_page(browser: Any, fake: Any) -> None:
    page = browser.get(USAGE).content.decode()
    assert "Letters sent" in page
    for meter in METERS.values():
        if not meter.used:
            assert str(meter.words) not in page


BEGIN = date(2026, 11, 1)


@given(st.integers(0, 10**7), st.integers(0, 10**6), st.sampled_from((100, 20, 50, 9000)))
def test_overage_is_fair(used: int, included: int, thousand: int) -> None:
    """Never for what is included, never less for more, and in sum as exact as half of the smallest coin."""
    paid = catalog.overage(used, included, thousand)
    assert (paid == 0) if used <= included else True
    assert catalog.overage(used + 1, included, thousand) >= paid
    assert catalog.overage(used, included + 1, thousand) <= paid
    assert abs(1000 * paid - max(0, used - included) * thousand) <= 500


@given(st.integers(0, 10**7), st.integers(0, 60 * 86_400))
def test_a_projection_goes_on_from_what_was_used(used: int, seconds: int) -> None:
    period = Period(BEGIN, date(2026, 12, 1))
    at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    expected = usage.projected(used, period, at)
    assert used <= expected <= 30 * used
    if seconds >= 30 * 86_400:
        assert expected == used
    assert usage.projected(used + 1, period, at) > expected


def test_periods_meet_without_gap() -> None:
    assert usage.month_of(date(2026, 12, 31)) == Period(date(2026, 12, 1), date(2027, 1, 1))
    assert usage.month_of(date(2028, 2, 29)).days == 29


def test_a_checkout_names_the_volume_as_it_is_paid(payer: Any, fake: Any) -> None:
    session = next(fake.world.all("checkout.session"))
    assert session["status"] == "complete"
    sub = next(fake.world.all("subscription"))
    assert ["quantity" in one for one in sub["items"]["data"]] == [True, False]
    assert re.match(
        r"letters-start-month-eur", providers.provider().tell(sub["customer"]).subscription.items[1].price
    )  # type: ignore[union-attr]
    assert checkout.live_of(fake.world, sub["customer"])
