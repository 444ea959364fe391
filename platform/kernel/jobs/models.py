"""The job row: what was asked, how far it is, how it ended. Lives in the tenant's schema."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7
from kernel.models import TenantModel, TenantQuerySet
from kernel.when import now


class JobQuerySet(TenantQuerySet["Job"]):
    def open(self) -> JobQuerySet:
        return self.filter(state__in=(Job.State.WAITING, Job.State.RUNNING))


class Job(TenantModel):
    """One piece of background work. ``run`` is the fencing token of the worker that holds it.

    ``done`` and ``total`` count the units that ``words`` names; ``checkpoint`` is
    what a new worker needs to go on after a crash. Times are UTC.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        STOPPED = "stopped", _("Stopped")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=300, blank=True, default="", db_default="")
    arguments = models.JSONField(default=dict)
    key = models.CharField(max_length=200, null=True, blank=True)
    actor = models.UUIDField(null=True)
    language = models.CharField(max_length=8, default="en")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    words = models.CharField(max_length=300, blank=True, default="")
    checkpoint = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    run = models.UUIDField(null=True)
    stop_wanted = models.BooleanField(default=False)
    link = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(key__isnull=False), name="jobs_job_key"),
        ]
        indexes = [models.Index(fields=["-created_at"], name="jobs_job_newest")]

    def __str__(self) -> str:
        return self.title or self.name

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def percent(self) -> int | None:
        """How much is done, 0 to 100; None while the total is unknown."""
        if not self.total:
            return None
        return min(100, self.done * 100 // self.total)

    def as_dict(self) -> dict[str, Any]:
        """What a polling page needs."""
        return {
            "id": str(self.id),
            "state": self.state,
            "done": self.done,
            "total": self.total,
            "words": self.words,
        }
