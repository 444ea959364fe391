"""What operators say to tenants and what they watch, in the control plane. No row holds a tenant's data."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.ids import uuid7
from kernel.when import now
from tenants.leases import plan_words


class Announcement(models.Model):
    """A sentence for the people of workspaces, in both languages, from one moment until another (UTC).

    ``audience`` narrows it: ``plans``, ``languages`` and ``tenants`` (ids) are lists; an absent
    one narrows nothing. ``withdrawn_at`` ends it early.
    """

    class Level(models.TextChoices):
        INFO = "info", _("News")
        WARNING = "warning", _("Attention")
        NEGATIVE = "negative", _("Trouble")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    level = models.CharField(max_length=10, choices=Level.choices, default=Level.INFO)
    text_en = models.CharField(max_length=400)
    text_ru = models.CharField(max_length=400)
    audience = models.JSONField(default=dict)
    starts_at = models.DateTimeField(default=now)
    ends_at = models.DateTimeField()
    account_label = models.CharField(max_length=254)
    made_at = models.DateTimeField(default=now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-ends_at"], name="tenants_announcement_end")]

    def __str__(self) -> str:
        return self.text_en

    @property
    def told(self) -> list[str]:
        """Plans and languages that it is narrowed to, in words; the companies are counted apart."""
        languages = dict(settings.LANGUAGES)
        plans = [plan_words(key) for key in self.audience.get("plans", ())]
        return [*plans, *(str(languages.get(code, code)) for code in self.audience.get("languages", ()))]


class Maintenance(models.Model):
    """Work on the house: the whole platform (no tenant) or one tenant is read-only or closed.

    ``until`` is when it is expected to end; it ends when an operator says so (``ended_at``).
    """

    class Mode(models.TextChoices):
        READ_ONLY = "readonly", _("Read-only")
        CLOSED = "closed", pgettext_lazy("workspace during maintenance", "Closed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(
        "tenants.Tenant", on_delete=models.CASCADE, null=True, related_name="maintenances"
    )
    mode = models.CharField(max_length=10, choices=Mode.choices)
    reason = models.CharField(max_length=300)
    until = models.DateTimeField()
    started_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)
    account_label = models.CharField(max_length=254)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="tenants_maintenance_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mode} {self.tenant_id or 'platform'}"


class Fault(models.Model):
    """An unhandled error of requests or jobs, grouped by what failed and where.

    Neither message nor values are kept: they could be a tenant's data. ``trace`` is a list of
    places (``module:line function``), ``task`` the route or the background work that failed,
    ``request_id`` that of the last occurrence.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("fault", "Open")
        RESOLVED = "resolved", _("Resolved")
        IGNORED = "ignored", _("Ignored")

    class Kind(models.TextChoices):
        REQUEST = "request", _("Request")
        JOB = "job", _("Job")
        WORKER = "worker", _("Worker")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fingerprint = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    error = models.CharField(max_length=200)
    place = models.CharField(max_length=300)
    task = models.CharField(max_length=200, blank=True, default="")
    trace = models.JSONField(default=list)
    count = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(default=now)
    last_at = models.DateTimeField(default=now)
    release = models.CharField(max_length=64, blank=True, default="")
    request_id = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    note = models.CharField(max_length=300, blank=True, default="")
    settled_by = models.CharField(max_length=254, blank=True, default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "-last_at", "-id"], name="tenants_fault_newest")]

    def __str__(self) -> str:
        return f"{self.error} {self.place}"


class Touched(models.Model):
    """How often a fault met a tenant, and when last."""

    fault = models.ForeignKey(Fault, on_delete=models.CASCADE, related_name="touched")
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="faults")
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fault", "tenant"], name="tenants_touched_once")]

    def __str__(self) -> str:
        return f"{self.fault_id} {self.tenant_id}"
