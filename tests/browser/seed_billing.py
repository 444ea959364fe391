"""What payments look like: a company that pays, one that has not, deliveries of the provider."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from tests.browser.seeded import LANGUAGES, Seeded

CARD = "4242424242424242"
SEATS = 20
LATE = timedelta(days=20)


def add_billing(found: Seeded) -> None:
    """Have the demo companies pay, the unpaid ones fall behind, and a delivery fail; nothing where nothing is sold."""
    from billing import api

    if not api.sells():
        return
    for language in LANGUAGES:
        currency = {"en": "EUR", "ru": "RUB"}[language]
        _pay(found.workspaces[f"demo-{language}"].slug, language, currency)
        _fall_behind(found.workspaces[f"unpaid-{language}"].slug)
    _fail()


def _tenant(slug: str) -> Any:
    from tenants import api

    return api.by_slug(slug)


def _pay(slug: str, language: str, currency: str) -> None:
    """Through the hosted page with a test card, the trial being over."""
    import requests

    from billing import actions, catalog, queries
    from billing.models import Subscription
    from kernel import context
    from kernel.rights import PLATFORM
    from kernel.when import now

    tenant = _tenant(slug)
    with context.enter(context.Context(cause="command")):
        Subscription.objects.filter(customer__tenant_id=tenant.id).update(ends=now())
        page = actions.check_out(
            by=PLATFORM,
            tenant_id=tenant.id,
            email=f"owner@{slug}.example",
            price=catalog.lookup_key("team", "month", currency),
            seats=SEATS,
            done="https://terem.example/done/",
            back="https://terem.example/back/",
            language=language,
        )
        paid = requests.post(page, {"number": CARD}, timeout=60, allow_redirects=False)
        assert paid.status_code == 303, paid.text
        customer = queries.customer_of(tenant.id)
        assert customer is not None
        actions.pull(reference=str(customer.reference))


def _fall_behind(slug: str) -> None:
    """As after three weeks of refused cards: reading only."""
    from billing import actions, queries
    from billing.models import Subscription
    from kernel import context
    from kernel.when import now
    from tenants import api as tenants

    tenant = _tenant(slug)
    with context.enter(context.Context(cause="command")):
        late = Subscription.objects.filter(customer__tenant_id=tenant.id)
        late.update(state="past_due", plan="start", seats=2, since=now() - LATE, ends=now() - LATE)
        tenants.report_meter(tenant_id=tenant.id, name="members", value=2)
        customer = queries.customer_of(tenant.id)
        assert customer is not None
        actions.lease(customer)


def _fail() -> None:
    """A delivery that nobody could work on."""
    from billing.models import InboxEvent
    from kernel.when import now

    InboxEvent.objects.create(
        provider="stripe",
        reference=f"evt_{secrets.token_hex(6)}",
        type="invoice.payment_failed",
        customer="cus_unknown",
        told_at=now() - timedelta(hours=2),
        status=InboxEvent.Status.FAILED,
        attempts=9,
        error="Unreachable: the provider did not answer",
    )
