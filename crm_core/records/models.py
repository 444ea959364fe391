"""The record card: what notes, tasks, tags, stars, files and mentions point at."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from crm_core.records import registry
from crm_core.team.models import Member
from kernel.ids import uuid7
from kernel.models import TenantModel, TenantQuerySet
from kernel.when import now


class CardQuerySet(TenantQuerySet):
    def live(self) -> CardQuerySet:
        return self.filter(state=Card.State.LIVE)

    def trashed(self) -> CardQuerySet:
        return self.filter(state=Card.State.TRASHED)


class Card(TenantModel):
    """The thin common part of every record; its key is also that of the kind's own wide table.

    ``label`` is the name people read, ``sort_key`` sorts it (:func:`kernel.text.sort_key`),
    ``search_text`` is folded text that the palette searches, ``version`` grows with each
    change and guards against lost updates. ``origin`` is the record's id in the system it
    was imported from, unique per kind among cards that were not purged.
    """

    class State(models.TextChoices):
        LIVE = "live", _("Live")
        TRASHED = "trashed", _("In the trash")
        MERGED = "merged", _("Merged")
        PURGED = "purged", _("Removed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20)
    label = models.CharField(max_length=300)
    sort_key = models.CharField(max_length=400)
    owner = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.LIVE)
    search_text = models.TextField(blank=True, default="")
    origin = models.CharField(max_length=120, null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="family")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(default=now)
    trashed_at = models.DateTimeField(null=True)
    change_set = models.UUIDField(null=True)

    objects = CardQuerySet.as_manager()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["kind", "state", "sort_key", "id"], name="records_card_by_name"),
            models.Index(fields=["kind", "state", "-created_at", "-id"], name="records_card_newest"),
            models.Index(fields=["owner", "kind", "state", "sort_key"], name="records_card_by_owner"),
            models.Index(
                fields=["change_set"],
                name="records_card_change_set",
                condition=models.Q(change_set__isnull=False),
            ),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="records_card_search"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "origin"],
                condition=models.Q(origin__isnull=False, state__in=("live", "trashed")),
                name="records_card_origin",
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def url(self) -> str:
        """The address of the record's page."""
        return registry.kind(self.kind).url(self.id)

    @property
    def is_live(self) -> bool:
        return self.state == self.State.LIVE


class Tag(TenantModel):
    """The tenant's own word for records, in one of ten hues or grey."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=40)
    hue = models.CharField(max_length=8, default="grey")

    class Meta(TenantModel.Meta):
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Upper("name"), name="records_tag_name")]

    def __str__(self) -> str:
        return self.name


class Tagging(TenantModel):
    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["card", "tag"], name="records_tagging_once")]

    def __str__(self) -> str:
        return f"{self.card_id} {self.tag_id}"


class Star(TenantModel):
    """A member's starred record; starred records stand in the sidebar."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="stars")
    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="stars")
    at = models.DateTimeField(default=now)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["member", "card"], name="records_star_once")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.card_id}"


class Visit(TenantModel):
    """When a member last opened a record: "recent" in the palette."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="visits")
    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="visits")
    at = models.DateTimeField(default=now)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["member", "card"], name="records_visit_once")]
        indexes = [models.Index(fields=["member", "-at"], name="records_visit_newest")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.card_id}"


class ChangeSet(TenantModel):
    """An import, bulk change, deletion or merge that can be undone as a whole.

    ``counts`` says what it did (created, updated, trashed …). Undoing leaves
    alone what somebody has changed since and lists it in ``kept``.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Running")
        DONE = "done", _("Done")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    verb = models.CharField(max_length=40)
    title = models.CharField(max_length=300, blank=True, default="")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    counts = models.JSONField(default=dict)
    kept = models.JSONField(default=list)
    created_at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title or self.verb
