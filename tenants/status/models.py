"""What the status page is made of, in the control plane: checks, days, incidents with their updates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7
from kernel.when import now
from tenants.status.parts import State


def _said(english: str, russian: str) -> str:
    return russian if (get_language() or "en").partition("-")[0] == "ru" else english


class Check(models.Model):
    """One look at one part. ``detail`` is a short code for operators; rows are kept for two days."""

    part = models.CharField(max_length=20)
    at = models.DateTimeField(default=now)
    state = models.CharField(max_length=10, choices=State.choices)
    detail = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        app_label = "tenants"
        indexes = [models.Index(fields=["part", "-at"], name="tenants_check_newest")]

    def __str__(self) -> str:
        return f"{self.part} {self.state}"


class CheckDay(models.Model):
    """How many checks of a part ended how on a day (UTC)."""

    part = models.CharField(max_length=20)
    day = models.DateField()
    ok = models.PositiveIntegerField(default=0)
    limited = models.PositiveIntegerField(default=0)
    down = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "tenants"
        constraints = [models.UniqueConstraint(fields=["part", "day"], name="tenants_checkday_once")]

    def __str__(self) -> str:
        return f"{self.part} {self.day}"


class Incident(models.Model):
    """Trouble that people notice, or works that were announced. Times are UTC.

    ``parts`` names parts of the service; ``companies`` are the ids of the only ones whom it concerns (empty:
    everybody). Works have a planned end in ``ends_at``; both are over when an operator says so.
    """

    class Kind(models.TextChoices):
        TROUBLE = "trouble", pgettext_lazy("kind of incident", "Trouble")
        WORKS = "works", _("Planned works")

    class Stage(models.TextChoices):
        LOOKING = "looking", _("We are looking for the cause")
        FOUND = "found", _("The cause is known")
        WATCHING = "watching", _("Mended, we are watching")
        PLANNED = "planned", pgettext_lazy("works", "Planned")
        RUNNING = "running", pgettext_lazy("works", "Under way")
        OVER = "over", pgettext_lazy("incident", "Over")
        CANCELLED = "cancelled", pgettext_lazy("works", "Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    stage = models.CharField(max_length=10, choices=Stage.choices)
    effect = models.CharField(max_length=10, choices=State.choices, default=State.LIMITED)
    parts = models.JSONField(default=list)
    companies = models.JSONField(default=list)
    title_en = models.CharField(max_length=120)
    title_ru = models.CharField(max_length=120)
    starts_at = models.DateTimeField(default=now)
    ends_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)
    account_label = models.CharField(max_length=254)
    made_at = models.DateTimeField(default=now)

    class Meta:
        app_label = "tenants"
        indexes = [models.Index(fields=["-starts_at"], name="tenants_incident_newest")]

    def __str__(self) -> str:
        return self.title_en

    @property
    def title(self) -> str:
        return _said(self.title_en, self.title_ru)

    @property
    def is_open(self) -> bool:
        return self.over_at is None

    def is_felt(self, moment: datetime) -> bool:
        """Whether people may notice it at this moment."""
        return self.is_open and self.starts_at <= moment

    @property
    def stage_words(self) -> Any:
        """The stage as people read it: works whose time has come are under way, whoever said so or not."""
        due = self.stage == self.Stage.PLANNED and self.starts_at <= now()
        return self.Stage.RUNNING.label if due else self.Stage(self.stage).label


class IncidentUpdate(models.Model):
    """What operators said about an incident at a moment. Rows are only ever added."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="updates")
    stage = models.CharField(max_length=10, choices=Incident.Stage.choices)
    text_en = models.CharField(max_length=600)
    text_ru = models.CharField(max_length=600)
    at = models.DateTimeField(default=now)
    account_label = models.CharField(max_length=254)

    class Meta:
        app_label = "tenants"
        indexes = [models.Index(fields=["incident", "-at"], name="tenants_update_newest")]

    def __str__(self) -> str:
        return self.text_en[:60]

    @property
    def text(self) -> str:
        return _said(self.text_en, self.text_ru)
