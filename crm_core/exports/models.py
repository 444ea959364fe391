"""A full export of the workspace: one archive with every table and every file, kept for some days."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7
from kernel.models import TenantModel
from kernel.when import now


class Export(TenantModel):
    """One asked-for archive. ``job`` is the background work that makes it (a plain id).

    ``size`` is in bytes, ``rows`` and ``files`` count what is in it, ``digest`` is the SHA-256
    over the digests of all tables. The archive is removed at ``expires_at``.
    """

    LIFE = timedelta(days=7)

    class State(models.TextChoices):
        MAKING = "making", _("Being made")
        READY = "ready", _("Ready")
        ENDED = "ended", _("Not finished")
        GONE = "gone", _("Removed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=6, choices=State.choices, default=State.MAKING)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200, blank=True, default="")
    job = models.UUIDField(null=True)
    size = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, default="")
    downloads = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d} {self.state}"

    @property
    def stored(self) -> str:
        """The archive's name in the tenant's storage."""
        return f"exports/{self.id}.zip"

    @property
    def workshop(self) -> str:
        """The folder of the pieces while the archive is being made."""
        return f"exports/{self.id}"
