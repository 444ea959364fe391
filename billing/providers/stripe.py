"""Stripe through its official library, at the API version that the library pins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import stripe

from billing import catalog
from billing.providers import synchronising
from billing.providers.reading import card_of, hint_of, invoice_of, subscription_of
from billing.providers.saying import DUPLICATE, said
from billing.providers.told import Forged, Hint, Told, ToldInvoice, Unreachable, Wanted
from billing.revenue import COUNTED

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
# The provider reckons taxes by the payer's address, which its own page asks for.
TAXED: Final = {
    "automatic_tax": {"enabled": True},
    "billing_address_collection": "required",
    "customer_update": {"address": "auto", "name": "auto"},
}
# Of several subscriptions the most alive one counts.
_ALIVE: Final = ("active", "trialing", "past_due", "unpaid", "paused", "canceled")


class Stripe:
    """One account at the provider. ``api`` replaces its address (the demonstration server), ``secrets`` sign deliveries,
    ``taxes`` has the provider reckon them.

    Every method may raise ``Unreachable``; those that charge also ``Declined``.
    """

    def __init__(
        self,
        key: str,
        *,
        api: str = "",
        secrets: tuple[str, ...] = (),
        taxes: bool = False,
        http_client: Any = None,
    ) -> None:
        told: dict[str, Any] = {"max_network_retries": 2}
        if api:
            told["base_addresses"] = {"api": api}
        told["http_client"] = http_client or stripe.new_default_http_client(timeout=10)
        self.client = stripe.StripeClient(key, **told)
        self.live = "_live_" in key
        self.secrets = secrets
        self.taxes = taxes

    def create_customer(self, *, tenant: str, name: str, email: str, language: str) -> str:
        """The provider's id of a customer for a tenant; asking twice makes one."""
        with said():
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
        coupon: str = "",
    ) -> str:
        """The address of a hosted checkout for ``price`` (a name of the catalogue) and what is paid by volume with it.

        ``coupon`` is the id of a code that :meth:`coupon` has found.
        """
        ids = self.prices([price, *catalog.metered_with(price)])
        data: dict[str, Any] = {"metadata": {"price": price}}
        if trial_ends is not None:
            data["trial_end"] = int(trial_ends.timestamp())
        told: dict[str, Any] = {
            "customer": customer,
            "mode": "subscription",
            "line_items": [
                {"price": ids[price], "quantity": seats},
                *({"price": ids[name]} for name in catalog.metered_with(price)),
            ],
            "success_url": done,
            "cancel_url": back,
            "locale": "ru" if language == "ru" else "en",
            "subscription_data": data,
        }
        if coupon:
            told["discounts"] = [{"promotion_code": coupon}]
        if self.taxes:
            told |= TAXED
        with said():
            found = self.client.v1.checkout.sessions.create(told)  # type: ignore[arg-type]
        return str(found.url)

    def portal(self, *, customer: str, back: str, language: str) -> str:
        """The address of the hosted portal: card, invoices, cancelling."""
        with said():
            found = self.client.v1.billing_portal.sessions.create(
                {"customer": customer, "return_url": back, "locale": "ru" if language == "ru" else "en"}
            )
        return found.url

    def prices(self, names: Iterable[str]) -> dict[str, str]:
        """The provider's ids of prices by their names in the catalogue; at most ten. Raises ``Unreachable`` if one is missing."""
        wanted = list(names)
        with said():
            found = self.client.v1.prices.list({"lookup_keys": wanted, "active": True, "limit": 100})
        known = {one.lookup_key: one.id for one in found.data if one.lookup_key}
        if missing := ", ".join(name for name in wanted if name not in known):
            raise Unreachable(
                f"The provider has no price {missing}: run the command that synchronises prices."
            )
        return known

    def coupon(self, code: str) -> str:
        """The id of a code that can be used now, empty for one that nobody gave out or that is over."""
        with said():
            found = self.client.v1.promotion_codes.list({"code": code, "active": True, "limit": 1})
        return found.data[0].id if found.data else ""

    def tell(self, customer: str) -> Told:
        """Everything about a customer as it stands now."""
        with said():
            subscriptions = self.client.v1.subscriptions.list(
                {
                    "customer": customer,
                    "status": "all",
                    "limit": 20,
                    "expand": ["data.default_payment_method", "data.discounts.source.coupon"],
                }
            )
            invoices = self.client.v1.invoices.list({"customer": customer, "limit": 100})
            entitled = self.client.v1.entitlements.active_entitlements.list(
                {"customer": customer, "limit": 100}
            )
        at = parsedate_to_datetime(subscriptions.last_response.headers["Date"])  # type: ignore[union-attr]
        told = tuple(invoice_of(one) for one in invoices.data)
        found = min(
            (one for one in subscriptions.data if one.status in _ALIVE),
            key=lambda one: (_ALIVE.index(one.status), -one.created),
            default=None,
        )
        if found is None:
            return Told(at, None, told, None)
        features = tuple(sorted(one.lookup_key for one in entitled.data))
        return Told(at, subscription_of(found, told), told, card_of(found.default_payment_method), features)

    def preview(self, *, subscription: str, wanted: Wanted | None = None, at: datetime) -> ToldInvoice:
        """The next bill; with ``wanted`` the bill that this change would make at once."""
        told: dict[str, Any] = {"subscription": subscription}
        if wanted is not None:
            told["subscription_details"] = {
                "items": self._items(wanted),
                "proration_behavior": "always_invoice",
                "proration_date": int(at.timestamp()),
            }
        with said():
            return invoice_of(self.client.v1.invoices.create_preview(told))  # type: ignore[arg-type]

    def change(self, *, subscription: str, wanted: Wanted, at: datetime, key: str) -> None:
        """Another price or number of seats now, with the proration of ``at`` charged at once; refused if that fails."""
        told: dict[str, Any] = {
            "items": self._items(wanted),
            "proration_behavior": "always_invoice",
            "proration_date": int(at.timestamp()),
            "payment_behavior": "error_if_incomplete",
        }
        with said():
            self.client.v1.subscriptions.update(subscription, told, {"idempotency_key": key})  # type: ignore[arg-type]

    def _items(self, wanted: Wanted) -> list[dict[str, Any]]:
        ids = self.prices([wanted.price, *(name for _item, name in wanted.metered)])
        metered = [({"id": item} if item else {}) | {"price": ids[name]} for item, name in wanted.metered]
        return [{"id": wanted.item, "price": ids[wanted.price], "quantity": wanted.seats}, *metered]

    def place(self, *, subscription: str, wanted: Wanted, key: str) -> None:
        """Another price or number of seats without any charge or credit: the next bill is the first that knows."""
        told: dict[str, Any] = {"items": self._items(wanted), "proration_behavior": "none"}
        with said():
            self.client.v1.subscriptions.update(subscription, told, {"idempotency_key": key})  # type: ignore[arg-type]

    def extend_trial(self, *, subscription: str, until: datetime) -> None:
        """A trial that ends later."""
        told: dict[str, Any] = {"trial_end": int(until.timestamp()), "proration_behavior": "none"}
        with said():
            self.client.v1.subscriptions.update(subscription, told)  # type: ignore[arg-type]

    def pause(self, *, subscription: str, paused: bool) -> None:
        """Bill nothing until it goes on, or go on."""
        told: Any = {"pause_collection": {"behavior": "void"} if paused else ""}
        with said():
            self.client.v1.subscriptions.update(subscription, told)

    def hold(self, *, customer: str, subscription: str) -> None:
        """Charge nothing more: new bills are void, open ones wait. Repeating it is harmless."""
        self.pause(subscription=subscription, paused=True)
        self._collect(customer, subscription, on=False)

    def release(self, *, customer: str, subscription: str) -> None:
        """Bill and charge again after :meth:`hold`; what was open before waits for its payment again."""
        self._collect(customer, subscription, on=True)
        self.pause(subscription=subscription, paused=False)

    def _collect(self, customer: str, subscription: str, *, on: bool) -> None:
        """Have open bills charged by themselves, or not."""
        with said():
            found = self.client.v1.invoices.list(
                {"customer": customer, "subscription": subscription, "status": "open", "limit": 100}
            )
            for one in found.data:
                self.client.v1.invoices.update(one.id, {"auto_advance": on})

    def credit(self, *, customer: str, minor: int, currency: str, words: str, key: str) -> None:
        """A credit for the next bills, in minor units."""
        told: Any = {"amount": -minor, "currency": currency.lower(), "description": words}
        with said():
            self.client.v1.customers.balance_transactions.create(customer, told, {"idempotency_key": key})

    def set_tax_id(self, *, customer: str, kind: str, value: str) -> None:
        """The one tax id of a customer; without a value it has none. Raises ``Unreachable`` with ``INVALID_TAX_ID``."""
        ids = self.client.v1.customers.tax_ids
        with said():
            known = list(ids.list(customer, {"limit": 100}).data)
            if value and not any((one.type, one.value) == (kind, value) for one in known):
                told: Any = {"type": kind, "value": value}
                ids.create(customer, told)
            for one in known:
                if (one.type, one.value) != (kind, value):
                    ids.delete(customer, one.id)

    def monthly(self) -> dict[str, tuple[str, int]]:
        """What the provider's customers pay a month now: customer → (currency, minor units). Who pays nothing is absent."""
        told: Any = {"limit": 100, "expand": ["data.discounts.source.coupon"]}
        with said():
            found = list(self.client.v1.subscriptions.list(told).auto_paging_iter())
        rows = [(str(one.customer), subscription_of(one, ())) for one in found]
        return {who: (one.currency, one.monthly) for who, one in rows if one.monthly and one.state in COUNTED}

    def cancel(self, *, subscription: str, cancels: bool) -> None:
        """Cancel at the end of the period, or keep after all."""
        with said():
            self.client.v1.subscriptions.update(subscription, {"cancel_at_period_end": cancels})

    def forget(self, *, customer: str) -> None:
        """Remove a customer with name, address and cards; every subscription of it ends at once, without a bill.

        What was billed stays with the provider. Harmless for a customer that is removed already.
        """
        with said():
            try:
                self.client.v1.customers.delete(customer)
            except stripe.InvalidRequestError as error:
                if error.code != "resource_missing":
                    raise

    def hints(self, since: datetime) -> list[Hint]:
        """The events since a moment (the provider keeps 30 days), oldest first."""
        with said():
            found = self.client.v1.events.list(
                {"created": {"gte": int(since.timestamp())}, "types": list(TYPES), "limit": 100}
            )
            return [hint_of(event) for event in found.auto_paging_iter()][::-1]

    def verified(self, body: bytes, signature: str) -> Hint:
        """The hint in a delivery, once its signature fits one of our secrets. Raises ``Forged``."""
        for secret in self.secrets:
            try:
                return hint_of(self.client.construct_event(body, signature, secret))
            except stripe.SignatureVerificationError:
                continue
            except (ValueError, AttributeError, KeyError) as error:
                raise Forged(f"No event: {error}") from error
        raise Forged("No secret of ours has signed this.")

    def report(self, *, customer: str, meter: str, value: int, identifier: str, at: datetime) -> None:
        """Tell usage of a meter once: an ``identifier`` that the provider has counted already is no error."""
        try:
            with said():
                self.client.v1.billing.meter_events.create(
                    {
                        "event_name": meter,
                        "payload": {"stripe_customer_id": customer, "value": str(value)},
                        "identifier": identifier,
                        "timestamp": int(at.timestamp()),
                    }
                )
        except Unreachable as error:
            if error.code != DUPLICATE:
                raise

    def meters(self) -> dict[str, str]:
        """The provider's active meters: name → id."""
        with said():
            found = self.client.v1.billing.meters.list({"status": "active", "limit": 100})
            return {one.event_name: one.id for one in found.auto_paging_iter()}

    def counted(self, *, customer: str, meter_id: str, begin: date, end: date) -> int:
        """What the provider has counted from ``begin`` to before ``end`` (days in UTC)."""
        begins, ends = (int(datetime(d.year, d.month, d.day, tzinfo=UTC).timestamp()) for d in (begin, end))
        with said():
            found = self.client.v1.billing.meters.event_summaries.list(
                meter_id, {"customer": customer, "start_time": begins, "end_time": ends, "limit": 100}
            )
            return int(sum(one.aggregated_value for one in found.auto_paging_iter()))

    def differences(self) -> list[tuple[str, Callable[[], None]]]:
        """What the provider lacks of the catalogue: a sentence for each, and what would mend it."""
        return synchronising.differences(self.client)
