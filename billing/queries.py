"""Reading our copies: for the tenant's pages, for operators, for the nightly comparison."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from billing import catalog, providers
from billing.catalog import Interval, Plan
from billing.leasing import LATE, Lease, Standing, lease_of, trouble_of
from billing.models import Customer, InboxEvent, Invoice, Subscription, SubscriptionItem
from billing.providers.told import Wanted
from kernel.errors import NotFound
from kernel.when import now
from tenants import api as tenants

MEMBERS = "members"
# The letters that announce reading only and the suspension, in this order.
ANNOUNCING = ("grace_ends", "suspension_near")


def customer_of(tenant_id: UUID) -> Customer | None:
    """The payer's row of a tenant; None for a tenant that nothing is sold to."""
    return Customer.objects.select_related("subscription", "card").filter(tenant_id=tenant_id).first()


def subscription_of(customer: Customer | None) -> Subscription | None:
    """The subscription or trial of a customer."""
    return getattr(customer, "subscription", None) if customer is not None else None


def seat_item(tenant_id: UUID) -> SubscriptionItem | None:
    """What a tenant pays for its seats, with its subscription; None where nothing is paid."""
    found = SubscriptionItem.objects.select_related("subscription").seats()
    return found.filter(subscription__customer__tenant_id=tenant_id).first()


def wanted(item: SubscriptionItem, price: str, seats: int) -> Wanted:
    """What a subscription is to become with another price or number of seats; the prices by volume follow the plan."""
    held = item.subscription.items.filter(metered=True).values_list("price", "reference")
    bearers = {catalog.meter_of(name): reference for name, reference in held}
    names = catalog.metered_with(price)
    return Wanted(
        item.reference, price, seats, tuple((bearers.get(catalog.meter_of(name), ""), name) for name in names)
    )


def members_of(tenant_id: UUID) -> int:
    """How many people may change things in a workspace, as it reported last."""
    return tenants.meters(tenants.tenant(tenant_id)).get(MEMBERS, 0)


def standing_of(found: Subscription | None, members: int, entitled: tuple[str, ...] = ()) -> Standing:
    """A row as the pure functions read it."""
    if found is None:
        return Standing(members=members)
    return Standing(
        state=found.state,  # type: ignore[arg-type]
        plan=found.plan,
        seats=found.seats,
        members=members,
        since=found.since,
        ends=found.ends,
        told_at=found.told_at,
        entitled=entitled if found.reference else (),
    )


def moment_of(found: Subscription | None) -> datetime:
    """Now, by our clock or by the provider's where that runs ahead (a moved one)."""
    return max(now(), found.told_at) if found is not None else now()


def standing_now(customer: Customer) -> Standing:
    """What is known of a customer's subscription, with the letters that announced what its trouble leads to."""
    found = subscription_of(customer)
    entitled = tuple(customer.entitlements.order_by("feature").values_list("feature", flat=True))
    tenant = tenants.tenant(customer.tenant_id)
    standing = standing_of(found, members_of(customer.tenant_id), entitled)
    if customer.held_at is not None and standing.state == "paused":
        # We paused it ourselves because the workspace was closing: this is no reason to read only.
        standing = replace(standing, state="active")
    begun = trouble_of(standing)
    if begun is None:
        return replace(standing, zone=tenant.zone)
    sent = dict(
        customer.letters.filter(kind__in=ANNOUNCING, fact=fact_of(begun)).values_list("kind", "sent_at")
    )
    warned, again = (sent.get(kind) for kind in ANNOUNCING)
    return replace(standing, zone=tenant.zone, warned=warned, warned_again=again)


def fact_of(begun: datetime) -> str:
    """The name of a trouble for the letters about it."""
    return f"trouble of {begun:%Y-%m-%d}"


def lease_now(customer: Customer) -> Lease:
    """The lease that follows from what is known now."""
    return lease_of(standing_now(customer), at=moment_of(subscription_of(customer)))


def allows(tenant_id: UUID, feature: str) -> bool:
    """Whether a tenant has a feature now: its plan includes it and the provider, where it knows of any, entitles to it."""
    return feature in tenants.tenant(tenant_id).lease.get("features", ())


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan on a price page: ``seat`` is minor units for one member and ``interval``."""

    plan: Plan
    interval: Interval
    currency: str
    seat: int

    @property
    def volumes(self) -> list[Included]:
        """What the plan includes of each thing that is paid by volume."""
        interval: Interval = "month" if self.plan.free else self.interval
        return [
            Included(
                meter.words,
                self.plan.volume(meter.key, interval),
                0 if self.plan.free else meter.overage[self.currency],
            )
            for meter in catalog.sold_meters()
        ]


@dataclass(frozen=True, slots=True)
class Included:
    """A volume on a price page; ``thousand`` is what a thousand more costs, 0 where nothing is charged."""

    words: Any
    included: int
    thousand: int


def offers(interval: Interval, currency: str) -> list[Offer]:
    """The plans of the price page with their prices."""
    return [Offer(plan, interval, currency, plan.price(interval, currency)) for plan in catalog.offered()]


def invoices_of(customer: Customer, limit: int = 60) -> list[Invoice]:
    """The bills of a customer, newest first."""
    return list(customer.invoices.order_by("-issued_at", "-number")[:limit])


@dataclass(frozen=True, slots=True)
class Usage:
    """A meter's use: ``limit`` None means without limit; ``percent`` is 0 to 100 and more."""

    key: str
    words: Any
    used: int
    limit: int | None

    @property
    def percent(self) -> int:
        return self.used * 100 // self.limit if self.limit else 0

    @property
    def level(self) -> str:
        """A word for the tone: at 80 per cent a warning, at 100 the limit."""
        return "full" if self.percent >= 100 else "near" if self.percent >= 80 else ""


def usage_of(tenant_id: UUID) -> list[Usage]:
    """The use of what the product counts, beside the limits of the lease."""
    found = tenants.tenant(tenant_id)
    counted, limits = tenants.meters(found), found.lease.get("limits", {})
    return [
        Usage(meter.key, meter.words, counted.get(meter.key, 0), limits.get(meter.key))
        for meter in catalog.shown_meters("standing")
    ]


def inbox(status: str = "", limit: int = 100) -> list[InboxEvent]:
    """Deliveries for operators, newest first."""
    found = InboxEvent.objects.order_by("-received_at", "-id")
    return list(found.filter(status=status)[:limit] if status else found[:limit])


def inbox_event(id: UUID) -> InboxEvent:
    """One delivery. Raises ``NotFound``."""
    found = InboxEvent.objects.filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def due_events(moment: datetime, limit: int) -> list[UUID]:
    """Deliveries whose turn it is, oldest first."""
    found = InboxEvent.objects.open().filter(due_at__lte=moment).order_by("due_at")
    return list(found.values_list("id", flat=True)[:limit])


@dataclass(frozen=True, slots=True)
class Summary:
    """The head of the billing page. ``may_buy``: a checkout makes sense; ``may_change``: a paid subscription is there."""

    plan: Plan
    status: str
    seats: int
    members: int
    currency: str
    interval: str
    ends: datetime | None
    next_step: datetime | None
    cancels: bool
    card: Any
    sells: bool
    paid: bool
    known: bool
    paused: bool
    discount: str
    tax_id: str

    @property
    def may_buy(self) -> bool:
        return self.sells and not self.paid

    @property
    def may_change(self) -> bool:
        return self.sells and self.paid

    @property
    def is_late(self) -> bool:
        """Something is owed: paying it comes before anything else."""
        return self.paid and self.status in LATE and not self.paused

    @property
    def held(self) -> dict[str, Any]:
        """What stands now, for the form of a change."""
        return {
            "plan": self.plan.key,
            "interval": self.interval,
            "currency": self.currency,
            "seats": self.seats,
        }

    @property
    def suggestion(self) -> dict[str, Any]:
        """What a first checkout begins with: the smallest plan that everybody fits into."""
        fitting = [plan for plan in catalog.paid() if plan.most_members >= self.members]
        return {
            "plan": (fitting or catalog.paid())[0].key,
            "interval": "month",
            "currency": self.currency,
            "seats": max(1, self.members),
        }


def summary(tenant_id: UUID, customer: Customer | None) -> Summary:
    """How a tenant stands, for its own page."""
    tenant = tenants.tenant(tenant_id)
    found = subscription_of(customer)
    lease = tenant.lease
    until = lease.get("valid_until")
    live = ("trial", "active", "past_due", "unpaid", "paused")
    return Summary(
        plan=catalog.plan(lease.get("plan", catalog.OPEN.key)),
        status=lease.get("status", "active"),
        seats=lease.get("limits", {}).get(MEMBERS, 0),
        members=members_of(tenant_id),
        currency=found.currency if found else _currency(tenant.currency),
        interval=found.interval if found else "month",
        ends=found.ends if found else None,
        next_step=datetime.fromisoformat(until) if until else None,
        cancels=bool(found and found.cancels),
        card=getattr(customer, "card", None),
        # A copy beside a live workspace pays nothing: it would pay twice.
        sells=providers.sells() and tenant.copy_of_id is None,
        paid=bool(found and found.reference and found.state in live),
        known=bool(customer and customer.reference),
        paused=bool(found and found.state == "paused"),
        discount=found.discount if found else "",
        tax_id=customer.tax_id if customer else "",
    )


def _currency(code: str) -> str:
    return code if code in catalog.CURRENCIES else "EUR"
