"""People: added, changed, employed, restored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.clients.actions import ways as contact
from crm_core.clients.actions.classifying import check_values, classify, put_back_classes, split_headings
from crm_core.clients.actions.cleaning import clean_person, company_key, line, person_key
from crm_core.clients.actions.companies import caught, create_company, preferred_ways
from crm_core.clients.actions.rights import EDIT
from crm_core.clients.actions.rows import SLOTS, alter, as_told, person_search, put_back, typed
from crm_core.clients.models import Company, ContactWay, Employment, Person
from crm_core.events.actions import record
from crm_core.records.actions import create_card, lock_card, touch_card
from crm_core.records.models import Card
from crm_core.records.queries import visibility_q, visible_to
from crm_core.team.models import Member
from kernel.actions import action
from kernel.errors import Invalid

KIND = "person"
# Names of changes that tell of a place of work; the company's id follows.
EMPLOYMENT = "employment:"
_NAMES = ("first_name", "last_name", "middle_name")


@action(EDIT)
def create_person(
    *,
    by: Member,
    values: Mapping[str, Any],
    ways: Iterable[contact.Way] = (),
    company_id: UUID | None = None,
    company_name: str = "",
    owner: Member | None = None,
    origin: str | None = None,
) -> Person:
    """Add a person, at ``company_id`` if given (``position`` is the role there).

    ``company_name`` without an id means the known company of that name, or a new one. ``values`` as for :func:`create_company`. Raises ``Invalid`` at the fields.
    """
    given, own = split_headings(values)
    wrong: dict[str, list[Any]] = {}
    stored = caught(wrong, lambda: clean_person(given)) or {}
    rows = caught(wrong, lambda: contact.read_ways(ways)) or []
    if not wrong and not any(stored.get(name) for name in _NAMES):
        wrong["first_name"] = [_("Enter a name.")]
    if wrong:
        raise Invalid(fields=wrong)
    stored |= check_values(KIND, {name: stored[name] for name in SLOTS if name in stored})
    company_id = place_of_work(by=by, company_id=company_id, name=company_name, owner=owner)
    person = Person(company_id=company_id)
    alter(person, stored | preferred_ways(rows))
    _derive(person)
    card = create_card(
        by=by,
        kind=KIND,
        label=person.full_name,
        search_text=person_search(person, rows),
        owner=owner,
        origin=origin,
    )
    person.card = card
    person.save(force_insert=True)
    contact.store_ways(card.id, rows)
    if company_id is not None:
        Employment(person=person, company_id=company_id, role=person.position, main=True).save(
            force_insert=True
        )
    classify(card, KIND, own)
    record("clients.created", by=by, record=card, client_id=company_id)
    return person


@action(EDIT)
def change_person(*, by: Member, id: UUID, values: Mapping[str, Any], version: int | None = None) -> Person:
    """Change one field or many; writes nothing if all stand so already. Errors as for :func:`change_company`."""
    given, own = split_headings(values)
    card = lock_card(by=by, kind=KIND, id=id, version=version, yours=typed(values))
    person = Person.objects.get(card_id=card.id)
    stored = clean_person(given)
    stored |= check_values(KIND, {name: stored[name] for name in SLOTS if name in stored})
    altered = alter(person, stored)
    if not any(getattr(person, name) for name in _NAMES):
        raise Invalid(
            _("Enter a name."), field=next((name for name in _NAMES if name in given), "first_name")
        )
    changes = as_told(altered, person) | classify(card, KIND, own)
    if not changes:
        return person
    _derive(person)
    person.save()
    if "position" in changes:
        Employment.objects.filter(person=person, main=True).update(role=person.position)
    _touch(by, card, person)
    record("clients.changed", by=by, record=card, client_id=person.company_id, changes=changes)
    return person


@action(EDIT)
def set_person_ways(
    *, by: Member, id: UUID, ways: Iterable[contact.Way], version: int | None = None
) -> Person:
    """Put these contact ways in the place of the present ones. Raises ``Invalid`` at ``<kind>-<position>``."""
    rows = contact.read_ways(ways)
    card = lock_card(by=by, kind=KIND, id=id, version=version, yours={"ways": contact.as_told(rows)})
    person = Person.objects.get(card_id=card.id)
    before = contact.as_told(ContactWay.objects.filter(card=card).order_by("position"))
    after = contact.as_told(rows)
    if before == after:
        return person
    alter(person, preferred_ways(rows))
    person.save()
    contact.store_ways(card.id, rows)
    touch_card(by=by, card=card, search_text=person_search(person, rows))
    record(
        "clients.contacts_changed",
        by=by,
        record=card,
        client_id=person.company_id,
        changes={"ways": [before, after]},
    )
    return person


def place_of_work(
    *, by: Member, company_id: UUID | None, name: str = "", owner: Member | None = None
) -> UUID | None:
    """The company meant: by id, else the one that is called so, else a new one; None if nothing was named.

    Raises ``Invalid`` at ``company``.
    """
    if company_id is not None:
        return _demand_company(by, company_id).id
    if not name.strip():
        return None
    seen = Company.objects.filter(visibility_q(by), match_key=company_key(name)).order_by("pk")
    known = seen.values_list("pk", flat=True).first()
    if known is not None:
        return known
    try:
        return create_company(by=by, values={"name": name}, owner=owner).card_id
    except Invalid as error:
        sentences = [sentence for found in error.fields.values() for sentence in found]
        raise Invalid(fields={"company": sentences}) from error


@action(EDIT)
def employ(
    *,
    by: Member,
    person_id: UUID,
    company_id: UUID | None = None,
    company_name: str = "",
    role: str = "",
    main: bool = False,
) -> Employment:
    """Say that a person works at a company, or change the role there. The first employment is the main one.

    The company is given by id or by name, as for :func:`create_person`. Raises ``Invalid`` and ``NotFound``.
    """
    role = line(200)(role)
    card = lock_card(by=by, kind=KIND, id=person_id)
    company_id = place_of_work(by=by, company_id=company_id, name=company_name, owner=card.owner)
    if company_id is None:
        raise Invalid(_("Name the company."), field="company")
    company_card = _demand_company(by, company_id)
    person = Person.objects.get(card_id=card.id)
    known = Employment.objects.filter(person=person, company_id=company_id).first()
    before = known.role if known else None
    was_main = bool(known and known.main)
    former = _told(known, company_card.label) if known else None
    main = main or was_main or not Employment.objects.filter(person=person, main=True).exists()
    if known and before == role and was_main == main:
        return known
    if main and not was_main:
        Employment.objects.filter(person=person, main=True).update(main=False)
    found = known or Employment(person=person, company_id=company_id)
    found.role, found.main = role, main
    found.save()
    if main:
        _put_main(by, card, person, company_id, role)
    record(
        "clients.employed",
        by=by,
        record=card,
        client_id=company_id,
        changes={f"{EMPLOYMENT}{company_id}": [former, _told(found, company_card.label)]},
        company=company_card.label,
        role=role,
    )
    return found


@action(EDIT)
def leave(*, by: Member, person_id: UUID, company_id: UUID) -> Person:
    """Say that a person no longer works at a company; the next employment becomes the main one."""
    card = lock_card(by=by, kind=KIND, id=person_id)
    person = Person.objects.get(card_id=card.id)
    found = Employment.objects.filter(person=person, company_id=company_id).select_related("company").first()
    if found is None:
        return person
    name, was_main, former = found.company.name, found.main, _told(found, found.company.name)
    found.delete()
    if was_main:
        following = Employment.objects.filter(person=person).order_by("id").first()
        if following:
            following.main = True
            following.save(update_fields=["main"])
        _put_main(
            by, card, person, following.company_id if following else None, following.role if following else ""
        )
    record(
        "clients.left",
        by=by,
        record=card,
        client_id=company_id,
        changes={f"{EMPLOYMENT}{company_id}": [former, None]},
        company=name,
    )
    return person


def restore_person(*, by: Member, card: Card, values: Mapping[str, Any]) -> None:
    """Put former values back into the row, for undo: no event, no touch of the card (see the registry)."""
    person = Person.objects.get(card_id=card.id)
    fields, own = split_headings(values)
    put_back(person, fields)
    put_back_classes(card, KIND, own)
    _put_back_employments(person, fields)
    _derive(person)
    if "ways" in values:
        rows = contact.read_ways(contact.retold(values["ways"] or []))
        contact.store_ways(card.id, rows)
        alter(person, preferred_ways(rows))
    person.save()


def _told(found: Employment, company: str) -> dict[str, Any]:
    return {"id": str(found.company_id), "label": company, "role": found.role, "main": found.main}


def _put_back_employments(person: Person, values: Mapping[str, Any]) -> None:
    for name, told in values.items():
        if not name.startswith(EMPLOYMENT):
            continue
        company_id = UUID(name.removeprefix(EMPLOYMENT))
        held = Employment.objects.filter(person=person)
        held.filter(company_id=company_id).delete()
        if told and Company.objects.filter(pk=company_id).exists():
            if told["main"]:
                held.update(main=False)
            Employment(person=person, company_id=company_id, role=told["role"], main=told["main"]).save(
                force_insert=True
            )
        main = held.filter(main=True).first()
        person.company_id, person.position = (main.company_id, main.role) if main else (None, "")


def _derive(person: Person) -> None:
    person.match_key = person_key(person.first_name, person.last_name)


def _touch(by: Member, card: Card, person: Person) -> None:
    rows = list(ContactWay.objects.filter(card=card))
    touch_card(by=by, card=card, label=person.full_name, search_text=person_search(person, rows))


def _put_main(by: Member, card: Card, person: Person, company_id: UUID | None, role: str) -> None:
    person.company_id, person.position = company_id, role
    person.save(update_fields=["company", "position"])
    _touch(by, card, person)


def _demand_company(by: Member, company_id: UUID) -> Card:
    """The company's card, if the member sees it. Raises ``Invalid`` at ``company``."""
    card = visible_to(by, "company").filter(id=company_id).first()
    if card is None or not Company.objects.filter(card_id=company_id).exists():
        raise Invalid(_("This company was not found."), field="company")
    return card
