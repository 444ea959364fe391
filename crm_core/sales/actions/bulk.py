"""Many deals at once, for imports: few statements, one fact per deal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from crm_core.events.actions import build
from crm_core.events.models import Event
from crm_core.records import actions as cards
from crm_core.records.models import Card
from crm_core.sales import queries
from crm_core.sales.actions.deals import CHANGEABLE, EDIT, PLAIN, here_today, said, search_text, vars_of
from crm_core.sales.actions.deals import checked as checked_draft
from crm_core.sales.actions.stages import add_stage
from crm_core.sales.models import Deal, Outcome, Reason, Stage
from crm_core.team.models import Member
from kernel.actions import action
from kernel.rights import demand
from kernel.text import fold, sort_key
from kernel.when import now

BATCH = 1000


@dataclass(slots=True)
class DealRow:
    """One deal of an import. Its outcome follows from its stage; dates stay as the old system had them.

    A closed deal without ``closed_on`` gets its expected date, else its opening. ``id`` may be given beforehand.
    """

    name: str
    stage_id: UUID
    currency: str
    id: UUID | None = None
    origin: str | None = None
    client_id: UUID | None = None
    contact_id: UUID | None = None
    owner_id: UUID | None = None
    amount_minor: int | None = None
    probability: int | None = None
    expected_on: date | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    reason_id: UUID | None = None
    reason_text: str = ""
    source: str = ""
    description: str = ""
    created_at: datetime | None = None
    stage_since: datetime | None = None


@action(EDIT)
def bulk_create_deals(*, by: Member, rows: Sequence[DealRow], change_set: UUID | None = None) -> list[Deal]:
    """Deals with cards and one ``sales.opened`` each. The date rule for typed input does not apply.

    The ids of clients, contacts, stages and owners must be known to be right; the values of each row
    are checked as for typed ones. Raises ``Invalid`` with the row's name.
    """
    stages = {stage.id: stage for stage in Stage.objects.filter(id__in={row.stage_id for row in rows})}
    wanted = {row.client_id for row in rows if row.client_id}
    clients = Card.objects.in_bulk(wanted) if wanted else {}
    drafts = [_draft(row) for row in rows]
    made = cards.bulk_create_cards(
        by=by,
        kind="deal",
        verb="sales.opened",
        change_set=change_set,
        rows=[
            cards.NewCard(
                label=draft.name,
                search_text=search_text(draft.name, clients.get(row.client_id)),
                owner_id=row.owner_id,
                origin=row.origin,
                id=row.id,
                client_id=row.client_id,
                created_at=row.created_at,
                values={
                    "stage": stages[row.stage_id].name,
                    "amount": None
                    if row.amount_minor is None
                    else {"minor": row.amount_minor, "currency": row.currency},
                },
            )
            for row, draft in zip(rows, drafts, strict=True)
        ],
    )
    start = -now().timestamp()
    deals = [
        _deal(row, draft, card, stages[row.stage_id], start + place / 1000)
        for place, (row, draft, card) in enumerate(zip(rows, drafts, made, strict=True))
    ]
    return list(Deal.objects.bulk_create(deals, batch_size=BATCH))


def _draft(row: DealRow) -> Any:
    begun = row.opened_on or row.closed_on or row.expected_on or here_today()
    values: dict[str, Any] = {
        "name": row.name,
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "probability": row.probability,
        "expected_on": row.expected_on,
        # Nothing opens in the future unless the old system says so itself.
        "opened_on": begun if row.opened_on else min(begun, here_today()),
        "source": row.source,
        "description": row.description,
    }
    return checked_draft(values, confirmed=True)


def _deal(row: DealRow, draft: Any, card: Card, stage: Stage, position: float) -> Deal:
    open_now = stage.kind == Outcome.OPEN
    closed_on = None if open_now else row.closed_on or row.expected_on or draft.opened_on
    deal = Deal(
        card=card,
        stage=stage,
        pipeline_id=stage.pipeline_id,
        last_open=stage if open_now else None,
        outcome=stage.kind,
        client_id=row.client_id,
        contact_id=row.contact_id,
        closed_on=closed_on,
        reason_id=None if open_now else row.reason_id,
        reason_text="" if open_now else row.reason_text,
        stage_since=row.stage_since or row.created_at or now(),
        position=position,
    )
    for field, value in vars_of(draft).items():
        setattr(deal, field, value)
    return deal


@action(EDIT)
def bulk_change_deals(
    *, by: Member, changes: Mapping[UUID, Mapping[str, Any]], dry: bool = False
) -> list[UUID]:
    """Bring imported deals up to date: id → fields as in :class:`DealRow`. Returns the ids that differed.

    A new stage moves the deal, with its outcome; unseen ids are left out without a word. ``dry`` only
    says which deals would differ and writes nothing: for previews.
    """
    found = (
        queries.with_rows(queries.visible_to(by))
        .filter(pk__in=changes)
        .select_for_update(of=("self", "card"))
    )
    stages = Stage.objects.in_bulk({row["stage_id"] for row in changes.values() if row.get("stage_id")})
    clients = Card.objects.in_bulk({row["client_id"] for row in changes.values() if row.get("client_id")})
    reasons = Reason.objects.in_bulk({row["reason_id"] for row in changes.values() if row.get("reason_id")})
    touched: list[Deal] = []
    events: list[Event] = []
    for deal in found:
        before = {field: said(field, deal) for field in (*CHANGEABLE, "stage", "closed_on")}
        _take(deal, changes[deal.pk], stages, clients, reasons)
        after = {field: said(field, deal) for field in before}
        differing = {
            field: [before[field], after[field]] for field in before if before[field] != after[field]
        }
        if differing:
            card = deal.card
            card.version, card.changed_at = card.version + 1, now()
            card.search_text = search_text(card.label, deal.client)
            touched.append(deal)
            events.append(
                build("sales.changed", by=by, record=card, client_id=deal.client_id, changes=differing)
            )
    if dry:
        return [deal.pk for deal in touched]
    Deal.objects.bulk_update(touched, WRITTEN, batch_size=BATCH)
    Card.objects.bulk_update(
        [deal.card for deal in touched],
        ["label", "sort_key", "search_text", "owner", "version", "changed_at"],
        batch_size=BATCH,
    )
    Event.objects.bulk_create(events, batch_size=BATCH)
    return [deal.pk for deal in touched]


def _take(
    deal: Deal,
    wanted: Mapping[str, Any],
    stages: Mapping[UUID, Stage],
    clients: Mapping[UUID, Card],
    reasons: Mapping[UUID, Reason],
) -> None:
    """Set what an import says about one deal; the outcome follows from the stage."""
    present = {name: getattr(deal, name) for name in PLAIN}
    draft = checked_draft({"name": deal.card.label, **present, **wanted}, confirmed=True)
    for field, value in vars_of(draft).items():
        setattr(deal, field, value)
    deal.card.label, deal.card.sort_key = draft.name, sort_key(draft.name)
    if wanted.get("client_id"):
        deal.client = clients.get(wanted["client_id"], deal.client)
    if wanted.get("owner_id"):
        deal.card.owner_id = wanted["owner_id"]
    stage = stages.get(wanted.get("stage_id"), deal.stage)  # type: ignore[arg-type]
    if stage.id != deal.stage_id:
        deal.stage, deal.pipeline_id, deal.outcome, deal.stage_since = (
            stage,
            stage.pipeline_id,
            stage.kind,
            now(),
        )
    if deal.is_open:
        deal.last_open, deal.closed_on, deal.reason, deal.reason_text = deal.stage, None, None, ""
        return
    deal.closed_on = wanted.get("closed_on") or deal.closed_on or deal.expected_on or deal.opened_on
    deal.reason = reasons.get(wanted.get("reason_id"), deal.reason)  # type: ignore[arg-type]
    deal.reason_text = wanted.get("reason_text") or deal.reason_text


WRITTEN = [
    "client",
    "contact",
    "pipeline",
    "stage",
    "last_open",
    "outcome",
    "amount_minor",
    "currency",
    "probability",
    "expected_on",
    "opened_on",
    "closed_on",
    "reason",
    "reason_text",
    "source",
    "description",
    "stage_since",
]


@action(EDIT)
def ensure_stages(
    *, by: Member, pipeline_id: UUID, stages: Sequence[tuple[str, str, int | None]]
) -> dict[str, Stage]:
    """The pipeline's stages for these (name, kind, probability), made where no name fits; by given name.

    Names are compared folded. New stages need the right to set up sales; with none missing, none is needed.
    """
    known = {(fold(stage.name), stage.kind): stage for stage in Stage.objects.filter(pipeline_id=pipeline_id)}
    found: dict[str, Stage] = {}
    for name, kind, probability in stages:
        stage = known.get((fold(name), kind))
        if stage is None:
            demand(by, "sales.set_up")
            stage = add_stage(by=by, pipeline_id=pipeline_id, name=name, kind=kind, probability=probability)
            known[(fold(name), kind)] = stage
        found[name] = stage
    return found
