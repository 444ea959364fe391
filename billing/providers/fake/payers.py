"""What else belongs to a payer at the demonstration server: tax ids, credit, and the features it is entitled to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from billing.providers.fake.world import Refused, Thing, World

# Kinds of tax ids that the demonstration knows, and how they look.
TAX_IDS: Final = {
    "eu_vat": r"[A-Z]{2}[0-9A-Z]{2,12}",
    "gb_vat": r"GB([0-9]{9}|[0-9]{12})",
    "ch_vat": r"CHE-?[0-9.]{9,11} ?(MWST|TVA|IVA)",
    "us_ein": r"[0-9]{2}-[0-9]{7}",
    "ru_inn": r"[0-9]{10}|[0-9]{12}",
    "kz_bin": r"[0-9]{12}",
    "tr_tin": r"[0-9]{10}",
}


def create_tax_id(world: World, told: Thing, address: str, id: str) -> Thing:
    """A tax id of a customer."""
    customer = world.get(id, "customer")
    if not re.fullmatch(TAX_IDS.get(told["type"], r"(?!)"), told["value"]):
        raise Refused(f"Invalid value for {told['type']}.", code="tax_id_invalid", param="value")
    shape: Thing = {
        "object": "tax_id",
        "country": told["value"][:2] if told["type"] == "eu_vat" else told["type"][:2].upper(),
        "created": world.now(),
        "customer": customer["id"],
        "livemode": False,
        "owner": {"customer": customer["id"], "type": "customer"},
        "type": told["type"],
        "value": told["value"],
        "verification": {"status": "unavailable", "verified_address": None, "verified_name": None},
    }
    return world.add("txi", shape)


def delete_tax_id(world: World, told: Thing, address: str, customer_id: str, id: str) -> Thing:
    """Remove a tax id of a customer."""
    if world.get(id, "tax_id")["customer"] != customer_id:
        raise Refused(f"No such tax_id: '{id}'", status=404, code="resource_missing", param="id")
    del world.things[id]
    return {"id": id, "object": "tax_id", "deleted": True}


def add_to_balance(world: World, told: Thing, address: str, id: str) -> Thing:
    """A credit (below 0) or a debit (above) that the next invoices take up."""
    customer = world.get(id, "customer")
    if customer["currency"] not in (None, told["currency"]):
        raise Refused("The customer pays in another currency.", param="currency")
    customer["currency"] = told["currency"]
    customer["balance"] += int(told["amount"])
    world.tell("customer.updated", customer)
    shape: Thing = {
        "object": "customer_balance_transaction",
        "amount": int(told["amount"]),
        "checkout_session": None,
        "created": world.now(),
        "credit_note": None,
        "currency": told["currency"],
        "customer": id,
        "description": told.get("description"),
        "ending_balance": customer["balance"],
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "type": "adjustment",
    }
    return world.add("cbtxn", shape)


def create_feature(world: World, told: Thing, address: str) -> Thing:
    """Something that customers may be entitled to."""
    if any(world.all("entitlements.feature", lookup_key=told["lookup_key"])):
        raise Refused("A feature with this lookup key exists.", param="lookup_key")
    shape: Thing = {
        "object": "entitlements.feature",
        "active": True,
        "livemode": False,
        "lookup_key": told["lookup_key"],
        "metadata": {},
        "name": told["name"],
    }
    return world.add("feat", shape)


def give_feature(world: World, told: Thing, address: str, id: str) -> Thing:
    """Entitle whoever pays for a product to a feature."""
    world.get(id, "product")
    feature = world.get(told["entitlement_feature"], "entitlements.feature")
    shape: Thing = {"object": "product_feature", "entitlement_feature": feature, "livemode": False}
    return world.add("prodft", shape, product=id)


def features_of(world: World, product: str) -> Iterator[Thing]:
    """The features of a product."""
    for one in world.all("product_feature"):
        if world.hidden[one["id"]]["product"] == product:
            yield one


def entitlements_of(world: World, customer: str) -> list[Thing]:
    """What a customer is entitled to by the subscriptions that live."""
    found: dict[str, Thing] = {}
    for sub in world.all("subscription", customer=customer):
        if sub["status"] in ("trialing", "active", "past_due"):
            for item in sub["items"]["data"]:
                for one in features_of(world, item["price"]["product"]):
                    feature = one["entitlement_feature"]
                    found[feature["id"]] = {
                        "id": f"ent_{feature['id'][5:]}",
                        "object": "entitlements.active_entitlement",
                        "feature": feature["id"],
                        "livemode": False,
                        "lookup_key": feature["lookup_key"],
                    }
    return list(found.values())
