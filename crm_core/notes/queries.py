"""Reading notes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from crm_core.notes.models import Note
from crm_core.records.models import Card
from crm_core.records.queries import seen, sees
from crm_core.records.registry import kinds
from crm_core.team.models import Member
from kernel.errors import NotFound
from kernel.standing import AnyOf, standing
from kernel.text import variants


def visible_to(member: Member) -> QuerySet[Note]:
    """Notes on live records that the member sees in full."""
    cards = Card.objects.none()
    for kind in kinds():
        cards = cards | seen(member, kind.name)
    return Note.objects.standing().filter(card__in=cards)


def note(member: Member, id: UUID, *, removed: bool = False) -> Note:
    """One note on a record that the member sees. Raises ``NotFound``."""
    rows = Note.objects.all() if removed else Note.objects.standing()
    found = rows.select_related("card", "author").filter(id=id).sole()
    if found is None or not found.card.is_live or not sees(member, found.card):
        raise NotFound
    return found


def by_ids(ids: Iterable[UUID]) -> dict[UUID, Note]:
    """Standing notes by id, for feeds whose records are seen already."""
    wanted = list(ids)
    return {found.id: found for found in _by_ids(ids=wanted)} if wanted else {}


@standing
def _by_ids(*, ids: Any) -> QuerySet[Note]:
    return Note.objects.standing().filter(AnyOf(F("id"), ids))


def search(member: Member, words: str, limit: int = 10) -> list[Note]:
    """The newest notes that contain the words, in either keyboard layout."""
    found: list[Note] = []
    for spelling in variants(words):
        rows = visible_to(member).select_related("card", "author")
        rows = rows.filter(search_text__contains=spelling).exclude(id__in=[one.id for one in found])
        found += rows.order_by("-at")[: limit - len(found)]
        if len(found) >= limit:
            break
    return found
