"""The hosted pages' deeds: paying at checkout, and what a customer does in the portal."""

from __future__ import annotations

from typing import Any

from billing.providers.fake import cards, coupons, invoices, shapes, subscriptions, taxes
from billing.providers.fake.world import Refused, Thing, World


def open_session(world: World, told: Thing, address: str) -> Thing:
    """A checkout in subscription mode; its page is at ``url``."""
    customer = world.get(told["customer"], "customer")
    found = subscriptions.asked(world, None, told["line_items"])
    codes = coupons.check(world, told, found[0].price["currency"])
    extra = told.get("subscription_data", {})
    taxed = told.get("automatic_tax", {}).get("enabled") == "true"
    session = world.add(
        "cs_test",
        shapes.checkout_session(
            world.now(),
            amount=0 if extra.get("trial_end") else sum(one.amount for one in found),
            currency=found[0].price["currency"],
            customer=customer["id"],
            success_url=told["success_url"],
            cancel_url=told.get("cancel_url"),
            client_reference_id=told.get("client_reference_id"),
            locale=told.get("locale", "auto"),
            metadata=told.get("metadata", {}),
        ),
        rows=told["line_items"],
        data=extra,
        codes=[code["id"] for code in codes],
        taxed=taxed,
    )
    session["automatic_tax"]["enabled"] = taxed
    session["url"] = f"{address}/checkout/{session['id']}"
    return session


def open_one(world: World, id: str) -> Thing:
    """A session that can still be paid. Raises ``Refused`` (410) once it is over."""
    session = world.get(id, "checkout.session")
    if session["status"] == "open" and session["expires_at"] <= world.now():
        session |= {"status": "expired", "url": None}
    if session["status"] != "open":
        raise Refused("This checkout is over.", status=410)
    return session


def complete(
    world: World, session: Thing, number: str, address: str, *, confirmed: bool = False, country: str = ""
) -> str:
    """Pay with a test card: paid, declined, or authenticate (then again with ``confirmed``).

    Where taxes are reckoned the payer's country is asked for, and kept. Raises ``Refused``.
    """
    card = cards.card_of(number)
    if session["automatic_tax"]["enabled"]:
        taxes.locate(world.things[session["customer"]], country)
    if card.first == "declined":
        return "declined"
    if card.first == "authenticate" and not confirmed:
        return "authenticate"
    customer = world.things[session["customer"]]
    method = cards.keep_card(world, customer, card)
    kept = world.hidden[session["id"]]
    extra = kept["data"]
    trial_end = extra.get("trial_end")
    told: dict[str, Any] = {"metadata": extra.get("metadata", {}), "method": method["id"]}
    if trial_end and int(trial_end) > world.now():
        told["trial_end"] = int(trial_end)
    told |= {"codes": kept.get("codes", []), "taxed": kept.get("taxed", False)}
    sub = subscriptions.begin(world, customer, kept["rows"], address, **told, present=True)
    for invoice in invoices.open_of(world, sub):
        # The payer has just confirmed: the charge that asked for it goes through.
        world.hidden[method["id"]]["number"] = "4242424242424242"
        subscriptions.pay(world, invoice, present=True)
        world.hidden[method["id"]]["number"] = card.number
    paid = "no_payment_required" if sub["status"] == "trialing" else "paid"
    session |= {"status": "complete", "payment_status": paid, "subscription": sub["id"], "url": None}
    _sum_up(world, session, world.things[sub["latest_invoice"]])
    world.tell("checkout.session.completed", session)
    return "paid"


def _sum_up(world: World, session: Thing, invoice: Thing) -> None:
    """What the first bill came to, as the session tells it."""
    off = sum(row["amount"] for row in invoice["total_discount_amounts"])
    tax = sum(row["amount"] for row in invoice["total_taxes"])
    session |= {
        "amount_subtotal": invoice["subtotal"],
        "amount_total": invoice["total"],
        "total_details": {"amount_discount": off, "amount_shipping": 0, "amount_tax": tax},
    }
    session["automatic_tax"] = {
        name: invoice["automatic_tax"][name] for name in ("enabled", "liability", "provider", "status")
    }


def portal_session(world: World, told: Thing, address: str) -> Thing:
    """A portal for one customer; its page is at ``url``."""
    customer = world.get(told["customer"], "customer")
    session = world.add(
        "bps",
        {
            "object": "billing_portal.session",
            "configuration": "bpc_demonstration",
            "created": world.now(),
            "customer": customer["id"],
            "flow": None,
            "livemode": False,
            "locale": told.get("locale"),
            "on_behalf_of": None,
            "return_url": told.get("return_url"),
            "url": "",
        },
    )
    session["url"] = f"{address}/portal/{session['id']}"
    return session


def live_of(world: World, customer_id: str) -> list[Thing]:
    """The subscriptions that a customer can still change."""
    found = world.all("subscription", customer=customer_id)
    return [sub for sub in found if sub["status"] in subscriptions.LIVE]


def change_card(world: World, customer_id: str, number: str) -> str:
    """A new card for everything, and what is open is paid with it at once: paid, declined or authenticate."""
    card = cards.card_of(number)
    if card.first == "declined":
        return "declined"
    method = cards.keep_card(world, world.things[customer_id], card)
    found = "paid"
    for sub in live_of(world, customer_id):
        sub["default_payment_method"] = method["id"]
        world.tell("customer.subscription.updated", sub)
        for invoice in invoices.open_of(world, sub):
            found = subscriptions.pay(world, invoice, present=True)
    return found
