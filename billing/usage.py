"""What a company uses in its present period, what is included, and what that makes of the next bill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from billing import catalog, queries, reckoning
from billing.catalog import Interval, Meter, Plan
from billing.models import Customer, Subscription
from tenants import api as tenants

# At so many per cent of the included volume the administrators are told.
LEVELS = (80, 100)


@dataclass(frozen=True, slots=True)
class Period:
    """The days (UTC) that a bill covers, from ``begin`` to before ``end``: a day belongs to the period that holds its end."""

    begin: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.begin).days


def month_of(day: date) -> Period:
    """The calendar month of a day."""
    begin = day.replace(day=1)
    return Period(begin, (begin + timedelta(days=31)).replace(day=1))


def period_of(found: Subscription | None, at: datetime) -> Period:
    """The paid period that holds ``at``; the calendar month where nothing is paid."""
    item = found.items.seats().first() if found is not None and found.reference else None
    if item is None or not item.begins <= at < item.ends:
        return month_of(at.date())
    return Period(item.begins.date(), max(item.ends.date(), item.begins.date() + timedelta(days=1)))


def projected(used: int, period: Period, at: datetime) -> int:
    """What will have been used by the end of the period if it goes on as until ``at``: by proportion of the time
    that has passed, at least a day of it; rounded up, never less than what was used."""
    begin = datetime(period.begin.year, period.begin.month, period.begin.day, tzinfo=UTC)
    whole = period.days * 86_400
    passed = min(whole, max(86_400, int((at - begin).total_seconds())))
    return max(used, -(-used * whole // passed))


@dataclass(frozen=True, slots=True)
class Volume:
    """A meter's use in a period. ``included`` 0: as much as one likes. Money in minor units of ``currency``.

    ``charged`` is whether more than is included is paid (``over`` now, ``over_expected`` at the period's end).
    """

    key: str
    words: Any
    used: int
    included: int
    expected: int
    days: tuple[tuple[date, int], ...]
    currency: str
    thousand: int
    charged: bool

    @property
    def percent(self) -> int:
        return self.used * 100 // self.included if self.included else 0

    @property
    def level(self) -> int:
        """The highest of ``LEVELS`` that was reached, 0 below all."""
        return max((level for level in LEVELS if self.percent >= level), default=0)

    @property
    def tone(self) -> str:
        return "negative" if self.level == 100 and not self.charged else "warning" if self.level else ""

    @property
    def over(self) -> int:
        return catalog.overage(self.used, self.included, self.thousand) if self.charged else 0

    @property
    def over_expected(self) -> int:
        return catalog.overage(self.expected, self.included, self.thousand) if self.charged else 0

    @property
    def most(self) -> int:
        """The highest day, for the height of the chart; at least 1."""
        return max((value for _day, value in self.days), default=0) or 1

    @property
    def bars(self) -> list[tuple[int, int, int]]:
        """The chart's bars: place, top and height in a drawing of 40 units' height."""
        heights = [-(-value * 40 // self.most) for _day, value in self.days]
        return [(place * 10, 40 - height, height) for place, height in enumerate(heights)]


@dataclass(frozen=True, slots=True)
class Forecast:
    """The next bill by our own figures, in minor units: seats for the coming period and what is used beyond the volumes."""

    currency: str
    seats: int
    seat: int
    over: int

    @property
    def total(self) -> int:
        return self.seats * self.seat + self.over


@dataclass(frozen=True, slots=True)
class UsePage:
    """The usage page: period, volumes, forecast (None where no bill will come)."""

    period: Period
    volumes: tuple[Volume, ...]
    forecast: Forecast | None


def of(tenant_id: UUID, customer: Customer | None) -> UsePage:
    """What a tenant has used in the present period."""
    found = queries.subscription_of(customer)
    at = queries.moment_of(found)
    period = period_of(found, at)
    plan = catalog.plan(tenants.tenant(tenant_id).lease.get("plan", catalog.OPEN.key))
    paid = found if found is not None and found.reference and found.state in ("active", "past_due") else None
    volumes = tuple(_volumes(tenant_id, plan, period, paid, at))
    return UsePage(period, volumes, _forecast(plan, paid, volumes))


def _volumes(
    tenant_id: UUID, plan: Plan, period: Period, paid: Subscription | None, at: datetime
) -> list[Volume]:
    by_day = tenants.uses_by_day(tenant_id, period.begin, period.end)
    return [
        _volume(meter, plan, period, paid, by_day.get(meter.key, {}), at) for meter in catalog.sold_meters()
    ]


def _volume(
    meter: Meter, plan: Plan, period: Period, paid: Subscription | None, by_day: dict[date, int], at: datetime
) -> Volume:
    interval: Interval = "year" if paid is not None and paid.interval == "year" else "month"
    currency = paid.currency if paid is not None else catalog.CURRENCIES[0]
    last = min(period.days, (at.date() - period.begin).days + 1)
    days = [period.begin + timedelta(days=number) for number in range(max(1, last))]
    used = sum(by_day.values())
    return Volume(
        meter.key,
        meter.words,
        used,
        plan.volume(meter.key, interval),
        projected(used, period, at),
        tuple((day, by_day.get(day, 0)) for day in days[-31:]),
        currency,
        meter.overage[currency],
        paid is not None,
    )


def _forecast(plan: Plan, paid: Subscription | None, volumes: tuple[Volume, ...]) -> Forecast | None:
    if paid is None or plan.free:
        return None
    interval: Interval = "year" if paid.interval == "year" else "month"
    expected = {one.key: one.expected for one in volumes}
    found = reckoning.bill(plan, interval, paid.currency, paid.seats, expected)
    over = sum(one.minor for one in found.volumes)
    return Forecast(paid.currency, paid.seats, 0 if paid.cancels else found.seat, over)
