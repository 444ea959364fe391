"""What an upgrade of the fleet remembers: the plan, the run, one journal row per company."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from kernel.when import now


class UpgradePlan(models.Model):
    """What takes a schema from one release to another, rendered once by a rehearsal.

    ``hops`` is a list of :class:`tenants.upgrades.plans.Hop` as dictionaries;
    ``digest`` is over their statements before any schema's name is put in;
    ``seconds`` is how long the rehearsal on an empty schema took.
    """

    from_release = models.CharField(max_length=64)
    to_release = models.CharField(max_length=64)
    hops = models.JSONField()
    digest = models.CharField(max_length=64)
    seconds = models.FloatField()
    made_at = models.DateTimeField(default=now)

    class Meta:
        app_label = "tenants"
        constraints = [
            models.UniqueConstraint(fields=["from_release", "to_release"], name="tenants_plan_once")
        ]

    def __str__(self) -> str:
        return f"{self.from_release} → {self.to_release}"


REASONS: dict[str, Any] = {
    "too_many": _("%(failed)s companies failed; no more than %(allowed)s may."),
    "everybody": _("The first companies all failed (%(failed)s): the release is bad for everybody."),
    "canaries": _("Of %(size)s canaries %(failed)s failed."),
    "superseded": _("A newer upgrade took its place."),
}


class UpgradeRun(models.Model):
    """One upgrade of the fleet. ``wanted`` is what an operator asks of the process that carries it out.

    ``parallel`` counts connections, ``waves`` are growing shares of the fleet in
    percent, ``stop_at`` is a share (``5%``) or a number of failures that may
    happen; one more stops the run. ``beat_at`` is renewed every second while a
    process works on the run. ``reason`` is a key of ``REASONS`` with its values, or a sentence.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        STOPPED = "stopped", _("Stopped")
        DONE = "done", _("Done")

    class Wanted(models.TextChoices):
        NOTHING = "", "–"
        PLAN = "plan", _("Plan")
        RUN = "run", _("Run")
        PAUSE = "pause", _("Pause")

    id = models.BigAutoField(primary_key=True)
    to_release = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    wanted = models.CharField(max_length=10, choices=Wanted.choices, default="", blank=True)
    canary = models.CharField(max_length=500, default="3")
    waves = models.CharField(max_length=100, default="5%,25%,100%")
    parallel = models.PositiveSmallIntegerField(default=4)
    stop_at = models.CharField(max_length=10, default="1%")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    reason = models.TextField(blank=True, default="")
    reason_values = models.JSONField(default=dict)
    asked_by = models.CharField(max_length=254, blank=True, default="")
    created_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "tenants"
        indexes = [models.Index(fields=["-created_at"], name="tenants_run_newest")]

    def __str__(self) -> str:
        return f"{self.id}"

    @property
    def why(self) -> str:
        """Why the run was stopped, in the reader's language; empty if it was not."""
        words = REASONS.get(self.reason)
        return str(words) % self.reason_values if words else self.reason

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.PLANNED, self.State.RUNNING, self.State.PAUSED)

    @property
    def percent(self) -> int:
        """How much of the fleet has been visited, 0 to 100."""
        return (self.done + self.failed) * 100 // self.total if self.total else 100

    @property
    def rate(self) -> float:
        """Companies per second while a process worked on the run."""
        return round((self.done + self.failed) / self.seconds, 1) if self.seconds else 0.0


class UpgradeStep(models.Model):
    """The journal row of one company in one run, written in the transaction that changes its schema.

    ``wave`` 0 are the canaries. ``seconds`` is the last attempt's time,
    ``statement`` and ``error`` say what a failed company failed on.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        GONE = "gone", _("Closed meanwhile")

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(UpgradeRun, on_delete=models.CASCADE, related_name="steps")
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="upgrades")
    from_release = models.CharField(max_length=64)
    to_release = models.CharField(max_length=64)
    wave = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    seconds = models.FloatField(null=True)
    statement = models.TextField(blank=True, default="")
    error = models.TextField(blank=True, default="")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "tenants"
        constraints = [models.UniqueConstraint(fields=["run", "tenant"], name="tenants_step_once")]
        indexes = [models.Index(fields=["run", "state", "wave"], name="tenants_step_open")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.tenant_id} {self.state}"


class DataProgress(models.Model):
    """How far a data step is in one company. ``checkpoint`` is what the next batch goes on from."""

    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="data_steps")
    name = models.CharField(max_length=100)
    done_at = models.DateTimeField(null=True)
    checkpoint = models.JSONField(default=dict)
    rows = models.PositiveBigIntegerField(default=0)
    error = models.TextField(blank=True, default="")
    changed_at = models.DateTimeField(default=now)

    class Meta:
        app_label = "tenants"
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="tenants_data_once")]
        indexes = [
            models.Index(F("name"), name="tenants_data_open", condition=models.Q(done_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.tenant_id}"
