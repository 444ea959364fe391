"""The registry of tenants, in the control plane. No tenant role can read these tables."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7
from kernel.when import now


class RegistryQuerySet(models.QuerySet["Tenant"]):
    def live(self) -> RegistryQuerySet:
        return self.exclude(status=Tenant.Status.CLOSED)

    def originals(self) -> RegistryQuerySet:
        """Companies, without the copies and examples beside them."""
        return self.filter(copy_of=None)

    def examples(self) -> RegistryQuerySet:
        """Invented companies to look at; each stands beside a real one."""
        return self.filter(copy_kind=Tenant.CopyKind.EXAMPLE)


class Tenant(models.Model):
    """A company with its workspace.

    ``schema_name`` is opaque and never reused; a closed tenant's row stays as a
    tombstone. ``lease`` is what billing allows, as :class:`kernel.context.Lease`.
    """

    class Status(models.TextChoices):
        OPENING = "opening", _("Opening")
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")
        UPGRADING = "upgrading", _("Upgrading")
        CLOSING = "closing", _("Closing")
        CLOSED = "closed", _("Closed")

    class CopyKind(models.TextChoices):
        RESTORED = "restored", _("Restored copy")
        FORMER = "former", _("State before the swap")
        EXAMPLE = "example", _("Example")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    schema_name = models.CharField(max_length=22, unique=True)
    slug = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPENING)
    reason = models.CharField(max_length=300, blank=True, default="")
    release = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    generation = models.PositiveIntegerField(default=1)
    language = models.CharField(max_length=8, default="en")
    zone = models.CharField(max_length=64, default="UTC")
    currency = models.CharField(max_length=3, default="EUR")
    lease = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=now)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # A copy stands beside the workspace it was restored from, or was replaced in; an example beside the company
    # that looks at it. Both send and schedule nothing.
    copy_of = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.CASCADE,
        related_name="copies",
        db_index=False,  # The registry stands while it gets the column, and is small.
        db_constraint=False,
    )
    copy_kind = models.CharField(
        max_length=10, choices=CopyKind.choices, blank=True, default="", db_default=""
    )
    copied_at = models.DateTimeField(null=True)
    copy_until = models.DateTimeField(null=True)

    objects = RegistryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-created_at"], name="tenants_tenant_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_example(self) -> bool:
        return self.copy_kind == Tenant.CopyKind.EXAMPLE


class Address(models.Model):
    """A host name under which a tenant answers. Custom domains answer only once verified."""

    class Kind(models.TextChoices):
        SUBDOMAIN = "subdomain", _("Subdomain")
        CUSTOM = "custom", _("Own domain")

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="addresses")
    host = models.CharField(max_length=253, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SUBDOMAIN)
    primary = models.BooleanField(default=True)
    verified_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(primary=True), name="tenants_address_primary"
            ),
        ]

    def __str__(self) -> str:
        return self.host


class Blank(models.Model):
    """A schema of the reserve: made, empty, waiting for a company of its release."""

    schema_name = models.CharField(max_length=22, primary_key=True)
    release = models.CharField(max_length=64, db_index=True)
    made_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.schema_name


class Blueprint(models.Model):
    """How a schema of a release is made: single statements with placeholders, seed rows, fingerprint."""

    release = models.CharField(max_length=64, primary_key=True)
    statements = models.JSONField()
    migrations = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.release


class Membership(models.Model):
    """The index for "find my workspaces": which account belongs to which tenant.

    ``member_id`` is the member's row in the tenant's schema; a plain id.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="memberships")
    account_id = models.BigIntegerField(db_index=True)
    member_id = models.UUIDField()
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "account_id"], name="tenants_membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.account_id}"


class Handover(models.Model):
    """A one-time ticket from the account host into a workspace, then the index of "my sessions".

    ``ticket`` and ``nonce`` are digests. ``session_id`` is the session's row in
    the tenant's schema once the ticket was burned.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="handovers")
    account_id = models.BigIntegerField(db_index=True)
    ticket = models.CharField(max_length=64, unique=True)
    nonce = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    session_id = models.UUIDField(null=True)
    agent = models.CharField(max_length=300, blank=True, default="")
    network = models.CharField(max_length=64, blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account_id", "-expires_at"], name="tenants_handover_mine")]

    def __str__(self) -> str:
        return str(self.id)


class Meter(models.Model):
    """The latest value of a measured thing of a tenant (members, records, storage …)."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="meters")
    name = models.CharField(max_length=40)
    value = models.BigIntegerField()
    measured_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="tenants_meter_once")]

    def __str__(self) -> str:
        return f"{self.name} = {self.value}"


class Use(models.Model):
    """One use of a metered thing, kept after it was folded: from these the sums can be made anew. Only ever added."""

    tenant_id = models.UUIDField()
    meter = models.CharField(max_length=40)
    amount = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="tenants_use_moment")]

    def __str__(self) -> str:
        return f"{self.amount} {self.meter}"


class UseOfDay(models.Model):
    """How much of a metered thing a tenant used on a day (UTC)."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="uses", db_index=False)
    meter = models.CharField(max_length=40)
    day = models.DateField()
    value = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "meter", "day"], name="tenants_use_of_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.meter} {self.day}: {self.value}"


class OperatorAct(models.Model):
    """What an operator did, why, and to which tenant (none: to the whole platform). Rows are only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="acts", null=True)
    account_id = models.BigIntegerField(null=True)
    account_label = models.CharField(max_length=254)
    verb = models.CharField(max_length=40)
    reason = models.CharField(max_length=300, blank=True, default="")
    values = models.JSONField(default=dict)
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["tenant", "-at"], name="tenants_act_newest")]

    def __str__(self) -> str:
        return f"{self.verb} {self.tenant_id}"


# Django finds models here; these stand beside what operators do with them.
from tenants.backups.models import Departure, Drill, Order, Snapshot, TenantKey, Tombstone  # noqa: E402
from tenants.console.models import Announcement, Fault, Maintenance, Touched  # noqa: E402
from tenants.domains.models import Domain  # noqa: E402
from tenants.status.models import Check, CheckDay, Incident, IncidentUpdate  # noqa: E402
from tenants.support.models import Message, Question  # noqa: E402
from tenants.upgrades.models import DataProgress, UpgradePlan, UpgradeRun, UpgradeStep  # noqa: E402

__all__ = [
    "Address",
    "Announcement",
    "Blank",
    "Blueprint",
    "Check",
    "CheckDay",
    "DataProgress",
    "Departure",
    "Domain",
    "Drill",
    "Fault",
    "Handover",
    "Incident",
    "IncidentUpdate",
    "Maintenance",
    "Membership",
    "Message",
    "Meter",
    "OperatorAct",
    "Order",
    "Question",
    "RegistryQuerySet",
    "Snapshot",
    "Tenant",
    "TenantKey",
    "Tombstone",
    "Touched",
    "UpgradePlan",
    "UpgradeRun",
    "UpgradeStep",
    "Use",
    "UseOfDay",
]
