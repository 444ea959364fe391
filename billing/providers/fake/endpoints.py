"""The addresses of the API: which request does what. Unknown addresses and unknown parameters are refused."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import parse_qsl

from billing.providers.fake import checkout, shapes, subscriptions
from billing.providers.fake.world import Refused, Thing, World, listed

Answer = Callable[[World, Thing, str], Thing]


def read_form(body: str) -> Thing:
    """``items[0][price]=x&expand[]=y`` as nested dictionaries and lists."""
    told: Thing = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        keys = [name.partition("[")[0], *re.findall(r"\[([^\]]*)\]", name)]
        at: Any = told
        for key, following in zip(keys, [*keys[1:], None], strict=True):
            if following is None:
                if key == "":
                    at[str(len(at))] = value
                else:
                    at[key] = value
            else:
                at = at.setdefault(key, {})
    return {key: _listed(value) for key, value in told.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(one) for key, one in value.items()}
    if inner and all(key.isdecimal() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


def _known(told: Thing, names: Iterable[str]) -> None:
    for name in told:
        if name not in names and name != "expand":
            message = f"Received unknown parameter: {name}"
            raise Refused(message, code="parameter_unknown", param=name)


def _page(told: Thing, rows: Iterable[Thing], url: str) -> Thing:
    found = list(rows)
    if after := told.get("starting_after"):
        names = [row["id"] for row in found]
        if after not in names:
            raise Refused(f"No such object: '{after}'", code="resource_missing", param="starting_after")
        found = found[names.index(after) + 1 :]
    limit = int(told.get("limit", 10))
    return listed(found[:limit], url, len(found) > limit)


_LISTING: Final = ("limit", "starting_after")


def create_customer(world: World, told: Thing, address: str) -> Thing:
    _known(told, ("email", "name", "metadata", "preferred_locales", "address"))
    found = world.add("cus", shapes.customer(world.now(), **told))
    world.tell("customer.created", found)
    return found


def change_customer(world: World, told: Thing, address: str, id: str) -> Thing:
    _known(told, ("email", "name", "metadata", "preferred_locales", "address"))
    found = world.get(id, "customer")
    found["metadata"] |= told.pop("metadata", {})
    found |= told
    world.tell("customer.updated", found)
    return found


def remove_customer(world: World, told: Thing, address: str, id: str) -> Thing:
    """For good; active subscriptions end at once, bills stay."""
    _known(told, ())
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
    _known(told, ("id", "name", "description", "metadata", "active"))
    if told.get("id") in world.things:
        raise Refused("Product already exists.", code="resource_already_exists", param="id")
    return world.add("prod", shapes.product(world.now(), **told))


def change_product(world: World, told: Thing, address: str, id: str) -> Thing:
    _known(told, ("name", "description", "metadata"))
    found = world.get(id, "product")
    found |= told | {"updated": world.now()}
    return found


def list_products(world: World, told: Thing, address: str) -> Thing:
    _known(told, ("ids", *_LISTING))
    wanted = told.get("ids")
    found = (row for row in world.all("product") if wanted is None or row["id"] in wanted)
    return _page(told, found, "/v1/products")


def create_price(world: World, told: Thing, address: str) -> Thing:
    names = ("currency", "product", "recurring", "unit_amount", "lookup_key", "transfer_lookup_key")
    _known(told, (*names, "metadata", "tax_behavior", "billing_scheme", "tiers_mode", "tiers"))
    world.get(told["product"], "product")
    moved = str(told.pop("transfer_lookup_key", "")) == "true"
    for other in world.all("price", lookup_key=told.get("lookup_key", "?")):
        if not moved:
            raise Refused("A price already uses that lookup key.", param="lookup_key")
        other["lookup_key"] = None
    if "unit_amount" in told:
        told["unit_amount"] = int(told["unit_amount"])
    return world.add("price", shapes.price(world.now(), **told))


def list_prices(world: World, told: Thing, address: str) -> Thing:
    _known(told, ("lookup_keys", "active", "product", *_LISTING))
    wanted = told.get("lookup_keys")
    found = (row for row in world.all("price") if wanted is None or row["lookup_key"] in wanted)
    return _page(told, found, "/v1/prices")


def create_meter(world: World, told: Thing, address: str) -> Thing:
    _known(told, ("display_name", "event_name", "default_aggregation", "customer_mapping", "value_settings"))
    if any(world.all("billing.meter", event_name=told["event_name"])):
        raise Refused("A meter with this event name exists.", code="resource_already_exists")
    return world.add("mtr", shapes.meter(world.now(), **told))


def list_meters(world: World, told: Thing, address: str) -> Thing:
    _known(told, ("status", *_LISTING))
    return _page(told, world.all("billing.meter"), "/v1/billing/meters")


def create_meter_event(world: World, told: Thing, address: str) -> Thing:
    _known(told, ("event_name", "payload", "identifier", "timestamp"))
    meter = next(world.all("billing.meter", event_name=told["event_name"]), None)
    if meter is None:
        raise Refused("No active meter has this event name.", code="resource_missing", param="event_name")
    world.get(told["payload"]["stripe_customer_id"], "customer")
    identifier = told.get("identifier", "")
    if any(world.all("billing.meter_event", identifier=identifier)):
        message = f"An event already exists with identifier {identifier}."
        raise Refused(message, code="duplicate_meter_event", param="identifier")
    event = {
        "object": "billing.meter_event",
        "created": world.now(),
        "event_name": told["event_name"],
        "identifier": identifier,
        "livemode": False,
        "payload": told["payload"],
        "timestamp": int(told.get("timestamp", world.now())),
    }
    kept = world.add("mev", event)
    return {name: value for name, value in kept.items() if name != "id"}


def meter_summaries(world: World, told: Thing, address: str, id: str) -> Thing:
    _known(told, ("customer", "start_time", "end_time", "value_grouping_window", *_LISTING))
    meter = world.get(id, "billing.meter")
    start, end = int(told["start_time"]), int(told["end_time"])
    value = sum(
        int(event["payload"]["value"])
        for event in world.all("billing.meter_event", event_name=meter["event_name"])
        if event["payload"]["stripe_customer_id"] == told["customer"] and start <= event["timestamp"] < end
    )
    row = {
        "id": f"mtrusg_{id[-8:]}{start}",
        "object": "billing.meter_event_summary",
        "aggregated_value": value,
        "end_time": end,
        "livemode": False,
        "meter": id,
        "start_time": start,
    }
    return listed([row], f"/v1/billing/meters/{id}/event_summaries")


def create_checkout(world: World, told: Thing, address: str) -> Thing:
    names = ("customer", "mode", "line_items", "success_url", "cancel_url", "locale", "metadata")
    _known(told, (*names, "client_reference_id", "subscription_data", "payment_method_collection"))
    if told.get("mode") != "subscription":
        raise Refused("Only subscriptions are sold here.", param="mode")
    return checkout.open_session(world, told, address)


def create_portal(world: World, told: Thing, address: str) -> Thing:
    _known(told, ("customer", "return_url", "locale"))
    return checkout.portal_session(world, told, address)


def list_subscriptions(world: World, told: Thing, address: str) -> Thing:
    _known(told, ("customer", "status", *_LISTING))
    equal = {"customer": told["customer"]} if "customer" in told else {}
    ended = told.get("status") == "all"
    found = (
        sub for sub in world.all("subscription", **equal) if ended or sub["status"] in subscriptions.LIVE
    )
    return _page(told, found, "/v1/subscriptions")


_CHANGES: Final = (
    "items", "cancel_at_period_end", "pause_collection", "metadata", "proration_behavior", "proration_date",
    "payment_behavior",
)  # fmt: skip


def change_subscription(world: World, told: Thing, address: str, id: str) -> Thing:
    _known(told, _CHANGES)
    return subscriptions.change(world, world.get(id, "subscription"), told, address)


def cancel_subscription(world: World, told: Thing, address: str, id: str) -> Thing:
    _known(told, ("invoice_now", "prorate", "cancellation_details"))
    return subscriptions.cancel(world, world.get(id, "subscription"))


def preview_invoice(world: World, told: Thing, address: str) -> Thing:
    _known(told, ("customer", "subscription", "subscription_details"))
    sub = world.get(told["subscription"], "subscription")
    if sub["status"] not in subscriptions.LIVE:
        raise Refused("No upcoming invoices for this subscription.", code="invoice_upcoming_none")
    details = told.get("subscription_details", {})
    _known(details, ("items", "proration_behavior", "proration_date"))
    behaviour = details.get("proration_behavior", "create_prorations")
    at = int(details.get("proration_date") or world.now())
    return subscriptions.preview(world, sub, details.get("items", []), behaviour, at)


def list_invoices(world: World, told: Thing, address: str) -> Thing:
    _known(told, ("customer", "status", "subscription", *_LISTING))
    equal = {key: told[key] for key in ("customer", "status") if key in told}
    return _page(told, world.all("invoice", **equal), "/v1/invoices")


def pay_invoice(world: World, told: Thing, address: str, id: str) -> Thing:
    _known(told, ("off_session", "payment_method"))
    invoice = world.get(id, "invoice")
    if subscriptions.pay(world, invoice) != "paid":
        raise Refused("Your card was declined.", status=402, kind="card_error", code="card_declined")
    return invoice


def list_events(world: World, told: Thing, address: str) -> Thing:
    _known(told, ("types", "created", "type", *_LISTING))
    least = int(told.get("created", {}).get("gte", 0))
    types = told.get("types")
    found = (
        event
        for event in world.all("event")
        if event["created"] >= least and (types is None or event["type"] in types)
    )
    return _page(told, found, "/v1/events")


def one_of(kind: str) -> Callable[..., Thing]:
    """An address that shows one object."""

    def show(world: World, told: Thing, address: str, id: str) -> Thing:
        _known(told, ())
        return world.get(id, kind)

    return show


ADDRESSES: Final[tuple[tuple[str, str, Callable[..., Thing]], ...]] = (
    ("POST", r"/v1/customers", create_customer),
    ("GET", r"/v1/customers/(\w+)", one_of("customer")),
    ("POST", r"/v1/customers/(\w+)", change_customer),
    ("DELETE", r"/v1/customers/(\w+)", remove_customer),
    ("POST", r"/v1/products", create_product),
    ("GET", r"/v1/products", list_products),
    ("POST", r"/v1/products/([\w-]+)", change_product),
    ("POST", r"/v1/prices", create_price),
    ("GET", r"/v1/prices", list_prices),
    ("POST", r"/v1/billing/meters", create_meter),
    ("GET", r"/v1/billing/meters", list_meters),
    ("GET", r"/v1/billing/meters/(\w+)/event_summaries", meter_summaries),
    ("POST", r"/v1/billing/meter_events", create_meter_event),
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


def expanded(world: World, thing: Thing, names: Iterable[str]) -> Thing:
    """The object with named fields filled by the objects that they name."""
    for name in names:
        first, _, rest = name.partition(".")
        if first == "data" and rest:
            thing = thing | {"data": [expanded(world, row, [rest]) for row in thing["data"]]}
        elif isinstance(thing.get(first), str):
            thing = thing | {first: expanded(world, world.things[thing[first]], [rest] if rest else [])}
    return thing
