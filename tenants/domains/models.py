"""A company's claim to a domain of its own. Once proved, an ``Address`` stands beside it and the workspace answers there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
        WAITING = "waiting", pgettext_lazy("DNS record", "Waiting for a check")
        FOUND = "found", pgettext_lazy("DNS record", "Found")
        WRONG = "wrong", pgettext_lazy("DNS record", "Another value")
        MISSING = "missing", pgettext_lazy("DNS record", "Not found")
        SILENT = "silent", _("The DNS does not answer")
        TAKEN = "taken", pgettext_lazy("DNS record", "In use elsewhere")

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
