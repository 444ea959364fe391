"""Undoing a change set: what nobody has touched since goes back to what it was, the rest is listed.

The facts of the set are walked from the newest to the oldest in batches. A record that the
set made is removed for good; a record that it changed gets the former values of the fields
that nobody else changed since; a record that it trashed comes back.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import build
from crm_core.events.models import Event
from crm_core.records import queries, registry
from crm_core.records.actions.outcomes import Outcome
from crm_core.records.actions.trash import blank
from crm_core.records.models import Card, ChangeSet, Tagging
from crm_core.team.models import Member
from kernel import context
from kernel.actions import action
from kernel.errors import Conflict, TeremError
from kernel.jobs import Running, background
from kernel.rights import EVERYBODY, PLATFORM, Actor, declare
from kernel.when import now

UNDO = declare("records.undo", _("Undo the imports and bulk changes of other people"), _("Records"))

# Up to so many facts are undone while one waits; more become background work.
AT_ONCE = 100
BATCH = 100
MOST_LISTED = 1000

# Facts about a record that do not count as "somebody changed it".
SILENT = ("records.refused", "records.viewed", "records.undone")

TOUCHED = _("Somebody has changed it since.")
GONE = _("It has been removed since.")
NOT_BACK = _("Its former value is no longer possible.")


@action(EVERYBODY)
def undo_change_set(*, by: Actor, id: UUID) -> ChangeSet:
    """Undo a set of one's own (or anybody's, with the right). Small sets at once, others in the background.

    Raises ``NotFound`` for somebody else's set, ``Conflict`` if it is still running or undone already.
    """
    found = queries.change_set(by, id)
    found = ChangeSet.objects.select_for_update(of=("self",)).get(id=found.id)
    if found.state == ChangeSet.State.OPEN:
        raise Conflict(_("This work is still running. Stop it first."))
    if found.state != ChangeSet.State.DONE:
        raise Conflict(_("This was undone already."))
    found.state = ChangeSet.State.UNDOING
    found.save(update_fields=["state"])
    count = Event.objects.filter(change_set=found.id).count()
    if count <= AT_ONCE:
        _undo_batch(by, found, None, AT_ONCE)
        return _finish(found)
    undo.later(
        by=by,
        key=f"records.undo:{found.id}",
        title=str(_("Undoing: %(title)s")) % {"title": found.title or found.verb},
        change_set_id=str(found.id),
        total=count,
    )
    return found


@background("records.undo", title=_("Undoing a bulk change"))
def undo(job: Running, *, change_set_id: str, total: int) -> dict[str, Any]:
    """Undo in batches; after a crash it goes on behind the last batch that was written."""
    by = Member.objects.filter(id=job.actor).select_related("role").first() or PLATFORM
    done, last = job.checkpoint.get("done", 0), job.checkpoint.get("last")
    while True:
        count, last = undo_step(by=by, job=job, id=UUID(change_set_id), last=last, done=done, total=total)
        done += count
        if count < BATCH:
            break
    return finish_undo(by=by, id=UUID(change_set_id))


@action()
def undo_step(
    *, by: Actor, job: Running, id: UUID, last: str | None, done: int, total: int
) -> tuple[int, str | None]:
    """One batch with its progress in one transaction; returns how many facts and the last one's id."""
    found = ChangeSet.objects.select_for_update(of=("self",)).get(id=id)
    count, newest = _undo_batch(by, found, UUID(last) if last else None, BATCH)
    reached = str(newest) if newest else last
    job.step(done + count, total=total, checkpoint={"done": done + count, "last": reached})
    return count, reached


@action()
def finish_undo(*, by: Actor, id: UUID) -> dict[str, Any]:
    """Close the undone set; returns what the jobs page tells."""
    found = _finish(ChangeSet.objects.select_for_update(of=("self",)).get(id=id))
    return {"undone": found.counts.get("undone", 0), "kept": found.counts.get("kept", 0)}


def _finish(found: ChangeSet) -> ChangeSet:
    found.state = ChangeSet.State.UNDONE
    found.undone_at = now()
    found.save(update_fields=["state", "undone_at"])
    return found


def _undo_batch(by: Actor, found: ChangeSet, last: UUID | None, size: int) -> tuple[int, UUID | None]:
    """Undo the next ``size`` facts of the set below id ``last``; notes the outcome on the set."""
    facts = Event.objects.filter(change_set=found.id).order_by("-id")
    events = list((facts.filter(id__lt=last) if last else facts)[:size])
    outcome = Outcome()
    with context.altered(change_set=None):
        _go_back(by, found, events, outcome)
    _note(found, outcome)
    return len(events), events[-1].id if events else None


def _note(found: ChangeSet, outcome: Outcome) -> None:
    listed = {entry["id"] for entry in found.kept}
    fresh = {kept.id: kept.as_dict() for kept in outcome.kept if str(kept.id) not in listed}
    found.kept = [*found.kept, *fresh.values()][:MOST_LISTED]
    counts = dict(found.counts)
    counts["undone"] = counts.get("undone", 0) + len(set(outcome.done))
    counts["kept"] = counts.get("kept", 0) + len(fresh)
    found.counts = counts
    found.save(update_fields=["kept", "counts"])


def _go_back(by: Actor, found: ChangeSet, events: list[Event], outcome: Outcome) -> None:
    ids = {event.record_id for event in events if event.record_id}
    cards = {card.id: card for card in Card.objects.filter(id__in=ids).select_for_update(of=("self",))}
    since = _changed_since(found, ids)
    made = [card for card in cards.values() if card.change_set == found.id]
    _remove_made(by, made, since, outcome)
    fresh = {card.id for card in made}
    for event in events:
        card = cards.get(event.record_id) if event.record_id else None
        if card is None or card.id in fresh:
            continue
        if card.state == Card.State.PURGED:
            outcome.keep(card, GONE)
        else:
            _put_back(by, card, event, since.get(card.id, set()), outcome)


def _changed_since(found: ChangeSet, ids: set[UUID]) -> dict[UUID, set[str]]:
    """Record → names of fields changed after the set by anything else ("*" for a fact without fields)."""
    others = (
        Event.objects.filter(Q(record_id__in=ids) | Q(client_id__in=ids), at__gte=found.created_at)
        .exclude(change_set=found.id)
        .exclude(verb__in=SILENT)
    )
    since: dict[UUID, set[str]] = {}
    facts = list(others.values_list("record_id", "client_id", "changes"))
    # What was told of records that are gone (a deal of an import that was undone before) no longer counts.
    told = {record_id for record_id, _client, _changes in facts if record_id}
    gone = set(Card.objects.filter(id__in=told, state=Card.State.PURGED).values_list("id", flat=True))
    for record_id, client_id, changes in facts:
        if record_id in gone:
            continue
        for touched in ids & {record_id, client_id}:
            names = set(changes) if changes and touched == record_id else {"*"}
            since.setdefault(touched, set()).update(names)
    return since


def _remove_made(by: Actor, made: list[Card], since: dict[UUID, set[str]], outcome: Outcome) -> None:
    removable = []
    for card in made:
        if card.state == Card.State.PURGED:
            continue
        if card.id in since:
            outcome.keep(card, TOUCHED)
        else:
            removable.append(card)
    order = {known.name: known.order for known in registry.kinds()}
    removable.sort(key=lambda card: -order.get(card.kind, 0))
    for kind in dict.fromkeys(card.kind for card in removable):
        blank(by, [card for card in removable if card.kind == kind], outcome)


def _put_back(by: Actor, card: Card, event: Event, since: set[str], outcome: Outcome) -> None:
    """One fact of an older record: its state, owner, tags and own fields as they were before."""
    if event.verb == "records.trashed" and card.state == Card.State.TRASHED:
        card.state, card.trashed_at = Card.State.LIVE, None
        _write(by, card, event, {}, outcome)
        return
    former = {name: change[0] for name, change in event.changes.items() if name not in since}
    if len(former) < len(event.changes):
        outcome.keep(card, TOUCHED)
    if not former:
        return
    try:
        with transaction.atomic(using="tenant"):
            _restore_fields(by, card, dict(former), event.changes)
    except (TeremError, IntegrityError):
        outcome.keep(card, NOT_BACK)
        return
    _write(
        by, card, event, {name: [event.changes[name][1], value] for name, value in former.items()}, outcome
    )


def _restore_fields(by: Actor, card: Card, former: dict[str, Any], changes: dict[str, list[Any]]) -> None:
    if "owner" in former:
        owner = former.pop("owner")
        member = Member.objects.active().filter(id=owner["id"]).first() if owner else None
        if owner and member is None:
            raise Conflict
        card.owner = member
    if "tags" in former:
        before = {tag["id"] for tag in former.pop("tags") or []}
        after = {tag["id"] for tag in changes["tags"][1] or []}
        Tagging.objects.filter(card=card, tag_id__in=after - before).delete()
        Tagging.objects.bulk_create(
            [Tagging(card=card, tag_id=tag) for tag in before - after], ignore_conflicts=True
        )
    if former:
        back = registry.kind(card.kind).restore
        if back is None:
            raise Conflict
        back(by=by, card=card, values=former)


def _write(by: Actor, card: Card, event: Event, changes: dict[str, list[Any]], outcome: Outcome) -> None:
    card.version += 1
    card.changed_at = now()
    card.save()
    undone = build(
        "records.undone",
        by=by,
        record=card,
        client_id=event.client_id,
        changes=changes,
        verb_undone=event.verb,
    )
    undone.save(force_insert=True)
    outcome.done.append(card.id)
