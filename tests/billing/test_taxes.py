"""Taxes as the provider reckons them: on bills and previews, by the payer's country, shown and equal everywhere."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests

from billing.models import Invoice
from tests.billing.test_benefits import give_out
from tests.billing.test_pages import GOOD, HOME, go_on, preview
from tests.support.tenants import Browser

SEATS = 1800  # two seats of Start for a month, in cents


@pytest.fixture
def taxed(browser: Any, fake: Any, clock: Any, settings: Any) -> Any:
    """The trial is over, and the provider reckons taxes."""
    settings.TEREM_STRIPE_TAX = True
    go_on(fake, clock, 14, browser)
    return browser


def buy(browser: Any, country: str, number: str = GOOD, **told: Any) -> Any:
    """Through our form and the hosted page, where the country is asked for."""
    form = {"plan": "start", "interval": "month", "currency": "EUR", "seats": "2"} | told
    url = browser.post(f"{HOME}checkout/", form).headers["Location"]
    assert 'name="country"' in requests.get(url, timeout=60).text
    paid = requests.post(url, {"number": number, "country": country}, timeout=60, allow_redirects=False)
    if paid.status_code == 303:
        browser.get(f"{HOME}arrival/")
    return paid


def newest(fake: Any) -> dict[str, Any]:
    found: dict[str, Any] = next(fake.world.all("invoice"))
    return found


@pytest.mark.parametrize(
    ("country", "tax", "reason"),
    [("DE", 342, "standard_rated"), ("GB", 360, "standard_rated"), ("CH", 146, "standard_rated"), ("US", 0, "not_collecting")],
)  # fmt: skip
def test_the_bill_bears_the_taxes_of_the_country(
    taxed: Any, fake: Any, country: str, tax: int, reason: str
) -> None:
    assert buy(taxed, country).status_code == 303
    bill = newest(fake)
    assert (bill["subtotal"], bill["total_excluding_tax"], bill["total"]) == (SEATS, SEATS, SEATS + tax)
    assert [(row["amount"], row["taxability_reason"]) for row in bill["total_taxes"]] == [(tax, reason)]
    assert sum(one["taxes"][0]["amount"] for one in bill["lines"]["data"]) == tax
    assert bill["automatic_tax"]["status"] == "complete"
    assert bill["customer_address"]["country"] == country
    assert Invoice.objects.get().total == SEATS + tax
    session = next(fake.world.all("checkout.session"))
    assert session["total_details"]["amount_tax"] == tax and session["amount_total"] == SEATS + tax


def test_the_next_bill_and_a_change_show_the_tax_that_the_invoice_has(taxed: Any, fake: Any) -> None:
    buy(taxed, "DE")
    page = taxed.get(HOME).content.decode()
    assert "Taxes" in page and "21.42" in page
    shown = preview(taxed, seats="5")
    bill = shown.context["shown"].bill
    assert bill.tax and bill.tax == bill.total - sum(line.minor for line in bill.lines)
    assert "Taxes" in shown.content.decode()
    sent = {"plan": "start", "interval": "month", "currency": "EUR", "seats": "5", "total": str(bill.total)}
    sent["at"] = shown.context["shown"].at.isoformat()
    assert taxed.post(f"{HOME}change/", sent).status_code in (302, 303)
    assert (
        newest(fake)["total"] == bill.total
        and sum(r["amount"] for r in newest(fake)["total_taxes"]) == bill.tax
    )


def test_a_change_that_gives_back_gives_its_tax_back(taxed: Any) -> None:
    buy(taxed, "FR", seats="5")
    bill = preview(taxed, seats="2").context["shown"].bill
    assert bill.total < 0 and bill.tax == round(sum(line.minor for line in bill.lines) * 0.2)


def test_a_coupon_lowers_the_tax_too(taxed: Any, fake: Any) -> None:
    give_out("HALF", percent_off=50, duration="forever")
    buy(taxed, "DE", code="HALF")
    bill = newest(fake)
    assert (bill["total_excluding_tax"], bill["total"]) == (900, 1071)
    page = taxed.get(HOME).content.decode()
    assert re.search(r"[−-]\W{0,2}9\.00", page) and "10.71" in page


def test_a_company_with_a_number_of_the_union_reckons_itself(taxed: Any, fake: Any) -> None:
    taxed.post(f"{HOME}details/", {"kind": "eu_vat", "value": "DE123456789"})
    buy(taxed, "DE")
    bill = newest(fake)
    assert bill["total"] == SEATS and bill["total_taxes"][0]["taxability_reason"] == "reverse_charge"
    assert "reverse charge" in taxed.get(HOME).content.decode()


def test_what_was_used_is_taxed_with_the_renewal(taxed: Any, fake: Any, clock: Any) -> None:
    buy(taxed, "IT")
    go_on(fake, clock, 31, taxed)
    assert [one.total for one in Invoice.objects.order_by("issued_at")] == [2196, 2196]


def test_pages_say_that_taxes_come_on_top(taxed: Any, settings: Any) -> None:
    for path in (f"{HOME}checkout/", "/prices/"):
        visitor = taxed if path.startswith(HOME) else Browser("terem.test")
        settings.TEREM_STRIPE_TAX = True
        assert "Prices are without taxes" in visitor.get(path).content.decode()
        settings.TEREM_STRIPE_TAX = False
        assert "Prices are without taxes" not in visitor.get(path).content.decode()
    settings.TEREM_STRIPE_TAX = True
    buy(taxed, "DE")
    assert re.search(
        r"Of it taxes</dt><dd>\W*(<[^>]+>)*\W*3\.42", taxed.get(f"{HOME}usage/").content.decode()
    )


def test_a_place_that_nobody_knows_is_said(taxed: Any, fake: Any) -> None:
    refused = buy(taxed, "")
    assert refused.status_code == 402 and "knows no taxes" in refused.text
    assert not any(fake.world.all("subscription"))
    assert buy(taxed, "AT").status_code == 303


def test_the_country_is_kept_while_the_bank_asks(taxed: Any, fake: Any) -> None:
    asked = buy(taxed, "NL", number="4000 0025 0000 3155")
    assert 'name="country" value="NL"' in asked.text


def test_the_invoice_page_says_the_tax(taxed: Any, fake: Any) -> None:
    buy(taxed, "ES")
    text = requests.get(newest(fake)["hosted_invoice_url"], timeout=60).text
    assert "VAT ES 21 % (standard rated)" in text and "21.78" in text
