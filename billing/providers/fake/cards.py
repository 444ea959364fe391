"""Test cards: which numbers exist and what happens when they are charged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from billing.providers.fake.world import Refused, Thing, World


@dataclass(frozen=True, slots=True)
class Card:
    """``first`` and ``later`` say what a charge with the payer present, and one without, ends in."""

    number: str
    first: str
    later: str
    words: str

    @property
    def last4(self) -> str:
        return self.number[-4:]


CARDS: Final = {
    card.number: card
    for card in (
        Card("4242424242424242", "paid", "paid", "succeeds"),
        Card("4000000000000002", "declined", "declined", "is declined"),
        Card("4000000000000341", "paid_once", "declined", "is accepted, later charges fail"),
        Card("4000002500003155", "authenticate", "paid", "asks for authentication once"),
        Card("4000002760003184", "authenticate", "authenticate", "asks for authentication each time"),
    )
}
DECLINED: Final = "Your card was declined."


def card_of(number: str) -> Card:
    """The test card with this number. Raises ``Refused`` for real or unknown numbers."""
    found = CARDS.get("".join(char for char in number if char.isdigit()))
    if found is None:
        raise Refused(
            "Your card number is incorrect.", status=402, kind="card_error", code="incorrect_number"
        )
    return found


def keep_card(world: World, customer: Thing, card: Card) -> Thing:
    """Attach a card to a customer and make it the default for invoices."""
    method = world.add(
        "pm",
        {
            "object": "payment_method",
            "allow_redisplay": "limited",
            "billing_details": {
                "address": None,
                "email": customer.get("email"),
                "name": None,
                "phone": None,
                "tax_id": None,
            },
            "card": {
                "brand": "visa",
                "checks": None,
                "country": "US",
                "display_brand": "visa",
                "exp_month": 12,
                "exp_year": 2034,
                "fingerprint": card.last4,
                "funding": "credit",
                "generated_from": None,
                "last4": card.last4,
                "networks": None,
                "three_d_secure_usage": None,
                "wallet": None,
            },
            "created": world.now(),
            "customer": customer["id"],
            "livemode": False,
            "metadata": {},
            "type": "card",
        },
        number=card.number,
    )
    customer["invoice_settings"]["default_payment_method"] = method["id"]
    world.tell("payment_method.attached", method)
    world.tell("customer.updated", customer)
    return method


def charge(world: World, method_id: str | None, *, present: bool) -> str:
    """What charging this payment method ends in: paid, declined or authenticate."""
    if not method_id:
        return "declined"
    card = CARDS[world.hidden[method_id]["number"]]
    found = card.first if present else card.later
    return "paid" if found == "paid_once" else found
