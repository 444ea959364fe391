"""Saved views: a question to a list, kept under a name."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm_core.team.models import Member
from kernel.ids import uuid7
from kernel.models import TenantModel, TenantQuerySet
from kernel.when import now


class SavedViewQuerySet(TenantQuerySet):
    def kept(self) -> SavedViewQuerySet:
        return self.filter(removed_at__isnull=True)

    def open_to(self, member_id: Any, team_id: Any) -> SavedViewQuerySet:
        """Views that a member may open: his own, his team's (None: he is in none), everybody's."""
        shared = Q(shared=SavedView.Shared.EVERYONE)
        if team_id:
            shared |= Q(shared=SavedView.Shared.TEAM, owner__team_id=team_id)
        return self.kept().filter(Q(owner_id=member_id) | shared)

    def with_hiding(self, member_id: Any) -> SavedViewQuerySet:
        """Says of each view in ``put_away`` whether the member has hidden it from his tabs."""
        mine = Hiding.objects.filter(view=OuterRef("pk"), member_id=member_id)
        return self.annotate(put_away=Exists(mine))


class SavedView(TenantModel):
    """A list's filter, sort, columns, grouping and drawing under a name.

    ``filter`` is the URL query of the conditions. ``key`` marks a view that every workspace begins with;
    such a view belongs to nobody, is changed by whoever may share views, and is hidden rather than deleted.
    """

    class Shared(models.TextChoices):
        MINE = "mine", _("Only me")
        TEAM = "team", _("My team")
        EVERYONE = "everyone", _("Everyone")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    table = models.CharField(max_length=40)
    key = models.CharField(max_length=80, blank=True, default="")
    name = models.CharField(max_length=80)
    filter = models.TextField(blank=True, default="")
    sort = models.CharField(max_length=81, blank=True, default="")
    columns = models.JSONField(default=list)
    grouping = models.CharField(max_length=80, blank=True, default="")
    drawing = models.CharField(max_length=80, blank=True, default="")
    shared = models.CharField(max_length=8, choices=Shared.choices, default=Shared.MINE)
    owner = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, related_name="views")
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta(TenantModel.Meta):
        ordering = ["position", "created_at", "id"]
        indexes = [models.Index(fields=["table", "position"], name="lists_view_of_table")]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="lists_view_key"),
            models.CheckConstraint(
                condition=Q(owner__isnull=False) | Q(shared="everyone"), name="lists_view_of_nobody_is_shared"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Hiding(TenantModel):
    """A member has put a view away from his own tabs; it can still be opened by its address."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="hidings")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["view", "member"], name="lists_hiding_once")]

    def __str__(self) -> str:
        return f"{self.view_id} {self.member_id}"
