"""The outbox of usage: what companies used on finished days, told to the provider once.

A day (UTC) is told when it is over, at its last second: so each day belongs to one period of the provider, the one
that holds its end, and our sums over the days of a period equal the provider's. What a day's sum grows by later (a use that was
folded late) goes out as its next part. A part is a row with a number before anything is sent; the provider counts
an identifier once, and after a silence it is asked what it has counted before a part is sent again.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Max, Sum

from billing import catalog, providers
from billing.models import Customer, MeterReport
from billing.providers.told import Unreachable
from kernel.actions import action
from kernel.when import now
from tenants import api as tenants

log = logging.getLogger("terem.billing")

# Minutes before the next try of a part.
PAUSES: Final = (1, 5, 15, 60, 180, 360, 720, 1440)
# The provider takes no use that is older; what is found later is told to operators instead.
OLDEST: Final = timedelta(days=34)
_LIVE: Final = ("trial", "active", "past_due", "unpaid", "paused")


def report_uses(days: int = OLDEST.days) -> int:
    """Write down what the last finished days still owe the provider, and tell what is due; returns how many parts were told."""
    if not providers.sells() or not catalog.sold_meters():
        return 0
    today = now().date()
    begin = today - timedelta(days=days)
    payers = Customer.objects.known_to_provider().filter(subscription__state__in=_LIVE)
    ids = dict(payers.exclude(subscription__reference="").values_list("tenant_id", "id"))
    rows = [row for row in tenants.days_used(ids, begin, today) if row[1] in _sold()]
    known = _told_of(ids.values(), begin)
    for tenant_id, meter, day, value in rows:
        if value > known[ids[tenant_id], meter, day]:
            add_part(customer_id=ids[tenant_id], meter=meter, day=day)
    return sum(tell(report_id=one) for one in _due())


def _sold() -> set[str]:
    return {meter.key for meter in catalog.sold_meters()}


def _told_of(customers: Iterable[UUID], begin: date) -> dict[tuple[UUID, str, date], int]:
    rows = MeterReport.objects.filter(customer__in=list(customers), day__gte=begin)
    sums = rows.values_list("customer_id", "meter", "day").annotate(sum=Sum("value"))
    return defaultdict(int, {(customer, meter, day): value for customer, meter, day, value in sums})


def _due() -> list[int]:
    found = MeterReport.objects.waiting().filter(due_at__lte=now()).order_by("due_at", "id")
    return list(found.values_list("id", flat=True)[:500])


@action()
def add_part(*, customer_id: UUID, meter: str, day: date) -> None:
    """One more part for a day, if its sum is higher than its parts; the customer's row is locked meanwhile."""
    customer = Customer.objects.select_for_update().get(id=customer_id)
    used = tenants.uses(customer.tenant_id, day, day + timedelta(days=1)).get(meter, 0)
    parts = MeterReport.objects.filter(customer=customer, meter=meter, day=day).aggregate(
        sum=Sum("value"), last=Max("sequence")
    )
    missing = used - (parts["sum"] or 0)
    if missing > 0:
        MeterReport.objects.create(
            customer=customer, meter=meter, day=day, sequence=(parts["last"] or 0) + 1, value=missing
        )


def moment_of(day: date) -> datetime:
    """The moment that a day's use is told for: its last second."""
    return datetime.combine(day, time(23, 59, 59), UTC)


def tell(*, report_id: int) -> bool:
    """Tell one part, unless another worker has it; true once the provider has counted it."""
    report = claim(report_id=report_id)
    if report is None:
        return False
    try:
        if not (report.attempts > 1 and _is_counted(report)):
            providers.provider().report(
                customer=str(report.customer.reference),
                meter=report.meter,
                value=report.value,
                identifier=report.identifier,
                at=moment_of(report.day),
            )
    except Unreachable as error:
        put_off(report_id=report_id, error=str(error))
        return False
    settle(report_id=report_id)
    return True


@action()
def claim(*, report_id: int) -> MeterReport | None:
    """Take a part whose turn it is: the try is counted before it is made, and the next one is later."""
    found = MeterReport.objects.waiting().select_for_update(skip_locked=True, of=("self",))
    report = found.select_related("customer").filter(id=report_id, due_at__lte=now()).first()
    if report is not None:
        report.due_at = now() + timedelta(minutes=PAUSES[min(report.attempts, len(PAUSES) - 1)])
        report.attempts += 1
        report.save(update_fields=["due_at", "attempts"])
    return report


@action()
def settle(*, report_id: int) -> None:
    """The provider has counted a part."""
    sent = MeterReport.Status.SENT
    MeterReport.objects.filter(id=report_id).update(status=sent, sent_at=now(), error="")


@action()
def put_off(*, report_id: int, error: str) -> None:
    """It failed: once the provider would not take so old a use any more, an operator is needed."""
    report = MeterReport.objects.select_for_update(of=("self",)).select_related("customer").get(id=report_id)
    report.error = error[:500]
    if report.due_at > moment_of(report.day) + OLDEST:
        report.status = MeterReport.Status.FAILED
        log.error("use %s was never told: %s", report.identifier, report.error)
    report.save(update_fields=["error", "status"])


def _is_counted(report: MeterReport) -> bool:
    """Whether the provider has this part already: it forgets identifiers after a day, but never what it counted."""
    told = MeterReport.objects.filter(
        customer=report.customer, meter=report.meter, day=report.day, sequence__lt=report.sequence
    ).aggregate(sum=Sum("value"))["sum"]
    return counted(report.customer, report.meter, report.day, report.day + timedelta(days=1)) >= (
        (told or 0) + report.value
    )


def counted(customer: Customer, meter: str, begin: date, end: date) -> int:
    """What the provider has counted from ``begin`` to before ``end``. Raises ``Unreachable``."""
    provider = providers.provider()
    meter_id = provider.meters().get(meter)
    if meter_id is None:
        raise Unreachable(f"The provider has no meter {meter}: run the command that synchronises prices.")
    return provider.counted(customer=str(customer.reference), meter_id=meter_id, begin=begin, end=end)


@dataclass(frozen=True, slots=True)
class Difference:
    """A day on which the provider has counted something else than we: an operator must look."""

    customer: Customer
    meter: str
    day: date
    ours: int
    theirs: int


def differences(days: int = 3) -> list[Difference]:
    """Compare the parts of the last finished days with what the provider has counted. Raises ``Unreachable``."""
    begin = now().date() - timedelta(days=days)
    rows = MeterReport.objects.filter(day__gte=begin, status=MeterReport.Status.SENT)
    found = []
    for customer_id, meter, day, ours in rows.values_list("customer", "meter", "day").annotate(
        sum=Sum("value")
    ):
        customer = Customer.objects.get(id=customer_id)
        theirs = counted(customer, meter, day, day + timedelta(days=1))
        if theirs != ours:
            log.error("the provider has counted %s of %s on %s, we told %s", theirs, meter, day, ours)
            found.append(Difference(customer, meter, day, ours, theirs))
    return found
