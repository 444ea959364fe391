"""Putting former values back into a deal, for undoing imports and bulk changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from crm_core.records.models import Card
from crm_core.sales.actions.deals import search_text
from crm_core.sales.models import Deal, Outcome, Reason, Stage
from kernel.actions import action
from kernel.rights import Actor
from kernel.text import sort_key

DATES = ("expected_on", "opened_on", "closed_on")
TEXTS = ("source", "description", "reason_text")


@action()
def restore_values(*, by: Actor, card: Card, values: Mapping[str, Any]) -> None:
    """Write ``values`` (field → value as events keep it) back. What no longer exists stays as it is now.

    The card gets its former name; it is saved, and the fact written, by whoever undoes.
    """
    deal = Deal.objects.select_related("stage", "reason", "client").get(pk=card.pk)
    for field, value in values.items():
        _put(deal, field, value)
    if "name" in values:
        card.label, card.sort_key = values["name"], sort_key(values["name"])
    card.search_text = search_text(card.label, deal.client)
    if deal.is_open:
        deal.closed_on, deal.reason, deal.reason_text = None, None, ""
    elif deal.closed_on is None:
        deal.closed_on = deal.expected_on or deal.opened_on
    deal.save()


def _put(deal: Deal, field: str, value: Any) -> None:
    if field == "amount":
        deal.amount_minor = value["minor"] if value else None
        deal.currency = value["currency"] if value else deal.currency
    elif field in DATES:
        setattr(deal, field, date.fromisoformat(value) if value else None)
    elif field in TEXTS:
        setattr(deal, field, value or "")
    elif field == "probability":
        deal.probability = value
    elif field in ("client", "contact"):
        setattr(deal, field, Card.objects.filter(pk=_id(value)).first() if value else None)
    elif field == "reason":
        deal.reason = Reason.objects.filter(pk=_id(value)).first() if value else None
    elif field == "stage" and value:
        _put_stage(deal, Stage.objects.filter(pk=_id(value)).first())


def _put_stage(deal: Deal, stage: Stage | None) -> None:
    if stage is None:
        return
    deal.stage, deal.pipeline_id, deal.outcome = stage, stage.pipeline_id, stage.kind
    if stage.kind == Outcome.OPEN:
        deal.last_open = stage


def _id(value: Mapping[str, str]) -> UUID:
    return UUID(value["id"])
