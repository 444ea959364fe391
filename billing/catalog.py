"""The catalogue: plans, prices and meters as data; nothing here reads a tenant.

A feature is a part of the product that may be switched on. A limit is the highest value of a standing
measure (members: people who may change things). A volume is what a month of a plan includes of a
metered thing; what goes beyond is overage, paid per thousand. Money is in minor units (cents, kopecks).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any, Final, Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Interval = Literal["month", "year"]

FEATURES: Final = ("clients", "sales", "activities", "imports", "export", "roles")
# Security and the way out are for sale on no plan: whatever happens to a lease, these stay.
ALWAYS: Final = ("export",)
CURRENCIES: Final = ("USD", "EUR", "RUB")
INTERVALS: Final[tuple[Interval, ...]] = ("month", "year")
TRIAL_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class Meter:
    """Something counted. ``used``: the product counts it today; without a use it is shown nowhere.

    ``kind`` is *standing* for what is there now (limits) and *flow* for what happens in a month
    (volumes and overage). ``overage`` is the price of a thousand more by currency.
    """

    key: str
    words: Any
    kind: Literal["standing", "flow"]
    used: bool = False
    overage: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


def _thousand(usd: int, eur: int, rub: int) -> Mapping[str, int]:
    return MappingProxyType({"USD": usd, "EUR": eur, "RUB": rub})


METERS: Final = MappingProxyType(
    {
        meter.key: meter
        for meter in (
            Meter("members", _("People who may change things"), "standing", used=True),
            Meter("storage", _("Storage of files"), "standing", used=True),
            Meter("letters", _("Letters sent"), "flow", used=True, overage=_thousand(100, 100, 9000)),
            Meter("api_calls", _("API calls"), "flow", overage=_thousand(20, 20, 1800)),
            Meter("automation_runs", _("Runs of rules"), "flow", overage=_thousand(50, 50, 4500)),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan. ``rank`` orders plans from small to large; ``seat`` is the price of one member by (interval, currency).

    A plan that is not ``public`` is offered to nobody.
    """

    key: str
    rank: int
    name: Any
    words: Any
    features: tuple[str, ...]
    limits: Mapping[str, int]
    volumes: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    seat: Mapping[tuple[Interval, str], int] = field(default_factory=lambda: MappingProxyType({}))
    public: bool = True

    @property
    def free(self) -> bool:
        return not self.seat

    @property
    def most_members(self) -> int:
        """The highest number of seats."""
        return self.limits["members"]

    @property
    def storage(self) -> int:
        """Bytes of files."""
        return self.limits["storage"]

    def volume(self, meter: str, interval: Interval) -> int:
        """How much of a meter one interval includes: a year as much as its twelve months."""
        return self.volumes.get(meter, 0) * (12 if interval == "year" else 1)

    def price(self, interval: Interval, currency: str) -> int:
        """Minor units for one member and one interval; nothing on a free plan. Raises ``LookupError``."""
        return 0 if self.free else self.seat[interval, currency]


def _seat(usd: int, eur: int, rub: int) -> Mapping[tuple[Interval, str], int]:
    """Monthly prices; a year costs ten months."""
    monthly = {"USD": usd, "EUR": eur, "RUB": rub}
    prices: dict[tuple[Interval, str], int] = {("month", code): minor for code, minor in monthly.items()}
    prices |= {("year", code): 10 * minor for code, minor in monthly.items()}
    return MappingProxyType(prices)


def _limits(members: int, gigabytes: int) -> Mapping[str, int]:
    return MappingProxyType({"members": members, "storage": gigabytes * 2**30})


def _volumes(letters: int, api_calls: int, automation_runs: int) -> Mapping[str, int]:
    return MappingProxyType({"letters": letters, "api_calls": api_calls, "automation_runs": automation_runs})


FREE: Final = Plan(
    "free",
    0,
    pgettext_lazy("plan", "Free"),
    _("For a small team that brings order into its clients."),
    FEATURES,
    _limits(3, 1),
    _volumes(200, 1_000, 100),
)
START: Final = Plan(
    "start",
    1,
    pgettext_lazy("plan", "Start"),
    _("For one team that sells together."),
    FEATURES,
    _limits(10, 10),
    _volumes(2_000, 10_000, 2_000),
    _seat(900, 900, 79_000),
)
TEAM: Final = Plan(
    "team",
    2,
    pgettext_lazy("plan", "Team"),
    _("For several teams with roles of their own."),
    FEATURES,
    _limits(50, 100),
    _volumes(10_000, 100_000, 20_000),
    _seat(1_900, 1_900, 169_000),
)
BUSINESS: Final = Plan(
    "business",
    3,
    pgettext_lazy("plan", "Business"),
    _("For the whole company."),
    FEATURES,
    _limits(500, 500),
    _volumes(50_000, 1_000_000, 200_000),
    _seat(3_900, 3_900, 349_000),
)
# Where no payments are set up (an installation of one's own) nobody sells and nothing is sold.
OPEN: Final = Plan(
    "open",
    9,
    pgettext_lazy("plan", "Open"),
    _("Everything, without payment."),
    FEATURES,
    MappingProxyType({"members": 500, "records": 5_000_000, "storage": 50 * 2**30}),
    public=False,
)
TRIAL: Final = TEAM

PLANS: Final = MappingProxyType({plan.key: plan for plan in (FREE, START, TEAM, BUSINESS, OPEN)})


def plan(key: str) -> Plan:
    """A plan of the catalogue. Raises ``LookupError`` for a key that it does not hold."""
    return PLANS[key]


def offered() -> tuple[Plan, ...]:
    """The plans of the price page, from small to large."""
    return tuple(sorted((one for one in PLANS.values() if one.public), key=lambda one: one.rank))


def paid() -> tuple[Plan, ...]:
    """The plans that can be bought."""
    return tuple(one for one in offered() if not one.free)


def shown_meters(kind: Literal["standing", "flow"] | None = None) -> tuple[Meter, ...]:
    """The meters that the product counts today; others are shown nowhere."""
    return tuple(meter for meter in METERS.values() if meter.used and kind in (None, meter.kind))


def lookup_key(plan_key: str, interval: Interval, currency: str) -> str:
    """The name under which the provider keeps a plan's price: ``team-year-eur``."""
    return f"{plan_key}-{interval}-{currency.lower()}"


def of_lookup_key(key: str) -> tuple[Plan, Interval, str]:
    """Plan, interval and currency of a price's name. Raises ``LookupError`` for a foreign name."""
    plan_key, interval, currency = (*key.split("-"), "", "")[:3]
    found = PLANS[plan_key]
    for wanted in INTERVALS:
        if interval == wanted and (wanted, currency.upper()) in found.seat:
            return found, wanted, currency.upper()
    raise LookupError(key)


def sold_meters() -> tuple[Meter, ...]:
    """What is counted today and paid by volume."""
    return tuple(meter for meter in shown_meters("flow") if meter.overage)


def metered_key(meter: str, plan_key: str, interval: Interval, currency: str) -> str:
    """The name of a price by volume at the provider: ``letters-team-year-eur``."""
    return f"{meter}-{lookup_key(plan_key, interval, currency)}"


def metered_with(price: str) -> tuple[str, ...]:
    """The names of the prices by volume that go with a plan's price. Raises ``LookupError`` for a foreign name."""
    found, interval, currency = of_lookup_key(price)
    return tuple(metered_key(meter.key, found.key, interval, currency) for meter in sold_meters())


def meter_of(price: str) -> str:
    """The meter that a price by volume counts by its name, empty for a foreign name."""
    return next((key for key in METERS if price.startswith(f"{key}-")), "")


def of_one(thousand: int) -> str:
    """The price of one in minor units as the provider wants it, from the price of a thousand: 100 → ``0.1``."""
    return f"{Decimal(thousand) / 1000:f}"


def overage(used: int, included: int, thousand: int) -> int:
    """What goes beyond the included volume, in minor units: each one costs a thousandth, the sum is rounded half up."""
    over = max(0, used - included)
    return int((Decimal(over * thousand) / 1000).quantize(Decimal(1), ROUND_HALF_UP))
