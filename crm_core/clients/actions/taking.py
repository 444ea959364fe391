"""Taking a client over: of two who press at the same instant one wins, and the other is told who."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.clients.actions.rights import EDIT
from crm_core.records.actions import assign, lock_card
from crm_core.records.models import Card
from crm_core.team.models import Member
from kernel.actions import action
from kernel.errors import Conflict


@action(EDIT)
def take(*, by: Member, kind: str, id: UUID, seen_owner: UUID | None) -> Card:
    """Make the member the owner, if the owner is still the one who was seen (None: nobody).

    Raises ``Conflict`` naming the present owner, ``NotFound``, ``NotAllowed``.
    """
    card = lock_card(by=by, kind=kind, id=id)
    if card.owner_id == by.id:
        return card
    if card.owner_id != seen_owner:
        name = card.owner.name if card.owner else ""
        if not name:
            raise Conflict(_("Meanwhile nobody is the owner any more. Look again."))
        raise Conflict(_("%(name)s was faster and works with this client now."), name=name)
    assign(by=by, ids=[card.id], owner_id=by.id)
    card.refresh_from_db()
    return card
