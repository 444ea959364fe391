"""Going through a tour: a step on or back, leaving it for now, taking it up again. Each person has their own place."""

from __future__ import annotations

from typing import Any

from crm_core.setup.models import TourPlace
from crm_core.setup.queries import tours
from crm_core.team.models import Member
from kernel.actions import action
from kernel.errors import NotFound
from kernel.rights import EVERYBODY
from kernel.when import now


@action(EVERYBODY)
def turn(*, by: Member, name: str, step: int) -> TourPlace:
    """Go to a step, counted from 0; beyond the last one the tour is done. One tour is under way at a time.

    Raises ``NotFound`` for a tour that is not the member's, and outside of examples.
    """
    found = _tour(by, name)
    _others(by, name).update(left_at=now())
    place = _place(by, name)
    ended = step >= len(found.stops)
    place.step = max(0, min(step, len(found.stops) - 1))
    place.left_at, place.done_at = None, now() if ended else None
    place.changed_at = now()
    place.save()
    return place


@action(EVERYBODY)
def leave(*, by: Member, name: str) -> TourPlace:
    """Put a tour away; its place is kept. Raises ``NotFound`` as :func:`turn` does."""
    _tour(by, name)
    place = _place(by, name)
    place.left_at = place.changed_at = now()
    place.save()
    return place


def _tour(by: Member, name: str) -> tours.Tour:
    found = tours.tour(name)
    if found not in tours.tours_for(by) or tours.example() is None:
        raise NotFound
    return found


def _others(by: Member, name: str) -> Any:
    return TourPlace.objects.filter(member_id=by.id, left_at=None, done_at=None).exclude(tour=name)


def _place(by: Member, name: str) -> TourPlace:
    found: TourPlace = TourPlace.objects.select_for_update().get_or_create(member_id=by.id, tour=name)[0]
    return found
