"""Meters of the demonstration server: what was used, told once, and summed up."""

from __future__ import annotations

import re

from billing.providers.fake import shapes
from billing.providers.fake.reading import LISTING, known, page
from billing.providers.fake.world import DAY, Refused, Thing, World, listed


def create_meter(world: World, told: Thing, address: str) -> Thing:
    known(told, ("display_name", "event_name", "default_aggregation", "customer_mapping", "value_settings"))
    if any(world.all("billing.meter", event_name=told["event_name"])):
        raise Refused("A meter with this event name exists.", code="resource_already_exists")
    return world.add("mtr", shapes.meter(world.now(), **told))


def list_meters(world: World, told: Thing, address: str) -> Thing:
    known(told, ("status", *LISTING))
    return page(told, world.all("billing.meter"), "/v1/billing/meters")


# Uses may be told so long after they happened, and so much ahead of the server's clock (clocks differ).
_OLDEST, _AHEAD = 35 * DAY, 300


def create_meter_event(world: World, told: Thing, address: str) -> Thing:
    known(told, ("event_name", "payload", "identifier", "timestamp"))
    _check_meter_event(world, told)
    event = {
        "object": "billing.meter_event",
        "created": world.now(),
        "event_name": told["event_name"],
        "identifier": told.get("identifier", ""),
        "livemode": False,
        "payload": told["payload"],
        "timestamp": int(told.get("timestamp", world.now())),
    }
    kept = world.add("mev", event)
    return {name: value for name, value in kept.items() if name != "id"}


def _check_meter_event(world: World, told: Thing) -> None:
    """Refuse what the provider refuses: unknown meters and customers, no whole value, old or future times, twins."""
    if next(world.all("billing.meter", event_name=told["event_name"]), None) is None:
        raise Refused("No active meter has this event name.", code="no_meter", param="event_name")
    world.get(told["payload"]["stripe_customer_id"], "customer")
    if not re.fullmatch(r"\d{1,15}", told["payload"]["value"]):
        raise Refused("The value must be a whole number.", code="meter_event_invalid_value", param="payload")
    at = int(told.get("timestamp", world.now()))
    if at < world.now() - _OLDEST:
        raise Refused("The timestamp is too old.", code="timestamp_too_far_in_past", param="timestamp")
    if at > world.now() + _AHEAD:
        raise Refused("The timestamp lies in the future.", code="timestamp_in_future", param="timestamp")
    identifier = told.get("identifier", "")
    if identifier and any(world.all("billing.meter_event", identifier=identifier)):
        message = f"An event already exists with identifier {identifier}."
        raise Refused(message, code="duplicate_meter_event", param="identifier")


def meter_summaries(world: World, told: Thing, address: str, id: str) -> Thing:
    known(told, ("customer", "start_time", "end_time", "value_grouping_window", *LISTING))
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
