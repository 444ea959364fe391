"""Activities: what is to be done with a client and what was done: tasks, calls, meetings."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_core.records.models import Card
from crm_core.team.models import Member
from kernel.ids import uuid7
from kernel.models import TenantModel, TenantQuerySet
from kernel.when import now


class ActivityQuerySet(TenantQuerySet):
    def standing(self) -> ActivityQuerySet:
        return self.filter(removed_at=None)

    def open(self) -> ActivityQuerySet:
        return self.filter(removed_at=None, done_at=None)

    def done(self) -> ActivityQuerySet:
        return self.filter(removed_at=None, done_at__isnull=False)

    def overdue(self) -> ActivityQuerySet:
        return self.open().filter(due_by__lt=now())

    def soonest_first(self) -> ActivityQuerySet:
        return self.order_by(F("due_by").asc(nulls_last=True), "id")


class Activity(TenantModel):
    """One task, call or meeting, planned or done.

    ``card`` is the record it belongs to (client or deal; none for a task of one's own) and
    ``client`` the company or person in whose timeline it stands. Due is either a moment
    (``due_at``) or a day (``due_on``); ``due_by`` is when it becomes overdue: the moment, or
    the end of that day in the owner's zone. ``duration`` is in seconds. A logged call may have no title. ``result`` says how
    a call or meeting ended. A removed activity keeps its row so that it can come back.
    """

    class Kind(models.TextChoices):
        TASK = "task", pgettext_lazy("kind of activity", "Task")
        CALL = "call", pgettext_lazy("kind of activity", "Call")
        MEETING = "meeting", pgettext_lazy("kind of activity", "Meeting")

    class Result(models.TextChoices):
        REACHED = "reached", _("Reached")
        NO_ANSWER = "no_answer", _("No answer")
        CALL_BACK = "call_back", _("Asked to call back")
        LEFT_WORD = "left_word", _("Left a message")
        WRONG = "wrong", _("Wrong number")
        HELD = "held", _("Took place")
        NOT_HELD = "not_held", _("Did not take place")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.TASK)
    card = models.ForeignKey(Card, on_delete=models.CASCADE, null=True, blank=True, related_name="activities")
    client = models.ForeignKey(
        Card, on_delete=models.SET_NULL, null=True, blank=True, related_name="client_activities"
    )
    title = models.CharField(max_length=300, blank=True, default="")
    text = models.TextField(blank=True, default="")
    due_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    due_by = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    duration = models.PositiveIntegerField(null=True)
    owner = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=now)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    result = models.CharField(max_length=10, choices=Result.choices, blank=True, default="")
    search_text = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True)
    change_set = models.UUIDField(null=True)

    objects = ActivityQuerySet.as_manager()

    class Meta(TenantModel.Meta):
        verbose_name_plural = "activities"
        indexes = [
            models.Index(
                fields=["owner", "due_by"],
                name="activities_open_of_owner",
                condition=Q(done_at=None, removed_at=None),
            ),
            models.Index(
                fields=["card", "due_by"],
                name="activities_open_of_card",
                condition=Q(done_at=None, removed_at=None),
            ),
            models.Index(
                fields=["client", "due_by"],
                name="activities_open_of_client",
                condition=Q(done_at=None, removed_at=None),
            ),
            models.Index(
                fields=["owner", "-done_at"],
                name="activities_done_of_owner",
                condition=Q(done_at__isnull=False),
            ),
            models.Index(
                fields=["change_set"], name="activities_change_set", condition=Q(change_set__isnull=False)
            ),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="activities_search"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(due_at=None) | Q(due_on=None), name="activities_one_due"),
            models.CheckConstraint(
                condition=Q(due_at=None, due_on=None, due_by=None)
                | (Q(due_by__isnull=False) & (Q(due_at__isnull=False) | Q(due_on__isnull=False))),
                name="activities_due_by",
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(self.Kind(self.kind).label)

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.removed_at is None

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_by is not None and self.due_by < now()

    @property
    def ended_at(self) -> datetime | None:
        """When a call or meeting ended; None if its start is not known."""
        if self.started_at is None:
            return None
        return self.started_at + timedelta(seconds=self.duration or 0)
