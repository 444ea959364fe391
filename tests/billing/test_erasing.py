"""An erased workspace pays no more, and billing keeps of it only what the law of invoices needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.apps import apps

from billing import actions, catalog, inbox, queries
from billing.models import Customer, InboxEvent, Invoice
from kernel import context
from kernel.rights import PLATFORM
from kernel.when import now
from tenants import api as tenants
from tenants import leaving
from tenants.backups.models import Departure
from tenants.models import Tenant
from tests.support.tenants import Company

CARD = "4242424242424242"
MAIL = "payer-Zq8@leaving.example"


@pytest.fixture
def company(own_tenant: Callable[..., Company], fake: Any) -> Company:
    """A company that was opened while plans are sold: it is in its trial."""
    return own_tenant("Leaving")


def pay(company: Company) -> str:
    """Through the hosted page, the trial being over; the provider's id of the payer."""
    row = Customer.objects.get(tenant_id=company.tenant.id)
    row.subscription.ends = now()
    row.subscription.save()
    told = {"done": "https://terem.example/done/", "back": "https://terem.example/", "language": "en"}
    price = catalog.lookup_key("start", "month", "EUR")
    page = actions.check_out(
        by=PLATFORM, tenant_id=company.tenant.id, email=MAIL, price=price, seats=2, **told
    )
    assert requests.post(page, {"number": CARD}, timeout=60, allow_redirects=False).status_code == 303
    reference = str(Customer.objects.get(tenant_id=company.tenant.id).reference)
    assert actions.pull(reference=reference)
    return reference


def leave(company: Company) -> Departure:
    """Close the workspace and let its days of grace pass."""
    found = leaving.start(tenant_id=company.tenant.id, by="anna@example.com", reason="We part.")
    Departure.objects.filter(id=found.id).update(erase_at=now() - timedelta(minutes=1))
    return found


def told_of(found: Departure) -> str:
    found.refresh_from_db()
    return " | ".join(one["erased"] for one in found.certificate["stores"])


def rows() -> str:
    """Everything that billing keeps, as one text."""
    models = apps.get_app_config("billing").get_models()
    return "\n".join(str(values) for model in models for values in model.objects.values_list())


def test_subscription_ends_and_invoices_stay_without_a_name(company: Company, fake: Any) -> None:
    reference = pay(company)
    customer = Customer.objects.get(tenant_id=company.tenant.id)
    assert queries.invoices_of(customer)[0].page
    InboxEvent.objects.create(
        provider="stripe", reference="evt_late", type="invoice.paid", customer=reference, told_at=now()
    )
    assert MAIL in rows() and reference in rows() and "4242" in rows()
    found = leave(company)
    assert leaving.erase_due() == 1

    (sub,) = fake.world.all("subscription", customer=reference)
    assert sub["status"] == "canceled"
    assert reference not in fake.world.things, "the payer with name, address and card is gone at the provider"
    (invoice,) = Invoice.objects.filter(customer__tenant_id=company.tenant.id)
    assert (invoice.status, invoice.total, invoice.currency) == ("paid", 1800, "EUR")
    assert invoice.number and invoice.issued_at
    assert (invoice.page, invoice.pdf) == ("", "")
    for gone in (MAIL, reference, "4242"):
        assert gone not in rows()
    customer = Customer.objects.get(tenant_id=company.tenant.id)
    for relation in Customer._meta.related_objects:
        if relation.related_model is not Invoice:
            assert not relation.related_model.objects.filter(customer=customer).exists(), relation.name
    assert "removed at the payment provider; 1 invoices kept" in told_of(found)


def test_late_news_and_the_nightly_comparison_bring_nothing_back(company: Company, fake: Any) -> None:
    reference = pay(company)
    leave(company)
    leaving.erase_due()
    before = str(Invoice.objects.filter(customer__tenant_id=company.tenant.id).values())
    inbox.reconcile()
    inbox.renew_leases()
    assert not actions.pull(reference=reference)
    customer = Customer.objects.get(tenant_id=company.tenant.id)
    assert (customer.reference, customer.email) == (None, "")
    assert queries.subscription_of(customer) is None
    assert str(Invoice.objects.filter(customer=customer).values()) == before
    assert tenants.tenant(company.tenant.id).lease == {}


def test_nobody_is_called_erased_while_the_provider_is_silent(
    company: Company, fake: Any, settings: Any
) -> None:
    pay(company)
    found = leave(company)
    settings.TEREM_STRIPE_API = "http://127.0.0.1:9"
    assert leaving.erase_due() == 0
    found.refresh_from_db()
    assert found.erased_at is None
    assert Tenant.objects.get(id=company.tenant.id).name == "Leaving"
    settings.TEREM_STRIPE_API = fake.address
    assert leaving.erase_due() == 1
    assert "subscription and payer removed" in told_of(found)


def test_repeated_after_a_crash(company: Company, fake: Any) -> None:
    """The payer was removed at the provider, then the process died: the next time goes on from there."""
    reference = pay(company)
    with fake.world.lock:
        fake.world.things.pop(reference)
    found = leave(company)
    assert leaving.erase_due() == 1
    assert "1 invoices kept" in told_of(found)


def test_who_never_paid_leaves_nothing(company: Company) -> None:
    assert Customer.objects.filter(tenant_id=company.tenant.id).exists()
    found = leave(company)
    assert leaving.erase_due() == 1
    assert not Customer.objects.filter(tenant_id=company.tenant.id).exists()
    assert "no subscription; 0 invoices kept" in told_of(found)


def test_where_nothing_is_sold(own_tenant: Callable[..., Company]) -> None:
    with context.enter(context.Context(cause="command")):
        company = own_tenant("Unsold")
        found = leaving.erase(leave(company))
    assert "no payments" in told_of(found)
