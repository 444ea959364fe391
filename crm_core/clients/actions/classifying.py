"""Values of headings on a record: checked and stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.clients.actions.cleaning import reference
from crm_core.clients.models import Classification, Heading, HeadingValue
from crm_core.records.models import Card
from kernel.errors import Invalid


def split_headings(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[UUID, Any]]:
    """The fields of the model, and the tenant's own headings (their ids stand as names) with value ids."""
    fields: dict[str, Any] = {}
    own: dict[UUID, Any] = {}
    for name, value in values.items():
        try:
            own[UUID(str(name))] = value
        except ValueError:
            fields[name] = value
    return fields, own


def check_values(kind: str, slots: Mapping[str, Any]) -> dict[str, UUID | None]:
    """The value ids for heading columns, each proved to stand under its heading of this kind.

    Raises ``Invalid`` at the column.
    """
    wanted: dict[str, UUID | None] = {}
    for name, value in slots.items():
        try:
            wanted[name] = reference(value)
        except Invalid as error:
            raise error.at(name) from None
    keys = [key for key in wanted.values() if key]
    if not keys:
        return wanted
    found = dict(
        HeadingValue.objects.filter(id__in=keys, heading__kind=kind).values_list("id", "heading__slot")
    )
    for name, key in wanted.items():
        if key and found.get(key) != name:
            raise Invalid(_("Choose a value from the list."), field=name)
    return wanted


def classify(card: Card, kind: str, own: Mapping[UUID, Any]) -> dict[str, list[Any]]:
    """Set the tenant's own headings; returns what changed in the terms of events, by heading's id.

    Each side is ``{"id", "label", "field"}`` or None.
    """
    if not own:
        return {}
    found = Heading.objects.filter(id__in=own, kind=kind, slot="").prefetch_related("values")
    headings = {heading.id: heading for heading in found}
    held = Classification.objects.filter(card=card, heading__in=headings).select_related("value")
    present = {one.heading_id: one for one in held}
    changes: dict[str, list[Any]] = {}
    for key, given in own.items():
        heading = headings.get(key)
        if heading is None:
            raise Invalid(_("This heading was removed."), field=str(key))
        value = _value(heading, given)
        before = present.get(key)
        if (before.value_id if before else None) == (value.id if value else None):
            continue
        changes[str(key)] = [_told(heading, before.value if before else None), _told(heading, value)]
        _store(card, heading, before, value)
    return changes


def put_back_classes(card: Card, kind: str, own: Mapping[UUID, Any]) -> None:
    """Set the tenant's own headings from the terms of events; what no longer exists stays away."""
    if not own:
        return
    known = set(HeadingValue.objects.filter(heading__in=own, heading__kind=kind).values_list("id", flat=True))
    for heading_id, told in own.items():
        key = UUID(told["id"]) if told else None
        if key is None or key not in known:
            Classification.objects.filter(card=card, heading_id=heading_id).delete()
        else:
            Classification.objects.update_or_create(
                card=card, heading_id=heading_id, defaults={"value_id": key}
            )


def _told(heading: Heading, value: HeadingValue | None) -> dict[str, str] | None:
    return {"id": str(value.id), "label": value.name, "field": heading.name} if value else None


def _value(heading: Heading, given: Any) -> HeadingValue | None:
    try:
        key = reference(given)
    except Invalid as error:
        raise error.at(str(heading.id)) from None
    if key is None:
        return None
    for value in heading.values.all():
        if value.id == key:
            return value
    raise Invalid(_("Choose a value from the list."), field=str(heading.id))


def _store(card: Card, heading: Heading, before: Classification | None, value: HeadingValue | None) -> None:
    if before and value:
        before.value = value
        before.save(update_fields=["value"])
    elif before:
        before.delete()
    elif value:
        Classification(card=card, heading=heading, value=value).save(force_insert=True)
