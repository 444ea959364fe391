"""Opening a deal and changing what is known about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import record
from crm_core.records import actions as cards
from crm_core.records import queries as records
from crm_core.records.models import Card
from crm_core.sales import queries
from crm_core.sales.models import Deal, Outcome, Stage
from crm_core.team.models import Member
from kernel import context
from kernel.actions import action
from kernel.errors import Invalid
from kernel.locks import hold
from kernel.money import CURRENCIES, LIMIT, format_money
from kernel.rights import declare
from kernel.text import clean, fold
from kernel.when import now, today

VIEW = declare("sales.view", _("See deals and the forecast"), _("Sales"))
EDIT = declare("sales.edit", _("Open, change and close deals"), _("Sales"))

NAME_LONGEST = 200
TEXT_LONGEST = 20_000
SOURCE_LONGEST = 120
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)
CLIENT_KINDS = ("company", "person")
# Fields that are the same in a draft and on the deal's own row.
PLAIN = ("amount_minor", "currency", "probability", "expected_on", "opened_on", "source", "description")


class DateBeforeOpening(Invalid):
    """The expected date lies before the deal's opening: allowed, but only if somebody says so explicitly."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person may say about a deal, checked and cleaned; None where nothing is known."""

    name: str
    amount_minor: int | None
    currency: str
    probability: int | None
    expected_on: date | None
    opened_on: date
    source: str
    description: str


@action(EDIT)
def open_deal(
    *,
    by: Member,
    name: str,
    stage_id: UUID | None = None,
    pipeline_id: UUID | None = None,
    client_id: UUID | None = None,
    contact_id: UUID | None = None,
    owner_id: UUID | None = None,
    id: UUID | None = None,
    confirmed: bool = False,
    **known: Any,
) -> Deal:
    """Open a deal in the named stage, else in the first of the pipeline.

    ``known``: amount_minor, currency, probability, expected_on, opened_on, source, description.
    ``id`` is the key that the form carries: sent twice, it makes one deal. Raises ``Invalid`` at
    fields, and ``DateBeforeOpening`` for an expected date before the opening unless ``confirmed``.
    """
    if id is not None:
        hold(f"sales.open:{id}")
        before = queries.visible_to(by).filter(pk=id).first()
        if before is not None:
            return before
    stage = _opening_stage(pipeline_id, stage_id)
    known = {"opened_on": here_today(), "currency": context.tenant().currency, **known}
    draft = checked({"name": name, **known}, confirmed=confirmed)
    client = linked(by, client_id, CLIENT_KINDS, "client")
    contact = linked(by, contact_id, ("person",), "contact")
    owner = by if owner_id is None else _colleague(owner_id)
    card = cards.create_card(
        by=by, kind="deal", label=draft.name, search_text=search_text(draft.name, client), owner=owner, id=id
    )
    deal = Deal(
        card=card, pipeline_id=stage.pipeline_id, stage=stage, last_open=stage, client=client, contact=contact
    )
    for field, value in vars_of(draft).items():
        setattr(deal, field, value)
    deal.position = -now().timestamp()
    deal.save(force_insert=True)
    record(
        "sales.opened",
        by=by,
        record=card,
        client_id=client_id,
        stage=stage.name,
        amount=said("amount", deal),
    )
    return deal


@action(EDIT)
def change_deal(
    *, by: Member, id: UUID, version: int | None = None, confirmed: bool = False, **changes: Any
) -> Deal:
    """Change what is known about a deal; only what differs is written, and nothing if nothing does.

    ``changes``: as ``known`` of :func:`open_deal`, with name, client_id, contact_id, and reason_id and
    reason_text of a closed deal. Raises ``Conflict`` if ``version`` is no longer the present one.
    """
    yours = {FIELD_OF.get(name, name): value for name, value in changes.items()}
    card = cards.lock_card(by=by, kind="deal", id=id, version=version, yours=yours)
    deal = queries.with_rows(Deal.objects.filter(pk=id)).get()
    before = {field: said(field, deal) for field in CHANGEABLE}
    wanted = {**_present(deal, card), **changes}
    dated = "expected_on" in changes or "opened_on" in changes
    draft = checked(wanted, confirmed=confirmed or not dated)
    for field, value in vars_of(draft).items():
        setattr(deal, field, value)
    if changes.get("client_id", deal.client_id) != deal.client_id:
        deal.client = linked(by, changes["client_id"], CLIENT_KINDS, "client")
    if changes.get("contact_id", deal.contact_id) != deal.contact_id:
        deal.contact = linked(by, changes["contact_id"], ("person",), "contact")
    if deal.outcome != Outcome.OPEN:
        _change_reason(deal, changes)
    card.label = draft.name
    deal.card.label = draft.name
    after = {field: said(field, deal) for field in CHANGEABLE}
    differing = {
        field: [before[field], after[field]] for field in CHANGEABLE if before[field] != after[field]
    }
    if not differing:
        return deal
    deal.save()
    cards.touch_card(by=by, card=card, label=draft.name, search_text=search_text(draft.name, deal.client))
    record("sales.changed", by=by, record=card, client_id=deal.client_id, changes=differing)
    deal.card = card
    return deal


# What a change's argument is called in forms and facts.
FIELD_OF = {
    "amount_minor": "amount",
    "currency": "amount",
    "client_id": "client",
    "contact_id": "contact",
    "reason_id": "reason",
}
CHANGEABLE = (
    "name",
    "client",
    "contact",
    "amount",
    "probability",
    "expected_on",
    "opened_on",
    "source",
    "description",
    "reason",
    "reason_text",
)


def said(field: str, deal: Deal) -> Any:
    """A field's value as events keep it: a reference as id and label, money as minor and currency."""
    if field == "name":
        return deal.card.label
    if field in ("client", "contact", "reason", "stage", "pipeline"):
        return named(getattr(deal, field))
    if field == "amount":
        return None if deal.amount_minor is None else {"minor": deal.amount_minor, "currency": deal.currency}
    value = getattr(deal, field)
    if isinstance(value, date):
        return value.isoformat()
    return value if value != "" else None


def named(found: Any) -> dict[str, str] | None:
    """A reference as events keep it."""
    return {"id": str(found.pk), "label": str(found)} if found else None


def search_text(name: str, client: Card | None) -> str:
    """What the palette searches of a deal: its name and its client's."""
    return fold(f"{name} {client.label}" if client else name)


def here_today() -> date:
    """Today in the zone of whoever acts."""
    return today(context.current().zone)


def vars_of(draft: Draft) -> dict[str, Any]:
    """The draft's fields that stand on the deal's own row."""
    return {name: getattr(draft, name) for name in PLAIN}


def checked(values: Mapping[str, Any], *, confirmed: bool) -> Draft:
    """What was said about a deal, cleaned. Raises ``Invalid`` with one sentence at each wrong field."""
    wrong: dict[str, list[Any]] = {}
    draft = Draft(
        name=_line("name", values.get("name"), NAME_LONGEST, wrong),
        amount_minor=_amount(values.get("amount_minor"), values.get("currency", ""), wrong),
        currency=values.get("currency", ""),
        probability=_probability(values.get("probability"), wrong),
        expected_on=_day("expected_on", values.get("expected_on"), wrong),
        opened_on=_day("opened_on", values.get("opened_on"), wrong) or here_today(),
        source=_line("source", values.get("source"), SOURCE_LONGEST, wrong),
        description=_text("description", values.get("description"), wrong),
    )
    if not draft.name:
        wrong.setdefault("name", []).append(_("Give the deal a name."))
    if wrong:
        raise Invalid(fields=wrong)
    if draft.expected_on and draft.expected_on < draft.opened_on and not confirmed:
        raise DateBeforeOpening(_("This day is before the deal was opened."), field="expected_on")
    return draft


def linked(by: Member, card_id: UUID | None, kinds: tuple[str, ...], field: str) -> Card | None:
    """The client or contact that a deal points at; it must be one that the member may see."""
    if card_id is None:
        return None
    for kind in kinds:
        found = records.visible_to(by, kind).filter(pk=card_id).first()
        if found is not None:
            return found
    raise Invalid(_("Choose one from the list: this one was not found."), field=field)


def _colleague(owner_id: UUID) -> Member:
    found = Member.objects.active().filter(pk=owner_id).first()
    if found is None:
        raise Invalid(_("This colleague no longer works here. Choose another."), field="owner")
    return found


def _opening_stage(pipeline_id: UUID | None, stage_id: UUID | None) -> Stage:
    stages = Stage.objects.open()
    if stage_id is not None:
        stages = stages.filter(pk=stage_id)
    if pipeline_id is not None:
        stages = stages.filter(pipeline_id=pipeline_id)
    stage = stages.order_by("pipeline__position", "pipeline_id", "position", "id").first()
    if stage is None:
        raise Invalid(_("Choose a stage from the list."), field="stage")
    return stage


def _present(deal: Deal, card: Card) -> dict[str, Any]:
    return {"name": card.label, **{name: getattr(deal, name) for name in PLAIN}}


def _change_reason(deal: Deal, changes: Mapping[str, Any]) -> None:
    if "reason_id" in changes:
        chosen = {reason.id: reason for reason in queries.reasons(deal.outcome, keep=deal.reason_id)}
        if changes["reason_id"] not in (*chosen, None) or (
            changes["reason_id"] is None and chosen and deal.pipeline.reason_required
        ):
            raise Invalid(_("Choose a reason from the list."), field="reason")
        deal.reason = chosen.get(changes["reason_id"])
    if "reason_text" in changes:
        wrong: dict[str, list[Any]] = {}
        deal.reason_text = _text("reason_text", changes["reason_text"], wrong)
        if wrong:
            raise Invalid(fields=wrong)


def _line(field: str, text: Any, longest: int, wrong: dict[str, list[Any]]) -> str:
    line = clean(text or "")
    if len(line) > longest:
        wrong.setdefault(field, []).append(_too_long(len(line), longest))
    return line


def _text(field: str, text: Any, wrong: dict[str, list[Any]]) -> str:
    cleaned = clean(text or "", multiline=True)
    if len(cleaned) > TEXT_LONGEST:
        wrong.setdefault(field, []).append(_too_long(len(cleaned), TEXT_LONGEST))
    return cleaned


def _too_long(length: int, longest: int) -> Any:
    return Invalid(
        _("This is too long: %(length)s characters, at most %(longest)s fit."),
        length=str(length),
        longest=str(longest),
    ).message


def _amount(minor: int | None, currency: str, wrong: dict[str, list[Any]]) -> int | None:
    if currency not in CURRENCIES:
        wrong.setdefault("amount", []).append(_("Choose a currency from the list."))
    elif minor is not None and minor < 0:
        wrong.setdefault("amount", []).append(_("The amount cannot be negative."))
    elif minor is not None and minor >= LIMIT:
        most = format_money(LIMIT, currency, context.current().language)
        sentence = Invalid(_("The amount is too large: it must be less than %(limit)s."), limit=most).message
        wrong.setdefault("amount", []).append(sentence)
    return minor


def _probability(value: int | None, wrong: dict[str, list[Any]]) -> int | None:
    if value is not None and not 0 <= value <= 100:
        wrong.setdefault("probability", []).append(_("The probability is a number from 0 to 100."))
    return value


def _day(field: str, value: date | None, wrong: dict[str, list[Any]]) -> date | None:
    if value is not None and not EARLIEST <= value <= LATEST:
        wrong.setdefault(field, []).append(_("Choose a day between 1900 and 2200."))
    return value
