"""What a number of people and their volumes cost, before anybody buys: the plan that fits, and the amount of its bill.

Pure, from the catalogue alone; the usage page forecasts by the same function. A provider's preview and invoice of the
same seats and the same use are equal to the minor unit (``tests/billing/test_reckoning.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from billing import catalog
from billing.catalog import Interval, Meter, Plan


@dataclass(frozen=True, slots=True)
class Volume:
    """What is used of a meter in one interval; ``minor`` is the price of what goes beyond, ``thousand`` that of a thousand."""

    meter: Meter
    used: int
    included: int
    thousand: int
    minor: int

    @property
    def over(self) -> int:
        return max(0, self.used - self.included)


@dataclass(frozen=True, slots=True)
class Bill:
    """One interval's bill. Money in minor units of ``currency``, without taxes."""

    plan: Plan
    interval: Interval
    currency: str
    seats: int
    seat: int
    volumes: tuple[Volume, ...]

    @property
    def for_seats(self) -> int:
        return self.seats * self.seat

    @property
    def total(self) -> int:
        return self.for_seats + sum(one.minor for one in self.volumes)

    @property
    def price(self) -> str:
        """The plan's name at the provider; nothing for a free one."""
        return "" if self.plan.free else catalog.lookup_key(self.plan.key, self.interval, self.currency)


def bill(plan: Plan, interval: Interval, currency: str, seats: int, used: Mapping[str, int]) -> Bill:
    """What a plan costs for an interval; ``used`` maps meters to what the whole interval uses of them."""
    volumes = []
    for meter in catalog.sold_meters():
        taken, included = used.get(meter.key, 0), plan.volume(meter.key, interval)
        thousand = 0 if plan.free else meter.overage[currency]
        minor = catalog.overage(taken, included, thousand)
        volumes.append(Volume(meter, taken, included, thousand, minor))
    return Bill(plan, interval, currency, seats, plan.price(interval, currency), tuple(volumes))


@dataclass(frozen=True, slots=True)
class Need:
    """What a company needs. ``people`` may change things (who only reads is free), ``monthly`` maps meters to a month's
    use, ``storage`` is bytes."""

    people: int
    monthly: Mapping[str, int]
    storage: int
    interval: Interval
    currency: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The plan that costs least of those that carry the need, and the others that carry it too, by what they cost."""

    best: Bill
    others: tuple[Bill, ...]


def recommend(need: Need) -> Recommendation | None:
    """None where no plan is large enough. A free plan carries what it includes and nothing beyond."""
    months = 12 if need.interval == "year" else 1
    used = {key: amount * months for key, amount in need.monthly.items()}
    bills = [
        bill(plan, need.interval, need.currency, need.people, used)
        for plan in catalog.offered()
        if carries(plan, need)
    ]
    bills.sort(key=lambda one: (one.total, one.plan.rank))
    return Recommendation(bills[0], tuple(bills[1:])) if bills else None


def carries(plan: Plan, need: Need) -> bool:
    """Whether people and files fit into a plan; a free one has to hold the volumes as well, since it sells none."""
    if need.people > plan.most_members or need.storage > plan.storage:
        return False
    return not plan.free or all(
        need.monthly.get(meter.key, 0) <= plan.volume(meter.key, "month") for meter in catalog.sold_meters()
    )


def largest() -> tuple[int, int]:
    """The most people and bytes that any plan on sale holds."""
    plans: tuple[Any, ...] = catalog.offered()
    return max(one.most_members for one in plans), max(one.storage for one in plans)
