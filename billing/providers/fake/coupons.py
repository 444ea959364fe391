"""Coupons of the demonstration server: given out by a code, taken off invoices for once, some months or ever."""

from __future__ import annotations

from typing import Any

from billing.providers.fake.world import Refused, Thing, World, after


def create_coupon(world: World, told: Thing, address: str) -> Thing:
    """A coupon: a share in per cent, or an amount of one currency."""
    duration = told.get("duration", "once")
    if ("percent_off" in told) == ("amount_off" in told):
        raise Refused("A coupon takes off a share or an amount.", param="percent_off")
    shape: Thing = {
        "object": "coupon",
        "amount_off": int(told["amount_off"]) if "amount_off" in told else None,
        "created": world.now(),
        "currency": told.get("currency"),
        "duration": duration,
        "duration_in_months": int(told["duration_in_months"]) if duration == "repeating" else None,
        "livemode": False,
        "max_redemptions": None,
        "metadata": {},
        "name": told.get("name"),
        "percent_off": float(told["percent_off"]) if "percent_off" in told else None,
        "redeem_by": None,
        "times_redeemed": 0,
        "valid": True,
    }
    return world.add("cpn", shape)


def create_code(world: World, told: Thing, address: str) -> Thing:
    """The code under which a coupon is given out."""
    coupon = world.get(told["promotion"]["coupon"], "coupon")
    code = told["code"].upper()
    if any(world.all("promotion_code", code=code, active=True)):
        raise Refused("An active promotion code with this code exists.", param="code")
    shape: Thing = {
        "object": "promotion_code",
        "active": True,
        "code": code,
        "created": world.now(),
        "customer": None,
        "expires_at": None,
        "livemode": False,
        "max_redemptions": None,
        "metadata": {},
        "promotion": {"coupon": coupon["id"], "type": "coupon"},
        "restrictions": {
            "first_time_transaction": False,
            "minimum_amount": None,
            "minimum_amount_currency": None,
        },
        "times_redeemed": 0,
    }
    return world.add("promo", shape)


def codes(world: World, told: Thing) -> list[Thing]:
    """The codes of a listing; a code is found in small letters too."""
    found = list(world.all("promotion_code"))
    if "code" in told:
        found = [one for one in found if one["code"] == told["code"].upper()]
    if "active" in told:
        found = [one for one in found if one["active"] == (told["active"] == "true")]
    return found


def check(world: World, told: Thing, currency: str) -> list[Thing]:
    """The codes of a checkout's discounts. Raises ``Refused`` for one that does not hold here."""
    found = [world.get(row["promotion_code"], "promotion_code") for row in told.get("discounts", [])]
    for code in found:
        coupon = world.things[code["promotion"]["coupon"]]
        if coupon["currency"] not in (None, currency):
            raise Refused("The coupon is of another currency.", param="discounts")
    return found


def redeem(world: World, code_id: str, sub: Thing) -> None:
    """Hang a code's discount onto a subscription."""
    code = world.things[code_id]
    coupon = world.things[code["promotion"]["coupon"]]
    months = coupon["duration_in_months"] or 0
    end = world.now()
    for _ in range(months):
        end = after(end, "month")
    discount = world.add(
        "di",
        {
            "object": "discount",
            "checkout_session": None,
            "customer": sub["customer"],
            "end": end if months else None,
            "invoice": None,
            "invoice_item": None,
            "promotion_code": code["id"],
            "source": {"coupon": coupon["id"], "type": "coupon"},
            "start": world.now(),
            "subscription": sub["id"],
            "subscription_item": None,
        },
    )
    sub["discounts"] = [discount["id"]]
    code["times_redeemed"] += 1
    coupon["times_redeemed"] += 1


def take_off(world: World, invoice: Thing, sub: Thing, total: int) -> int:
    """What the subscription's discounts take off a sum; noted on the invoice."""
    rows: list[dict[str, Any]] = []
    left = max(0, total)
    for name in sub["discounts"]:
        discount = world.things[name]
        if discount["end"] is not None and discount["end"] <= invoice["created"]:
            continue
        coupon = world.things[discount["source"]["coupon"]]
        amount = coupon["amount_off"] or round(total * (coupon["percent_off"] or 0) / 100)
        amount = min(left, amount)
        if amount > 0:
            rows.append({"amount": amount, "discount": name})
            left -= amount
    invoice["total_discount_amounts"] = rows
    invoice["discounts"] = [row["discount"] for row in rows]
    return sum(row["amount"] for row in rows)


def used_up(world: World, invoice: Thing, sub: Thing) -> None:
    """A coupon for once is gone with the first invoice that it took something off."""
    once = {
        row["discount"]
        for row in invoice["total_discount_amounts"]
        if world.things[world.things[row["discount"]]["source"]["coupon"]]["duration"] == "once"
    }
    sub["discounts"] = [name for name in sub["discounts"] if name not in once]
