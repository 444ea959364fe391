"""Headings and their values: what clients are classified by, set up by the workspace itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from crm_core.clients.actions.cleaning import line
from crm_core.clients.actions.rights import HEADINGS
from crm_core.clients.models import Classification, Company, Heading, HeadingValue, Person
from crm_core.events.actions import record
from kernel.actions import action
from kernel.errors import Invalid, NotFound
from kernel.rights import Actor
from kernel.text import HUES, hue_of

MOST_HEADINGS = 40
MOST_VALUES = 500
NAME_LONGEST = 80
WIDE = {"company": Company, "person": Person}
_name = line(NAME_LONGEST, required=_("Enter a name."))


@action(HEADINGS)
def create_heading(*, by: Actor, kind: str, name: str, values: Sequence[str] = ()) -> Heading:
    """Add a heading of the workspace's own, with values; it is a filter at once. Raises ``Invalid``."""
    if kind not in WIDE:
        raise Invalid(_("Choose companies or people."), field="kind")
    count = Heading.objects.filter(kind=kind).count()
    if count >= MOST_HEADINGS:
        raise Invalid(_("There can be at most %(most)s headings."), field="name", most=str(MOST_HEADINGS))
    heading = Heading(kind=kind, name=_at("name", name), position=count)
    _save(heading, _("There is already a heading called “%(name)s”."))
    _add_values(heading, values)
    record("clients.heading_added", by=by, name=heading.name, kind=kind)
    return heading


@action(HEADINGS)
def rename_heading(*, by: Actor, id: UUID, name: str) -> Heading:
    """Give a heading another name, everywhere at once."""
    heading = _heading(id)
    before, heading.name = heading.name, _at("name", name)
    if before != heading.name:
        _save(heading, _("There is already a heading called “%(name)s”."))
        record("clients.heading_renamed", by=by, changes={"name": [before, heading.name]})
    return heading


@action(HEADINGS)
def delete_heading(*, by: Actor, id: UUID) -> None:
    """Remove one of the workspace's own headings and its values from every record.

    Raises ``Invalid`` for the headings that every workspace has.
    """
    heading = _heading(id)
    if heading.slot:
        raise Invalid(_("This heading belongs to every workspace. You can rename it or leave it empty."))
    count = Classification.objects.filter(heading=heading).delete()[0]
    heading.delete()
    record("clients.heading_removed", by=by, name=heading.name, count=count)


@action(HEADINGS)
def add_value(*, by: Actor, heading_id: UUID, name: str, hue: str = "") -> HeadingValue:
    """Add a value at the end of a heading."""
    heading = _heading(heading_id)
    count = heading.values.count()
    if count >= MOST_VALUES:
        raise Invalid(_("A heading can have at most %(most)s values."), field="name", most=str(MOST_VALUES))
    cleaned = _at("name", name)
    value = HeadingValue(heading=heading, name=cleaned, hue=_hue(hue or hue_of(cleaned)), position=count)
    _save(value, _("There is already a value called “%(name)s”."))
    record("clients.value_added", by=by, name=value.name, heading=heading.name)
    return value


@action(HEADINGS)
def change_value(*, by: Actor, id: UUID, name: str, hue: str = "") -> HeadingValue:
    """Rename or recolour a value: all its records show the new name at once."""
    value = _value(id)
    before = [value.name, value.hue]
    value.name, value.hue = _at("name", name), _hue(hue or value.hue)
    changes = {
        field: [old, new]
        for field, old, new in zip(("name", "hue"), before, (value.name, value.hue), strict=True)
        if old != new
    }
    if changes:
        _save(value, _("There is already a value called “%(name)s”."))
        record("clients.value_changed", by=by, changes=changes, name=value.name, heading=value.heading.name)
    return value


@action(HEADINGS)
def delete_value(*, by: Actor, id: UUID, move_to: UUID | None = None, leave_empty: bool = False) -> int:
    """Remove a value; its records go to ``move_to``, or stay without one if ``leave_empty``.

    Returns how many records had it. Raises ``Invalid`` at ``move_to`` if it is in use and nothing was chosen.
    """
    value = _value(id)
    target = None
    if move_to is not None:
        target = HeadingValue.objects.filter(id=move_to, heading=value.heading).exclude(id=id).first()
        if target is None:
            raise Invalid(_("Choose a value from the list."), field="move_to")
    rows = _records_of(value)
    count = rows.count()
    if count and target is None and not leave_empty:
        raise Invalid(_("Records have this value: choose where to move them."), field="move_to")
    if value.heading.slot:
        rows.update(**{f"{value.heading.slot}_id": target.id if target else None})
    elif target:
        rows.update(value=target)
    else:
        rows.delete()
    value.delete()
    told = {"moved_to": target.name} if target else {}
    record("clients.value_removed", by=by, name=value.name, heading=value.heading.name, count=count, **told)
    return count


@action(HEADINGS)
def arrange_values(*, by: Actor, heading_id: UUID, ids: Sequence[UUID]) -> None:
    """Put a heading's values into this order; those that are not named follow."""
    heading = _heading(heading_id)
    order = {key: position for position, key in enumerate(ids)}
    values = sorted(heading.values.all(), key=lambda value: (order.get(value.id, len(order)), value.position))
    for position, value in enumerate(values):
        value.position = position
    HeadingValue.objects.bulk_update(values, ["position"])
    record("clients.values_arranged", by=by, heading=heading.name)


def _records_of(value: HeadingValue) -> Any:
    if value.heading.slot:
        return WIDE[value.heading.kind].objects.filter(**{value.heading.slot: value})
    return Classification.objects.filter(value=value)


def _heading(id: UUID) -> Heading:
    found = Heading.objects.select_for_update().filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def _value(id: UUID) -> HeadingValue:
    found = (
        HeadingValue.objects.select_for_update(of=("self",)).select_related("heading").filter(id=id).first()
    )
    if found is None:
        raise NotFound
    return found


def _hue(hue: str) -> str:
    if hue not in (*HUES, "grey"):
        raise Invalid(_("Choose one of the colours."), field="hue")
    return hue


def _at(field: str, name: str) -> str:
    try:
        return str(_name(name))
    except Invalid as error:
        raise error.at(field) from None


def _add_values(heading: Heading, names: Sequence[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        if name.strip():
            cleaned = _at("values", name)
            seen.setdefault(cleaned.casefold(), cleaned)
    if len(seen) > MOST_VALUES:
        raise Invalid(_("A heading can have at most %(most)s values."), field="values", most=str(MOST_VALUES))
    HeadingValue.objects.bulk_create(
        HeadingValue(heading=heading, name=name, hue=hue_of(name), position=position)
        for position, name in enumerate(seen.values())
    )


def _save(row: Heading | HeadingValue, taken: Any) -> None:
    try:
        with transaction.atomic(using="tenant"):
            row.save()
    except IntegrityError as error:
        raise Invalid(taken, field="name", name=row.name) from error
