"""Making many records at once, for imports: thousands a second, a fact for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from crm_core.events.actions import build
from crm_core.records.actions.cards import LABEL_LONGEST
from crm_core.records.models import Card
from kernel import context
from kernel.actions import action
from kernel.bulk import fresh, insert
from kernel.ids import uuid7
from kernel.rights import Actor
from kernel.text import sort_key
from kernel.when import now


@dataclass(slots=True)
class NewCard:
    """One record to be made. ``label`` is cleaned already; ``values`` are told with its event.

    ``owner_id`` must be an active member: whoever maps owners checks that once, not per row.
    """

    label: str
    search_text: str = ""
    owner_id: UUID | None = None
    origin: str | None = None
    id: UUID | None = None
    client_id: UUID | None = None
    created_at: datetime | None = None
    values: dict[str, Any] = field(default_factory=dict)


@action()
def bulk_create_cards(
    *, by: Actor, kind: str, rows: Sequence[NewCard], verb: str, change_set: UUID | None = None
) -> list[Card]:
    """Cards for all ``rows``, in their order, and the event ``verb`` for each, in two statements.

    The wide rows are the caller's, in the same transaction. Raises ``IntegrityError`` for an
    ``origin`` that a record of this kind already has.
    """
    belongs = change_set or context.current().change_set
    moment = now()
    cards = [
        fresh(
            Card,
            id=row.id or uuid7(),
            kind=kind,
            label=row.label[:LABEL_LONGEST],
            sort_key=sort_key(row.label),
            search_text=row.search_text,
            owner_id=row.owner_id,
            origin=row.origin or None,
            created_by_id=by.id,
            created_at=row.created_at or moment,
            changed_at=moment,
            change_set=belongs,
        )
        for row in rows
    ]
    with context.altered(change_set=belongs):
        events = [
            build(verb, by=by, record=card, client_id=row.client_id, **row.values)
            for card, row in zip(cards, rows, strict=True)
        ]
    insert(cards)
    insert(events)
    return cards
