"""The addresses of the API: which request does what. Unknown addresses and unknown parameters are refused."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from typing import Final

from billing.providers.fake import checkout, coupons, invoices, meters, payers, shapes, subscriptions
from billing.providers.fake.reading import LISTING, expanded, known, only, page, read_form
from billing.providers.fake.world import Refused, Thing, World

Answer = Callable[[World, Thing, str], Thing]


def create_customer(world: World, told: Thing, address: str) -> Thing:
    known(told, ("email", "name", "metadata", "preferred_locales", "address"))
    found = world.add("cus", shapes.customer(world.now(), **told))
    world.tell("customer.created", found)
    return found


def change_customer(world: World, told: Thing, address: str, id: str) -> Thing:
    known(told, ("email", "name", "metadata", "preferred_locales", "address"))
    found = world.get(id, "customer")
    found["metadata"] |= told.pop("metadata", {})
    found |= told
    world.tell("customer.updated", found)
    return found


def remove_customer(world: World, told: Thing, address: str, id: str) -> Thing:
    """For good; active subscriptions end at once, bills stay."""
    known(told, ())
    found = world.get(id, "customer")
    for sub in world.all("subscription", customer=id):
        if sub["status"] in subscriptions.LIVE:
            subscriptions.cancel(world, sub)
        sub["default_payment_method"] = None
    for method in list(world.all("payment_method", customer=id)):
        world.things.pop(method["id"])
    world.things.pop(id)
    world.tell("customer.deleted", found)
    return {"id": id, "object": "customer", "deleted": True}


def create_product(world: World, told: Thing, address: str) -> Thing:
    known(told, ("id", "name", "description", "metadata", "active"))
    if told.get("id") in world.things:
        raise Refused("Product already exists.", code="resource_already_exists", param="id")
    return world.add("prod", shapes.product(world.now(), **told))


def change_product(world: World, told: Thing, address: str, id: str) -> Thing:
    known(told, ("name", "description", "metadata"))
    found = world.get(id, "product")
    found |= told | {"updated": world.now()}
    return found


def list_products(world: World, told: Thing, address: str) -> Thing:
    known(told, ("ids", *LISTING))
    wanted = told.get("ids")
    found = (row for row in world.all("product") if wanted is None or row["id"] in wanted)
    return page(told, found, "/v1/products")


def create_price(world: World, told: Thing, address: str) -> Thing:
    names = ("currency", "product", "recurring", "unit_amount", "lookup_key", "transfer_lookup_key")
    known(told, (*names, "metadata", "tax_behavior", "billing_scheme", "tiers_mode", "tiers"))
    world.get(told["product"], "product")
    moved = str(told.pop("transfer_lookup_key", "")) == "true"
    for other in world.all("price", lookup_key=told.get("lookup_key", "?")):
        if not moved:
            raise Refused("A price already uses that lookup key.", param="lookup_key")
        other["lookup_key"] = None
    if "unit_amount" in told:
        told["unit_amount"] = int(told["unit_amount"])
    tiers = told.pop("tiers", None)
    if told["recurring"].get("usage_type") == "metered":
        world.get(told["recurring"].get("meter", ""), "billing.meter")
        if not tiers or tiers[-1]["up_to"] != "inf":
            raise Refused("The last tier must be unlimited.", param="tiers")
    return world.add("price", shapes.price(world.now(), **told), **({"tiers": tiers} if tiers else {}))


def list_prices(world: World, told: Thing, address: str) -> Thing:
    known(told, ("lookup_keys", "active", "product", *LISTING))
    wanted = told.get("lookup_keys")
    found = (row for row in world.all("price") if wanted is None or row["lookup_key"] in wanted)
    return page(told, found, "/v1/prices")


_CHECKOUT_MORE: Final = ("discounts", "automatic_tax", "billing_address_collection", "customer_update")


def create_checkout(world: World, told: Thing, address: str) -> Thing:
    names = ("customer", "mode", "line_items", "success_url", "cancel_url", "locale", "metadata")
    known(
        told,
        (*names, "client_reference_id", "subscription_data", "payment_method_collection", *_CHECKOUT_MORE),
    )
    if told.get("mode") != "subscription":
        raise Refused("Only subscriptions are sold here.", param="mode")
    return checkout.open_session(world, told, address)


def create_portal(world: World, told: Thing, address: str) -> Thing:
    known(told, ("customer", "return_url", "locale"))
    return checkout.portal_session(world, told, address)


def list_subscriptions(world: World, told: Thing, address: str) -> Thing:
    known(told, ("customer", "status", *LISTING))
    equal = {"customer": told["customer"]} if "customer" in told else {}
    ended = told.get("status") == "all"
    found = (
        sub for sub in world.all("subscription", **equal) if ended or sub["status"] in subscriptions.LIVE
    )
    return page(told, found, "/v1/subscriptions")


_CHANGES: Final = (
    "items", "cancel_at_period_end", "pause_collection", "metadata", "proration_behavior", "proration_date",
    "payment_behavior", "trial_end",
)  # fmt: skip


def change_subscription(world: World, told: Thing, address: str, id: str) -> Thing:
    known(told, _CHANGES)
    return subscriptions.change(world, world.get(id, "subscription"), told, address)


def cancel_subscription(world: World, told: Thing, address: str, id: str) -> Thing:
    known(told, ("invoice_now", "prorate", "cancellation_details"))
    return subscriptions.cancel(world, world.get(id, "subscription"))


def preview_invoice(world: World, told: Thing, address: str) -> Thing:
    known(told, ("customer", "subscription", "subscription_details"))
    sub = world.get(told["subscription"], "subscription")
    if sub["status"] not in subscriptions.LIVE:
        raise Refused("No upcoming invoices for this subscription.", code="invoice_upcoming_none")
    details = told.get("subscription_details", {})
    known(details, ("items", "proration_behavior", "proration_date"))
    behaviour = details.get("proration_behavior", "create_prorations")
    at = int(details.get("proration_date") or world.now())
    return subscriptions.preview(world, sub, details.get("items", []), behaviour, at)


def list_invoices(world: World, told: Thing, address: str) -> Thing:
    known(told, ("customer", "status", "subscription", *LISTING))
    equal = {key: told[key] for key in ("customer", "status") if key in told}
    return page(told, world.all("invoice", **equal), "/v1/invoices")


def change_invoice(world: World, told: Thing, address: str, id: str) -> Thing:
    known(told, ("auto_advance",))
    return invoices.set_collecting(world, world.get(id, "invoice"), on=told["auto_advance"] == "true")


def pay_invoice(world: World, told: Thing, address: str, id: str) -> Thing:
    known(told, ("off_session", "payment_method"))
    invoice = world.get(id, "invoice")
    if subscriptions.pay(world, invoice) != "paid":
        raise Refused("Your card was declined.", status=402, kind="card_error", code="card_declined")
    return invoice


def list_events(world: World, told: Thing, address: str) -> Thing:
    known(told, ("types", "created", "type", *LISTING))
    least = int(told.get("created", {}).get("gte", 0))
    types = told.get("types")
    found = (
        event
        for event in world.all("event")
        if event["created"] >= least and (types is None or event["type"] in types)
    )
    return page(told, found, "/v1/events")


def limited(names: tuple[str, ...], function: Callable[..., Thing]) -> Callable[..., Thing]:
    """An address that takes these parameters only."""

    def answer(world: World, told: Thing, address: str, *ids: str) -> Thing:
        known(told, names)
        return function(world, told, address, *ids)

    return answer


def listing(names: tuple[str, ...], rows: Callable[..., Iterable[Thing]], url: str) -> Callable[..., Thing]:
    """An address that lists what ``rows`` (of world, parameters and ids) finds; ``{}`` in ``url`` is the id."""

    def answer(world: World, told: Thing, address: str, *ids: str) -> Thing:
        known(told, (*names, *LISTING))
        return page(told, rows(world, told, *ids), url.format(*ids))

    return answer


def one_of(kind: str) -> Callable[..., Thing]:
    """An address that shows one object."""

    def show(world: World, told: Thing, address: str, id: str) -> Thing:
        known(told, ())
        return world.get(id, kind)

    return show


ADDRESSES: Final[tuple[tuple[str, str, Callable[..., Thing]], ...]] = (
    ("POST", r"/v1/customers", create_customer),
    ("GET", r"/v1/customers/(\w+)", one_of("customer")),
    ("POST", r"/v1/customers/(\w+)", change_customer),
    ("POST", r"/v1/customers/(\w+)/tax_ids", limited(("type", "value"), payers.create_tax_id)),
    (
        "GET",
        r"/v1/customers/(\w+)/tax_ids",
        listing((), lambda world, _told, who: world.all("tax_id", customer=who), "/v1/customers/{}/tax_ids"),
    ),
    ("DELETE", r"/v1/customers/(\w+)/tax_ids/(\w+)", payers.delete_tax_id),
    (
        "POST",
        r"/v1/customers/(\w+)/balance_transactions",
        limited(("amount", "currency", "description"), payers.add_to_balance),
    ),
    (
        "POST",
        r"/v1/coupons",
        limited(
            ("amount_off", "currency", "duration", "duration_in_months", "name", "percent_off"),
            coupons.create_coupon,
        ),
    ),
    ("POST", r"/v1/promotion_codes", limited(("promotion", "code"), coupons.create_code)),
    ("GET", r"/v1/promotion_codes", listing(("code", "active"), coupons.codes, "/v1/promotion_codes")),
    ("POST", r"/v1/entitlements/features", limited(("name", "lookup_key"), payers.create_feature)),
    (
        "GET",
        r"/v1/entitlements/features",
        listing(
            ("lookup_key",),
            lambda world, told: world.all("entitlements.feature", **only(told, "lookup_key")),
            "/v1/entitlements/features",
        ),
    ),
    (
        "GET",
        r"/v1/entitlements/active_entitlements",
        listing(
            ("customer",),
            lambda world, told: payers.entitlements_of(world, told["customer"]),
            "/v1/entitlements/active_entitlements",
        ),
    ),
    (
        "POST",
        r"/v1/products/([\w-]+)/features",
        limited(("entitlement_feature",), payers.give_feature),
    ),
    (
        "GET",
        r"/v1/products/([\w-]+)/features",
        listing((), lambda world, _told, what: payers.features_of(world, what), "/v1/products/{}/features"),
    ),
    ("DELETE", r"/v1/customers/(\w+)", remove_customer),
    ("POST", r"/v1/products", create_product),
    ("GET", r"/v1/products", list_products),
    ("POST", r"/v1/products/([\w-]+)", change_product),
    ("POST", r"/v1/prices", create_price),
    ("GET", r"/v1/prices", list_prices),
    ("POST", r"/v1/billing/meters", meters.create_meter),
    ("GET", r"/v1/billing/meters", meters.list_meters),
    ("GET", r"/v1/billing/meters/(\w+)/event_summaries", meters.meter_summaries),
    ("POST", r"/v1/billing/meter_events", meters.create_meter_event),
    ("POST", r"/v1/checkout/sessions", create_checkout),
    ("GET", r"/v1/checkout/sessions/(\w+)", one_of("checkout.session")),
    ("POST", r"/v1/billing_portal/sessions", create_portal),
    ("GET", r"/v1/subscriptions", list_subscriptions),
    ("GET", r"/v1/subscriptions/(\w+)", one_of("subscription")),
    ("POST", r"/v1/subscriptions/(\w+)", change_subscription),
    ("DELETE", r"/v1/subscriptions/(\w+)", cancel_subscription),
    ("GET", r"/v1/payment_methods/(\w+)", one_of("payment_method")),
    ("POST", r"/v1/invoices/create_preview", preview_invoice),
    ("GET", r"/v1/invoices", list_invoices),
    ("GET", r"/v1/invoices/(\w+)", one_of("invoice")),
    ("POST", r"/v1/invoices/(\w+)", change_invoice),
    ("POST", r"/v1/invoices/(\w+)/pay", pay_invoice),
    ("GET", r"/v1/events", list_events),
    ("GET", r"/v1/events/(\w+)", one_of("event")),
)


def answer(
    world: World, method: str, path: str, body: str, key: str | None, address: str
) -> tuple[int, Thing]:
    """Status and body of one request. A repeated idempotency key gets the first answer again."""
    mark = hashlib.sha256(f"{method} {path} {body}".encode()).hexdigest()
    with world.lock:
        if key and key in world.answers:
            known, status, said = world.answers[key]
            if known != mark:
                return 400, Refused("Keys for idempotent requests can only be used with the same parameters.",
                                    kind="idempotency_error").body  # fmt: skip
            return status, json.loads(said)
        try:
            status, found = 200, _find(world, method, path, body, address)
        except Refused as error:
            status, found = error.status, error.body
        except ValueError as error:
            status, found = 400, Refused(f"Invalid value: {error}.", code="parameter_invalid_integer").body
        except KeyError as error:
            status, found = (
                400,
                Refused(f"Missing required param: {error.args[0]}.", code="parameter_missing").body,
            )
        said = json.dumps(found)
        if key and method == "POST":
            world.answers[key] = [mark, status, said]
        world.keep()
        return status, json.loads(said)


def _find(world: World, method: str, path: str, body: str, address: str) -> Thing:
    for wanted, pattern, function in ADDRESSES:
        match = re.fullmatch(pattern, path)
        if wanted == method and match:
            told = read_form(body)
            expand = told.get("expand", [])
            return expanded(world, function(world, told, address, *match.groups()), expand)
    raise Refused(f"Unrecognized request URL ({method}: {path}).", status=404)
