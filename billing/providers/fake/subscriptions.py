"""Subscriptions of the demonstration server: beginning, changing, renewing, failing, ending."""

from __future__ import annotations

from typing import Any

from billing.providers.fake import coupons, invoices, shapes
from billing.providers.fake.invoices import Wanted
from billing.providers.fake.world import DAY, Refused, Thing, World, after

LIVE = ("trialing", "active", "past_due", "unpaid", "paused")


def wanted_of(sub: Thing) -> list[Wanted]:
    """What the subscription holds now."""
    return [Wanted(one, one["price"], one.get("quantity", 0)) for one in sub["items"]["data"]]


def asked(world: World, sub: Thing | None, rows: list[Thing]) -> list[Wanted]:
    """The items after a request: unnamed ones stay. Raises ``Refused`` for what does not fit."""
    now = {one["id"]: one for one in sub["items"]["data"]} if sub else {}
    held = {name: Wanted(one, one["price"], one.get("quantity", 0)) for name, one in now.items()}
    added: list[Wanted] = []
    for row in rows:
        known = now.get(row["id"]) if "id" in row else None
        if "id" in row and known is None:
            raise Refused(f"No such subscription item: '{row['id']}'", code="resource_missing", param="items")
        if str(row.get("deleted")) == "true" and known is not None:
            held.pop(known["id"])
            continue
        price = world.get(row["price"], "price") if "price" in row else known and known["price"]
        if price is None:
            raise Refused("Each item needs a price.", param="items")
        one = Wanted(known, price, _quantity(row, known, price))
        if known is None:
            added.append(one)
        else:
            held[known["id"]] = one
    found = [*held.values(), *added]
    currencies = {one.price["currency"] for one in found} | ({sub["currency"]} if sub else set())
    if len(currencies) > 1:
        raise Refused("All prices on a subscription must have the same currency.", param="items")
    if len({one.price["recurring"]["interval"] for one in found}) > 1:
        raise Refused("All prices on a subscription must have the same interval.", param="items")
    return found


def _quantity(row: Thing, known: Thing | None, price: Thing) -> int:
    """How many are asked for. Raises ``Refused`` for a quantity of what is metered."""
    if price["recurring"]["usage_type"] == "metered":
        if "quantity" in row:
            raise Refused("Quantity should not be specified where usage_type is metered.", param="items")
        return 0
    return int(row.get("quantity") or (known.get("quantity", 1) if known else 1))


def begin(world: World, customer: Thing, rows: list[Thing], address: str, **told: Any) -> Thing:
    """A new subscription: trialing, active, or incomplete if the first charge fails."""
    found = asked(world, None, rows)
    if not found:
        raise Refused("A subscription needs an item.", param="items")
    begun = world.now()
    trial_end = told.get("trial_end")
    if trial_end is not None and trial_end <= begun:
        raise Refused("The trial must end in the future.", param="trial_end")
    sub = world.add(
        "sub",
        shapes.subscription(
            begun,
            currency=found[0].price["currency"],
            customer=customer["id"],
            trial_end=trial_end,
            metadata=told.get("metadata", {}),
            default_payment_method=told.get("method"),
        ),
    )
    customer["currency"] = sub["currency"]
    sub["automatic_tax"]["enabled"] = told.get("taxed", False)
    for code in told.get("codes", []):
        coupons.redeem(world, code, sub)
    end = trial_end or after(begun, found[0].price["recurring"]["interval"])
    _set_items(world, sub, found, begun, end)
    world.tell("customer.subscription.created", sub)
    _bill_period(world, sub, "subscription_create", address, present=told.get("present", False))
    return sub


def _set_items(world: World, sub: Thing, found: list[Wanted], start: int, end: int) -> None:
    rows = []
    for one in found:
        if one.item is None:
            shape = shapes.item(sub["id"], one.price, None if one.metered else one.quantity, start, end)
            rows.append(world.add("si", shape))
        else:
            changes = {"current_period_start": start, "current_period_end": end}
            one.item.update(price=one.price, **changes, **({} if one.metered else {"quantity": one.quantity}))
            rows.append(one.item)
    sub["items"]["data"] = rows


def period(sub: Thing) -> tuple[int, int]:
    one = sub["items"]["data"][0]
    return one["current_period_start"], one["current_period_end"]


def _bill_period(
    world: World, sub: Thing, reason: str, address: str, *, present: bool = False, since: int = 0
) -> str:
    """Invoice the present period, and what was used in the one before that began at ``since``; charge it."""
    start, end = period(sub)
    trial = sub["trial_end"] == end
    invoice = invoices.draft(world, sub, reason, start, end)
    if since:
        invoices.usage_lines(world, invoice, sub, wanted_of(sub), since, start)
    invoices.period_lines(world, invoice, sub, wanted_of(sub), start, end, trial=trial)
    invoices.finalize(world, invoice, sub, address)
    if sub["status"] == "unpaid":
        return "declined"
    found = invoices.collect(world, invoice, present=present)
    if found == "paid":
        set_status(world, sub, "trialing" if trial else "active")
    elif sub["status"] != "incomplete":
        set_status(world, sub, "past_due")
    return found


def set_status(world: World, sub: Thing, status: str) -> None:
    """Change the status and tell, if it changed."""
    if sub["status"] != status:
        sub["status"] = status
        world.tell("customer.subscription.updated", sub)


def preview(world: World, sub: Thing, rows: list[Thing], behaviour: str, at: int) -> Thing:
    """The invoice that a change would make now, or the next renewal if it would make none."""
    before, found = wanted_of(sub), asked(world, sub, rows)
    start, end = period(sub)
    interval = found[0].price["recurring"]["interval"]
    changed = [(w.price["id"], w.quantity) for w in before] != [(w.price["id"], w.quantity) for w in found]
    if changed and behaviour == "always_invoice" and sub["status"] != "trialing":
        invoice = invoices.draft(world, sub, "subscription_update", start, end)
        invoices.proration_lines(world, invoice, sub, before, found, at)
    else:
        invoice = invoices.draft(world, sub, "upcoming", end, after(end, interval))
        if changed and behaviour == "create_prorations":
            invoices.proration_lines(world, invoice, sub, before, found, at)
        invoices.usage_lines(world, invoice, sub, found, start, end)
        if not sub["cancel_at_period_end"]:
            invoices.period_lines(world, invoice, sub, found, end, after(end, interval))
    invoice["lines"]["url"] = "/v1/invoices/upcoming/lines"
    return invoices.total_up(world, invoice)


def change(world: World, sub: Thing, told: Thing, address: str) -> Thing:
    """New items (with proration) and the small switches. A charge that fails leaves everything as it was."""
    if sub["status"] not in LIVE:
        raise Refused("A canceled subscription can only update its cancellation_details.", param="id")
    if told.get("items"):
        _change_items(world, sub, told, address)
    if "cancel_at_period_end" in told:
        wanted = told["cancel_at_period_end"] == "true"
        sub["cancel_at_period_end"] = wanted
        sub["cancel_at"] = period(sub)[1] if wanted else None
        sub["canceled_at"] = world.now() if wanted else None
    if "trial_end" in told:
        _set_trial_end(sub, int(told["trial_end"]), world.now())
    if "pause_collection" in told:
        paused = told["pause_collection"]
        sub["pause_collection"] = {"behavior": paused["behavior"], "resumes_at": None} if paused else None
    if "metadata" in told:
        sub["metadata"] |= told["metadata"]
    world.tell("customer.subscription.updated", sub)
    return sub


def _set_trial_end(sub: Thing, end: int, now: int) -> None:
    if sub["status"] != "trialing" or end <= now:
        raise Refused("Only a trial that goes on can end at another time ahead.", param="trial_end")
    sub["trial_end"] = end
    for item in sub["items"]["data"]:
        item["current_period_end"] = end


def _change_items(world: World, sub: Thing, told: Thing, address: str) -> None:
    before = [Wanted(dict(w.item or {}), w.price, w.quantity) for w in wanted_of(sub)]
    before.sort(key=lambda one: one.metered)
    found = asked(world, sub, told["items"])
    at = int(told.get("proration_date") or world.now())
    start, end = period(sub)
    if not start <= at <= end:
        raise Refused("The proration date lies outside the present period.", param="proration_date")
    interval = found[0].price["recurring"]["interval"]
    if sub["status"] != "trialing" and told.get("proration_behavior", "create_prorations") != "none":
        invoice = invoices.draft(world, sub, "subscription_update", start, end)
        invoices.proration_lines(world, invoice, sub, before, found, at)
        invoices.finalize(world, invoice, sub, address)
        if (
            invoices.collect(world, invoice) != "paid"
            and told.get("payment_behavior") == "error_if_incomplete"
        ):
            invoice["status"] = "void"
            raise Refused("Your card was declined.", status=402, kind="card_error", code="card_declined")
    if interval != before[0].price["recurring"]["interval"] and sub["status"] != "trialing":
        start, end = at, after(at, interval)
    _set_items(world, sub, found, start, end)


def cancel(world: World, sub: Thing) -> Thing:
    """End a subscription now."""
    if sub["status"] == "canceled":
        raise Refused(f"No such subscription: '{sub['id']}'", status=404, code="resource_missing")
    sub |= {
        "status": "canceled",
        "ended_at": world.now(),
        "canceled_at": sub["canceled_at"] or world.now(),
    }
    world.tell("customer.subscription.deleted", sub)
    return sub


def pay(world: World, invoice: Thing, *, present: bool = False) -> str:
    """Charge an open invoice again; once nothing waits any more the subscription is active again."""
    found = invoices.collect(world, invoice, present=present)
    sub = world.things[invoice["parent"]["subscription_details"]["subscription"]]
    owing = sub["status"] in ("past_due", "unpaid", "incomplete")
    if found == "paid" and owing and not invoices.open_of(world, sub):
        set_status(world, sub, "active")
    return found


def advance(world: World, until: int, address: str) -> None:
    """Live through the time up to ``until``: renewals, retries, ends of trials, in their order."""
    while (due := min(_due(world), default=None)) is not None and due[0] <= until:
        moment, name, what = due
        world.offset += max(0, moment - world.now())
        _fall_due(world, world.things[name], what, address)
    world.offset += max(0, until - world.now())
    world.keep()


def _due(world: World) -> list[tuple[int, str, str]]:
    found: list[tuple[int, str, str]] = []
    for sub in world.all("subscription"):
        if sub["status"] not in LIVE or sub["status"] == "paused":
            continue
        end = period(sub)[1]
        found.append((end, sub["id"], "period"))
        if sub["status"] == "trialing" and not world.hidden.get(sub["id"], {}).get("warned"):
            found.append((end - 3 * DAY, sub["id"], "warning"))
    for invoice in world.all("invoice", status="open"):
        if invoice["next_payment_attempt"]:
            found.append((invoice["next_payment_attempt"], invoice["id"], "attempt"))
    return found


def _fall_due(world: World, thing: Thing, what: str, address: str) -> None:
    if what == "warning":
        world.hidden[thing["id"]] = {"warned": True}
        world.tell("customer.subscription.trial_will_end", thing)
    elif what == "attempt":
        sub = world.things[thing["parent"]["subscription_details"]["subscription"]]
        if pay(world, thing) != "paid" and thing["next_payment_attempt"] is None and sub["status"] in LIVE:
            set_status(world, sub, "unpaid")
    elif thing["cancel_at_period_end"]:
        _bill_last(world, thing, address)
        cancel(world, thing)
    else:
        _renew(world, thing, address)


def _bill_last(world: World, sub: Thing, address: str) -> None:
    """What was used in the last period; nothing is billed if it costs nothing."""
    start, end = period(sub)
    invoice = invoices.draft(world, sub, "subscription_cycle", start, end)
    invoices.usage_lines(world, invoice, sub, wanted_of(sub), start, end)
    if sub["pause_collection"] is not None:
        return
    if sum(line["amount"] for line in invoice["lines"]["data"]):
        invoices.finalize(world, invoice, sub, address)
        invoices.collect(world, invoice)


def _renew(world: World, sub: Thing, address: str) -> None:
    start, end = period(sub)
    found = wanted_of(sub)
    _set_items(world, sub, found, end, after(end, found[0].price["recurring"]["interval"]))
    world.tell("customer.subscription.updated", sub)
    if sub["pause_collection"] is None:
        _bill_period(world, sub, "subscription_cycle", address, since=start)
