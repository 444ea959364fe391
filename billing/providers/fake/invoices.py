"""Invoices of the demonstration server: what a period costs, proration, payment and its retries."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from billing.providers.fake import cards, coupons, shapes, taxes
from billing.providers.fake.world import DAY, Refused, Thing, World, after

# Days after the first failed charge on which the server tries again; after the last it gives up.
RETRIES: Final = (3, 5, 7)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a subscription's items are to become: (item or None, price, quantity). What is metered has no quantity."""

    item: Thing | None
    price: Thing
    quantity: int

    @property
    def metered(self) -> bool:
        return bool(self.price["recurring"]["usage_type"] == "metered")

    @property
    def amount(self) -> int:
        return int(self.price["unit_amount"] or 0) * self.quantity


def share(amount: int, part: int, whole: int) -> int:
    """The part of an amount for the rest of a period, rounded half up."""
    return (2 * amount * part + whole) // (2 * whole) if whole > 0 else 0


def draft(world: World, sub: Thing, reason: str, start: int, end: int) -> Thing:
    """An invoice that nobody has been told of yet."""
    return shapes.invoice(
        world.now(),
        id=f"in_{secrets.token_hex(12)}",
        currency=sub["currency"],
        customer=sub["customer"],
        subscription=sub["id"],
        reason=reason,
        start=start,
        end=end,
    )


def add_line(world: World, invoice: Thing, sub: Thing, wanted: Wanted, amount: int, **told: Any) -> None:
    """Put one line on a draft; ``told``: words, start, end, proration."""
    lines = invoice["lines"]["data"]
    name = world.things[wanted.price["product"]]["name"]
    lines.append(
        shapes.line(
            invoice["id"],
            len(lines) + 1,
            f"{told['words']} {told.get('quantity', wanted.quantity)} × {name}".strip(),
            amount,
            currency=sub["currency"],
            start=told["start"],
            end=told["end"],
            quantity=told.get("quantity", wanted.quantity),
            price=wanted.price,
            item=wanted.item["id"] if wanted.item else "si_new",
            subscription=sub["id"],
            proration=told.get("proration", False),
        )
    )


def period_lines(
    world: World,
    invoice: Thing,
    sub: Thing,
    wanted: Iterable[Wanted],
    start: int,
    end: int,
    trial: bool = False,
) -> None:
    """The lines of a whole period; a trial's cost nothing, and what is metered is billed when the period is over."""
    for one in wanted:
        if one.metered:
            continue
        words = "Trial period for" if trial else ""
        add_line(world, invoice, sub, one, 0 if trial else one.amount, words=words, start=start, end=end)


def used(world: World, customer_id: str, price: Thing, start: int, end: int) -> int:
    """What was reported of a price's meter for a customer, by the time of the use."""
    name = world.things[price["recurring"]["meter"]]["event_name"]
    return sum(
        int(event["payload"]["value"])
        for event in world.all("billing.meter_event", event_name=name)
        if event["payload"]["stripe_customer_id"] == customer_id and start <= event["timestamp"] < end
    )


def tiered(world: World, price: Thing, quantity: int) -> int:
    """What so many cost by the graduated tiers of a price, rounded half up."""
    total, below = Decimal(0), 0
    for tier in world.hidden[price["id"]]["tiers"]:
        top = quantity if tier["up_to"] == "inf" else min(quantity, int(tier["up_to"]))
        total += max(0, top - below) * Decimal(tier.get("unit_amount_decimal") or tier["unit_amount"])
        below = max(below, top)
    return int(total.quantize(Decimal(1), ROUND_HALF_UP))


def usage_lines(
    world: World, invoice: Thing, sub: Thing, wanted: Iterable[Wanted], start: int, end: int
) -> None:
    """The lines of what was used from ``start`` to ``end``; a trial's use costs nothing."""
    if sub["status"] == "trialing" or sub["trial_end"] == end:
        return
    for one in wanted:
        if one.metered:
            quantity = used(world, sub["customer"], one.price, start, end)
            amount = tiered(world, one.price, quantity)
            add_line(world, invoice, sub, one, amount, words="", start=start, end=end, quantity=quantity)


def proration_lines(
    world: World, invoice: Thing, sub: Thing, before: list[Wanted], wanted: list[Wanted], at: int
) -> None:
    """Unused time back, remaining time of the new: to the second, rounded half up."""
    if sub["status"] == "trialing":
        return
    metered = [one for one in before if one.metered]
    before, wanted = ([one for one in rows if not one.metered] for rows in (before, wanted))
    if wanted[0].price["recurring"]["interval"] != before[0].price["recurring"]["interval"]:
        # The period ends now: what was used in it is billed with the change.
        usage_lines(world, invoice, sub, metered, before[0].item["current_period_start"], at)  # type: ignore[index]
    for one in before:
        start, end = one.item["current_period_start"], one.item["current_period_end"]  # type: ignore[index]
        back = -share(one.amount, end - at, end - start)
        add_line(world, invoice, sub, one, back, words="Unused time on", start=at, end=end, proration=True)
    start, end = before[0].item["current_period_start"], before[0].item["current_period_end"]  # type: ignore[index]
    for one in wanted:
        if one.price["recurring"]["interval"] != before[0].price["recurring"]["interval"]:
            until = after(at, one.price["recurring"]["interval"])
            add_line(world, invoice, sub, one, one.amount, words="", start=at, end=until)
        else:
            more = share(one.amount, end - at, end - start)
            add_line(
                world, invoice, sub, one, more, words="Remaining time on", start=at, end=end, proration=True
            )


def total_up(world: World, invoice: Thing) -> Thing:
    """Sums of a draft: coupons and credit that the customer has are used, taxes added, credit that it gives is kept."""
    subtotal = sum(line["amount"] for line in invoice["lines"]["data"])
    sub = world.things[invoice["parent"]["subscription_details"]["subscription"]]
    customer = world.things[invoice["customer"]]
    off = coupons.take_off(world, invoice, sub, subtotal)
    taxed = bool(sub["automatic_tax"]["enabled"])
    total = subtotal - off + taxes.reckon(world, invoice, customer, enabled=taxed, off=off)
    balance = customer["balance"]
    due = max(0, total + balance)
    invoice |= {
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal,
        "total": total,
        "total_excluding_tax": subtotal - off,
        "starting_balance": balance,
        "amount_due": due,
        "amount_remaining": due,
    }
    return invoice


def finalize(world: World, invoice: Thing, sub: Thing, address: str) -> Thing:
    """Number the invoice, take it into the books and tell the world."""
    total_up(world, invoice)
    coupons.used_up(world, invoice, sub)
    customer = world.things[invoice["customer"]]
    customer["balance"] = invoice["ending_balance"] = min(0, invoice["total"] + invoice["starting_balance"])
    number = sum(1 for _ in world.all("invoice", customer=customer["id"])) + 1
    invoice |= {
        "number": f"{customer['id'][4:12].upper()}-{number:04d}",
        "status": "open",
        "hosted_invoice_url": f"{address}/invoices/{invoice['id']}",
        "invoice_pdf": f"{address}/invoices/{invoice['id']}/pdf",
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "effective_at": world.now(),
    }
    invoice["status_transitions"]["finalized_at"] = world.now()
    world.add("in", invoice)
    sub["latest_invoice"] = invoice["id"]
    world.tell("invoice.created", invoice)
    world.tell("invoice.finalized", invoice)
    return invoice


def collect(world: World, invoice: Thing, *, present: bool = False, method: str | None = None) -> str:
    """Charge an open invoice once: paid, declined or authenticate. Retries are planned, the first time seven days."""
    if invoice["status"] != "open":
        raise Refused("Invoice is already paid", code="invoice_already_paid")
    customer = world.things[invoice["customer"]]
    sub = world.things[invoice["parent"]["subscription_details"]["subscription"]]
    method = method or sub["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    found = "paid" if not invoice["amount_due"] else cards.charge(world, method, present=present)
    invoice["attempted"] = True
    invoice["attempt_count"] += 1
    if found == "paid":
        invoice |= {
            "status": "paid",
            "amount_paid": invoice["amount_due"],
            "amount_remaining": 0,
            "next_payment_attempt": None,
            "auto_advance": False,
        }
        invoice["status_transitions"]["paid_at"] = world.now()
        world.tell("invoice.paid", invoice)
        return found
    first = invoice["status_transitions"]["finalized_at"]
    later = [first + days * DAY for days in RETRIES if first + days * DAY > world.now()]
    invoice["next_payment_attempt"] = later[0] if later else None
    world.tell("invoice.payment_failed", invoice)
    if found == "authenticate":
        world.tell("invoice.payment_action_required", invoice)
    return found


def set_collecting(world: World, invoice: Thing, *, on: bool) -> Thing:
    """Charge an open invoice by itself, or leave it alone; a day after it is switched on it is tried again."""
    if invoice["status"] != "open":
        raise Refused("This invoice is final.", param="auto_advance")
    invoice["auto_advance"] = on
    invoice["next_payment_attempt"] = world.now() + DAY if on else None
    world.tell("invoice.updated", invoice)
    return invoice


def open_of(world: World, sub: Thing) -> list[Thing]:
    """The invoices of a subscription that wait for money, oldest first."""
    found = [
        one
        for one in world.all("invoice", status="open")
        if one["parent"]["subscription_details"]["subscription"] == sub["id"]
    ]
    return found[::-1]
