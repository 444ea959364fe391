"""Notes: written, corrected, removed and brought back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import build, record
from crm_core.events.models import Event
from crm_core.notes import queries
from crm_core.notes.models import LONGEST, Note
from crm_core.records import registry
from crm_core.records.models import Card
from crm_core.records.queries import any_card_for
from crm_core.team.models import Member
from kernel import context
from kernel.actions import action
from kernel.errors import Invalid, NotAllowed
from kernel.ids import uuid7
from kernel.rights import declare
from kernel.text import clean, fold
from kernel.when import now

_GROUP = _("Notes and tasks")
WRITE = declare("notes.write", _("Write notes, change and remove one’s own"), _GROUP)
CURATE = declare("notes.change_all", _("Change and remove others’ notes"), _GROUP)

_EXCERPT = 280
BATCH = 2000


def clean_text(text: str) -> str:
    """A note's text as it is stored. Raises ``Invalid`` at ``text``."""
    cleaned = clean(text, multiline=True)
    if not cleaned:
        raise Invalid(_("Write something first."), field="text")
    if len(cleaned) > LONGEST:
        raise Invalid(
            _("This note is too long: %(length)s characters. At most %(longest)s fit."),
            field="text",
            length=str(len(cleaned)),
            longest=str(LONGEST),
        )
    return cleaned


def _told(note: Note) -> dict[str, Any]:
    return {"note": str(note.id), "excerpt": note.text[:_EXCERPT]}


@action(WRITE)
def add_note(*, by: Member, card_id: UUID, text: str) -> Note:
    """Write a note about a record. Raises ``Invalid`` at ``text``, ``NotFound``."""
    cleaned = clean_text(text)
    card = any_card_for(by, card_id)
    client_id = registry.kind(card.kind).client_of(card.id)
    note = Note(card=card, client_id=client_id, text=cleaned, search_text=fold(cleaned), author=by)
    note.save(force_insert=True)
    record("notes.added", by=by, record=card, client_id=client_id, **_told(note))
    return note


@action(WRITE)
def edit_note(*, by: Member, id: UUID, text: str) -> Note:
    """Correct a note: one's own, or any with the right to. Raises ``Invalid``, ``NotAllowed``, ``NotFound``."""
    cleaned = clean_text(text)
    note = _own(by, id)
    if note.text == cleaned:
        return note
    before = note.text
    note.text, note.search_text, note.edited_at = cleaned, fold(cleaned), now()
    note.save(update_fields=["text", "search_text", "edited_at"])
    # Both texts stay in the history: a corrected note must not hide what was written first.
    changes = {"text": [before, cleaned]}
    record("notes.edited", by=by, record=note.card, client_id=note.client_id, changes=changes, **_told(note))
    return note


@action(WRITE)
def remove_note(*, by: Member, id: UUID) -> Note:
    """Take a note away; it can be brought back. Errors as for :func:`edit_note`."""
    note = _own(by, id)
    note.removed_at = now()
    note.save(update_fields=["removed_at"])
    record("notes.removed", by=by, record=note.card, client_id=note.client_id, **_told(note))
    return note


@action(WRITE)
def restore_note(*, by: Member, id: UUID) -> Note:
    """Bring a removed note back. Errors as for :func:`edit_note`."""
    note = _own(by, id, removed=True)
    if note.removed_at is None:
        return note
    note.removed_at = None
    note.save(update_fields=["removed_at"])
    record("notes.restored", by=by, record=note.card, client_id=note.client_id, **_told(note))
    return note


def may_change(by: Member, note: Note) -> bool:
    """Whether the member may correct or remove this note."""
    return by.may(WRITE) and (note.author_id == by.id or by.may(CURATE))


def as_read_by(member: Member, events: Sequence[Event]) -> dict[UUID, dict[str, object]]:
    """Event's id → the note as it stands and whether it is the member's to change; removed ones are absent."""
    ids = {event.id: UUID(event.values["note"]) for event in events if "note" in event.values}
    notes = queries.by_ids(ids.values())
    return {
        key: {"note": notes[note_id], "mine": may_change(member, notes[note_id])}
        for key, note_id in ids.items()
        if note_id in notes
    }


def _own(by: Member, id: UUID, *, removed: bool = False) -> Note:
    seen = queries.note(by, id, removed=removed)
    note = Note.objects.select_for_update(of=("self",)).select_related("card").get(id=seen.id)
    if not may_change(by, note):
        raise NotAllowed(_("Only the author may change this note."), right=CURATE)
    return note


@dataclass(slots=True)
class NewNote:
    """A note from another system; ``at`` (UTC) is when it was written there. ``text`` is cleaned already."""

    card_id: UUID
    text: str
    at: datetime | None = None
    author_id: UUID | None = None
    client_id: UUID | None = None


@action(WRITE)
def bulk_add_notes(*, by: Member, rows: Sequence[NewNote], change_set: UUID | None = None) -> int:
    """Add many notes to records that the caller has checked to be seen; one event for each."""
    belongs = change_set or context.current().change_set
    cards = {card.id: card for card in Card.objects.filter(id__in={row.card_id for row in rows})}
    notes, events = [], []
    with context.altered(change_set=belongs):
        for row in rows:
            moment = row.at or now()
            note = Note(
                id=uuid7(),
                card_id=row.card_id,
                client_id=row.client_id,
                text=row.text[:LONGEST],
                search_text=fold(row.text[:LONGEST]),
                author_id=row.author_id,
                at=moment,
                change_set=belongs,
            )
            notes.append(note)
            event = build(
                "notes.added", by=by, record=cards[row.card_id], client_id=row.client_id, **_told(note)
            )
            # The fact stands in the timeline where it happened, not where it was brought in.
            event.at = moment
            events.append(event)
    Note.objects.bulk_create(notes, batch_size=BATCH)
    Event.objects.bulk_create(events, batch_size=BATCH)
    return len(notes)
