"""How a company grows into the product: what it answered at the beginning, and which packs it took."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from crm_core.team.models import Member
from kernel.ids import uuid7
from kernel.models import TenantModel
from kernel.when import now


class Growth(TenantModel):
    """The answers to the questionnaire, as they were given; one row. What follows from them stands in ``Policy.parts``.

    ``answers`` maps a question's name to its answer and is kept from step to step. ``skipped_at`` remembers
    that somebody did not want to be asked, ``stage_since`` when the present stage was taken.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    answers = models.JSONField(default=dict)
    answered_at = models.DateTimeField(null=True)
    skipped_at = models.DateTimeField(null=True)
    stage_since = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.CheckConstraint(condition=Q(id=1), name="setup_growth_one_row")]

    def __str__(self) -> str:
        return "growth"


class PackUse(TenantModel):
    """A pack that was applied. ``made`` lists what it made (what, id, name), ``kept`` what stayed when it was undone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    pack = models.CharField(max_length=40)
    language = models.CharField(max_length=8, default="en")
    made = models.JSONField(default=list)
    kept = models.JSONField(default=list)
    applied_at = models.DateTimeField(default=now)
    applied_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-applied_at", "-id"]

    def __str__(self) -> str:
        return self.pack


class Example(TenantModel):
    """What this workspace shows, where it is an invented company; one row, none in a real one.

    ``line`` is the pack's key. ``done`` of ``total`` steps of the story were told; ``made`` maps the story's
    things to the ids that they got, so that the telling goes on where it was cut off. ``began_at`` is the
    moment that the story takes for its present.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    line = models.CharField(max_length=40)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    made = models.JSONField(default=dict)
    began_at = models.DateTimeField(default=now)
    filled_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.CheckConstraint(condition=Q(id=1), name="setup_example_one_row")]

    def __str__(self) -> str:
        return self.line


class TourPlace(TenantModel):
    """How far a person is in a tour. ``step`` counts from 0; ``left_at`` says that it was put away for now."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    tour = models.CharField(max_length=20)
    step = models.PositiveSmallIntegerField(default=0)
    left_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=now)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["member", "tour"], name="setup_tour_once")]

    def __str__(self) -> str:
        return f"{self.tour} {self.step}"


class Training(TenantModel):
    """Which first tasks a member has done (names), read from their facts ``read_until`` a moment (UTC).

    ``put_away`` is True once the member does not want to see the list any more.
    """

    member = models.OneToOneField(Member, on_delete=models.CASCADE, primary_key=True, related_name="+")
    done = models.JSONField(default=list)
    read_until = models.DateTimeField(null=True)
    put_away = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.member_id}: {len(self.done)}"
