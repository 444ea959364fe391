"""Stripe through its official library, at the API version that the library pins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import stripe

from billing import catalog
from billing.catalog import Interval
from billing.leasing import State
from billing.providers.told import (
    Declined,
    Forged,
    Hint,
    Told,
    ToldCard,
    ToldInvoice,
    ToldItem,
    ToldLine,
    ToldSubscription,
    Unreachable,
)

# Only these are subscribed to; all others are stored as ignored.
TYPES: Final = (
    "checkout.session.completed",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.trial_will_end",
    "customer.updated",
    "invoice.finalized",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.payment_action_required",
    "invoice.voided",
    "payment_method.attached",
)
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
# Of several subscriptions the most alive one counts.
_ALIVE: Final = ("active", "trialing", "past_due", "unpaid", "paused", "canceled")


@contextmanager
def _said() -> Iterator[None]:
    """The library's errors in our words."""
    try:
        yield
    except stripe.CardError as error:
        raise Declined(error.user_message or str(error)) from error
    except stripe.StripeError as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _surely(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


class Stripe:
    """One account at the provider. ``api`` replaces its address (the demonstration server), ``secrets`` sign deliveries.

    Every method may raise ``Unreachable``; those that charge also ``Declined``.
    """

    def __init__(
        self, key: str, *, api: str = "", secrets: tuple[str, ...] = (), http_client: Any = None
    ) -> None:
        told: dict[str, Any] = {"max_network_retries": 2}
        if api:
            told["base_addresses"] = {"api": api}
        told["http_client"] = http_client or stripe.new_default_http_client(timeout=10)
        self.client = stripe.StripeClient(key, **told)
        self.live = "_live_" in key
        self.secrets = secrets

    def create_customer(self, *, tenant: str, name: str, email: str, language: str) -> str:
        """The provider's id of a customer for a tenant; asking twice makes one."""
        with _said():
            found = self.client.v1.customers.create(
                {
                    "name": name,
                    "email": email,
                    "preferred_locales": [language],
                    "metadata": {"tenant": tenant},
                },
                {"idempotency_key": f"customer-{tenant}-{email}"},
            )
        return found.id

    def checkout(
        self,
        *,
        customer: str,
        price: str,
        seats: int,
        trial_ends: datetime | None,
        done: str,
        back: str,
        language: str,
    ) -> str:
        """The address of a hosted checkout for ``price`` (a name of the catalogue)."""
        data: dict[str, Any] = {"metadata": {"price": price}}
        if trial_ends is not None:
            data["trial_end"] = int(trial_ends.timestamp())
        told: dict[str, Any] = {
            "customer": customer,
            "mode": "subscription",
            "line_items": [{"price": self.price(price), "quantity": seats}],
            "success_url": done,
            "cancel_url": back,
            "locale": "ru" if language == "ru" else "en",
            "subscription_data": data,
        }
        with _said():
            found = self.client.v1.checkout.sessions.create(told)  # type: ignore[arg-type]
        return str(found.url)

    def portal(self, *, customer: str, back: str, language: str) -> str:
        """The address of the hosted portal: card, invoices, cancelling."""
        with _said():
            found = self.client.v1.billing_portal.sessions.create(
                {"customer": customer, "return_url": back, "locale": "ru" if language == "ru" else "en"}
            )
        return found.url

    def price(self, name: str) -> str:
        """The provider's id of a price by its name in the catalogue."""
        with _said():
            found = self.client.v1.prices.list({"lookup_keys": [name], "active": True, "limit": 1})
        if not found.data:
            raise Unreachable(f"The provider has no price {name}: run the command that synchronises prices.")
        return found.data[0].id

    def tell(self, customer: str) -> Told:
        """Everything about a customer as it stands now."""
        with _said():
            subscriptions = self.client.v1.subscriptions.list(
                {
                    "customer": customer,
                    "status": "all",
                    "limit": 20,
                    "expand": ["data.default_payment_method"],
                }
            )
            invoices = self.client.v1.invoices.list({"customer": customer, "limit": 100})
        at = parsedate_to_datetime(subscriptions.last_response.headers["Date"])  # type: ignore[union-attr]
        told = tuple(_invoice(one) for one in invoices.data)
        found = min(
            (one for one in subscriptions.data if one.status in _ALIVE),
            key=lambda one: (_ALIVE.index(one.status), -one.created),
            default=None,
        )
        if found is None:
            return Told(at, None, told, None)
        return Told(at, _subscription(found, told), told, _card(found.default_payment_method))

    def preview(self, *, subscription: str, item: str = "", price: str = "", seats: int = 0, at: datetime) -> ToldInvoice:  # fmt: skip
        """The next bill; with ``item`` the bill that this change would make at once."""
        told: dict[str, Any] = {"subscription": subscription}
        if item:
            told["subscription_details"] = {
                "items": [{"id": item, "price": self.price(price), "quantity": seats}],
                "proration_behavior": "always_invoice",
                "proration_date": int(at.timestamp()),
            }
        with _said():
            return _invoice(self.client.v1.invoices.create_preview(told))  # type: ignore[arg-type]

    def change(self, *, subscription: str, item: str, price: str, seats: int, at: datetime, key: str) -> None:
        """Another price or number of seats now, with the proration of ``at`` charged at once; refused if that fails."""
        told: dict[str, Any] = {
            "items": [{"id": item, "price": self.price(price), "quantity": seats}],
            "proration_behavior": "always_invoice",
            "proration_date": int(at.timestamp()),
            "payment_behavior": "error_if_incomplete",
        }
        with _said():
            self.client.v1.subscriptions.update(subscription, told, {"idempotency_key": key})  # type: ignore[arg-type]

    def cancel(self, *, subscription: str, cancels: bool) -> None:
        """Cancel at the end of the period, or keep after all."""
        with _said():
            self.client.v1.subscriptions.update(subscription, {"cancel_at_period_end": cancels})

    def forget(self, *, customer: str) -> None:
        """Remove a customer with name, address and cards; every subscription of it ends at once, without a bill.

        What was billed stays with the provider. Harmless for a customer that is removed already.
        """
        with _said():
            try:
                self.client.v1.customers.delete(customer)
            except stripe.InvalidRequestError as error:
                if error.code != "resource_missing":
                    raise

    def hints(self, since: datetime) -> list[Hint]:
        """The events since a moment (the provider keeps 30 days), oldest first."""
        with _said():
            found = self.client.v1.events.list(
                {"created": {"gte": int(since.timestamp())}, "types": list(TYPES), "limit": 100}
            )
            return [_hint(event) for event in found.auto_paging_iter()][::-1]

    def verified(self, body: bytes, signature: str) -> Hint:
        """The hint in a delivery, once its signature fits one of our secrets. Raises ``Forged``."""
        for secret in self.secrets:
            try:
                return _hint(self.client.construct_event(body, signature, secret))
            except stripe.SignatureVerificationError:
                continue
            except (ValueError, AttributeError, KeyError) as error:
                raise Forged(f"No event: {error}") from error
        raise Forged("No secret of ours has signed this.")

    def report(self, *, customer: str, meter: str, value: int, identifier: str, at: datetime) -> None:
        """Tell usage of a meter once: the same ``identifier`` counts only once."""
        with _said():
            self.client.v1.billing.meter_events.create(
                {
                    "event_name": meter,
                    "payload": {"stripe_customer_id": customer, "value": str(value)},
                    "identifier": identifier,
                    "timestamp": int(at.timestamp()),
                }
            )

    def differences(self) -> list[tuple[str, Callable[[], None]]]:
        """What the provider lacks of the catalogue: a sentence for each, and what would mend it."""
        with _said():
            products = {
                one.id: one for one in self.client.v1.products.list({"limit": 100}).auto_paging_iter()
            }
            listed = self.client.v1.prices.list({"limit": 100, "active": True}).auto_paging_iter()
            prices = {one.lookup_key: one for one in listed if one.lookup_key}
        found: list[tuple[str, Callable[[], None]]] = []
        for plan in catalog.paid():
            name = f"terem-{plan.key}"
            if name not in products:
                found.append((f"product {name} is missing", lambda plan=plan: self._add_product(plan)))  # type: ignore[misc]
            for (interval, currency), minor in plan.seat.items():
                key = catalog.lookup_key(plan.key, interval, currency)
                known = prices.get(key)
                if known is None or known.unit_amount != minor:
                    was = "missing" if known is None else f"{known.unit_amount} instead of {minor}"
                    found.append(
                        (f"price {key} is {was}", lambda a=(plan, interval, currency): self._add_price(*a))  # type: ignore[misc]
                    )
        return found

    def _add_product(self, plan: catalog.Plan) -> None:
        with _said():
            self.client.v1.products.create({"id": f"terem-{plan.key}", "name": f"Terem {plan.key.title()}"})

    def _add_price(self, plan: catalog.Plan, interval: Interval, currency: str) -> None:
        """A price never changes its amount: a new one takes over the name, subscriptions keep the old one."""
        with _said():
            self.client.v1.prices.create(
                {
                    "product": f"terem-{plan.key}",
                    "currency": currency.lower(),
                    "unit_amount": plan.price(interval, currency),
                    "recurring": {"interval": interval},
                    "lookup_key": catalog.lookup_key(plan.key, interval, currency),
                    "transfer_lookup_key": True,
                }
            )


def _hint(event: Any) -> Hint:
    """An event as a hint; the customer is the object itself or what it names."""
    thing = event.data.object.to_dict()
    customer = thing["id"] if thing.get("object") == "customer" else thing.get("customer") or ""
    if isinstance(customer, dict):
        customer = customer["id"]
    return Hint(event.id, event.type, customer, _surely(event.created), bool(event.livemode))


def _subscription(found: Any, invoices: tuple[ToldInvoice, ...]) -> ToldSubscription:
    items = tuple(
        ToldItem(
            one.id,
            one.price.lookup_key or "",
            int(one.quantity or 0),
            _surely(one.current_period_start),
            _surely(one.current_period_end),
        )
        for one in found.items.data
    )
    main = next((one for one in found.items.data if (one.price.lookup_key or one.price.product)), None)
    plan, interval = _plan_of(main)
    state = "paused" if found.pause_collection else _STATES[found.status]
    waiting = [one.issued_at for one in invoices if one.status == "open" and one.subscription == found.id]
    ended = _moment(found.ended_at)
    return ToldSubscription(
        reference=found.id,
        state=state,
        plan=plan,
        interval=interval,
        currency=str(found.currency).upper(),
        seats=items[0].quantity if items else 0,
        since=ended or min(waiting, default=None),
        ends=ended or (items[0].ends if items else None),
        cancels=bool(found.cancel_at_period_end),
        items=items,
    )


def _plan_of(item: Any) -> tuple[str, Interval]:
    """Plan and interval of an item: by its product, so that former prices of a plan count too."""
    product = str(item.price.product) if item is not None else ""
    interval: Interval = "year" if item is not None and item.price.recurring.interval == "year" else "month"
    key = product.removeprefix("terem-")
    return (key if key in catalog.PLANS else catalog.FREE.key), interval


def _invoice(found: Any) -> ToldInvoice:
    parent = found.parent and found.parent.subscription_details
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
        seats=int(one.quantity or 0),
    )


def _plan_sold(line: Any) -> str:
    """The catalogue's key of the plan that a line is for; empty for anything else."""
    priced = line.pricing and line.pricing.price_details
    key = str(priced.product if priced else "").removeprefix("terem-")
    return key if key in catalog.PLANS else ""


def _card(method: Any) -> ToldCard | None:
    card = getattr(method, "card", None)
    return None if card is None else ToldCard(card.brand, card.last4, card.exp_month, card.exp_year)
