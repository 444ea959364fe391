"""Writing one planned batch: companies, then people, then deals, then what is there already."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from crm_core.activities.actions import NewActivity, bulk_add
from crm_core.clients import actions as clients
from crm_core.clients.models import Employment
from crm_core.imports.actions.tagging import put_tags
from crm_core.imports.models import Import
from crm_core.imports.queries.planning import NEW, SAME, UPDATE, Part, Planned
from crm_core.records.models import Card
from crm_core.sales import actions as sales
from crm_core.sales.models import Deal
from crm_core.team.models import Member

# Fields of a deal that an import brings up to date.
_DEAL = (
    "stage_id", "client_id", "owner_id", "amount_minor", "probability", "expected_on", "opened_on",
    "closed_on", "reason_id", "reason_text", "source", "description",
)  # fmt: skip


def write(by: Member, found: Import, planned: Sequence[Planned]) -> Counter[str]:
    """Carry out a batch within the caller's transaction and change set; returns what was done, by kind.

    Keys: ``company.created``, ``deal.updated``, ``person.same``, ``deal.unlinked`` and the like.
    """
    counts: Counter[str] = Counter()
    parts = [part for plan in planned for part in plan.parts]
    create(by, found, parts, counts)
    mark_same(planned, update(by, found, parts, counts))
    _tasks(by, planned, found.change_set)
    put_tags(by, planned)
    counts["unlinked"] += sum(plan.unlinked for plan in planned if plan.status in (NEW, UPDATE, SAME))
    return counts


def mark_same(planned: Sequence[Planned], changed: set[UUID]) -> None:
    """Rows that brought nothing new are told apart from those that changed a record."""
    for plan in planned:
        known = {part.id for part in plan.parts if not part.fresh and not part.own} - changed
        if plan.status == UPDATE and all(part.id in known for part in plan.parts):
            plan.status = SAME


def create(by: Member, found: Import, parts: Sequence[Part], counts: Counter[str]) -> None:
    """The new records of a batch, in the order in which they refer to each other."""
    makers = (
        ("company", clients.bulk_create_companies),
        ("person", clients.bulk_create_people),
        ("deal", sales.bulk_create_deals),
    )
    for kind, make in makers:
        rows: list[Any] = [part.row for part in parts if part.kind == kind and part.fresh]
        if rows:
            make(by=by, rows=rows, change_set=found.change_set)
            counts[f"{kind}.created"] += len(rows)


def update(
    by: Member, found: Import, parts: Sequence[Part], counts: Counter[str], *, dry: bool = False
) -> set[UUID]:
    """Bring what is there up to date; returns the ids that differ. ``dry`` only compares."""
    changed: set[UUID] = set()
    fill = found.options.get("existing") != Import.Existing.OVERWRITE
    for kind in ("company", "person"):
        rows = [
            clients.Update(part.id, _wanted(part.row.values), part.row.ways, fill)
            for part in parts
            if part.kind == kind and not part.fresh
        ]
        if rows:
            outcome = clients.bulk_update(by=by, kind=kind, rows=rows, change_set=found.change_set, dry=dry)
            counts[f"{kind}.updated"] += len(outcome.changed)
            counts[f"{kind}.same"] += len(outcome.same)
            changed |= set(outcome.changed)
    deals = [part for part in parts if part.kind == "deal" and not part.fresh]
    if deals:
        wanted = _deal_changes(deals, fill)
        ids = sales.bulk_change_deals(by=by, changes=wanted, dry=dry)
        counts["deal.updated"] += len(ids)
        counts["deal.same"] += len({part.id for part in deals}) - len(ids)
        changed |= set(ids)
    if not dry:
        changed |= _employ(by, parts)
        _keep_origins(part for part in parts if not part.fresh)
    return changed


def _wanted(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}


def _deal_changes(parts: Iterable[Part], fill: bool) -> dict[UUID, dict[str, Any]]:
    """What the file says about deals that are there; only what they lack, if ``fill``."""
    parts = list(parts)
    held = {
        deal.pk: deal
        for deal in Deal.objects.filter(pk__in=[part.id for part in parts]).select_related("card")
    }
    changes: dict[UUID, dict[str, Any]] = defaultdict(dict)
    for part in parts:
        deal = held.get(part.id)
        if deal is None:
            continue
        for name in _DEAL:
            value = getattr(part.row, name)
            present = deal.card.owner_id if name == "owner_id" else getattr(deal, name)
            if value in (None, "") or (fill and present not in (None, "")):
                continue
            changes[part.id][name] = value
        if "amount_minor" in changes[part.id]:
            changes[part.id]["currency"] = part.row.currency
        if not fill:
            changes[part.id]["name"] = part.row.name
    return dict(changes)


def _employ(by: Member, parts: Iterable[Part]) -> set[UUID]:
    """People who are there already come to the companies that the file names, if they do not work there yet."""
    pairs = {
        (part.id, part.row.company_id): part.row.role or part.row.values.get("position", "")
        for part in parts
        if part.kind == "person" and not part.fresh and part.row.company_id
    }
    if not pairs:
        return set()
    people = {person for person, _company in pairs}
    known = set(Employment.objects.filter(person_id__in=people).values_list("person_id", "company_id"))
    moved = set()
    for (person_id, company_id), role in pairs.items():
        if (person_id, company_id) not in known:
            clients.employ(by=by, person_id=person_id, company_id=company_id, role=role)
            moved.add(person_id)
    return moved


def _keep_origins(parts: Iterable[Part]) -> None:
    """A record that was found otherwise keeps the old system's id, so that later files can refer to it."""
    wanted = {part.id: part.row.origin for part in parts if part.row.origin}
    if not wanted:
        return
    cards = list(Card.objects.filter(id__in=wanted, origin=None).only("id", "kind", "origin"))
    taken = set(
        Card.objects.filter(origin__in=[wanted[card.id] for card in cards]).values_list("kind", "origin")
    )
    for card in cards:
        if (card.kind, wanted[card.id]) not in taken:
            card.origin = wanted[card.id]
            taken.add((card.kind, card.origin))
    Card.objects.bulk_update([card for card in cards if card.origin], ["origin"], batch_size=500)


def _tasks(by: Member, planned: Sequence[Planned], change_set: UUID | None) -> None:
    """The next step that a file names for an open deal becomes a task without a day."""
    named = {
        part.id: (part.row, plan.draft.next_step)
        for plan in planned
        for part in plan.parts
        if part.kind == "deal" and part.fresh and plan.draft.next_step
    }
    if not named:
        return
    still_open = set(Deal.objects.open().filter(pk__in=named).values_list("pk", flat=True))
    rows = [
        NewActivity(
            card_id=key, title=title, values={}, client_id=row.client_id, owner_id=row.owner_id or by.id
        )
        for key, (row, title) in named.items()
        if key in still_open
    ]
    if rows:
        bulk_add(by=by, rows=rows, change_set=change_set)
