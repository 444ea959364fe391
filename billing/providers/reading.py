"""The provider's objects as what they tell, in our words."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from billing import catalog
from billing.catalog import Interval
from billing.leasing import State
from billing.providers.told import Hint, ToldCard, ToldInvoice, ToldItem, ToldLine, ToldSubscription
from billing.revenue import COUNTED, Paid, monthly

_STATES: Final[dict[str, State]] = {
    "trialing": "trial",
    "active": "active",
    "past_due": "past_due",
    "unpaid": "unpaid",
    "paused": "paused",
    "canceled": "canceled",
    "incomplete_expired": "none",
    "incomplete": "none",
}


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _surely(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def hint_of(event: Any) -> Hint:
    """An event as a hint; the customer is the object itself or what it names."""
    thing = event.data.object.to_dict()
    customer = thing["id"] if thing.get("object") == "customer" else thing.get("customer") or ""
    if isinstance(customer, dict):
        customer = customer["id"]
    return Hint(event.id, event.type, customer, _surely(event.created), bool(event.livemode))


def subscription_of(found: Any, invoices: tuple[ToldInvoice, ...]) -> ToldSubscription:
    items = tuple(
        ToldItem(
            one.id,
            one.price.lookup_key or "",
            int(getattr(one, "quantity", None) or 0),
            _surely(one.current_period_start),
            _surely(one.current_period_end),
            _is_metered(one),
        )
        for one in found.items.data
    )
    seats = next((one for one in items if not one.metered), None)
    plan, interval = _plan_of(next((one for one in found.items.data if not _is_metered(one)), None))
    state = _STATES[found.status]
    if found.pause_collection and state not in ("canceled", "none"):
        state = "paused"
    waiting = [one.issued_at for one in invoices if one.status == "open" and one.subscription == found.id]
    ended = _moment(found.ended_at)
    return ToldSubscription(
        reference=found.id,
        state=state,
        plan=plan,
        interval=interval,
        currency=str(found.currency).upper(),
        seats=seats.quantity if seats else 0,
        since=ended or min(waiting, default=None),
        ends=ended or (seats.ends if seats else None),
        cancels=bool(found.cancel_at_period_end),
        items=items,
        discount=_discount(found),
        monthly=_monthly(found, interval) if state in COUNTED else 0,
    )


def _is_metered(item: Any) -> bool:
    return bool(item.price.recurring.usage_type == "metered")


def _coupons(found: Any) -> list[Any]:
    """The coupons of a subscription; discounts that were not asked for in full are only ids."""
    sources = (getattr(one, "source", None) for one in found.discounts)
    return [source.coupon for source in sources if source is not None and not isinstance(source.coupon, str)]


def _discount(found: Any) -> str:
    return next((str(one.name or one.id) for one in _coupons(found)), "")


def _monthly(found: Any, interval: Interval) -> int:
    """The value of a month, less the discounts that last for ever."""
    months = 12 if interval == "year" else 1
    paid = [
        Paid(int(one.price.unit_amount or 0), int(one.quantity), months)
        for one in found.items.data
        if not _is_metered(one)
    ]
    percent, amount = Decimal(0), Decimal(0)
    for coupon in _coupons(found):
        if coupon.duration == "forever":
            percent += Decimal(str(coupon.percent_off or 0))
            amount += Decimal(coupon.amount_off or 0) / months
    return monthly(paid, percent_off=min(percent, Decimal(100)), amount_off=amount)


def _plan_of(item: Any) -> tuple[str, Interval]:
    """Plan and interval of an item: by its product, so that former prices of a plan count too."""
    product = str(item.price.product) if item is not None else ""
    interval: Interval = "year" if item is not None and item.price.recurring.interval == "year" else "month"
    key = product.removeprefix("terem-")
    return (key if key in catalog.PLANS else catalog.FREE.key), interval


def invoice_of(found: Any) -> ToldInvoice:
    parent = found.parent and found.parent.subscription_details
    taxes = found.total_taxes or ()
    return ToldInvoice(
        reference=str(getattr(found, "id", "") or ""),
        subscription=str(parent.subscription) if parent else "",
        number=found.number or "",
        status=found.status or "draft",
        currency=str(found.currency).upper(),
        total=found.total,
        due=found.amount_due,
        paid=found.amount_paid,
        issued_at=_surely(found.status_transitions.finalized_at or found.created),
        begins=_surely(found.period_start),
        ends=_surely(found.period_end),
        next_attempt_at=_moment(found.next_payment_attempt),
        page=found.hosted_invoice_url or "",
        pdf=found.invoice_pdf or "",
        lines=tuple(_line(one) for one in found.lines.data),
        off=sum(one.amount for one in found.total_discount_amounts or ()),
        tax=sum(one.amount for one in taxes) if taxes else None,
        reversed=any(one.taxability_reason == "reverse_charge" for one in taxes),
    )


def _line(one: Any) -> ToldLine:
    details = one.parent and one.parent.subscription_item_details
    return ToldLine(
        one.description or "",
        one.amount,
        bool(details and details.proration),
        _surely(one.period.start),
        _surely(one.period.end),
        plan=_plan_sold(one),
        seats=int(getattr(one, "quantity", None) or 0),
    )


def _plan_sold(line: Any) -> str:
    """The catalogue's key of the plan or meter that a line is for; empty for anything else."""
    priced = line.pricing and line.pricing.price_details
    key = str(priced.product if priced else "").removeprefix("terem-")
    return key if key in catalog.PLANS or key in catalog.METERS else ""


def card_of(method: Any) -> ToldCard | None:
    card = getattr(method, "card", None)
    return None if card is None else ToldCard(card.brand, card.last4, card.exp_month, card.exp_year)
