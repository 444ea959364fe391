"""What may be chosen in forms: clients, contacts, stages, owners."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from crm_core.records import queries as records
from crm_core.records import registry
from crm_core.records.models import Card
from crm_core.sales.models import Pipeline
from crm_core.sales.queries.pipelines import open_stages
from crm_core.team.models import Member
from kernel.text import fold, variants

SUGGESTIONS = 8


def _seen(member: Member, kinds: Iterable[str]) -> Any:
    allowed = [kind for kind in kinds if member.may(registry.kind(kind).view_right)]
    return Card.objects.filter(records.visibility_q(member, ""), kind__in=allowed)


def suggestions(member: Member, kinds: Iterable[str], text: str) -> list[Card]:
    """Records whose names or other words fit what was typed, also in the other keyboard layout."""
    found = Q()
    for spelling in variants(text):
        every = Q()
        for word in spelling.split()[:8]:
            every &= Q(search_text__contains=word)
        found |= every
    rows = _seen(member, kinds).select_related("owner", "person__company__card")
    return list(rows.filter(found).order_by("sort_key", "id")[:SUGGESTIONS])


def named_exactly(member: Member, kinds: Iterable[str], text: str) -> list[Card]:
    """Records of just this name (case and ё aside), at most two: enough to know whether it is one."""
    rows = _seen(member, kinds).filter(label__iexact=text.strip())
    return [card for card in rows[:20] if fold(card.label) == fold(text)][:2]


def card_of(member: Member, card_id: Any, kinds: Iterable[str]) -> Card | None:
    """A record that a form is opened for, if the member sees it."""
    return _seen(member, kinds).filter(pk=card_id).select_related("person__company__card").first()


def stage_groups(pipelines: list[Pipeline]) -> list[tuple[Any, Any]]:
    """Open stages as choices, under their pipeline's name if there are several."""
    groups = [(one.name, [(str(stage.id), stage.name) for stage in open_stages(one)]) for one in pipelines]
    return groups if len(groups) > 1 else groups[0][1]
