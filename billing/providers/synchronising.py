"""The catalogue at the provider: what is missing there, and how it is added."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from billing import catalog
from billing.catalog import Interval, Meter, Plan
from billing.providers.saying import said

Difference = tuple[str, Callable[[], None]]


def differences(client: Any) -> list[Difference]:
    """A sentence for each thing that the provider lacks, and what would mend it, in the order of need."""
    with said():
        products = {one.id: one for one in client.v1.products.list({"limit": 100}).auto_paging_iter()}
        listed = client.v1.prices.list({"limit": 100, "active": True}).auto_paging_iter()
        prices = {one.lookup_key: one for one in listed if one.lookup_key}
        listed = client.v1.billing.meters.list({"limit": 100, "status": "active"}).auto_paging_iter()
        meters = {one.event_name for one in listed}
    found: list[Difference] = []
    for key, name in _products():
        if key not in products:
            found.append((f"product {key} is missing", partial(_add_product, client, key, name)))
    for meter in catalog.sold_meters():
        if meter.key not in meters:
            found.append((f"meter {meter.key} is missing", partial(_add_meter, client, meter)))
    for plan in catalog.paid():
        found += _prices(client, plan, prices)
    return found + list(_features(client, products))


def _features(client: Any, products: dict[str, Any]) -> Iterator[Difference]:
    """The features that the provider is to entitle a plan's customers to."""
    with said():
        listed = client.v1.entitlements.features.list({"limit": 100}).auto_paging_iter()
        known = {one.lookup_key for one in listed}
    for feature in catalog.FEATURES:
        if feature not in known:
            yield f"feature {feature} is missing", partial(_add_feature, client, feature)
    for plan in catalog.paid():
        key = f"terem-{plan.key}"
        had: set[str] = set()
        if key in products:
            with said():
                listed = client.v1.products.features.list(key, {"limit": 100}).auto_paging_iter()
                had = {one.entitlement_feature.lookup_key for one in listed}
        for feature in plan.features:
            if feature not in had:
                yield f"product {key} lacks feature {feature}", partial(_give_feature, client, key, feature)


def _products() -> Iterator[tuple[str, str]]:
    for plan in catalog.paid():
        yield f"terem-{plan.key}", f"Terem {plan.key.title()}"
    for meter in catalog.sold_meters():
        yield f"terem-{meter.key}", f"Terem {meter.key.replace('_', ' ')}"


def _prices(client: Any, plan: Plan, prices: dict[str, Any]) -> Iterator[Difference]:
    for (interval, currency), minor in plan.seat.items():
        key = catalog.lookup_key(plan.key, interval, currency)
        known = prices.get(key)
        if known is None or known.unit_amount != minor:
            was = "missing" if known is None else f"{known.unit_amount} instead of {minor}"
            yield f"price {key} is {was}", partial(_add_price, client, plan, interval, currency)
        for meter in catalog.sold_meters():
            key = catalog.metered_key(meter.key, plan.key, interval, currency)
            known = prices.get(key)
            wanted = _volume(plan, meter, interval, currency)
            was = "missing" if known is None else known.metadata.to_dict().get("volume", "")
            if was != wanted:
                yield (
                    f"price {key} is {was}" if known is None else f"price {key} is {was} instead of {wanted}",
                    partial(_add_metered, client, plan, meter, interval, currency),
                )


def _volume(plan: Plan, meter: Meter, interval: Interval, currency: str) -> str:
    """What a price by volume says: how much is included, and what a thousand more costs."""
    return f"{plan.volume(meter.key, interval)} then {meter.overage[currency]}"


def _add_product(client: Any, key: str, name: str) -> None:
    with said():
        client.v1.products.create({"id": key, "name": name})


def _add_meter(client: Any, meter: Meter) -> None:
    with said():
        client.v1.billing.meters.create(
            {
                "display_name": f"Terem {meter.key}",
                "event_name": meter.key,
                "default_aggregation": {"formula": "sum"},
            }
        )


def _add_price(client: Any, plan: Plan, interval: Interval, currency: str) -> None:
    """A price never changes its amount: a new one takes over the name, subscriptions keep the old one."""
    with said():
        client.v1.prices.create(
            {
                "product": f"terem-{plan.key}",
                "currency": currency.lower(),
                "unit_amount": plan.price(interval, currency),
                "recurring": {"interval": interval},
                "lookup_key": catalog.lookup_key(plan.key, interval, currency),
                "transfer_lookup_key": True,
            }
        )


def _add_metered(client: Any, plan: Plan, meter: Meter, interval: Interval, currency: str) -> None:
    """Nothing up to the included volume, then the price of one: a thousandth of what a thousand costs."""
    with said():
        listed = client.v1.billing.meters.list({"limit": 100, "status": "active"}).auto_paging_iter()
        meter_id = next(one.id for one in listed if one.event_name == meter.key)
        client.v1.prices.create(
            {
                "product": f"terem-{meter.key}",
                "currency": currency.lower(),
                "billing_scheme": "tiered",
                "tiers_mode": "graduated",
                "tiers": [
                    {"up_to": plan.volume(meter.key, interval), "unit_amount": 0},
                    {"up_to": "inf", "unit_amount_decimal": catalog.of_one(meter.overage[currency])},
                ],
                "recurring": {"interval": interval, "usage_type": "metered", "meter": meter_id},
                "lookup_key": catalog.metered_key(meter.key, plan.key, interval, currency),
                "transfer_lookup_key": True,
                "metadata": {"volume": _volume(plan, meter, interval, currency)},
            }
        )


def _add_feature(client: Any, feature: str) -> None:
    with said():
        client.v1.entitlements.features.create({"name": f"Terem {feature}", "lookup_key": feature})


def _give_feature(client: Any, product: str, feature: str) -> None:
    with said():
        found = client.v1.entitlements.features.list({"lookup_key": feature, "limit": 1}).data[0]
        client.v1.products.features.create(product, {"entitlement_feature": found.id})
