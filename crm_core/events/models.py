"""The one append-only stream of facts. Every action writes one event in its own transaction."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7
from kernel.models import TenantModel, TenantQuerySet
from kernel.when import now


class EventQuerySet(TenantQuerySet):
    def about(self, record_ids: list[object]) -> EventQuerySet:
        return self.filter(models.Q(record_id__in=record_ids) | models.Q(client_id__in=record_ids))


class Event(TenantModel):
    """One fact: ``verb`` (``sales.moved``) about a record, by an actor, for a cause, at a time (UTC).

    Holds plain ids, no foreign keys, so that facts outlive what they tell of.
    ``client_id`` is the client (company or person) in whose timeline it also
    stands. ``changes`` maps a field's name to ``[before, after]``; ``values``
    holds what else the sentence needs. ``change_set`` names the import or bulk
    change it belongs to. Rows are only ever added.
    """

    insert_only = True

    class Cause(models.TextChoices):
        PAGE = "page", _("By hand")
        JOB = "job", _("Background work")
        IMPORT = "import", _("Import")
        RULE = "rule", _("Rule")
        COMMAND = "command", _("Platform")
        OPERATOR = "operator", _("Operator")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    verb = models.CharField(max_length=60)
    record_kind = models.CharField(max_length=20, blank=True, default="")
    record_id = models.UUIDField(null=True)
    record_label = models.CharField(max_length=300, blank=True, default="")
    client_id = models.UUIDField(null=True)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200, blank=True, default="")
    cause = models.CharField(max_length=10, choices=Cause.choices, default=Cause.PAGE)
    change_set = models.UUIDField(null=True)
    changes = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    at = models.DateTimeField(default=now)

    objects = EventQuerySet.as_manager()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["record_id", "-at", "-id"], name="events_of_record"),
            models.Index(
                fields=["client_id", "-at", "-id"],
                name="events_of_client",
                condition=models.Q(client_id__isnull=False),
            ),
            models.Index(fields=["-at", "-id"], name="events_newest"),
            models.Index(
                fields=["change_set"],
                name="events_of_change_set",
                condition=models.Q(change_set__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.record_label}"
