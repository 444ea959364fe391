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
