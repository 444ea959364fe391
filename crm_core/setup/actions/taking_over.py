"""One record out of a copy: its card, its wide row and everything that hangs on them, put back row by row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, transaction

from crm_core.records import registry
from crm_core.records.models import Card
from kernel.models import TenantModel
from kernel.when import now

# Model's label → its rows as attribute → value; the card first, then its wide row, then the rest.
Rows = list[tuple[str, dict[str, Any]]]

# What people did with the record today is not undone by yesterday's copy of it.
_PERSONAL = {"records.Star", "records.Visit"}


def _hanging(targets: set[type[models.Model]]) -> list[tuple[type[models.Model], models.ForeignKey]]:
    """The models whose rows belong to a card or wide row: they would go with it."""
    found: list[tuple[type[models.Model], models.ForeignKey]] = []
    for model in apps.get_models():
        if not issubclass(model, TenantModel) or model._meta.label in _PERSONAL or model in targets:
            continue
        for field in model._meta.concrete_fields:
            if (
                isinstance(field, models.ForeignKey)
                and field.related_model in targets
                and field.remote_field.on_delete is models.CASCADE
            ):
                found.append((model, field))
    return found


def _values(row: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def read(card_id: UUID) -> Rows:
    """The record's rows in the present workspace; empty if there is no such record."""
    card = Card.objects.filter(id=card_id).first()
    if card is None or card.kind not in registry.KINDS or card.state == Card.State.PURGED:
        return []
    wide = apps.get_model(registry.kind(card.kind).model)
    found: Rows = [(Card._meta.label, _values(card))]
    found += [(wide._meta.label, _values(row)) for row in wide._default_manager.filter(pk=card_id)]
    seen = set()
    for model, field in _hanging({Card, wide}):
        for row in model._default_manager.filter(**{field.attname: card_id}):
            if (model, row.pk) not in seen:
                seen.add((model, row.pk))
                found.append((model._meta.label, _values(row)))
    return found


def put(rows: Rows) -> tuple[Card, int, int]:
    """Write the rows here: the card, how many were written, and how many could not be.

    A reference to what is no longer here is left empty; a row that cannot do without it is left out.
    """
    written = left_out = 0
    for label, values in rows:
        model = apps.get_model(label)
        if label == Card._meta.label:
            values = values | _newer(values)
        kept = _resolved(model, values)
        if kept is None or not _saved(model, kept):
            left_out += 1
        else:
            written += 1
    return Card.objects.get(id=rows[0][1]["id"]), written, left_out


def _newer(values: dict[str, Any]) -> dict[str, Any]:
    """The card's version goes on from what stands here, so that an open form notices the change."""
    here = Card.objects.select_for_update().filter(id=values["id"]).values_list("version", flat=True).first()
    return {"version": max(here or 0, values["version"]) + 1, "changed_at": now()}


def _resolved(model: type[models.Model], values: dict[str, Any]) -> dict[str, Any] | None:
    kept = dict(values)
    for field in model._meta.concrete_fields:
        value = kept[field.attname]
        if not isinstance(field, models.ForeignKey) or value is None:
            continue
        if field.related_model._default_manager.filter(pk=value).exists():  # type: ignore[union-attr]
            continue
        if not field.null:
            return None
        kept[field.attname] = None
    return kept


def _saved(model: type[models.Model], values: dict[str, Any]) -> bool:
    try:
        with transaction.atomic(using="tenant"):
            row = model(**values)
            # Not told whether it is new: Django updates what is there and inserts what is not.
            row._state.adding = False
            row.save(using="tenant")
    except IntegrityError:
        return False
    return True
