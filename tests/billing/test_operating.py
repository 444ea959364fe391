"""The operators' pages of revenue and of one company: figures, the provider's word beside them, acts with reasons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from billing import figures
from billing.models import Change, Customer, Invoice, Movement, Subscription
from kernel.when import now
from tenants.models import OperatorAct
from tests.billing.conftest import AtConsole
from tests.billing.test_pages import LATER_BAD, buy, go_on, lease
from tests.identity.test_operators import CONSOLE
from tests.support.visitor import Visitor


@pytest.fixture
def payer(browser: Any, tenant: Any, fake: Any, clock: Any) -> Any:
    """Acme, that pays for two seats of Start since today."""
    go_on(fake, clock, 14, browser)
    buy(browser)
    return browser


def at_company(tenant: Any, act: str = "") -> str:
    return f"/tenants/{tenant.id}/billing/{act}"


def test_nothing_is_shown_where_nobody_has_paid(operator: AtConsole) -> None:
    page = operator.get("/revenue/").content.decode()
    assert "nothing is sold here" in page and "Nobody has paid yet" in page


def test_the_figures_of_a_payer(payer: Any, tenant: Any, fake: Any, clock: Any) -> None:
    page = figures.page()
    assert [one.currency for one in page.figures] == ["EUR"]
    euro = page.figures[0]
    assert (euro.payers, euro.mrr, euro.arr, euro.growth.new) == (1, 1800, 21_600, 1800)
    assert (euro.compared.ours, euro.compared.theirs, euro.compared.differing) == (1800, 1800, ())
    assert (page.trials.ended, page.trials.converted) == (1, 1)
    go_on(fake, clock, 1, payer)
    assert figures.page().figures[0].mrr == 1800
    assert Movement.objects.count() == 1, "Only a change is a movement."


def test_currencies_are_never_added_up(payer: Any, clock: Any, fake: Any) -> None:
    other = Customer.objects.create(tenant_id="0190d6a4-0000-7000-8000-000000000001")
    Movement.objects.create(customer=other, currency="RUB", monthly=79_000, at=now())
    page = figures.page()
    assert [(one.currency, one.mrr) for one in page.figures] == [("EUR", 1800), ("RUB", 79_000)]
    Movement.objects.create(customer=other, currency="EUR", monthly=900, at=now() + timedelta(minutes=1))
    page = figures.page()
    assert [(one.currency, one.mrr) for one in page.figures] == [("EUR", 2700), ("RUB", 0)]


def test_what_the_provider_says_otherwise_is_named(
    payer: Any,
    tenant: Any,
    fake: Any,
    operator: AtConsole,
    settings: Any,
) -> None:
    assert "The provider says the same" in operator.get("/revenue/").content.decode()
    next(fake.world.all("subscription"))["items"]["data"][0]["quantity"] = 7
    page = operator.get("/revenue/").content.decode()
    assert "otherwise for 1 company" in page and str(tenant.id) in page and "€63" in page
    settings.TEREM_STRIPE_API = "http://127.0.0.1:9"
    assert "Not compared" in operator.get("/revenue/").content.decode()


def test_failed_payments_are_counted(payer: Any, fake: Any, clock: Any) -> None:
    from billing.providers.fake import checkout

    checkout.change_card(fake.world, str(Customer.objects.get().reference), LATER_BAD)
    go_on(fake, clock, 31, payer)
    found = figures.page().figures[0]
    assert (found.failed.count, found.failed.owed, found.mrr) == (1, 1800, 1800), "Late ones still count."
    go_on(fake, clock, 15, payer)
    assert figures.page().figures[0].mrr == 0, "Unpaid ones do not."


def test_a_credit_is_on_the_next_bill_and_told_to_the_company(
    payer: Any,
    tenant: Any,
    fake: Any,
    clock: Any,
    operator: AtConsole,
) -> None:
    page = operator.get(at_company(tenant)).content.decode()
    assert "Give a credit" in page and "Extend the trial" not in page
    wrong = operator.fill(at_company(tenant, "credit/"), amount="0", reason="")
    assert wrong.status_code == 422
    form = operator.walk(at_company(tenant, "credit/"))
    for _press in range(2):  # One form gives one credit, however often it is sent.
        done = operator.send(form, amount="5.50", reason="An hour of downtime")
        assert done.status_code == 302
    go_on(fake, clock, 31, payer)
    bill = Invoice.objects.order_by("-issued_at").first()
    assert bill is not None and (bill.total, bill.due) == (1800, 1250)
    act = OperatorAct.objects.get(verb="credit_given")
    assert (act.reason, act.values, act.tenant_id) == ("An hour of downtime", {"amount": "€5.50"}, tenant.id)
    assert act.account_label.startswith("op-")
    assert "An hour of downtime" in payer.get("/settings/operators/").content.decode()
    assert "An hour of downtime" in operator.get(at_company(tenant)).content.decode()


def test_a_trial_is_extended_once_it_runs(
    browser: Any,
    tenant: Any,
    fake: Any,
    clock: Any,
    operator: AtConsole,
) -> None:
    told = {"until": "2026-11-30", "reason": "They were ill"}
    assert operator.fill(at_company(tenant, "trial/"), **told).status_code == 302
    assert lease(tenant)["valid_until"].startswith("2026-11-30T23:59:59")
    early = operator.fill(at_company(tenant, "trial/"), until="2026-11-20", reason="They were ill")
    assert early.status_code == 422 and "after the present end" in early.content.decode()
    go_on(fake, clock, 20, browser)
    assert lease(tenant)["status"] == "trial"
    buy(browser)
    told = {"until": "2026-12-20", "reason": "Once more"}
    assert operator.fill(at_company(tenant, "trial/"), **told).status_code == 302
    go_on(fake, clock, 1, browser)
    ends = Subscription.objects.get().ends
    assert ends is not None and str(ends.date()) == "2026-12-20"
    go_on(fake, clock, 40, browser)
    assert operator.fill(at_company(tenant, "trial/"), **told).status_code == 422


def test_a_plan_is_placed_without_a_charge(
    payer: Any,
    tenant: Any,
    fake: Any,
    clock: Any,
    operator: AtConsole,
) -> None:
    told = {"plan": "team", "seats": "3", "reason": "Agreed by phone"}
    assert operator.fill(at_company(tenant, "plan/"), **told).status_code == 302
    assert Invoice.objects.count() == 1
    go_on(fake, clock, 1, payer)
    assert (lease(tenant)["plan"], lease(tenant)["limits"]["members"]) == ("team", 3)
    go_on(fake, clock, 31, payer)
    bill = Invoice.objects.order_by("-issued_at").first()
    assert bill is not None and bill.total == 3 * 1900
    few = operator.fill(at_company(tenant, "plan/"), plan="team", seats="1", reason="Less")
    assert few.status_code == 422 and "2 people work here" in few.content.decode()
    assert Change.objects.filter(verb="place").count() == 1


def test_a_company_that_nothing_is_sold_to(tenant: Any, operator: AtConsole) -> None:
    page = operator.get(at_company(tenant)).content.decode()
    assert "Nothing is sold to this company" in page
    assert operator.fill(at_company(tenant, "credit/"), amount="5", reason="x").status_code == 404
    assert operator.get("/tenants/0190d6a4-0000-7000-8000-000000000001/billing/").status_code == 404


def test_strangers_see_no_revenue(tenant: Any) -> None:
    for path in ("/revenue/", at_company(tenant), at_company(tenant, "credit/")):
        assert Visitor().get(f"{CONSOLE}{path}")["Location"].startswith("/account/login/")


def test_the_page_asks_little(payer: Any, operator: AtConsole, django_assert_max_num_queries: Any) -> None:
    for number in range(40):
        one = Customer.objects.create(
            tenant_id=f"0190d6a4-0000-7000-8000-0000000001{number:02}", reference=f"cus_{number}"
        )
        Movement.objects.create(customer=one, currency="EUR", monthly=100 + number, at=now())
    operator.get("/revenue/")
    with django_assert_max_num_queries(25, using="default"):
        assert operator.get("/revenue/").status_code == 200
