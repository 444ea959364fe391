"""Notes: what somebody wrote down about a record."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from crm_core.records.models import Card
from crm_core.team.models import Member
from kernel.ids import uuid7
from kernel.models import TenantModel, TenantQuerySet
from kernel.when import now

LONGEST = 20_000


class NoteQuerySet(TenantQuerySet):
    def standing(self) -> NoteQuerySet:
        return self.filter(removed_at=None)


class Note(TenantModel):
    """A text about a record, at most ``LONGEST`` characters.

    ``client`` is the company or person in whose timeline a deal's note also stands.
    ``search_text`` is the folded text. A removed note keeps its row so that it can come back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="notes")
    client = models.ForeignKey(Card, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.TextField()
    search_text = models.TextField(blank=True, default="")
    author = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=now)
    edited_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    change_set = models.UUIDField(null=True)

    objects = NoteQuerySet.as_manager()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["card", "-at"], name="notes_note_of_card"),
            models.Index(
                fields=["change_set"], name="notes_note_change_set", condition=Q(change_set__isnull=False)
            ),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="notes_note_search"),
        ]

    def __str__(self) -> str:
        return self.text[:80]
