"""Changing thousands of clients at once, for imports that update what is already there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Model

from crm_core.clients.actions import ways as contact
from crm_core.clients.actions.cleaning import person_key
from crm_core.clients.actions.rights import EDIT
from crm_core.clients.actions.rows import alter, as_told, column, company_search, person_search
from crm_core.clients.models import Company, ContactWay, HeadingValue, Person
from crm_core.events.actions import build
from crm_core.events.models import Event
from crm_core.records.models import Card
from crm_core.records.queries import visible_to
from crm_core.team.models import Member
from kernel import context
from kernel.actions import action
from kernel.text import fold, sort_key
from kernel.when import now

BATCH = 1000
_WIDE: dict[str, Any] = {"company": Company, "person": Person}


@dataclass(slots=True)
class Update:
    """What is to be put into one record. ``values`` and ``ways`` as on a row of ``actions.bulk``.

    ``fill_only`` leaves alone every field that holds something already. Contact ways are added
    to the present ones; none is ever removed. Empty values never wipe what is there.
    """

    id: UUID
    values: dict[str, Any]
    ways: list[ContactWay] = field(default_factory=list)
    fill_only: bool = False


@dataclass(slots=True)
class Updated:
    """``changed`` are the ids that differ now; ``same`` had it all; ``missing`` are not seen by the member."""

    changed: list[UUID] = field(default_factory=list)
    same: list[UUID] = field(default_factory=list)
    missing: list[UUID] = field(default_factory=list)


@action(EDIT)
def bulk_update(
    *, by: Member, kind: str, rows: Sequence[Update], change_set: UUID | None = None, dry: bool = False
) -> Updated:
    """Put values into existing companies or people (``kind``). Several updates of one record apply in order.

    ``dry`` only says what would differ and writes nothing: for previews.
    """
    wanted = list(dict.fromkeys(row.id for row in rows))
    cards = {
        card.id: card
        for card in visible_to(by, kind).filter(id__in=wanted).order_by("id").select_for_update(of=("self",))
    }
    wide = {row.card_id: row for row in _WIDE[kind].objects.filter(card_id__in=cards)}
    held: dict[UUID, list[ContactWay]] = defaultdict(list)
    for way in ContactWay.objects.filter(card_id__in=cards).order_by("position"):
        held[way.card_id].append(way)
    outcome = Updated(missing=[key for key in wanted if key not in cards])
    changes: dict[UUID, dict[str, list[Any]]] = defaultdict(dict)
    words = _words(rows, wide)
    fresh: list[ContactWay] = []
    for row in rows:
        if row.id in cards:
            _apply(row, wide[row.id], held[row.id], changes[row.id], fresh, words)
    touched = [cards[key] for key, found in changes.items() if found]
    outcome.changed = [card.id for card in touched]
    outcome.same = [key for key in cards if key not in set(outcome.changed)]
    if dry:
        return outcome
    with context.altered(change_set=change_set or context.current().change_set):
        _store(by, kind, touched, wide, held, changes, fresh)
    return outcome


def _words(rows: Sequence[Update], wide: Mapping[UUID, Any]) -> dict[UUID, str]:
    """The labels of everything that is referred to before or after."""
    words = dict(HeadingValue.objects.values_list("id", "name"))
    parents = {row.values["parent"] for row in rows if row.values.get("parent")}
    parents |= {found.parent_id for found in wide.values() if getattr(found, "parent_id", None)}
    if parents:
        words |= dict(Company.objects.filter(pk__in=parents).values_list("pk", "name"))
    return words


def _apply(
    row: Update,
    wide: Model,
    held: list[ContactWay],
    changes: dict[str, list[Any]],
    fresh: list[ContactWay],
    words: Mapping[UUID, str],
) -> None:
    values = {name: value for name, value in row.values.items() if value not in (None, "")}
    if row.fill_only:
        values = {name: value for name, value in values.items() if getattr(wide, column(name)) in (None, "")}
    for name, pair in as_told(alter(wide, values), wide, words).items():
        changes[name] = [changes[name][0] if name in changes else pair[0], pair[1]]
    known = {(way.kind, way.normal or fold(way.value)) for way in held}
    before = contact.as_told(held)
    for way in row.ways:
        if (way.kind, way.normal or fold(way.value)) in known:
            continue
        way.card_id = row.id
        way.position = len(held)
        way.preferred = not any(other.kind == way.kind for other in held)
        held.append(way)
        fresh.append(way)
    if len(held) != len(before):
        alter(wide, {kind: contact.preferred(held, kind) for kind in ("phone", "email")})
        changes["ways"] = [changes["ways"][0] if "ways" in changes else before, contact.as_told(held)]


def _store(
    by: Member,
    kind: str,
    cards: list[Card],
    wide: dict[UUID, Any],
    held: dict[UUID, list[ContactWay]],
    changes: dict[UUID, dict[str, list[Any]]],
    fresh: list[ContactWay],
) -> None:
    moment = now()
    events = []
    for card in cards:
        row = wide[card.id]
        if kind == "company":
            card.label, card.search_text = row.name, company_search(row, held[card.id])
        else:
            row.match_key = person_key(row.first_name, row.last_name)
            card.label, card.search_text = row.full_name, person_search(row, held[card.id])
        card.sort_key = sort_key(card.label)
        card.version, card.changed_at = card.version + 1, moment
        client = row.company_id if kind == "person" else None
        events.append(
            build("clients.changed", by=by, record=card, client_id=client, changes=changes[card.id])
        )
    model = _WIDE[kind]
    # Whole rows are at hand: writing them over themselves is one plain statement for many columns,
    # where UPDATE … CASE would name every column of every row.
    columns = [one.name for one in model._meta.concrete_fields if not one.primary_key]
    model.objects.bulk_create(
        [wide[card.id] for card in cards],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["card"],
        update_fields=columns,
    )
    Card.objects.bulk_create(
        cards,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["label", "sort_key", "search_text", "version", "changed_at"],
    )
    ContactWay.objects.bulk_create(fresh, batch_size=BATCH)
    Event.objects.bulk_create(events, batch_size=BATCH)
