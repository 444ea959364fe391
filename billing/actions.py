"""What billing does: start a tenant, take over what the provider tells, write the lease, and buy, change, cancel."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from billing import catalog, letters, providers, queries
from billing.catalog import OPEN, TRIAL, TRIAL_DAYS
from billing.leasing import LATE, open_lease
from billing.models import (
    Change,
    Customer,
    Entitlement,
    Invoice,
    Movement,
    PaymentMethod,
    Subscription,
    SubscriptionItem,
)
from billing.providers.told import INVALID_TAX_ID, Declined, Told, ToldInvoice, ToldSubscription, Unreachable
from kernel.actions import action
from kernel.errors import Invalid, Unavailable
from kernel.rights import Actor, declare
from kernel.when import now
from tenants import api as tenants

MANAGE = declare("billing.manage", _("Plan, seats and invoices"), _("Workspace"))
# A checkout takes a trial's end only if it lies further ahead than this.
_LEAST_TRIAL = timedelta(days=2)


@action()
def start(tenant_id: UUID) -> None:
    """Give a new tenant its first lease: a trial where plans are sold, else the open plan. Repeating it is harmless.

    Raises ``NotFound`` for a tenant that is unknown or closed.
    """
    if not providers.sells():
        tenants.set_lease(tenant_id=tenant_id, lease=dict(open_lease(OPEN)))
        return
    found = tenants.tenant(tenant_id)
    customer, made = Customer.objects.get_or_create(
        tenant_id=tenant_id, defaults={"provider": providers.NAME}
    )
    if made:
        Subscription.objects.create(
            customer=customer,
            state="trial",
            plan=TRIAL.key,
            currency=found.currency if found.currency in catalog.CURRENCIES else "EUR",
            ends=now() + timedelta(days=TRIAL_DAYS),
            told_at=now(),
        )
        note(customer, "trial", days=TRIAL_DAYS)
    lease(customer)


def lease(customer: Customer) -> None:
    """Write the lease that follows from what is known, if it differs from the one that stands."""
    wanted = queries.lease_now(customer)
    found = tenants.tenant(customer.tenant_id)
    until = wanted["valid_until"]
    customer.lease_until = datetime.fromisoformat(until) if until else None
    customer.save(update_fields=["lease_until"])
    # What was warned of stands in the lease too; it is not what follows from the subscription.
    near = {name: value for name, value in found.lease.items() if name == "near"}
    if found.lease != dict(wanted) | near and found.status != tenants.Tenant.Status.CLOSED:
        tenants.set_lease(tenant_id=customer.tenant_id, lease=dict(wanted) | near)
        change = note(
            customer, "lease", plan=wanted["plan"], status=wanted["status"], limits=wanted["limits"]
        )
        letters.about_lease(customer, found.lease, wanted, str(change.id))


@action()
def renew_lease(*, customer_id: UUID) -> None:
    """Compute the lease anew because time has passed."""
    lease(Customer.objects.select_for_update().get(id=customer_id))


def follow_seats(tenant_id: UUID, meter: str) -> None:
    """Fewer people may fit into the free plan again: nobody waits for that once the last of them has left."""
    if meter != queries.MEMBERS:
        return
    known = Customer.objects.filter(tenant_id=tenant_id).values_list("id", flat=True).first()
    if known is not None and tenants.tenant(tenant_id).lease.get("status") in LATE:
        renew_lease(customer_id=known)


@action()
def pull(*, reference: str) -> bool:
    """Ask the provider how a customer stands now, store it, write the lease; false for a customer that is not ours.

    The customer's row is locked while the provider is asked: of two pulls the later answer is written last.
    Raises ``Unreachable``.
    """
    customer = Customer.objects.select_for_update().filter(reference=reference).first()
    if customer is None:
        return False
    told = providers.provider().tell(reference)
    store(customer, told)
    customer.pulled_at = now()
    customer.save(update_fields=["pulled_at"])
    customer = Customer.objects.select_related("subscription").get(id=customer.id)
    letters.about_subscription(customer)
    lease(customer)
    return True


def store(customer: Customer, told: Told) -> None:
    """Overwrite our copies with what was told. A telling older than the stored one changes nothing."""
    known = Subscription.objects.filter(customer=customer).first()
    if known is not None and known.reference and told.at < known.told_at:
        return
    for bill in told.invoices:
        _store_invoice(customer, bill)
    if told.subscription is not None:
        _store_subscription(customer, told.subscription, told.at)
        _store_features(customer, told.features)
    if told.card is not None:
        PaymentMethod.objects.update_or_create(customer=customer, defaults=asdict(told.card))


def _store_subscription(customer: Customer, told: ToldSubscription, at: datetime) -> None:
    if told.state == "none":
        # A first payment that never went through begins nothing: the trial or the free plan goes on.
        return
    values = asdict(told)
    rows, monthly = values.pop("items"), values.pop("monthly")
    found, _made = Subscription.objects.update_or_create(customer=customer, defaults=values | {"told_at": at})
    for row in rows:
        SubscriptionItem.objects.update_or_create(
            reference=row["reference"], defaults=row | {"subscription": found}
        )
    found.items.exclude(reference__in=[row["reference"] for row in rows]).delete()
    last = customer.movements.order_by("-at", "-id").first()
    if monthly != (last.monthly if last is not None else 0):
        Movement.objects.create(customer=customer, currency=told.currency, monthly=monthly, at=at)


def _store_features(customer: Customer, features: tuple[str, ...]) -> None:
    """What the provider entitles to; where it knows of none, the plan alone says what is included."""
    for feature in features:
        Entitlement.objects.get_or_create(customer=customer, feature=feature)
    customer.entitlements.exclude(feature__in=features).delete()


def _store_invoice(customer: Customer, told: ToldInvoice) -> None:
    values = asdict(told)
    # Coupons and taxes stand on the provider's own bill; ours keeps what it came to.
    for name in ("subscription", "off", "tax", "reversed"):
        values.pop(name)
    values["lines"] = [
        row | {"begins": row["begins"].isoformat(), "ends": row["ends"].isoformat()}
        for row in values["lines"]
    ]
    Invoice.objects.update_or_create(
        reference=values.pop("reference"), defaults=values | {"customer": customer}
    )


def note(customer: Customer, verb: str, by: Actor | None = None, **values: Any) -> Change:
    """Write down what was done to a company's billing."""
    return Change.objects.create(customer=customer, verb=verb, by=by.id if by else None, values=values)


@action(MANAGE)
def enrol(*, by: Actor, tenant_id: UUID, email: str) -> Customer:
    """The tenant's row with an id at the provider, made there if it has none. Raises ``Unavailable``."""
    customer, _made = Customer.objects.get_or_create(tenant_id=tenant_id)
    customer = Customer.objects.select_for_update().get(id=customer.id)
    if customer.reference is None:
        found = tenants.tenant(tenant_id)
        with reaching():
            customer.reference = providers.provider().create_customer(
                tenant=str(tenant_id), name=found.name, email=email, language=found.language
            )
        customer.email = email
        customer.save(update_fields=["reference", "email"])
        note(customer, "enrol", by)
    return customer


def check_out(
    *, by: Actor, tenant_id: UUID, email: str, price: str, seats: int, done: str, back: str, language: str, code: str = ""
) -> str:  # fmt: skip
    """The address of the hosted checkout for a plan; ``code`` is a coupon's.

    Raises ``Invalid`` for seats that do not fit and for a code that does not hold, ``Unavailable``.
    """
    customer = enrol(by=by, tenant_id=tenant_id, email=email)
    check_seats(price=price, seats=seats, members=queries.members_of(tenant_id))
    found = queries.subscription_of(customer)
    left = found.ends if found is not None and found.state == "trial" else None
    trial_ends = left if left is not None and left > now() + _LEAST_TRIAL else None
    with reaching():
        coupon = providers.provider().coupon(code) if code else ""
        if code and not coupon:
            raise Invalid(_("This code is not known or no longer holds."), field="code")
        return providers.provider().checkout(
            customer=str(customer.reference),
            price=price,
            seats=seats,
            trial_ends=trial_ends,
            done=done,
            back=back,
            language=language,
            coupon=coupon,
        )


def check_seats(*, price: str, seats: int, members: int) -> None:
    """Raise ``Invalid`` unless the plan has so many seats and everybody who works now has one."""
    plan, _interval, _currency = catalog.of_lookup_key(price)
    if seats > plan.most_members:
        raise Invalid(_("This plan has at most %(most)s seats."), field="seats", most=plan.most_members)
    if seats < max(1, members):
        raise Invalid(
            _("%(members)s people work here: take at least so many seats, or let somebody leave first."),
            field="seats",
            members=members,
        )


@action(MANAGE)
def change_plan(*, by: Actor, tenant_id: UUID, price: str, seats: int, at: datetime, total: int) -> None:
    """Another plan or number of seats now, charged as previewed at ``at`` (its ``total`` in minor units).

    Raises ``Invalid`` if the card is refused, the seats do not fit or the preview no longer holds; ``Unavailable``.
    """
    customer = Customer.objects.select_for_update().get(tenant_id=tenant_id)
    check_seats(price=price, seats=seats, members=queries.members_of(tenant_id))
    item = queries.seat_item(customer.tenant_id)
    if item is None:
        raise Invalid(_("There is no subscription to change. Choose a plan first."))
    told: dict[str, Any] = {
        "subscription": item.subscription.reference,
        "wanted": queries.wanted(item, price, seats),
        "at": at,
    }
    key = f"change-{item.reference}-{item.price}-{item.quantity}-{price}-{seats}-{int(at.timestamp())}"
    with reaching():
        if providers.provider().preview(**told).total != total:
            raise Invalid(_("The amount has changed in the meantime. Please look at it again."))
        providers.provider().change(**told, key=key)
    note(customer, "change", by, price=price, seats=seats, total=total)


@action(MANAGE)
def set_cancelling(*, by: Actor, tenant_id: UUID, cancels: bool) -> None:
    """Cancel at the end of the paid period, or keep the subscription after all. Raises ``Unavailable``."""
    customer = Customer.objects.select_for_update().get(tenant_id=tenant_id)
    with reaching():
        providers.provider().cancel(subscription=customer.subscription.reference, cancels=cancels)
    note(customer, "cancel" if cancels else "keep", by)


@action(MANAGE)
def set_paused(*, by: Actor, tenant_id: UUID, paused: bool) -> None:
    """Pause the subscription (nothing is charged, the workspace is for reading), or go on. Raises ``Unavailable``."""
    customer = Customer.objects.select_for_update().get(tenant_id=tenant_id)
    with reaching():
        providers.provider().pause(subscription=customer.subscription.reference, paused=paused)
    note(customer, "pause" if paused else "resume", by)


@action(MANAGE)
def set_tax_id(*, by: Actor, tenant_id: UUID, email: str, kind: str, value: str) -> None:
    """Keep the company's tax id and tell it to the provider; empty: none. Raises ``Invalid``, ``Unavailable``."""
    customer = enrol(by=by, tenant_id=tenant_id, email=email)
    try:
        with reaching():
            providers.provider().set_tax_id(customer=str(customer.reference), kind=kind, value=value)
    except Unavailable as error:
        if getattr(error.__cause__, "code", "") == INVALID_TAX_ID:
            raise Invalid(_("This is no tax id of that kind."), field="value") from error
        raise
    customer.tax_id, customer.tax_id_type = value, kind if value else ""
    customer.save(update_fields=["tax_id", "tax_id_type"])
    note(customer, "tax_id", by, kind=customer.tax_id_type)


def pull_quietly(tenant_id: UUID) -> None:
    """Ask the provider at once after a person's own step; if it cannot be reached, its delivery will tell."""
    customer = queries.customer_of(tenant_id)
    if customer is not None and customer.reference:
        try:
            pull(reference=customer.reference)
        except Unreachable:
            return


class reaching:  # noqa: N801
    """The provider's refusals in the house's words: ``Invalid`` for a card, ``Unavailable`` for silence."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Declined):
            raise Invalid(
                _("The card was refused: nothing was changed. Try another card in the portal.")
            ) from error
        if isinstance(error, Unreachable):
            raise Unavailable(_("The payment provider does not answer now. Nothing was changed.")) from error
