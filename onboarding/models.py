"""A company on its way in: what was asked for, and how far the opening of its workspace is."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kernel.ids import uuid7
from kernel.when import now


class Signup(models.Model):
    """One form, sent once: its id is made with the form, so pressing twice finds the first.

    ``account_id`` is empty if the address had an account already: that person signs in and finds
    the signup by ``email``. Each step of the opening leaves its mark, so any of them can be repeated.
    ``holds`` keeps the address free for this company until its tenant exists.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(max_length=254, db_index=True)
    account_id = models.BigIntegerField(null=True, db_index=True)
    company = models.CharField(max_length=200)
    slug = models.CharField(max_length=63)
    holds = models.BooleanField(default=True)
    language = models.CharField(max_length=8, default="en")
    zone = models.CharField(max_length=64, default="UTC")
    currency = models.CharField(max_length=3, default="EUR")
    created_at = models.DateTimeField(default=now)
    tenant_id = models.UUIDField(null=True)
    member_id = models.UUIDField(null=True)
    leased_at = models.DateTimeField(null=True)
    joined_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], condition=Q(holds=True), name="onboarding_signup_holds"),
        ]

    def __str__(self) -> str:
        return f"{self.company} ({self.slug})"

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.dropped_at is None


class Looking(models.Model):
    """An operator's wish to look into a workspace: the control plane's half of an access.

    The other half, with what the administrator allowed, stands in the workspace under the same id.
    ``ticket`` and ``nonce`` are digests of the way in, good until ``ticket_until`` and used once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant_id = models.UUIDField(db_index=True)
    account_id = models.BigIntegerField()
    account_label = models.CharField(max_length=254)
    reason = models.CharField(max_length=300)
    asked_at = models.DateTimeField(default=now)
    ticket = models.CharField(max_length=64, blank=True, default="")
    nonce = models.CharField(max_length=64, blank=True, default="")
    ticket_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.account_label} {self.asked_at:%Y-%m-%d}"
