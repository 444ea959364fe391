"""A company's claim to a domain of its own. Once proved, an ``Address`` stands beside it and the workspace answers there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7
from kernel.when import now


class Domain(models.Model):
    """A domain that a company wants to be reached at.

    ``token`` belongs to this company and this domain: two companies may ask for the same
    name, and only the one whose token stands in the DNS gets it. ``proof`` is what the DNS
    said of the token, ``pointing`` of the way to the platform, when it was last asked;
    ``seen`` is what stood there instead.
    """

    class Answer(models.TextChoices):
        WAITING = "waiting", _("Not asked yet")
        FOUND = "found", _("Found")
        WRONG = "wrong", _("Another value")
        MISSING = "missing", _("Not found")
        SILENT = "silent", _("The DNS does not answer")
        TAKEN = "taken", _("In use elsewhere")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="domains")
    host = models.CharField(max_length=253)
    token = models.CharField(max_length=64)
    added_by = models.CharField(max_length=254, blank=True, default="")
    added_at = models.DateTimeField(default=now)
    proof = models.CharField(max_length=10, choices=Answer.choices, default=Answer.WAITING)
    pointing = models.CharField(max_length=10, choices=Answer.choices, default=Answer.WAITING)
    seen = models.CharField(max_length=300, blank=True, default="")
    pointed_at = models.CharField(max_length=300, blank=True, default="")
    checked_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    out_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "host"], name="tenants_domain_once"),
            models.UniqueConstraint(
                fields=["host"], condition=Q(verified_at__isnull=False), name="tenants_domain_proved_once"
            ),
        ]

    def __str__(self) -> str:
        return self.host
