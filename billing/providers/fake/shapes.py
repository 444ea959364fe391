"""The shapes of the provider's objects, as its API document demands them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from billing.providers.fake.world import Thing, listed

SELF: Thing = {"type": "self"}


def customer(created: int, **told: Any) -> Thing:
    return {
        "object": "customer",
        "address": told.get("address"),
        "balance": 0,
        "created": created,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "email": told.get("email"),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": told.get("metadata", {}),
        "name": told.get("name"),
        "phone": None,
        "preferred_locales": told.get("preferred_locales", []),
        "shipping": None,
        "tax_exempt": "none",
    }


def product(created: int, **told: Any) -> Thing:
    return {
        **({"id": told["id"]} if "id" in told else {}),
        "object": "product",
        "active": told.get("active", True),
        "created": created,
        "default_price": None,
        "description": told.get("description"),
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": told.get("metadata", {}),
        "name": told["name"],
        "package_dimensions": None,
        "shippable": None,
        "tax_code": None,
        "updated": created,
        "url": None,
    }


def price(created: int, **told: Any) -> Thing:
    recurring = told["recurring"]
    return {
        "object": "price",
        "active": told.get("active", True),
        "billing_scheme": told.get("billing_scheme", "per_unit"),
        "created": created,
        "currency": told["currency"],
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": told.get("lookup_key"),
        "metadata": told.get("metadata", {}),
        "nickname": None,
        "product": told["product"],
        "recurring": {
            "interval": recurring["interval"],
            "interval_count": 1,
            "meter": recurring.get("meter"),
            "usage_type": recurring.get("usage_type", "licensed"),
        },
        "tax_behavior": told.get("tax_behavior", "unspecified"),
        "tiers_mode": told.get("tiers_mode"),
        "transform_quantity": None,
        "type": "recurring",
        "unit_amount": told.get("unit_amount"),
        "unit_amount_decimal": str(told["unit_amount"]) if "unit_amount" in told else None,
    }


def meter(created: int, **told: Any) -> Thing:
    return {
        "object": "billing.meter",
        "created": created,
        "customer_mapping": {"event_payload_key": "stripe_customer_id", "type": "by_id"},
        "default_aggregation": {"formula": "sum"},
        "display_name": told["display_name"],
        "event_name": told["event_name"],
        "event_time_window": None,
        "livemode": False,
        "status": "active",
        "status_transitions": {"deactivated_at": None},
        "updated": created,
        "value_settings": {"event_payload_key": "value"},
    }


def item(subscription_id: str, price: Thing, quantity: int | None, start: int, end: int) -> Thing:
    shape: Thing = {
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": start,
        "current_period_end": end,
        "current_period_start": start,
        "discounts": [],
        "metadata": {},
        "price": price,
        "subscription": subscription_id,
        "tax_rates": [],
    }
    return shape if quantity is None else {**shape, "quantity": quantity}


_SUBSCRIPTION: Thing = {
    "object": "subscription",
    "application": None,
    "application_fee_percent": None,
    "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
    "billing_mode": {"type": "flexible"},
    "billing_schedules": [],
    "billing_thresholds": None,
    "cancel_at": None,
    "cancel_at_period_end": False,
    "canceled_at": None,
    "cancellation_details": {"comment": None, "feedback": None, "reason": None},
    "collection_method": "charge_automatically",
    "days_until_due": None,
    "default_source": None,
    "description": None,
    "discounts": [],
    "ended_at": None,
    "invoice_settings": {"account_tax_ids": None, "issuer": SELF},
    "items": listed([], "/v1/subscription_items"),
    "latest_invoice": None,
    "livemode": False,
    "next_pending_invoice_item_invoice": None,
    "on_behalf_of": None,
    "pause_collection": None,
    "pending_setup_intent": None,
    "pending_update": None,
    "schedule": None,
    "status": "incomplete",
    "transfer_data": None,
    "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
}


def subscription(created: int, **told: Any) -> Thing:
    return deepcopy(_SUBSCRIPTION) | {
        "billing_cycle_anchor": created,
        "created": created,
        "currency": told["currency"],
        "customer": told["customer"],
        "default_payment_method": told.get("default_payment_method"),
        "metadata": told.get("metadata", {}),
        "start_date": created,
        "trial_end": told.get("trial_end"),
        "trial_start": created if told.get("trial_end") else None,
    }


def line(invoice_id: str, number: int, words: str, amount: int, **told: Any) -> Thing:
    """A line of an invoice; ``told``: currency, start, end, quantity, price, item (id), subscription, proration."""
    return {
        "id": f"il_{invoice_id.partition('_')[2]}{number}",
        "object": "line_item",
        "amount": amount,
        "currency": told["currency"],
        "description": words,
        "discount_amounts": [],
        "discountable": not told["proration"],
        "discounts": [],
        "invoice": invoice_id,
        "livemode": False,
        "metadata": {},
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": None,
                "proration": told["proration"],
                "proration_details": {"credited_items": None},
                "subscription": told["subscription"],
                "subscription_item": told["item"],
            },
            "type": "subscription_item_details",
        },
        "period": {"start": told["start"], "end": told["end"]},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": told["price"]["id"], "product": told["price"]["product"]},
            "type": "price_details",
            "unit_amount_decimal": told["price"]["unit_amount_decimal"],
        },
        "quantity": told["quantity"],
        "subtotal": amount,
        "taxes": [],
    }


_INVOICE: Thing = {
    "object": "invoice",
    "account_country": "US",
    "account_name": "Demonstration",
    "account_tax_ids": None,
    "amount_due": 0,
    "amount_overpaid": 0,
    "amount_paid": 0,
    "amount_paid_off_stripe": 0,
    "amount_remaining": 0,
    "amount_shipping": 0,
    "application": None,
    "attempt_count": 0,
    "attempted": False,
    "auto_advance": True,
    "automatic_tax": {
        "disabled_reason": None,
        "enabled": False,
        "liability": None,
        "provider": None,
        "status": None,
    },
    "automatically_finalizes_at": None,
    "collection_method": "charge_automatically",
    "custom_fields": None,
    "customer_address": None,
    "customer_email": None,
    "customer_name": None,
    "customer_phone": None,
    "customer_shipping": None,
    "customer_tax_exempt": "none",
    "customer_tax_ids": [],
    "default_payment_method": None,
    "default_source": None,
    "default_tax_rates": [],
    "description": None,
    "discounts": [],
    "due_date": None,
    "effective_at": None,
    "ending_balance": None,
    "footer": None,
    "from_invoice": None,
    "hosted_invoice_url": None,
    "invoice_pdf": None,
    "issuer": SELF,
    "last_finalization_error": None,
    "latest_revision": None,
    "livemode": False,
    "metadata": {},
    "next_payment_attempt": None,
    "number": None,
    "on_behalf_of": None,
    "payment_settings": {
        "default_mandate": None,
        "payment_method_options": None,
        "payment_method_types": None,
    },
    "post_payment_credit_notes_amount": 0,
    "pre_payment_credit_notes_amount": 0,
    "receipt_number": None,
    "rendering": None,
    "shipping_cost": None,
    "shipping_details": None,
    "starting_balance": 0,
    "statement_descriptor": None,
    "status": "draft",
    "status_transitions": {
        "finalized_at": None,
        "marked_uncollectible_at": None,
        "paid_at": None,
        "voided_at": None,
    },
    "subtotal": 0,
    "subtotal_excluding_tax": 0,
    "test_clock": None,
    "total": 0,
    "total_discount_amounts": [],
    "total_excluding_tax": 0,
    "total_pretax_credit_amounts": [],
    "total_taxes": [],
    "webhooks_delivered_at": None,
}


def invoice(created: int, **told: Any) -> Thing:
    """A draft without lines; ``told``: id, currency, customer, subscription, reason, start, end."""
    return deepcopy(_INVOICE) | {
        "id": told["id"],
        "billing_reason": told["reason"],
        "created": created,
        "currency": told["currency"],
        "customer": told["customer"],
        "lines": listed([], f"/v1/invoices/{told['id']}/lines"),
        "parent": {
            "quote_details": None,
            "subscription_details": {"metadata": {}, "subscription": told["subscription"]},
            "type": "subscription_details",
        },
        "period_end": told["end"],
        "period_start": told["start"],
    }


def checkout_session(created: int, **told: Any) -> Thing:
    """``told``: url base and the parameters of the request."""
    return {
        "object": "checkout.session",
        "adaptive_pricing": None,
        "after_expiration": None,
        "allow_promotion_codes": told.get("allow_promotion_codes"),
        "amount_subtotal": told["amount"],
        "amount_total": told["amount"],
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": None,
        "cancel_url": told["cancel_url"],
        "client_reference_id": told.get("client_reference_id"),
        "client_secret": None,
        "created": created,
        "currency": told["currency"],
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": told["customer"],
        "customer_email": None,
        "expires_at": created + 86_400,
        "livemode": False,
        "locale": told.get("locale", "auto"),
        "metadata": told.get("metadata", {}),
        "mode": "subscription",
        "payment_intent": None,
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "shipping_options": [],
        "status": "open",
        "subscription": None,
        "success_url": told["success_url"],
        "url": None,
    }
