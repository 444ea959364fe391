"""What may be chosen in forms: clients, contacts, stages, owners."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, When

from crm_core.records import queries as records
from crm_core.records import registry
from crm_core.records.models import Card
from crm_core.sales.models import Pipeline
from crm_core.sales.queries.pipelines import open_stages
from crm_core.team.models import Member
from kernel.text import variants
from ui.fields import Option

SUGGESTIONS = 8


def _seen(member: Member, kinds: Iterable[str]) -> Any:
    allowed = [kind for kind in kinds if member.may(registry.kind(kind).view_right)]
    return Card.objects.filter(records.visibility_q(member, ""), kind__in=allowed)


def options(member: Member, kinds: Iterable[str], text: str, near: str = "") -> list[Option]:
    """Records whose names or other words fit what was typed, also in the other keyboard layout.

    Without a text: the people of ``near`` (a company's id) first, or the newest records.
    """
    rows = _seen(member, kinds).select_related("owner", "person__company__card")
    if text.strip():
        rows = rows.filter(_fits(text)).order_by(_begins(text), "sort_key", "id")
    elif near and is_key(near):
        rows = rows.filter(person__employments__company_id=near).order_by("sort_key", "id")
    else:
        rows = rows.order_by("-changed_at", "-id")
    return [_option(card) for card in rows[:SUGGESTIONS]]


def label_of(member: Member, kinds: Iterable[str], chosen: str) -> str | None:
    """The name of a chosen record; None if it is not there or not to be seen."""
    card = card_of(member, chosen, kinds)
    return card.label if card else None


def is_key(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _fits(text: str) -> Q:
    found = Q()
    for spelling in variants(text):
        every = Q()
        for word in spelling.split()[:8]:
            every &= Q(search_text__contains=word)
        found |= every
    return found


def _begins(text: str) -> Case:
    """Names that begin with what was typed come first, then those with such a word, then all else."""
    said = text.strip()
    return Case(When(label__istartswith=said, then=0), When(label__icontains=f" {said}", then=1), default=2)


def _option(card: Card) -> Option:
    """A record with what tells it from its namesakes: a person's company, else the owner."""
    company = card.person.company if card.kind == "person" else None
    note = company.card.label if company else (card.owner.name if card.owner else "")
    return Option(str(card.id), card.label, note)


def card_of(member: Member, card_id: Any, kinds: Iterable[str]) -> Card | None:
    """A record that a form is opened for, if the member sees it."""
    if not is_key(str(card_id or "")):
        return None
    return _seen(member, kinds).filter(pk=card_id).select_related("person__company__card").sole()


def stage_groups(pipelines: list[Pipeline]) -> list[tuple[Any, Any]]:
    """Open stages as choices, under their pipeline's name if there are several."""
    groups = [(one.name, [(str(stage.id), stage.name) for stage in open_stages(one)]) for one in pipelines]
    return groups if len(groups) > 1 else groups[0][1]
