"""Thousands of clients at once, for imports: few statements, one event for each record.

Rows are made by :func:`company_row` and :func:`person_row`, which check them one by one;
what they return is stored as it is. The caller opens the change set and passes batches
of a few thousand rows, each in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.clients.actions import ways as contact
from crm_core.clients.actions.cleaning import clean_company, clean_person, line, person_key
from crm_core.clients.actions.companies import caught, preferred_ways
from crm_core.clients.actions.rights import EDIT
from crm_core.clients.actions.rows import column, company_search, person_search
from crm_core.clients.models import (
    Classification,
    Company,
    ContactWay,
    Employment,
    Heading,
    HeadingValue,
    Person,
)
from crm_core.events.actions import record
from crm_core.records.actions import NewCard, bulk_create_cards
from crm_core.records.models import Card
from crm_core.team.models import Member
from kernel.actions import action
from kernel.bulk import fresh, insert
from kernel.errors import Invalid, NotFound
from kernel.text import fold, hue_of


@dataclass(slots=True)
class CompanyRow:
    """A checked company. ``values`` are stored columns (ids for stage and the like), ``ways`` unsaved rows.

    ``headings`` maps ids of the workspace's own headings to ids of their values. ``owner_id`` is an
    active member's or None. ``created_at`` (UTC) keeps the date of the system it comes from.
    """

    values: dict[str, Any]
    ways: list[ContactWay] = field(default_factory=list)
    headings: dict[UUID, UUID] = field(default_factory=dict)
    owner_id: UUID | None = None
    origin: str | None = None
    created_at: datetime | None = None
    id: UUID | None = None


@dataclass(slots=True)
class PersonRow:
    """A checked person; as :class:`CompanyRow`. ``company_id`` is where the person works, ``role`` as what."""

    values: dict[str, Any]
    ways: list[ContactWay] = field(default_factory=list)
    headings: dict[UUID, UUID] = field(default_factory=dict)
    owner_id: UUID | None = None
    origin: str | None = None
    created_at: datetime | None = None
    id: UUID | None = None
    company_id: UUID | None = None
    role: str = ""


def company_row(values: Mapping[str, Any], ways: Iterable[contact.Way] = (), **rest: Any) -> CompanyRow:
    """Check one company as typed. ``rest`` as the fields of the row. Raises ``Invalid`` with all its fields."""
    stored, rows = _checked(lambda: clean_company({"name": ""} | dict(values)), ways)
    return CompanyRow(values=stored, ways=rows, **rest)


def person_row(values: Mapping[str, Any], ways: Iterable[contact.Way] = (), **rest: Any) -> PersonRow:
    """Check one person as typed. Raises ``Invalid`` with all its fields."""
    stored, rows = _checked(lambda: clean_person(values), ways)
    if not any(stored.get(name) for name in ("first_name", "last_name", "middle_name")):
        raise Invalid(_("Enter a name."), field="first_name")
    return PersonRow(values=stored, ways=rows, **rest)


def _checked(clean: Any, ways: Iterable[contact.Way]) -> tuple[dict[str, Any], list[ContactWay]]:
    wrong: dict[str, list[Any]] = {}
    stored = caught(wrong, clean) or {}
    rows = caught(wrong, lambda: contact.read_ways(ways)) or []
    if wrong:
        raise Invalid(fields=wrong)
    return stored, rows


@action(EDIT)
def bulk_create_companies(
    *, by: Member, rows: Sequence[CompanyRow], change_set: UUID | None = None
) -> list[UUID]:
    """Add companies in their order; returns their ids. Raises ``IntegrityError`` for an ``origin`` in use."""
    companies, cards = [], []
    for row in rows:
        company = fresh(Company, **_columns(row.values), **preferred_ways(row.ways))
        companies.append(company)
        cards.append(_new_card(row, company.name, company_search(company, row.ways)))
    made = bulk_create_cards(by=by, kind="company", rows=cards, verb="clients.created", change_set=change_set)
    for company, card in zip(companies, made, strict=True):
        company.card_id = card.id
    insert(companies)
    _store_beside(rows, made)
    return [card.id for card in made]


@action(EDIT)
def bulk_create_people(
    *, by: Member, rows: Sequence[PersonRow], change_set: UUID | None = None
) -> list[UUID]:
    """Add people, each at its company, in their order; returns their ids."""
    people, cards = [], []
    for row in rows:
        role = row.role or row.values.get("position", "")
        values = _columns(row.values | {"position": role}) | {"company_id": row.company_id}
        person = fresh(Person, **values, **preferred_ways(row.ways))
        person.match_key = person_key(person.first_name, person.last_name)
        people.append(person)
        cards.append(_new_card(row, person.full_name, person_search(person, row.ways), row.company_id))
    made = bulk_create_cards(by=by, kind="person", rows=cards, verb="clients.created", change_set=change_set)
    for person, card in zip(people, made, strict=True):
        person.card_id = card.id
    insert(people)
    insert(
        [
            fresh(
                Employment, person_id=person.pk, company_id=person.company_id, role=person.position, main=True
            )
            for person in people
            if person.company_id
        ]
    )
    _store_beside(rows, made)
    return [card.id for card in made]


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    return {column(name): value for name, value in values.items()}


def _new_card(row: CompanyRow | PersonRow, label: str, search: str, client_id: UUID | None = None) -> NewCard:
    return NewCard(
        label=label,
        search_text=search,
        owner_id=row.owner_id,
        origin=row.origin,
        id=row.id,
        client_id=client_id,
        created_at=row.created_at,
    )


def _store_beside(rows: Sequence[CompanyRow | PersonRow], cards: Sequence[Card]) -> None:
    """Contact ways and own headings of new records."""
    ways, classes = [], []
    for row, card in zip(rows, cards, strict=True):
        for way in row.ways:
            way.card_id = card.id
            ways.append(way)
        for heading_id, value_id in row.headings.items():
            classes.append(Classification(card_id=card.id, heading_id=heading_id, value_id=value_id))
    insert(ways)
    insert(classes)


@action(EDIT)
def open_values(*, by: Member, heading_id: UUID, names: Iterable[str]) -> dict[str, UUID]:
    """The ids of a heading's values by folded name; names that are not there yet are added.

    Raises ``NotFound`` for an unknown heading, ``Invalid`` for a name that is too long.
    """
    heading = Heading.objects.select_for_update().filter(id=heading_id).first()
    if heading is None:
        raise NotFound
    known = {fold(value.name): value.id for value in heading.values.all()}
    position = len(known)
    fresh: dict[str, HeadingValue] = {}
    for name in names:
        cleaned = line(80)(name)
        key = fold(cleaned)
        if not key or key in known or key in fresh:
            continue
        fresh[key] = HeadingValue(heading=heading, name=cleaned, hue=hue_of(cleaned), position=position)
        position += 1
    HeadingValue.objects.bulk_create(fresh.values())
    for value in fresh.values():
        record("clients.value_added", by=by, name=value.name, heading=heading.name)
    return known | {key: value.id for key, value in fresh.items()}
