"""The list of reasons why deals are won and lost."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import build, record
from crm_core.events.models import Event
from crm_core.records.models import Card
from crm_core.sales.actions.deals import named
from crm_core.sales.actions.stages import NAME_LONGEST, SET_UP, last_position
from crm_core.sales.models import Deal, Outcome, Reason
from crm_core.team.models import Member
from kernel.actions import action
from kernel.errors import Invalid, NotFound
from kernel.text import clean, fold
from kernel.when import now

MOST_REASONS = 60


@action(SET_UP)
def add_reason(*, by: Member, kind: str, name: str) -> Reason:
    """One reason more, for winning or losing. Raises ``Invalid`` at the name."""
    if kind not in (Outcome.WON, Outcome.LOST):
        raise Invalid(_("Choose whether deals are won or lost for this reason."), field="kind")
    others = list(Reason.objects.select_for_update(of=("self",)).filter(kind=kind))
    if len(others) >= MOST_REASONS:
        raise Invalid(_("The list has at most %(most)s reasons."), field="name", most=str(MOST_REASONS))
    reason = Reason(kind=kind, name=_name(name, others), position=last_position(Reason, kind=kind))
    reason.save(force_insert=True)
    record("sales.set_up", by=by, what="reason_added", name=reason.name)
    return reason


@action(SET_UP)
def change_reason(*, by: Member, id: UUID, **changes: Any) -> Reason:
    """Rename a reason (all deals follow) or switch it off and on (``active``): old deals keep it."""
    reason = _reason(id)
    if "name" in changes:
        reason.name = _name(changes["name"], list(Reason.objects.filter(kind=reason.kind).exclude(pk=id)))
    if "active" in changes:
        reason.active = bool(changes["active"])
    reason.save()
    record("sales.set_up", by=by, what="reason_changed", name=reason.name)
    return reason


@action(SET_UP)
def remove_reason(*, by: Member, id: UUID, to_reason_id: UUID | None = None) -> int:
    """Remove a reason; deals that bear it get ``to_reason_id``, one of the same kind. Returns how many did.

    Raises ``Invalid`` where deals bear it and no other reason was named.
    """
    reason = _reason(id)
    deals = list(Deal.objects.filter(reason=reason).select_related("card").select_for_update(of=("self",)))
    others = Reason.objects.filter(kind=reason.kind).exclude(pk=id)
    target = others.filter(pk=to_reason_id).first() if to_reason_id else None
    if deals and target is None:
        raise Invalid(_("Choose the reason that these deals get instead."), field="to_reason")
    changes = {"reason": [named(reason), named(target)]}
    events = []
    for deal in deals:
        deal.reason = target
        deal.card.version += 1
        deal.card.changed_at = now()
        events.append(
            build("sales.changed", by=by, record=deal.card, client_id=deal.client_id, changes=changes)
        )
    Deal.objects.bulk_update(deals, ["reason"], batch_size=500)
    Card.objects.bulk_update([deal.card for deal in deals], ["version", "changed_at"], batch_size=500)
    Event.objects.bulk_create(events, batch_size=1000)
    record("sales.set_up", by=by, what="reason_removed", name=reason.name)
    reason.delete()
    return len(deals)


def _reason(id: UUID) -> Reason:
    found = Reason.objects.select_for_update(of=("self",)).filter(pk=id).first()
    if found is None:
        raise NotFound
    return found


def _name(text: str, others: list[Reason]) -> str:
    name = clean(text)
    if not name:
        raise Invalid(_("Give the reason a name."), field="name")
    if len(name) > NAME_LONGEST:
        raise Invalid(_("This name is too long."), field="name")
    if any(fold(one.name) == fold(name) for one in others):
        raise Invalid(_("This reason is already on the list."), field="name")
    return name
