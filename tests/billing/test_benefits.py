"""Coupons, tax ids, taxes, entitlements, pause: through our pages and the provider."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from billing import api, catalog, providers
from billing.models import Change, Customer, Entitlement, Invoice, Subscription
from billing.providers.fake.payers import features_of
from kernel.errors import NotAllowed
from tests.billing.test_pages import HOME, buy, go_on, lease


def give_out(code: str, **told: Any) -> None:
    """A coupon under a code, made as the provider's own page makes it."""
    client = providers.provider().client.v1
    coupon = client.coupons.create({"name": f"Coupon {code}", **told})  # type: ignore[typeddict-item]
    client.promotion_codes.create({"code": code, "promotion": {"type": "coupon", "coupon": coupon.id}})


@pytest.mark.parametrize(
    ("coupon", "bills", "monthly"),
    [
        ({"percent_off": 50, "duration": "forever"}, [900, 900], 900),
        ({"percent_off": 25, "duration": "once"}, [1350, 1800], 1800),
        ({"amount_off": 500, "currency": "eur", "duration": "repeating", "duration_in_months": 1}, [1300, 1800], 1800),
    ],
)  # fmt: skip
def test_a_coupon_lowers_the_bills_it_says(
    browser: Any,
    tenant: Any,
    fake: Any,
    clock: Any,
    coupon: dict[str, Any],
    bills: list[int],
    monthly: int,
) -> None:
    give_out("WELCOME", **coupon)
    go_on(fake, clock, 14, browser)
    assert buy(browser, code=" welcome ").status_code == 303
    go_on(fake, clock, 31, browser)
    assert list(Invoice.objects.order_by("issued_at").values_list("total", flat=True)) == bills
    movements = Customer.objects.get(tenant_id=tenant.id).movements.order_by("id")
    assert [one.monthly for one in movements] == [monthly]


def test_the_coupon_stands_on_the_plan_page(browser: Any, fake: Any, clock: Any) -> None:
    give_out("HALF", percent_off=50, duration="forever")
    go_on(fake, clock, 14, browser)
    buy(browser, code="HALF")
    assert Subscription.objects.get().discount == "Coupon HALF"
    assert "Coupon HALF" in browser.get(HOME).content.decode()


def test_the_demonstration_gives_out_codes(browser: Any, fake: Any, clock: Any) -> None:
    page = f"{fake.address}/"
    assert "Give out" in requests.get(page, timeout=60).text
    requests.post(page, {"code": "spring", "percent": "20"}, timeout=60)
    go_on(fake, clock, 14, browser)
    buy(browser, code="SPRING")
    assert (Subscription.objects.get().discount, Invoice.objects.get().total) == ("20 %", 1440)


def test_a_code_that_nobody_gave_out_is_said_at_the_field(browser: Any) -> None:
    form = {"plan": "start", "interval": "month", "currency": "EUR", "seats": "2", "code": "NOPE"}
    answer = browser.post(f"{HOME}checkout/", form)
    assert answer.status_code == 422
    assert "not known or no longer holds" in answer.content.decode() and "NOPE" in answer.content.decode()


def test_a_coupon_of_another_currency_is_refused(browser: Any) -> None:
    give_out("DOLLARS", amount_off=500, currency="usd", duration="once")
    form = {"plan": "start", "interval": "month", "currency": "EUR", "seats": "2", "code": "DOLLARS"}
    assert browser.post(f"{HOME}checkout/", form).status_code == 503


def test_a_tax_id_is_kept_told_and_replaced(browser: Any, tenant: Any, fake: Any) -> None:
    def ids() -> list[tuple[str, str]]:
        return [(one["type"], one["value"]) for one in fake.world.all("tax_id")]

    assert browser.get(f"{HOME}details/").status_code == 200
    assert browser.post(f"{HOME}details/", {"kind": "eu_vat", "value": "de123456789"}).status_code == 302
    assert ids() == [("eu_vat", "DE123456789")]
    assert "DE123456789" in browser.get(HOME).content.decode()
    refused = browser.post(f"{HOME}details/", {"kind": "us_ein", "value": "nonsense"})
    assert refused.status_code == 422 and "no tax id of that kind" in refused.content.decode()
    assert ids() == [("eu_vat", "DE123456789")]
    browser.post(f"{HOME}details/", {"kind": "ru_inn", "value": "7707083893"})
    assert ids() == [("ru_inn", "7707083893")]
    browser.post(f"{HOME}details/", {"kind": "ru_inn", "value": ""})
    assert ids() == [] and Customer.objects.get().tax_id == ""
    assert Change.objects.filter(verb="tax_id").count() == 3


def test_no_taxes_without_the_setting(browser: Any, fake: Any) -> None:
    buy(browser)
    assert not next(fake.world.all("checkout.session"))["automatic_tax"]["enabled"]


def test_the_provider_entitles_to_what_the_plan_includes(
    browser: Any,
    tenant: Any,
    fake: Any,
    clock: Any,
) -> None:
    go_on(fake, clock, 14, browser)
    buy(browser)
    assert {*Entitlement.objects.values_list("feature", flat=True)} == {*catalog.START.features}
    assert api.allows(tenant.id, "sales") and not api.allows(tenant.id, "teleportation")
    gone = next(one for one in features_of(fake.world, "terem-start") if one["entitlement_feature"]["lookup_key"] == "sales")  # fmt: skip
    del fake.world.things[gone["id"]]
    go_on(fake, clock, 1, browser)
    assert not api.allows(tenant.id, "sales") and api.allows(tenant.id, "clients")
    assert api.allows(tenant.id, "export"), "The way out is never for sale."


def test_pausing_and_going_on(browser: Any, tenant: Any, fake: Any, clock: Any) -> None:
    go_on(fake, clock, 14, browser)
    buy(browser)
    assert browser.post(f"{HOME}pause/").status_code == 302
    assert lease(tenant)["status"] == "read-only"
    assert "The plan is paused" in browser.get(HOME).content.decode()
    go_on(fake, clock, 40, browser)
    assert Invoice.objects.count() == 1, "Nothing is charged."
    assert browser.post(f"{HOME}pause/", {"resume": "yes"}).status_code == 302
    assert lease(tenant)["status"] == "active"
    go_on(fake, clock, 31, browser)
    assert Invoice.objects.count() == 2
    assert [one.monthly for one in Customer.objects.get().movements.order_by("id")] == [1800, 0, 1800]


@pytest.mark.parametrize("path", ["details/", "pause/"])
def test_others_may_not(tenant: Any, fake: Any, client_for: Any, make_member: Any, path: str) -> None:
    stranger = make_member(rights=["clients.view"])
    assert client_for(stranger).post(f"{HOME}{path}").status_code == 403
    from billing import actions

    with pytest.raises(NotAllowed):
        actions.set_paused(by=stranger, tenant_id=tenant.id, paused=True)


def test_without_a_plan_there_is_nothing_to_pause(browser: Any) -> None:
    assert browser.post(f"{HOME}pause/").status_code == 302
    assert not Change.objects.filter(verb="pause").exists()
