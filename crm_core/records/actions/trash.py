"""The trash: records leave the lists at once, come back whole for thirty days, then go for good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import CASCADE, PROTECT, RESTRICT, SET_NULL
from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import build
from crm_core.events.models import Event
from crm_core.records import queries, registry
from crm_core.records.actions.outcomes import Outcome
from crm_core.records.actions.ownership import locked
from crm_core.records.models import Card
from kernel.actions import action
from kernel.rights import EVERYBODY, PLATFORM, Actor, declare
from kernel.when import now

PURGE = declare("records.purge", _("Remove records for good"), _("Records"))

KEPT_DAYS = 30
IN_USE = _("Other records refer to it.")

TRASHED = (Card.State.TRASHED.value,)


@action(EVERYBODY)
def trash(*, by: Actor, ids: Sequence[UUID]) -> Outcome:
    """Put records into the trash, with all that hangs on them; the kind's edit right is needed."""
    return _move(by, ids, queries.LIVE, Card.State.TRASHED, "records.trashed")


@action(EVERYBODY)
def restore(*, by: Actor, ids: Sequence[UUID]) -> Outcome:
    """Take records out of the trash with everything that hung on them."""
    return _move(by, ids, TRASHED, Card.State.LIVE, "records.restored")


def _move(by: Actor, ids: Sequence[UUID], states: Sequence[str], to: Card.State, verb: str) -> Outcome:
    cards, outcome = locked(by, ids, states)
    moment = now()
    for card in cards:
        card.state, card.version, card.changed_at = to, card.version + 1, moment
        card.trashed_at = moment if to == Card.State.TRASHED else None
    Card.objects.bulk_update(cards, ["state", "version", "changed_at", "trashed_at"], batch_size=500)
    Event.objects.bulk_create([build(verb, by=by, record=card) for card in cards], batch_size=1000)
    outcome.done = [card.id for card in cards]
    return outcome


@action(PURGE)
def purge(*, by: Actor, ids: Sequence[UUID]) -> Outcome:
    """Remove trashed records for good; what is left is a blank tombstone and the facts about them."""
    cards, outcome = locked(by, ids, TRASHED)
    blank(by, cards, outcome)
    return outcome


@action()
def purge_expired(*, by: Actor = PLATFORM, most: int = 500) -> int:
    """Remove what has lain in the trash for thirty days, oldest first; returns how many were found.

    Call again while it returns ``most``: each call is one short transaction.
    """
    limit = now() - timedelta(days=KEPT_DAYS)
    found = Card.objects.trashed().filter(trashed_at__lt=limit).order_by("trashed_at")
    cards = list(found.select_for_update(of=("self",), skip_locked=True)[:most])
    blank(by, cards, Outcome())
    return len(cards)


def blank(by: Actor, cards: Iterable[Card], outcome: Outcome) -> None:
    """Empty locked cards and remove all rows that belong to them; those in use are kept.

    Rows that point at a card with CASCADE are its own and go; a row that protects the card keeps it.
    """
    wanted = list(cards)
    used = _protected([card.id for card in wanted])
    events = []
    for card in wanted:
        if card.id in used:
            outcome.keep(card, IN_USE)
            continue
        events.append(build("records.purged", by=by, record=card))
        outcome.done.append(card.id)
    gone = [card for card in wanted if card.id not in used]
    _remove_own_rows([card.id for card in gone])
    for card in gone:
        card.state, card.label, card.sort_key, card.search_text = Card.State.PURGED, "", "", ""
        card.owner, card.origin, card.created_by = None, None, None
        card.version, card.changed_at = card.version + 1, now()
    fields = [
        "state",
        "label",
        "sort_key",
        "search_text",
        "owner",
        "origin",
        "created_by",
        "version",
        "changed_at",
    ]
    Card.objects.bulk_update(gone, fields, batch_size=500)
    Event.objects.bulk_create(events, batch_size=1000)


def _relations(*kinds: Any) -> list[Any]:
    """What points at a card with one of these ways of deletion, relations without a way back included."""
    return [
        found
        for found in Card._meta.get_fields(include_hidden=True)
        if found.auto_created
        and not found.concrete
        and found.related_model is not Card
        and found.on_delete in kinds
    ]


def _protected(ids: list[UUID]) -> set[UUID]:
    used: set[UUID] = set()
    for found in _relations(PROTECT, RESTRICT):
        name = found.field.attname
        used |= set(found.related_model.objects.filter(**{f"{name}__in": ids}).values_list(name, flat=True))
    return used


def _remove_own_rows(ids: list[UUID]) -> None:
    if not ids:
        return
    # Kinds that refer to others' wide rows stand later in the registry, so they go first.
    order = {known.model.lower(): known.order for known in registry.kinds()}
    owned = _relations(CASCADE)
    owned.sort(key=lambda found: -order.get(found.related_model._meta.label_lower, 1000))
    for found in owned:
        found.related_model.objects.filter(**{f"{found.field.attname}__in": ids}).delete()
    for found in _relations(SET_NULL):
        name = found.field.attname
        found.related_model.objects.filter(**{f"{name}__in": ids}).update(**{name: None})
