"""Reading records: what a member sees in full, what a member merely knows of, and what is refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from django.apps import apps
from django.db.models import BooleanField, Case, Count, F, Q, QuerySet, Value, When

from crm_core.records import registry
from crm_core.records.models import Card, CardQuerySet, ChangeSet, Star, Tag, Tagging, Visit
from crm_core.team.models import Member
from kernel.errors import NotFound
from kernel.jobs.models import Job
from kernel.standing import AnyOf, standing

LIVE = (Card.State.LIVE.value,)
# So many starred records stand beside the places.
STARS = 30
# So many records opened last are known.
RECENT = 8


class Refused(NotFound):
    """The record exists and the member may not see it: the same answer as for a missing one, but logged."""

    def __init__(self, card: Card) -> None:
        super().__init__()
        self.card = card


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, for a standing query: as much of a member as decides what is seen."""

    id: Any
    visibility: str
    team_id: Any = None

    @classmethod
    def of(cls, sees: tuple[str], member: Any, team: Any = None) -> Reader:
        """From the arguments that :func:`asking` gives."""
        return cls(member, sees[0], team)


def asking(member: Any) -> dict[str, Any]:
    """The arguments by which a standing query knows who asks: ``sees``, ``member``, ``team`` (absent without one)."""
    team = {"team": member.team_id} if member.team_id else {}
    return {"sees": (member.visibility,), "member": member.id, **team}


@dataclass(frozen=True, slots=True)
class Link:
    """A record as a chip: ``url`` is empty where the member knows of it but may not open it."""

    id: UUID
    kind: str
    icon: str
    square: bool
    label: str
    url: str
    owner_name: str = ""


def visibility_q(member: Any, prefix: str = "card__", states: Sequence[str] = LIVE) -> Q:
    """The rows that ``member`` sees in full, for a model whose card is at ``prefix``.

    Own: records of which the member is the owner. Team: those of anybody in the member's team.
    Only cards in ``states`` are let through (by default live ones).
    """
    found = (
        Q(**{f"{prefix}state__in": list(states)}) if len(states) > 1 else Q(**{f"{prefix}state": states[0]})
    )
    if member.visibility == "all":
        return found
    if member.visibility == "team" and member.team_id:
        mates = Member.objects.filter(team_id=member.team_id).values("id")
        return found & Q(**{f"{prefix}owner_id__in": mates})
    return found & Q(**{f"{prefix}owner_id": member.id})


def seen(member: Any, kind: str, states: Sequence[str] = LIVE) -> CardQuerySet:
    """Cards of ``kind`` in ``states`` that the member sees in full; none without the kind's view right."""
    if not member.may(registry.kind(kind).view_right):
        return Card.objects.none()
    return Card.objects.filter(visibility_q(member, "", states), kind=kind)


def visible_to(member: Any, kind: str) -> CardQuerySet:
    """Live cards of ``kind`` that the member sees in full."""
    return seen(member, kind)


def known_to(member: Any, kinds: Iterable[str] | None = None) -> CardQuerySet:
    """Live cards that the member at least knows of: kind, name and owner, nothing else is loaded.

    ``full`` on each tells whether its page opens for the member.
    """
    return _known(member, _kinds_of(member, kinds))


def _kinds_of(member: Any, kinds: Iterable[str] | None = None) -> tuple[str, ...]:
    wanted = [known.name for known in registry.kinds() if kinds is None or known.name in set(kinds)]
    return tuple(name for name in wanted if member.may(registry.kind(name).view_right))


def _known(reader: Any, allowed: tuple[str, ...]) -> CardQuerySet:
    """``reader`` is a member, or has its ``id``, ``team_id`` and ``visibility``."""
    full: Any = Value(True, output_field=BooleanField())
    if reader.visibility != "all":
        full = Case(
            When(visibility_q(reader, ""), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
    return (
        Card.objects.live()
        .filter(kind__in=allowed)
        .select_related("owner")
        .only("id", "kind", "label", "owner__name")
        .annotate(full=full)
    )


def refuse(member: Any, kind: str, id: UUID) -> NoReturn:
    """Raise what a record that cannot be shown deserves: ``Refused`` if it is there, else ``NotFound``."""
    hidden = Card.objects.filter(id=id, kind=kind, state=Card.State.LIVE).first()
    if hidden is None:
        raise NotFound
    raise Refused(hidden)


def card_for(member: Any, kind: str, id: UUID) -> Card:
    """One live card in full, its owner loaded. Raises ``NotFound`` (``Refused``, which is logged)."""
    return visible_to(member, kind).select_related("owner").filter(id=id).sole() or refuse(member, kind, id)


def any_card_for(member: Any, id: UUID) -> Card:
    """As :func:`card_for` for a record of whatever kind."""
    card = Card.objects.live().filter(id=id).select_related("owner").sole()
    if card is None or card.kind not in registry.KINDS:
        raise NotFound
    return card_for(member, card.kind, id) if not sees(member, card) else card


def sees(member: Any, card: Card) -> bool:
    """Whether the member sees this card in full; asks the database only for visibility by team."""
    if not member.may(registry.kind(card.kind).view_right):
        return False
    if member.visibility == "all" or card.owner_id == member.id:
        return True
    if member.visibility != "team" or not member.team_id or card.owner_id is None:
        return False
    return Member.objects.filter(id=card.owner_id, team_id=member.team_id).exists()


def wide_model(kind: str) -> Any:
    """The kind's own wide model."""
    return apps.get_model(registry.kind(kind).model)


def links(member: Any, ids: Iterable[UUID | None]) -> dict[UUID, Link]:
    """Chips for records of any kind that the member knows of, in one query."""
    wanted = {found for found in ids if found is not None}
    if not wanted:
        return {}
    found = _among(ids=list(wanted), kinds=_kinds_of(member), **asking(member))
    return {card.id: link_of(card) for card in found}


@standing
def _among(
    *, ids: Any, kinds: tuple[str, ...], sees: tuple[str], member: Any, team: Any = None
) -> CardQuerySet:
    return _known(Reader.of(sees, member, team), kinds).filter(AnyOf(F("id"), ids))


def link_of(card: Card) -> Link:
    """The chip of a card that came from :func:`known_to` (or, in full, from anywhere else)."""
    kind = registry.kind(card.kind)
    url = kind.url(card.id) if getattr(card, "full", True) else ""
    owner = card.owner.name if card.owner_id and card.owner else ""
    return Link(card.id, card.kind, kind.icon, kind.square, card.label, url, owner)


def starred(member: Any) -> list[Link]:
    """The member's starred records that can still be opened, newest star first, at most ``STARS``."""
    found = _starred(kinds=_kinds_of(member), **asking(member))
    return [link_of(card) for card in found if card.full]


@standing
def _starred(*, kinds: tuple[str, ...], sees: tuple[str], member: Any, team: Any = None) -> CardQuerySet:
    return (
        _known(Reader.of(sees, member, team), kinds)
        .filter(stars__member_id=member)
        .order_by("-stars__at")[:STARS]
    )


def is_starred(member: Any, card_id: UUID) -> bool:
    return bool(_star(member=member.id, card=card_id))


@standing
def _star(*, member: Any, card: Any) -> Any:
    return Star.objects.filter(member_id=member, card_id=card).order_by().values_list("card_id")


def recent_of(member: Any, limit: int = RECENT) -> list[Link]:
    """The records that the member opened last, at most ``RECENT``."""
    found = _recent(kinds=_kinds_of(member), **asking(member))
    return [link_of(card) for card in found[:limit] if card.full]


@standing
def _recent(*, kinds: tuple[str, ...], sees: tuple[str], member: Any, team: Any = None) -> CardQuerySet:
    return (
        _known(Reader.of(sees, member, team), kinds)
        .filter(visits__member_id=member)
        .order_by("-visits__at")[:RECENT]
    )


def size() -> int:
    """How many live records this workspace has, whoever may see them: what its lease is measured by."""
    return Card.objects.live().count()


def all_tags() -> QuerySet[Tag]:
    return Tag.objects.order_by("name")


def tags_with_counts() -> QuerySet[Tag]:
    """Every tag with ``used``: on how many live records it stands."""
    return all_tags().annotate(used=Count("taggings", filter=Q(taggings__card__state=Card.State.LIVE)))


def tag(id: UUID) -> Tag:
    """One tag. Raises ``NotFound``."""
    found = tags_with_counts().filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def tags_of(card_ids: Iterable[UUID]) -> dict[UUID, list[Tag]]:
    """Card → its tags by name, for many cards in one query."""
    found: dict[UUID, list[Tag]] = {}
    for row in _taggings(cards=list(card_ids)):
        found.setdefault(row.card_id, []).append(row.tag)
    return found


@standing
def _taggings(*, cards: Any) -> QuerySet[Tagging]:
    return Tagging.objects.filter(AnyOf(F("card_id"), cards)).select_related("tag").order_by("tag__name")


def trashed_for(member: Any, kind: str = "") -> CardQuerySet:
    """What lies in the trash and the member may put back, newest first."""
    wanted = [known for known in registry.kinds() if not kind or known.name == kind]
    allowed = [known.name for known in wanted if member.may(known.view_right)]
    return (
        Card.objects.filter(visibility_q(member, "", (Card.State.TRASHED,)), kind__in=allowed)
        .select_related("owner")
        .order_by("-trashed_at", "-id")
    )


@dataclass(frozen=True, slots=True)
class Trash:
    """A page of the trash. ``before`` is the key of the next page, empty at the end."""

    cards: list[Card]
    before: str = ""


def trash_page(member: Any, kind: str = "", before: str = "", limit: int = 50) -> Trash:
    """One page of the trash, the last thrown first; an untrue key shows the first page."""
    found = trashed_for(member, kind)
    moment, _, name = before.partition("~")
    try:
        at, last = datetime.fromisoformat(moment), UUID(name)
        found = found.filter(trashed_at__lte=at).filter(Q(trashed_at__lt=at) | Q(id__lt=last))
    except (ValueError, TypeError):
        pass
    cards = list(found[: limit + 1])
    more = cards[limit - 1] if len(cards) > limit else None
    return Trash(cards[:limit], f"{more.trashed_at.isoformat()}~{more.id}" if more else "")


def trashed_card(member: Any, id: UUID) -> Card:
    """One card in the trash that the member may put back. Raises ``NotFound``."""
    found = trashed_for(member).filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def undo_job(found: ChangeSet) -> Job | None:
    """The background work that undoes a set, if that is how it is undone."""
    return Job.objects.filter(key=f"records.undo:{found.id}").first()


def kept_links(member: Any, found: ChangeSet) -> list[tuple[dict[str, str], Link | None]]:
    """What undoing left alone, each with its chip where the member may open it."""
    chips = links(member, [UUID(kept["id"]) for kept in found.kept])
    return [(kept, chips.get(UUID(kept["id"]))) for kept in found.kept]


def change_set(member: Any, id: UUID) -> ChangeSet:
    """A change set of the member, or any with the right to undo others' work. Raises ``NotFound``."""
    found = ChangeSet.objects.filter(id=id).select_related("member").first()
    if found is None or (found.member_id != member.id and not member.may("records.undo")):
        raise NotFound
    return found


def last_visit(member: Any, card_id: UUID) -> Visit | None:
    return Visit.objects.filter(member_id=member.id, card_id=card_id).sole()
