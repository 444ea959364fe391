"""First tasks: keeping what is ticked, and putting the list away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from crm_core.setup.models import Training
from kernel.actions import action
from kernel.rights import EVERYBODY


@action()
def keep_training(*, by: Any, fresh: set[str], read_until: datetime) -> None:
    """Keep what the member's facts have ticked until a moment (UTC). No fact is told: it is nobody's act."""
    told = {"done": sorted(fresh), "read_until": read_until}
    kept, made = Training.objects.select_for_update().get_or_create(member_id=by.id, defaults=told)
    if not made:
        kept.done, kept.read_until = sorted({*kept.done, *fresh}), read_until
        kept.save()


@action(EVERYBODY)
def put_training_away(*, by: Any, away: bool = True) -> None:
    """Show one's list of first tasks no more, or again."""
    Training.objects.update_or_create(member_id=by.id, defaults={"put_away": away})
