"""A member's own marks on records: stars and visits; and the note of a refused look."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from crm_core.events.actions import record
from crm_core.records import queries
from crm_core.records.models import Card, Star, Visit
from kernel import context
from kernel.actions import action
from kernel.lost import by_the_way
from kernel.rights import EVERYBODY, Actor
from kernel.when import now


@action(EVERYBODY)
def star(*, by: Actor, card_id: UUID) -> Card:
    """Put a record into the member's sidebar; repeating it changes nothing. Raises ``NotFound``."""
    card = queries.any_card_for(by, card_id)
    Star.objects.bulk_create([Star(member_id=by.id, card=card)], ignore_conflicts=True)
    return card


@action(EVERYBODY)
def unstar(*, by: Actor, card_id: UUID) -> None:
    """Take a record out of the member's sidebar, also one that is no longer seen."""
    Star.objects.filter(member_id=by.id, card_id=card_id).delete()


def visit(*, by: Actor, card_id: UUID, person: Card | None = None) -> None:
    """Remember that the member opened a record (the caller has checked that it is seen).

    With ``person`` the record tells of people: the first look of a member on a day (UTC) stands in the
    history of the workspace. Looks of an operator are noted page by page already. While nothing can be
    written people read on, and the look stands in the log only.
    """
    if not context.current().read_only:
        with by_the_way():
            note_visit(by=by, card_id=card_id, person=person)


@action(EVERYBODY)
def note_visit(*, by: Actor, card_id: UUID, person: Card | None = None) -> None:
    """One statement on every look but a day's first at a person or company."""
    moment = now()
    today = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    mine = Visit.objects.filter(member_id=by.id, card_id=card_id, at__gte=today)
    if person is not None and mine.update(at=moment):
        return
    Visit.objects.bulk_create(
        [Visit(member_id=by.id, card_id=card_id, at=moment)],
        update_conflicts=True,
        unique_fields=["member", "card"],
        update_fields=["at"],
    )
    if person is not None:
        record("records.viewed", by=by, record=_Named(person.id, person.kind, person.label))


@dataclass(frozen=True, slots=True)
class _Named:
    """A record without its version: a look is no change, and must not be taken for one."""

    id: UUID
    kind: str
    label: str


@action()
def note_refusal(*, by: Actor, card: Card, path: str) -> None:
    """Write down that a member asked for a record that is not theirs to see."""
    with context.altered(change_set=None):
        record("records.refused", by=by, record=card, path=path[:300])
