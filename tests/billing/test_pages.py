"""The tenant's billing pages through a browser: trial, checkout, seats, upgrade, failure, reading only, paid, cancelled."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.test import TestCase

from billing import actions, api, inbox, queries
from billing.models import Change, Customer, Subscription
from billing.providers.fake import checkout, subscriptions
from billing.providers.fake.world import DAY
from billing.wording import CHANGE_WORDS
from crm_core.team.models import Role
from kernel.errors import NotAllowed
from tenants import api as tenants
from tests.support.tenants import Browser, sign_in

HOME = "/settings/billing/"
GOOD, BAD, LATER_BAD, ASKS = "4242424242424242", "4000000000000002", "4000000000000341", "4000002500003155"


def lease(tenant: Any) -> Any:
    return tenants.tenant(tenant.id).lease


def set_lease(tenant: Any, **changes: Any) -> None:
    """Change the lease as after a commit: the directory forgets the former one."""
    with TestCase.captureOnCommitCallbacks(using="default", execute=True):
        tenants.set_lease(tenant_id=tenant.id, lease=lease(tenant) | changes)


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


def go_on(fake: Any, clock: Any, days: float, browser: Any, *, told: bool = False) -> None:
    """Both clocks move, deliveries arrive, leases are renewed, letters go out (``told``), and one signs in again."""
    clock.advance(days=days)
    with fake.world.lock:
        subscriptions.advance(fake.world, fake.world.now() + int(days * DAY), fake.address)
    inbox.reconcile()
    inbox.renew_leases()
    if told:
        api.watch_letters()
        api.send_letters()
    sign_in(browser, browser.member)


def buy(browser: Any, number: str = GOOD, *, confirmed: str = "", **told: Any) -> Any:
    """Through our form and the hosted page, as a person goes."""
    form = {"plan": "start", "interval": "month", "currency": "EUR", "seats": "2"} | told
    answer = browser.post(f"{HOME}checkout/", form)
    assert answer.status_code == 302, answer.content.decode()
    url = answer.headers["Location"]
    assert "number" in requests.get(url, timeout=60).text
    filled = {"number": number} | ({"confirmed": confirmed} if confirmed else {})
    paid = requests.post(url, filled, timeout=60, allow_redirects=False)
    if paid.status_code == 303:
        back = browser.get(urlsplit(paid.headers["Location"]).path)
        assert back.status_code == 302
    return paid


def preview(browser: Any, **told: Any) -> Any:
    form = {"plan": "start", "interval": "month", "currency": "EUR", "seats": "2"} | told
    return browser.post(f"{HOME}change/", form)


def test_the_whole_life(browser: Any, tenant: Any, fake: Any, clock: Any) -> None:
    page = browser.get(HOME).content.decode()
    assert "Trial" in page and "Demonstration payments" in page and "Choose a plan" in page
    go_on(fake, clock, 14, browser)
    assert lease(tenant)["plan"] == "free"
    assert buy(browser).status_code == 303
    assert (lease(tenant)["plan"], lease(tenant)["limits"]["members"]) == ("start", 2)

    go_on(fake, clock, 10, browser)
    shown = preview(browser, seats="3")
    assert browser.post(f"{HOME}change/", hidden(shown.content.decode())).status_code == 302
    assert lease(tenant)["limits"]["members"] == 3

    go_on(fake, clock, 5, browser)
    shown = preview(browser, plan="team", seats="3")
    told = hidden(shown.content.decode())
    assert browser.post(f"{HOME}change/", told).status_code == 302
    invoice = queries.invoices_of(Customer.objects.get(tenant_id=tenant.id))[0]
    assert invoice.total == int(told["total"]) > 0, "The invoice is what the preview showed."
    assert lease(tenant)["plan"] == "team"

    customer = Customer.objects.get(tenant_id=tenant.id).reference
    checkout.change_card(fake.world, str(customer), LATER_BAD)
    seen = []
    for days in (16, 7, 4, 4, 28, 4):
        go_on(fake, clock, days, browser, told=True)
        seen.append(lease(tenant)["status"])
    assert seen == ["reminder", "grace", "grace", "read-only", "read-only", "suspended"]
    assert "export" in lease(tenant)["features"]

    checkout.change_card(fake.world, str(customer), GOOD)
    inbox.reconcile()
    assert lease(tenant)["status"] == "active"

    assert browser.post(f"{HOME}cancellation/").status_code == 302
    assert "Keep the plan" in browser.get(HOME).content.decode()
    go_on(fake, clock, 32, browser)
    assert (lease(tenant)["plan"], lease(tenant)["status"]) == ("free", "active")
    assert browser.post("/lists/companies/export/").status_code == 200
    verbs = set(Change.objects.values_list("verb", flat=True))
    assert {"trial", "enrol", "change", "cancel", "lease"} <= verbs <= CHANGE_WORDS.keys()


def test_reading_only_refuses_changes_and_keeps_the_ways_out(browser: Any, tenant: Any) -> None:
    set_lease(tenant, status="read-only")
    refused = browser.post("/companies/new/", {"name": "New"})
    assert refused.status_code == 402 and "not paid" in refused.content.decode()
    page = browser.get("/companies/")
    assert page.status_code == 200 and "not paid" in page.content.decode()
    assert browser.post("/lists/companies/export/").status_code == 200
    assert browser.get(HOME).status_code == 200
    set_lease(tenant, status="suspended")
    assert browser.get("/").status_code == 402
    assert browser.get("/companies/").status_code == 200
    assert browser.post("/lists/companies/export/").status_code == 200
    assert browser.get(HOME).status_code == 200
    set_lease(tenant, status="active")
    assert browser.get("/").status_code == 200


def test_a_reminder_stands_on_every_page(browser: Any, tenant: Any) -> None:
    set_lease(tenant, status="grace", valid_until="2026-11-20T09:00:00+00:00")
    page = browser.get("/companies/").content.decode()
    assert "A payment is missing" in page and "Nov. 20" in page
    assert browser.post("/companies/new/", {"name": "New"}).status_code != 402


def test_cards_that_are_declined_or_ask(browser: Any, tenant: Any, fake: Any) -> None:
    assert buy(browser, BAD).status_code == 402
    asked = buy(browser, ASKS)
    assert asked.status_code == 200 and "bank" in asked.text
    assert not Subscription.objects.exclude(reference="").exists()
    assert buy(browser, ASKS, confirmed="yes").status_code == 303
    assert Subscription.objects.get().state == "trial", "What is left of the trial stays free."


def test_arriving_alone_grants_nothing(browser: Any, tenant: Any) -> None:
    browser.post(
        f"{HOME}checkout/", {"plan": "business", "interval": "year", "currency": "USD", "seats": "9"}
    )
    browser.get(f"{HOME}arrival/")
    assert (lease(tenant)["plan"], lease(tenant)["status"]) == ("team", "trial")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"seats": "1"}, "2 people work here"),
        ({"seats": "11"}, "at most 10 seats"),
        ({"plan": "open"}, "valid"),
    ],
)
def test_what_does_not_fit_is_said_at_the_field(browser: Any, told: dict[str, str], words: str) -> None:
    form = {"plan": "start", "interval": "month", "currency": "EUR", "seats": "2"} | told
    answer = browser.post(f"{HOME}checkout/", form)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_preview_that_no_longer_holds_is_refused(browser: Any, tenant: Any, fake: Any, clock: Any) -> None:
    go_on(fake, clock, 14, browser)
    buy(browser)
    told = hidden(preview(browser, seats="5").content.decode())
    answer = browser.post(f"{HOME}change/", told | {"total": str(int(told["total"]) - 1)})
    assert answer.status_code == 422
    assert "changed in the meantime" in answer.content.decode()
    assert Subscription.objects.get().seats == 2


def test_a_refused_card_changes_nothing(browser: Any, tenant: Any, fake: Any, clock: Any) -> None:
    go_on(fake, clock, 14, browser)
    buy(browser, LATER_BAD)
    told = hidden(preview(browser, seats="5").content.decode())
    answer = browser.post(f"{HOME}change/", told)
    assert answer.status_code == 422
    assert "card was refused" in answer.content.decode()
    assert lease(tenant)["limits"]["members"] == 2


def test_a_silent_provider_leaves_the_page_whole(
    browser: Any, fake: Any, clock: Any, tenant: Any, settings: Any
) -> None:
    go_on(fake, clock, 14, browser)
    buy(browser)
    settings.TEREM_STRIPE_API = "http://127.0.0.1:9"
    page = browser.get(HOME)
    assert page.status_code == 200 and "does not answer just now" in page.content.decode()
    assert browser.post(f"{HOME}portal/").status_code == 503


def test_the_portal_opens(browser: Any, tenant: Any, fake: Any, clock: Any) -> None:
    go_on(fake, clock, 14, browser)
    buy(browser)
    to = browser.post(f"{HOME}portal/").headers["Location"]
    assert "Your subscription" in requests.get(to, timeout=60).text
    requests.post(to, {"act": "cancel"}, timeout=60)
    browser.get(f"{HOME}arrival/")
    assert Subscription.objects.get().cancels


def test_others_may_not_look(tenant: Any, fake: Any, client_for: Any, make_member: Any) -> None:
    stranger = make_member(rights=["clients.view"])
    assert client_for(stranger).get(HOME).status_code == 403
    with pytest.raises(NotAllowed):
        actions.enrol(by=stranger, tenant_id=tenant.id, email="x@x.example")


def test_where_nothing_is_sold_the_page_says_the_plan(tenant: Any, member: Any, client_for: Any) -> None:
    page = client_for(member).get(HOME).content.decode()
    assert "Open" in page and "Choose a plan" not in page


@pytest.mark.parametrize(
    ("query", "price"), [("", "€9"), ("?interval=year&currency=USD", "$90"), ("?lang=ru", "790")]
)
def test_the_price_page_says_what_is_charged(tenant: Any, fake: Any, query: str, price: str) -> None:
    page = Browser("terem.test").get(f"/prices/{query}").content.decode()
    assert price in page
    assert "API calls" not in page, "Meters without a use are not shown."


def test_the_trial_is_what_the_page_says(browser: Any, tenant: Any, clock: Any) -> None:
    ends = Subscription.objects.get().ends
    assert ends is not None and ends - clock.moment == timedelta(days=14)


def test_no_seat_holds_anybody_captive(browser: Any, tenant: Any, clock: Any, make_member: Any) -> None:
    """Too many people for the free plan, and nobody pays: letting somebody leave, or only read, opens it again."""
    people = [make_member(rights=["clients.edit"], account_id=991_000 + number) for number in range(4)]
    tenants.report_meter(tenant_id=tenant.id, name="members", value=5)
    Subscription.objects.update(ends=clock.moment - timedelta(days=30))
    actions.lease(Customer.objects.get())
    api.watch_letters()
    api.send_letters()
    clock.advance(days=7)
    inbox.renew_leases()
    sign_in(browser, browser.member)
    assert lease(tenant)["status"] == "read-only"
    with TestCase.captureOnCommitCallbacks(using="default", execute=True):
        assert browser.post(f"/settings/members/{people[0].id}/deactivation/").status_code == 302
    with TestCase.captureOnCommitCallbacks(using="default", execute=True):
        reader = Role.objects.create(name="Looks on", rights=["clients.view"])
        assert browser.post(f"/settings/members/{people[1].id}/", {"role": str(reader.id)}).status_code == 302
    assert (lease(tenant)["plan"], lease(tenant)["status"]) == ("free", "active")
