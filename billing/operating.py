"""What operators do to a company's billing: each act has a reason, is written down and told to the company."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from billing import actions, catalog, providers, queries
from billing.actions import reaching
from billing.models import Change, Customer, Subscription
from kernel.actions import action
from kernel.errors import Invalid, NotFound
from kernel.money import format_money
from kernel.when import now
from tenants import api as tenants

LONGEST_TRIAL: Final = timedelta(days=180)
# The highest credit at once, in whole units of the currency.
MOST_CREDIT: Final = 10_000


def _locked(tenant_id: UUID) -> tuple[Customer, Subscription]:
    customer = Customer.objects.select_for_update().filter(tenant_id=tenant_id).first()
    found = Subscription.objects.filter(customer=customer).first() if customer is not None else None
    if customer is None or found is None:
        raise NotFound
    return customer, found


def _reasoned(reason: str) -> str:
    if not reason.strip():
        raise Invalid(_("Say why: the workspace’s people will ask."), field="reason")
    return reason.strip()


@action()
def credit(*, tenant_id: UUID, minor: int, once: UUID, reason: str, by: Any) -> None:
    """A credit for the next bills, in minor units of the subscription's currency. Raises ``Invalid``, ``Unavailable``.

    ``once`` names the intent: sent twice, or again after an answer that was lost, it is given once.
    """
    customer, found = _locked(tenant_id)
    if Change.objects.filter(customer=customer, verb="credit", values__once=str(once)).exists():
        return
    why = _reasoned(reason)
    if not customer.reference:
        raise Invalid(_("This company has never paid: there is no bill that a credit could lower."))
    if not 0 < minor <= MOST_CREDIT * 100:
        raise Invalid(_("The amount is too high or not above zero."), field="amount")
    amount = format_money(minor, found.currency, "en", cents="always")
    with reaching():
        providers.provider().credit(
            customer=customer.reference,
            minor=minor,
            currency=found.currency,
            words=why,
            key=f"credit-{once}",
        )
    actions.note(customer, "credit", minor=minor, currency=found.currency, reason=why, once=str(once))
    tenants.note(tenants.tenant(tenant_id), by, "credit_given", why, amount=amount)


@action()
def extend_trial(*, tenant_id: UUID, until: datetime, reason: str, by: Any) -> None:
    """A trial that ends later. Raises ``Invalid`` for no trial and for a day that is not ahead, ``Unavailable``."""
    customer, found = _locked(tenant_id)
    why = _reasoned(reason)
    if found.state != "trial":
        raise Invalid(_("There is no trial that could be extended."))
    latest = max(now(), found.ends or now())
    if not latest < until <= now() + LONGEST_TRIAL:
        raise Invalid(_("Choose a day after the present end, at most half a year ahead."), field="until")
    if found.reference:
        with reaching():
            providers.provider().extend_trial(subscription=found.reference, until=until)
    found.ends = until
    found.save(update_fields=["ends"])
    actions.note(customer, "extend_trial", until=until.isoformat(), reason=why)
    tenants.note(tenants.tenant(tenant_id), by, "trial_extended", why, until=until.date().isoformat())
    actions.lease(Customer.objects.select_related("subscription").get(id=customer.id))


@action()
def place(*, tenant_id: UUID, plan: str, seats: int, reason: str, by: Any) -> None:
    """Another plan or number of seats from the next bill on; nothing is charged or credited for the present period.

    Raises ``Invalid`` for seats that do not fit and where nothing runs, ``Unavailable``.
    """
    customer, found = _locked(tenant_id)
    why = _reasoned(reason)
    if found.state not in ("trial", "active", "past_due"):
        raise Invalid(_("Neither a trial nor a paid plan is running."))
    price = catalog.lookup_key(plan, "year" if found.interval == "year" else "month", found.currency)
    actions.check_seats(price=price, seats=seats, members=queries.members_of(tenant_id))
    item = queries.seat_item(tenant_id)
    if found.reference and item is not None:
        with reaching():
            providers.provider().place(
                subscription=found.reference,
                wanted=queries.wanted(item, price, seats),
                key=f"place-{item.reference}-{item.price}-{item.quantity}-{price}-{seats}-{now():%Y%m%d%H%M}",
            )
    else:
        found.plan, found.seats = plan, seats
        found.save(update_fields=["plan", "seats"])
    actions.note(customer, "place", price=price, seats=seats, reason=why)
    tenants.note(tenants.tenant(tenant_id), by, "plan_placed", why, plan=plan, seats=seats)
    actions.lease(Customer.objects.select_related("subscription").get(id=customer.id))
