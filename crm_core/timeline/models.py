"""Great exports, as the administrators are told of them. All other facts stand in the one stream of events."""

from __future__ import annotations

from django.db import models

from kernel.ids import uuid7
from kernel.models import TenantModel
from kernel.when import now


class MassExport(TenantModel):
    """Much was taken out at once. ``what`` is the verb of the fact in the history, ``rows`` how many rows."""

    insert_only = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event_id = models.UUIDField()
    what = models.CharField(max_length=60)
    actor_label = models.CharField(max_length=200, blank=True, default="")
    rows = models.BigIntegerField()
    at = models.DateTimeField(default=now)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["-at"], name="timeline_mass_newest")]

    def __str__(self) -> str:
        return f"{self.what} {self.rows}"
