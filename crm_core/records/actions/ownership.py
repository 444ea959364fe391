"""Giving records to people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import build
from crm_core.events.models import Event
from crm_core.records import queries, registry
from crm_core.records.actions.outcomes import Outcome
from crm_core.records.models import Card
from crm_core.team.models import Member
from kernel.actions import action
from kernel.errors import Invalid, NotAllowed, NotFound
from kernel.rights import Actor, declare
from kernel.when import now

ASSIGN = declare("records.assign", _("Give records to other people"), _("Records"))

LOCKED = _("Somebody else is changing it at this moment.")
NO_EDIT = _("Your role may not change it.")
SAME = _("It is already so.")


def check_owner(by: Actor, owner: Any) -> None:
    """Raise unless ``by`` may make ``owner`` (a member, or None for nobody) the owner of a record.

    ``Invalid`` for a deactivated member, ``NotAllowed`` for a person outside one's own
    team where the role does not see everything.
    """
    if owner is not None and not owner.active:
        raise Invalid(
            _("%(name)s is deactivated and cannot be given records."), field="owner", name=owner.name
        )
    if getattr(by, "visibility", "all") == "all" or (owner is not None and owner.id == by.id):
        return
    mates = owner is not None and owner.team_id is not None and owner.team_id == getattr(by, "team_id", None)
    if not mates:
        raise NotAllowed(_("Your role lets you give records to people of your own team only."), right=ASSIGN)


def locked(
    by: Actor, ids: Sequence[UUID], states: Sequence[str] = queries.LIVE
) -> tuple[list[Card], Outcome]:
    """The cards among ``ids`` that ``by`` sees and may edit, locked; the others as kept in an outcome.

    Cards that another transaction holds are not waited for. Unseen ids are left out without a word.
    """
    outcome = Outcome()
    found = Card.objects.filter(queries.visibility_q(by, "", states), id__in=ids)
    held = {card.id: card for card in found.order_by("id").select_for_update(of=("self",), skip_locked=True)}
    if len(held) < len(set(ids)):
        for card in found.exclude(id__in=held):
            outcome.keep(card, LOCKED)
    ready = []
    for card in held.values():
        kind = registry.KINDS.get(card.kind)
        if kind is None or not by.may(kind.view_right):
            continue
        if by.may(kind.edit_right):
            ready.append(card)
        else:
            outcome.keep(card, NO_EDIT)
    return ready, outcome


def owner_change(card: Card, names: dict[Any, str], owner: Any) -> dict[str, list[Any]]:
    """The event's ``changes`` for a new owner."""
    before = {"id": str(card.owner_id), "label": names.get(card.owner_id, "")} if card.owner_id else None
    after = {"id": str(owner.id), "label": owner.name} if owner is not None else None
    return {"owner": [before, after]}


@action(ASSIGN)
def assign(*, by: Actor, ids: Sequence[UUID], owner_id: UUID | None) -> Outcome:
    """Make one member the owner of these records (None: nobody's). One event per record.

    Raises ``Invalid`` for a deactivated member, ``NotFound`` for an unknown one,
    ``NotAllowed`` for somebody outside the own team unless the role sees all.
    """
    owner = None
    if owner_id is not None:
        owner = Member.objects.select_for_update(of=("self",), no_key=True).filter(id=owner_id).first()
        if owner is None:
            raise NotFound
    check_owner(by, owner)
    cards, outcome = locked(by, ids)
    names = dict(Member.objects.filter(id__in={card.owner_id for card in cards}).values_list("id", "name"))
    events: list[Event] = []
    changed: list[Card] = []
    for card in cards:
        if card.owner_id == owner_id:
            outcome.keep(card, SAME)
            continue
        changes = owner_change(card, names, owner)
        card.owner, card.version, card.changed_at = owner, card.version + 1, now()
        changed.append(card)
        events.append(build("records.assigned", by=by, record=card, changes=changes))
    Card.objects.bulk_update(changed, ["owner", "version", "changed_at"], batch_size=500)
    Event.objects.bulk_create(events, batch_size=1000)
    outcome.done = [card.id for card in changed]
    return outcome
