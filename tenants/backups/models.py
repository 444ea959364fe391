"""What recovery knows, in the control plane: keys, snapshots, orders, drills, departures."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7
from kernel.when import now


class TenantKey(models.Model):
    """A company's own data key, wrapped by the master key that ``master`` names. Without it no snapshot opens."""

    tenant = models.OneToOneField(
        "tenants.Tenant", on_delete=models.CASCADE, primary_key=True, related_name="data_key"
    )
    master = models.CharField(max_length=16, db_index=True)
    wrapped = models.BinaryField()
    made_at = models.DateTimeField(default=now)

    class Meta:
        app_label = "tenants"

    def __str__(self) -> str:
        return str(self.tenant_id)


class Snapshot(models.Model):
    """One company at one moment. ``size`` in bytes; ``digest`` is that of the sealed data; ``rows`` counts all tables."""

    class Kind(models.TextChoices):
        NIGHTLY = "nightly", _("Nightly")
        ASKED = "asked", _("On demand")
        BEFORE_SWAP = "swap", _("Before a swap")

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="snapshots")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    taken_at = models.DateTimeField(default=now)
    seconds = models.FloatField(default=0)
    size = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    files = models.BigIntegerField(default=0)
    release = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, blank=True, default="")
    error = models.TextField(blank=True, default="")
    expires_at = models.DateTimeField()

    class Meta:
        app_label = "tenants"
        indexes = [models.Index(fields=["tenant", "-taken_at"], name="tenants_snapshot_newest")]

    def __str__(self) -> str:
        return str(self.id)


class Order(models.Model):
    """Recovery work that somebody asked for; done by a process that holds the owner's login."""

    class Verb(models.TextChoices):
        TAKE = "take", _("Back up")
        RESTORE = "restore", _("Restore into a copy")
        SWAP = "swap", _("Put the copy in place")
        BACK = "back", _("Take the swap back")
        DROP = "drop", _("Remove the copy")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="orders")
    verb = models.CharField(max_length=10, choices=Verb.choices)
    snapshot = models.ForeignKey(Snapshot, null=True, on_delete=models.SET_NULL)
    copy = models.ForeignKey("tenants.Tenant", null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_by = models.CharField(max_length=254)
    reason = models.CharField(max_length=300)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "tenants"
        indexes = [models.Index(fields=["tenant", "-asked_at"], name="tenants_order_newest")]

    def __str__(self) -> str:
        return f"{self.verb} {self.tenant_id}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def percent(self) -> int | None:
        """How much is done, 0 to 100; None while that is unknown."""
        return min(100, self.done * 100 // self.total) if self.total else None


class Drill(models.Model):
    """A snapshot proved by restoring it: ``differences`` names what was not equal, empty if all was."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="drills")
    snapshot = models.ForeignKey(Snapshot, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(default=now)
    seconds = models.FloatField(default=0)
    tables = models.PositiveIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    differences = models.JSONField(default=list)

    class Meta:
        app_label = "tenants"
        indexes = [models.Index(fields=["-at"], name="tenants_drill_newest")]

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.at:%Y-%m-%d}"


class Departure(models.Model):
    """A company that leaves: closed at once, erased at ``erase_at`` unless it changes its mind.

    ``contacts`` (e-mail address and language of each administrator) are forgotten
    when the certificate has been sent; ``certificate`` names no person. ``moved_to`` is the address
    of its new home, if it went to another installation: whoever comes is told until the erasure.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="departures")
    asked_at = models.DateTimeField(default=now)
    asked_by = models.CharField(max_length=254)
    reason = models.CharField(max_length=300, blank=True, default="")
    contacts = models.JSONField(default=list)
    erase_at = models.DateTimeField()
    reminded = models.JSONField(default=list)
    cancelled_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    certificate = models.JSONField(default=dict)
    moved_to = models.URLField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        app_label = "tenants"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"],
                condition=models.Q(cancelled_at=None, erased_at=None),
                name="tenants_departure_open",
            ),
        ]

    def __str__(self) -> str:
        return str(self.tenant_id)


class Tombstone(models.Model):
    """An address that was somebody's and is given to nobody else; only its digest is kept."""

    digest = models.CharField(max_length=64, primary_key=True)
    closed_at = models.DateTimeField(default=now)

    class Meta:
        app_label = "tenants"

    def __str__(self) -> str:
        return self.digest[:12]


class AddressKey(models.Model):
    """A key that digests of reserved addresses are made with, sealed by the signing key (``tenants.reserved``)."""

    name = models.CharField(max_length=40, primary_key=True)
    sealed = models.TextField()
    created_at = models.DateTimeField(default=now)

    class Meta:
        app_label = "tenants"

    def __str__(self) -> str:
        return self.name
