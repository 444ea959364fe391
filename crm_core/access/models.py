"""Looking in from outside: what an operator of the platform asked for, and what the administrator allowed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7
from kernel.models import TenantModel, TenantQuerySet
from kernel.when import now


class AccessQuerySet(TenantQuerySet):
    def open(self) -> AccessQuerySet:
        """Granted, and neither ended nor over."""
        return self.filter(state=Access.State.GRANTED, until__gt=now())


class Access(TenantModel):
    """One request of an operator. ``account_id`` and ``operator`` (an e-mail address) say who.

    ``until`` is the end in UTC, set when the administrator grants it; ``may_change`` is False for
    reading only. Nobody comes in but by an open one, looked up anew with every request.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Waiting for your answer")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")
        ENDED = "ended", _("Ended")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_id = models.BigIntegerField()
    operator = models.CharField(max_length=254)
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    may_change = models.BooleanField(default=False)
    asked_at = models.DateTimeField(default=now)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, blank=True, default="")
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True, default="")

    objects = AccessQuerySet.as_manager()

    class Meta(TenantModel.Meta):
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return self.operator

    @property
    def is_open(self) -> bool:
        return self.state == self.State.GRANTED and self.until is not None and self.until > now()

    @property
    def stands(self) -> str:
        """The state as it is now: asked, open, refused, over (by time) or ended (by somebody)."""
        if self.state == self.State.GRANTED:
            return "open" if self.is_open else "over"
        return str(self.state)


class Visit(TenantModel):
    """An operator's browser inside the workspace, found by the digest of its cookie."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    access = models.ForeignKey(Access, on_delete=models.CASCADE, related_name="visits")
    created_at = models.DateTimeField(default=now)
    agent = models.CharField(max_length=300, blank=True, default="")
    network = models.CharField(max_length=64, blank=True, default="")

    class Meta(TenantModel.Meta):
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.access_id} {self.created_at:%Y-%m-%d}"
