"""Our copies of what the payment provider knows, and the inbox of its deliveries. Control plane only.

The provider is the truth; a row here is what it told last. Tenants are named by plain ids.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from billing.leasing import STATES
from billing.wording import CHANGE_WORDS
from kernel.ids import uuid7
from kernel.when import now


class CustomerQuerySet(models.QuerySet["Customer"]):
    def known_to_provider(self) -> CustomerQuerySet:
        return self.exclude(reference=None)


class Customer(models.Model):
    """A company as a payer. ``reference`` is the provider's id, None before the first checkout.

    ``lease_until`` is the next moment at which the lease changes by itself; ``pulled_at`` when the provider
    was asked last; ``held_at`` since when we have paused the subscription because the workspace is closing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant_id = models.UUIDField(unique=True)
    provider = models.CharField(max_length=20, default="stripe")
    reference = models.CharField(max_length=100, null=True, unique=True)
    email = models.EmailField(blank=True, default="")
    tax_id = models.CharField(max_length=40, blank=True, default="", db_default="")
    tax_id_type = models.CharField(max_length=20, blank=True, default="", db_default="")
    lease_until = models.DateTimeField(null=True, db_index=True)
    pulled_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)

    objects = CustomerQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.reference or '–'}"


class Subscription(models.Model):
    """What a customer subscribed to, as the provider told at ``told_at`` by its own clock.

    Without ``reference`` it is the trial that we give ourselves. ``since`` is when trouble began.
    """

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="subscription")
    reference = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(max_length=10, choices=[(state, state) for state in STATES])
    plan = models.CharField(max_length=20)
    interval = models.CharField(max_length=5, default="month")
    currency = models.CharField(max_length=3, default="EUR")
    seats = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(null=True)
    ends = models.DateTimeField(null=True)
    cancels = models.BooleanField(default=False)
    discount = models.CharField(max_length=80, blank=True, default="", db_default="")
    told_at = models.DateTimeField()
    created_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["state"], name="billing_subscription_state")]

    def __str__(self) -> str:
        return f"{self.plan} {self.state}"


class SubscriptionItemQuerySet(models.QuerySet["SubscriptionItem"]):
    def seats(self) -> SubscriptionItemQuerySet:
        """What is paid by member, without what is paid by volume."""
        return self.filter(metered=False)


class SubscriptionItem(models.Model):
    """One priced thing of a subscription; ``price`` is its name in the catalogue, ``metered`` marks paying by volume."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="items")
    reference = models.CharField(max_length=100, unique=True)
    price = models.CharField(max_length=60, blank=True, default="")
    quantity = models.PositiveIntegerField(default=0)
    metered = models.BooleanField(default=False, db_default=False)
    begins = models.DateTimeField()
    ends = models.DateTimeField()

    objects = SubscriptionItemQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.quantity} × {self.price}"


class Invoice(models.Model):
    """A bill. Amounts in minor units of ``currency``; ``lines`` is what stands on it."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("invoice", "Draft")
        OPEN = "open", pgettext_lazy("invoice", "Not paid")
        PAID = "paid", pgettext_lazy("invoice", "Paid")
        VOID = "void", pgettext_lazy("invoice", "Void")
        UNCOLLECTIBLE = "uncollectible", pgettext_lazy("invoice", "Written off")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="invoices")
    reference = models.CharField(max_length=100, unique=True)
    number = models.CharField(max_length=60, blank=True, default="")
    status = models.CharField(max_length=15, choices=Status.choices)
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField()
    due = models.BigIntegerField()
    paid = models.BigIntegerField()
    issued_at = models.DateTimeField()
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True)
    page = models.URLField(max_length=1000, blank=True, default="")
    pdf = models.URLField(max_length=1000, blank=True, default="")
    lines = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["customer", "-issued_at"], name="billing_invoice_newest")]

    def __str__(self) -> str:
        return self.number or self.reference


class PaymentMethod(models.Model):
    """What may be shown of the card that pays."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="card")
    brand = models.CharField(max_length=20)
    last4 = models.CharField(max_length=4)
    month = models.PositiveSmallIntegerField()
    year = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"{self.brand} {self.last4}"


class InboxEventQuerySet(models.QuerySet["InboxEvent"]):
    def open(self) -> InboxEventQuerySet:
        return self.filter(status=InboxEvent.Status.WAITING)


class InboxEvent(models.Model):
    """A delivery of the provider: stored first, worked on later. Its content is not kept: it is only a hint."""

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("delivery", "Waiting")
        DONE = "done", pgettext_lazy("delivery", "Done")
        IGNORED = "ignored", pgettext_lazy("delivery", "Ignored")
        FAILED = "failed", pgettext_lazy("delivery", "Failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=100)
    type = models.CharField(max_length=100)
    customer = models.CharField(max_length=100, blank=True, default="")
    told_at = models.DateTimeField()
    received_at = models.DateTimeField(default=now)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=now)
    error = models.CharField(max_length=500, blank=True, default="")

    objects = InboxEventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="billing_inbox_once"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(status="waiting"), name="billing_inbox_due"),
            models.Index(fields=["-received_at"], name="billing_inbox_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.reference}"


class MeterReportQuerySet(models.QuerySet["MeterReport"]):
    def waiting(self) -> MeterReportQuerySet:
        return self.filter(status=MeterReport.Status.WAITING)


class MeterReport(models.Model):
    """The outbox of usage: what the provider is to be told of a finished day (UTC), in parts numbered from 1.

    The parts of a day sum up to what was used. A part never changes: its identifier makes the provider count it once.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("delivery", "Waiting")
        SENT = "sent", pgettext_lazy("delivery", "Sent")
        FAILED = "failed", pgettext_lazy("delivery", "Failed")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="meter_reports")
    meter = models.CharField(max_length=40)
    day = models.DateField()
    sequence = models.PositiveIntegerField()
    value = models.BigIntegerField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=now)
    error = models.CharField(max_length=500, blank=True, default="")
    sent_at = models.DateTimeField(null=True)

    objects = MeterReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "meter", "day", "sequence"], name="billing_meterreport_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(status="waiting"), name="billing_meterreport_due"
            ),
        ]

    def __str__(self) -> str:
        return self.identifier

    @property
    def identifier(self) -> str:
        """The name under which the provider counts this part once."""
        return f"{self.customer.tenant_id.hex}-{self.meter}-{self.day:%Y%m%d}-{self.sequence}"


class Letter(models.Model):
    """A letter about one fact: the row is claimed before anything is sent, so a fact is told once.

    ``fact`` names what happened (the end of a trial, an invoice, a step); ``told`` are the addresses reached so far, until it is done.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="letters")
    kind = models.CharField(max_length=20)
    fact = models.CharField(max_length=120)
    values = models.JSONField(default=dict)
    told = models.JSONField(default=list)
    made_at = models.DateTimeField(default=now)
    due_at = models.DateTimeField(default=now)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "fact"], name="billing_letter_once"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(sent_at=None), name="billing_letter_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.fact}"


class Movement(models.Model):
    """What a customer pays a month from a moment on, in minor units; 0 once nothing is paid. Only ever added."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="movements")
    currency = models.CharField(max_length=3)
    monthly = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="billing_movement_moment")]

    def __str__(self) -> str:
        return f"{self.monthly} {self.currency}"


class Entitlement(models.Model):
    """A feature that the provider says the customer has, by its name in the catalogue."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="entitlements")
    feature = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "feature"], name="billing_entitlement_once"),
        ]

    def __str__(self) -> str:
        return self.feature


class Change(models.Model):
    """What was done to a company's billing, by whom. Rows are only ever added.

    ``by`` is the member's id in the tenant's schema, None for the platform or the provider.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="changes")
    verb = models.CharField(max_length=40)
    by = models.UUIDField(null=True)
    values = models.JSONField(default=dict)
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["customer", "-at"], name="billing_change_newest")]

    def __str__(self) -> str:
        return self.verb

    @property
    def words(self) -> str:
        return str(CHANGE_WORDS.get(self.verb, self.verb))
