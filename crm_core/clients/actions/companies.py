"""Companies: added, changed, restored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.clients.actions import ways as contact
from crm_core.clients.actions.classifying import check_values, classify, put_back_classes, split_headings
from crm_core.clients.actions.cleaning import clean_company, company_keys
from crm_core.clients.actions.rights import EDIT
from crm_core.clients.actions.rows import SLOTS, alter, as_told, company_search, put_back, typed
from crm_core.clients.models import Company, ContactWay
from crm_core.events.actions import record
from crm_core.records.actions import create_card, lock_card, touch_card
from crm_core.records.models import Card
from crm_core.records.queries import visible_to
from crm_core.team.models import Member
from kernel.actions import action
from kernel.errors import Invalid

KIND = "company"


@action(EDIT)
def create_company(
    *,
    by: Member,
    values: Mapping[str, Any],
    ways: Iterable[contact.Way] = (),
    owner: Member | None = None,
    origin: str | None = None,
) -> Company:
    """Add a company. ``values`` maps field names of the model, and ids of the tenant's own headings
    to ids of their values, to what was typed; ``owner`` None leaves it without one.

    Raises ``Invalid`` at the fields.
    """
    given, own = split_headings(values)
    wrong: dict[str, list[Any]] = {}
    stored = caught(wrong, lambda: clean_company({"name": ""} | given)) or {}
    rows = caught(wrong, lambda: contact.read_ways(ways)) or []
    if wrong:
        raise Invalid(fields=wrong)
    stored |= check_values(KIND, {name: stored[name] for name in SLOTS if name in stored})
    _check_parent(by, stored.get("parent"))
    company = Company()
    alter(company, stored | preferred_ways(rows))
    card = create_card(
        by=by,
        kind=KIND,
        label=company.name,
        search_text=company_search(company, rows),
        owner=owner,
        origin=origin,
    )
    company.card = card
    company.save(force_insert=True)
    contact.store_ways(card.id, rows)
    classify(card, KIND, own)
    record("clients.created", by=by, record=card)
    return company


@action(EDIT)
def change_company(*, by: Member, id: UUID, values: Mapping[str, Any], version: int | None = None) -> Company:
    """Change one field or many; writes nothing if all stand so already.

    ``version`` is the card's version that the person saw. Raises ``Invalid`` at the fields,
    ``Conflict`` if somebody was faster, ``NotFound``.
    """
    given, own = split_headings(values)
    card = lock_card(by=by, kind=KIND, id=id, version=version, yours=typed(values))
    company = Company.objects.get(card_id=card.id)
    stored = clean_company(given, currency_now=company.currency)
    stored |= check_values(KIND, {name: stored[name] for name in SLOTS if name in stored})
    if stored.get("parent"):
        _check_parent(by, stored["parent"], child=card.id)
    changes = as_told(alter(company, stored), company) | classify(card, KIND, own)
    if not changes:
        return company
    company.save()
    rows = list(ContactWay.objects.filter(card=card))
    touch_card(by=by, card=card, label=company.name, search_text=company_search(company, rows))
    record("clients.changed", by=by, record=card, changes=changes)
    return company


@action(EDIT)
def set_company_ways(
    *, by: Member, id: UUID, ways: Iterable[contact.Way], version: int | None = None
) -> Company:
    """Put these contact ways in the place of the present ones. Raises ``Invalid`` at ``<kind>-<position>``."""
    rows = contact.read_ways(ways)
    card = lock_card(by=by, kind=KIND, id=id, version=version, yours={"ways": contact.as_told(rows)})
    company = Company.objects.get(card_id=card.id)
    before = contact.as_told(ContactWay.objects.filter(card=card).order_by("position"))
    after = contact.as_told(rows)
    if before == after:
        return company
    alter(company, preferred_ways(rows))
    company.save()
    contact.store_ways(card.id, rows)
    touch_card(by=by, card=card, search_text=company_search(company, rows))
    record("clients.contacts_changed", by=by, record=card, changes={"ways": [before, after]})
    return company


def restore_company(*, by: Member, card: Card, values: Mapping[str, Any]) -> None:
    """Put former values back into the row, for undo: no event, no touch of the card (see the registry)."""
    company = Company.objects.get(card_id=card.id)
    fields, own = split_headings(values)
    put_back(company, fields)
    put_back_classes(card, KIND, own)
    alter(company, company_keys({name: getattr(company, name) for name in ("name", "website", "tax_number")}))
    if "ways" in values:
        rows = contact.read_ways(contact.retold(values["ways"] or []))
        contact.store_ways(card.id, rows)
        alter(company, preferred_ways(rows))
    company.save()


def preferred_ways(rows: list[ContactWay]) -> dict[str, str]:
    return {kind: contact.preferred(rows, kind) for kind in ("phone", "email")}


def _check_parent(by: Member, parent: UUID | None, child: UUID | None = None) -> None:
    """The parent must be a visible company, and no company may stand above itself."""
    if not parent:
        return
    if not visible_to(by, KIND).filter(id=parent).exists():
        raise Invalid(_("This company was not found."), field="parent")
    above: UUID | None = parent
    for _level in range(50):
        if above == child:
            raise Invalid(_("A company cannot belong to itself."), field="parent")
        above = above and Company.objects.filter(pk=above).values_list("parent_id", flat=True).first()
        if not above:
            return


def caught(wrong: dict[str, list[Any]], work: Any) -> Any:
    """The outcome, or None with the complaints collected, so that all fields are named at once."""
    try:
        return work()
    except Invalid as error:
        for name, found in error.fields.items():
            wrong.setdefault(name, []).extend(found)
        return None
