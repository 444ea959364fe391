"""The calculator says what the bill says: the provider's preview and invoice of the same seats and use are equal to it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from billing import catalog, providers
from billing.models import Customer
from billing.reckoning import Need, bill, recommend
from billing.usage import Period, _volume
from tests.billing.test_fake import advance, buy
from tests.billing.test_pages import buy as pay
from tests.billing.test_pages import go_on
from tests.support.tenants import Browser

HOME = "/settings/billing/calculator/"
PUBLIC = "/prices/"
GIGABYTE = 2**30


def need(
    people: int, letters: int = 0, storage: int = 0, interval: Any = "month", currency: str = "EUR"
) -> Need:
    return Need(people, {"letters": letters}, storage * GIGABYTE, interval, currency)


@pytest.mark.parametrize(
    ("asked", "plan", "total"),
    [
        (need(1), "free", 0),
        (need(3, 200, 1), "free", 0),
        (need(3, 201), "start", 2700),
        (need(4), "start", 3600),
        (need(3, 0, 2), "start", 2700),
        (need(10, 2_000), "start", 9000),
        (need(11), "team", 20_900),
        (need(2, 50_000), "start", 1_800 + 4_800),
        (need(1, 60_000), "business", 3_900 + 1_000),
        (need(51), "business", 198_900),
        (need(5, 0, 0, "year", "USD"), "start", 45_000),
        (need(5, 0, 0, "year", "RUB"), "start", 3_950_000),
    ],
)
def test_the_plan_that_costs_least_of_those_that_carry_it(asked: Need, plan: str, total: int) -> None:
    found = recommend(asked)
    assert found is not None
    assert (found.best.plan.key, found.best.total) == (plan, total)
    assert all(one.total >= found.best.total for one in found.others)


def test_nothing_carries_more_than_the_largest_plan() -> None:
    assert recommend(need(501)) is None
    assert recommend(need(1, 0, 501)) is None


@pytest.mark.parametrize("interval", ["month", "year"])
@pytest.mark.parametrize("currency", catalog.CURRENCIES)
@pytest.mark.parametrize(("people", "letters"), [(4, 0), (7, 2_345), (12, 10_001), (60, 123_456)])
def test_preview_and_invoice_are_what_was_reckoned(
    fake: Any, clock: Any, people: int, letters: int, currency: str, interval: Any
) -> None:
    found = recommend(need(people, letters, 0, interval, currency))
    assert found is not None
    who = buy(fake, price=found.best.price, seats=people)
    stripe = providers.provider()
    sub = stripe.tell(who).subscription
    assert sub is not None
    months = 12 if interval == "year" else 1
    if letters:
        clock.advance(days=1)
        advance(fake, 1)
        stripe.report(customer=who, meter="letters", value=letters * months, identifier="a", at=clock.moment)
    shown = stripe.preview(subscription=sub.reference, at=clock.moment)
    assert shown.total == found.best.total
    advance(fake, 366 if interval == "year" else 31)
    assert stripe.tell(who).invoices[0].total == found.best.total


def test_the_usage_page_forecasts_by_the_same_function(clock: Any) -> None:
    begin = clock.moment.date()
    period = Period(begin, begin + timedelta(days=30))
    paid: Any = type("Paid", (), {"interval": "month", "currency": "EUR"})()
    found = _volume(catalog.METERS["letters"], catalog.START, period, paid, {begin: 9_000}, clock.moment)
    reckoned = bill(catalog.START, "month", "EUR", 1, {"letters": found.expected})
    assert reckoned.volumes[0].minor == found.over_expected > 0


@pytest.mark.parametrize(("interval", "currency"), [("month", "EUR"), ("year", "USD"), ("month", "RUB")])
def test_the_price_page_equals_the_invoice(tenant: Any, fake: Any, interval: Any, currency: str) -> None:
    page = Browser("terem.test").get(f"{PUBLIC}?interval={interval}&currency={currency}").content.decode()
    for plan in catalog.paid():
        said = page.partition(f">{plan.name}</h2>")[2].partition("</span>")[0]
        shown = int(re.sub(r"\D", "", re.sub(r"<[^>]+>", "", said)))
        who = buy(fake, price=catalog.lookup_key(plan.key, interval, currency), seats=1)
        (invoice,) = providers.provider().tell(who).invoices
        assert (invoice.total, invoice.currency) == (shown * 100, currency)


def test_the_next_bill_is_shown_on_every_day_of_the_month(
    browser: Any, tenant: Any, fake: Any, clock: Any
) -> None:
    go_on(fake, clock, 14, browser)
    pay(browser, seats="4")
    shown = set()
    for _day in range(0, 30, 5):
        page = browser.get("/settings/billing/").content.decode()
        part = page.partition('aria-labelledby="next"')[2].partition("</section>")[0]
        shown |= set(re.findall(r"Total</span><span[^>]*>([^<]+)<", part)) or {"nothing"}
        go_on(fake, clock, 5, browser)
    assert shown == {"€36.00"}
    go_on(fake, clock, 2, browser)
    newest = Customer.objects.get(tenant_id=tenant.id).invoices.order_by("-issued_at").first()
    assert newest is not None and newest.total == 3600


def figures(page: str) -> str:
    """The part of a page that the calculator answers with, as text."""
    part = page.partition('id="reckoned"')[2].partition("</section>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part)).replace("\xa0", " ")


def asked(letters: str = "2500", **more: str) -> str:
    told = {"people": "7", "letters": letters, "storage": "1", "interval": "month", "currency": "EUR"} | more
    return "?" + "&".join(f"{name}={value}" for name, value in told.items())


def test_everybody_may_reckon_without_javascript(tenant: Any, fake: Any) -> None:
    page = Browser("terem.test").get(f"{PUBLIC}{asked()}").content.decode()
    assert "Start" in figures(page) and "€63.50" in figures(page) and "€0.50" in figures(page)
    assert 'value="2500"' in page, "What was typed stays."
    page = Browser("terem.test").get(f"{PUBLIC}{asked('x')}").content.decode()
    assert "Nothing can be reckoned yet" in figures(page) and 'value="x"' in page
    assert "No plan is large enough" in figures(
        Browser("terem.test").get(f"{PUBLIC}{asked(people='501')}").content.decode()
    )


def test_htmx_gets_the_answer_alone(tenant: Any, fake: Any) -> None:
    headers = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#reckoned"}
    page = Browser("terem.test").get(f"{PUBLIC}{asked()}", headers=headers).content.decode()
    assert page.strip().startswith('<div id="reckoned"') and "€63.50" in page and "<form" not in page


def test_an_administrator_chooses_what_was_reckoned(browser: Any, fake: Any) -> None:
    page = browser.get(HOME).content.decode()
    assert "What would it cost?" in page and 'value="2"' in page, "As many people as work here."
    page = browser.get(f"{HOME}{asked()}").content.decode()
    link = re.search(r'href="(/settings/billing/checkout/\?[^"]*)"', page)
    assert link is not None
    form = browser.get(link[1].replace("&amp;", "&")).content.decode()
    assert re.search(r'value="start"[^>]* selected', form) and 'value="7"' in form


def test_where_nothing_is_sold_nothing_is_reckoned(tenant: Any, member: Any, client_for: Any) -> None:
    assert client_for(member).get(HOME).status_code == 302
    assert Browser("terem.test").get(PUBLIC).status_code == 404
