"""Bills before they are bills: the next one, and what a change would cost now. Asked of the provider, never reckoned here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from billing import actions, providers
from billing.models import Customer
from billing.providers.told import ToldInvoice, Unreachable
from billing.queries import members_of, seat_item, subscription_of, wanted
from kernel.errors import Invalid
from kernel.when import now


@dataclass(frozen=True, slots=True)
class NextBill:
    """The next bill, or why none is shown: ``unknown`` if the provider does not answer now."""

    bill: ToldInvoice | None = None
    unknown: bool = False


def next_bill(customer: Customer | None) -> NextBill:
    """What the next renewal will cost as things stand."""
    found = subscription_of(customer)
    paid = found is not None and found.reference and found.state in ("active", "trial", "past_due")
    if found is None or not paid or found.cancels or not providers.sells():
        return NextBill()
    try:
        return NextBill(providers.provider().preview(subscription=found.reference, at=now()))
    except Unreachable:
        return NextBill(unknown=True)


@dataclass(frozen=True, slots=True)
class Shown:
    """A change with what it costs now (``bill``, negative: a credit for the next bills) at the moment ``at``."""

    bill: ToldInvoice
    at: datetime

    @property
    def credit(self) -> bool:
        return self.bill.total < 0


def of_change(tenant_id: UUID, price: str, seats: int) -> Shown:
    """The bill that a change would make now. Raises ``Invalid`` for seats that do not fit, ``Unavailable``."""
    actions.check_seats(price=price, seats=seats, members=members_of(tenant_id))
    item = seat_item(tenant_id)
    if item is None:
        raise Invalid(_("There is no subscription to change. Choose a plan first."))
    if (item.price, item.quantity) == (price, seats):
        raise Invalid(_("This is what you have now."))
    # A moved clock of the provider runs ahead of ours; the present period is the provider's.
    at = max(now(), item.subscription.told_at).replace(microsecond=0)
    with actions.reaching():
        bill = providers.provider().preview(
            subscription=item.subscription.reference, wanted=wanted(item, price, seats), at=at
        )
    return Shown(bill, at)
