"""Tags: the tenant's own words for records."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import build, record
from crm_core.events.models import Event
from crm_core.records import queries
from crm_core.records.actions.outcomes import Outcome
from crm_core.records.actions.ownership import SAME, locked
from crm_core.records.models import Card, Tag, Tagging
from kernel.actions import action
from kernel.errors import Invalid, NotAllowed, NotFound
from kernel.rights import EVERYBODY, Actor, declare
from kernel.text import HUES, clean, hue_of

SET_UP = declare("records.set_up", _("Make, rename and remove tags"), _("Records"))

NAME_LONGEST = 40
HUE_NAMES = (*HUES, "grey")


def _clean_name(name: str) -> str:
    cleaned = clean(name).lstrip("#").strip()
    if not cleaned:
        raise Invalid(_("A tag needs a name."), field="name")
    if len(cleaned) > NAME_LONGEST:
        raise Invalid(_("Use at most %(longest)s characters."), field="name", longest=NAME_LONGEST)
    return cleaned


def _check_hue(hue: str) -> str:
    if hue not in HUE_NAMES:
        raise Invalid(_("Choose one of the colours."), field="hue")
    return hue


def _save(tag: Tag) -> None:
    try:
        with transaction.atomic(using="tenant"):
            tag.save()
    except IntegrityError as error:
        raise Invalid(_("There is already a tag called “%(name)s”."), field="name", name=tag.name) from error


@action(SET_UP)
def create_tag(*, by: Actor, name: str, hue: str = "") -> Tag:
    """A new tag. Raises ``Invalid`` for a name that is taken (in any case of letters)."""
    cleaned = _clean_name(name)
    made = Tag(name=cleaned, hue=_check_hue(hue or hue_of(cleaned)))
    _save(made)
    record("records.tag_made", by=by, name=made.name)
    return made


@action(SET_UP)
def change_tag(*, by: Actor, id: UUID, name: str, hue: str) -> Tag:
    """Rename or recolour a tag on all its records at once."""
    found = _one(id)
    before = [found.name, found.hue]
    found.name, found.hue = _clean_name(name), _check_hue(hue)
    _save(found)
    changes = {
        field: [old, new]
        for field, old, new in zip(("name", "hue"), before, (found.name, found.hue), strict=True)
        if old != new
    }
    record("records.tag_changed", by=by, changes=changes, name=found.name)
    return found


@action(SET_UP)
def delete_tag(*, by: Actor, id: UUID) -> None:
    """Remove a tag from the workspace and from every record."""
    found = _one(id)
    count = found.taggings.count()
    found.delete()
    record("records.tag_removed", by=by, name=found.name, count=count)


def _one(id: UUID) -> Tag:
    found = Tag.objects.select_for_update().filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def _named(by: Actor, name: str) -> Tag:
    cleaned = _clean_name(name)
    found = Tag.objects.filter(name__iexact=cleaned).first()
    if found is not None:
        return found
    if not by.may(SET_UP):
        raise NotAllowed(_("Your role lets you use tags but not make new ones."), right=SET_UP)
    return create_tag(by=by, name=cleaned)


def _say(by: Actor, cards: Sequence[Card], word: Tag, *, put: bool) -> None:
    names = queries.tags_of([card.id for card in cards])
    events = []
    for card in cards:
        now_there = [{"id": str(tag.id), "label": tag.name} for tag in names.get(card.id, [])]
        entry = {"id": str(word.id), "label": word.name}
        former = [tag for tag in now_there if tag != entry] if put else [*now_there, entry]
        verb = "records.tagged" if put else "records.untagged"
        events.append(build(verb, by=by, record=card, changes={"tags": [former, now_there]}, tag=word.name))
    Event.objects.bulk_create(events, batch_size=1000)


@action(EVERYBODY)
def tag(*, by: Actor, ids: Sequence[UUID], name: str) -> Outcome:
    """Put a tag on records. A new word becomes a tag if the role may make tags, else ``NotAllowed``."""
    word = _named(by, name)
    cards, outcome = locked(by, ids)
    tagged = set(Tagging.objects.filter(tag=word, card__in=cards).values_list("card_id", flat=True))
    fresh = [card for card in cards if card.id not in tagged]
    for card in cards:
        if card.id in tagged:
            outcome.keep(card, SAME)
    Tagging.objects.bulk_create([Tagging(card=card, tag=word) for card in fresh], ignore_conflicts=True)
    _say(by, fresh, word, put=True)
    outcome.done = [card.id for card in fresh]
    return outcome


@action(EVERYBODY)
def untag(*, by: Actor, ids: Sequence[UUID], name: str) -> Outcome:
    """Take a tag off records; those without it are kept as they are."""
    word = Tag.objects.filter(name__iexact=_clean_name(name)).first()
    if word is None:
        raise NotFound
    cards, outcome = locked(by, ids)
    held = Tagging.objects.filter(tag=word, card__in=cards)
    tagged = set(held.values_list("card_id", flat=True))
    held.delete()
    freed = [card for card in cards if card.id in tagged]
    for card in cards:
        if card.id not in tagged:
            outcome.keep(card, SAME)
    _say(by, freed, word, put=False)
    outcome.done = [card.id for card in freed]
    return outcome


@action(EVERYBODY)
def add_tag(*, by: Actor, card_id: UUID, name: str) -> Outcome:
    """Put a tag on one record. Raises ``NotFound`` if it is not seen, ``NotAllowed`` if not editable."""
    return _single(by, card_id, tag(by=by, ids=[card_id], name=name))


@action(EVERYBODY)
def remove_tag(*, by: Actor, card_id: UUID, name: str) -> Outcome:
    """Take a tag off one record; errors as for :func:`add_tag`."""
    return _single(by, card_id, untag(by=by, ids=[card_id], name=name))


def _single(by: Actor, card_id: UUID, outcome: Outcome) -> Outcome:
    if not outcome.done and not outcome.kept:
        queries.any_card_for(by, card_id)
        raise NotFound
    return outcome
