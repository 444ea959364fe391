"""Which records are there already: found by the old system's id, then by what tells companies and people apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db.models import Q

from crm_core.clients.actions import CompanyRow, PersonRow
from crm_core.clients.actions.cleaning import company_key, person_key
from crm_core.clients.models import Company, ContactWay, Person
from crm_core.imports.queries.drafts import Draft
from crm_core.records.models import Card
from crm_core.sales.models import Deal
from kernel.emails import is_shared_domain
from kernel.text import sort_key

# By what a record may be recognised beside its id, in the order of weight.
TRAITS = ("tax", "email", "domain", "phone", "name")
_TAX_LEAST = 5
_WIDE: dict[str, Any] = {"company": Company, "person": Person}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that is there already, or will be once the rows before are written.

    Texts are kept as marks (:func:`mark`), which are only ever compared: a check of a large file remembers
    hundreds of thousands of these. ``label`` is the name in small letters. ``own`` marks what this very import makes. ``beside`` is a person's company or a deal's client.
    """

    id: UUID
    origin: int = 0
    name_key: int = 0
    domain: int = 0
    tax_key: int = 0
    beside: UUID | None = None
    opened_on: Any = None
    own: bool = False
    trashed: bool = False
    label: int = 0


def mark(text: str | None) -> int:
    """What stands for a text where it is only compared; 0 for none."""
    return hash(text) if text else 0


@dataclass(frozen=True, slots=True)
class Match:
    """``verdict``: new, same (it is this record), twin (it may be)."""

    verdict: str
    found: Candidate | None = None
    by: str = ""


Key = tuple[str, str, str]  # kind of record, trait, normal value


@dataclass
class Known:
    """The records that a batch could mean: read for each batch at once, and grown row by row.

    ``only_own`` says that the workspace held no records before: then only rows of the same file can double,
    and all that is asked of the database is whether an id is in use.
    """

    change_set: UUID | None
    traits: frozenset[str]
    index: dict[int, UUID | tuple[UUID, ...]] = field(default_factory=dict)
    records: dict[UUID, Candidate] = field(default_factory=dict)
    only_own: bool = False

    def add(self, kind: str, candidate: Candidate, keys: Iterable[tuple[str, str]]) -> None:
        known = self.records.get(candidate.id)
        if known is not None and known.origin and not candidate.origin:
            # An earlier row of the file has given this record its id; the database does not know it yet.
            candidate = replace(candidate, origin=known.origin)
        self.records[candidate.id] = candidate
        for trait, value in keys:
            key = hash((kind, trait, value))
            held = self.index.get(key)
            if held is None:
                self.index[key] = candidate.id
            elif isinstance(held, UUID):
                self.index[key] = held if held == candidate.id else (held, candidate.id)
            elif candidate.id not in held:
                self.index[key] = (*held, candidate.id)

    def by(self, kind: str, trait: str, value: str) -> list[Candidate]:
        if not value:
            return []
        held = self.index.get(hash((kind, trait, value)))
        if held is None:
            return []
        return [self.records[key] for key in ((held,) if isinstance(held, UUID) else held)]

    def load(self, drafts: Sequence[Draft]) -> None:
        """Read from the database what the rows of a batch could mean. A handful of queries."""
        wanted: dict[Key, None] = {}
        for draft in drafts:
            for kind, trait, value in keys_of(draft):
                if trait == "origin" or trait in self.traits or trait == "reference":
                    wanted[kind, "name" if trait == "reference" else trait, value] = None
        by_trait: dict[tuple[str, str], set[str]] = defaultdict(set)
        for kind, trait, value in wanted:
            by_trait[kind, trait].add(value)
        self._load_origins(by_trait)
        if self.only_own:
            return
        for kind in ("company", "person"):
            self._load_clients(kind, by_trait)
        self._load_deals(by_trait.get(("deal", "name"), set()))

    def _load_origins(self, by_trait: dict[tuple[str, str], set[str]]) -> None:
        for kind in ("company", "person", "deal"):
            origins = by_trait.get((kind, "origin"))
            if not origins:
                continue
            rows = Card.objects.filter(kind=kind, origin__in=origins, state__in=("live", "trashed"))
            for card_id, origin, state, made_by in rows.values_list("id", "origin", "state", "change_set"):
                known = self.records.get(card_id)
                own = self.change_set is not None and made_by == self.change_set
                candidate = known or Candidate(
                    card_id, mark(origin), own=own, trashed=state == Card.State.TRASHED
                )
                self.add(kind, candidate, [("origin", origin or "")])

    def _load_clients(self, kind: str, by_trait: dict[tuple[str, str], set[str]]) -> None:
        columns = {"domain": "domain", "tax": "tax_key", "name": "match_key"}
        for trait, column in columns.items():
            values = by_trait.get((kind, trait))
            if values and hasattr(_WIDE[kind], column):
                for candidate, row in self._clients(kind, Q(**{f"{column}__in": values})):
                    self.add(kind, candidate, [(trait, row[column])])
        ways = {trait: by_trait.get((kind, trait), set()) for trait in ("email", "phone")}
        pairs: list[tuple[str, str, UUID]] = []
        for trait, values in ways.items():
            if values:
                found = ContactWay.objects.filter(
                    kind=trait, normal__in=values, card__kind=kind, card__state="live"
                )
                pairs += [
                    (trait, normal, card_id) for normal, card_id in found.values_list("normal", "card_id")
                ]
        missing = {card_id for _trait, _normal, card_id in pairs if card_id not in self.records}
        if missing:
            for candidate, _row in self._clients(kind, Q(pk__in=missing)):
                self.add(kind, candidate, [])
        for trait, normal, card_id in pairs:
            if card_id in self.records:
                self.add(kind, self.records[card_id], [(trait, normal)])

    def _clients(self, kind: str, wanted: Q) -> Iterable[tuple[Candidate, dict[str, Any]]]:
        names = ["pk", "match_key", "card__origin", "card__change_set"]
        names += ["domain", "tax_key", "name"] if kind == "company" else ["company_id"]
        for row in _WIDE[kind].objects.live().filter(wanted).values(*names):
            own = self.change_set is not None and row["card__change_set"] == self.change_set
            yield (
                Candidate(
                    row["pk"],
                    mark(row["card__origin"]),
                    mark(row["match_key"]),
                    mark(row.get("domain")),
                    mark(row.get("tax_key")),
                    row.get("company_id"),
                    own=own,
                    label=mark(row.get("name", "").casefold()),
                ),
                row,
            )

    def _load_deals(self, keys: set[str]) -> None:
        if not keys:
            return
        rows = Deal.objects.live().filter(card__kind="deal", card__sort_key__in=keys)
        names = ("pk", "client_id", "opened_on", "card__sort_key", "card__origin", "card__change_set")
        for deal_id, client, opened, key, origin, made_by in rows.values_list(*names):
            own = self.change_set is not None and made_by == self.change_set
            candidate = Candidate(deal_id, mark(origin), mark(key), beside=client, opened_on=opened, own=own)
            self.add("deal", candidate, [("name", key)])


def keys_of(draft: Draft) -> Iterable[Key]:
    """By what the records of a row could be found."""
    for trait, value in draft.company_keys:
        yield "company", trait, value
    if draft.company_origin:
        yield "company", "origin", draft.company_origin
    if draft.company_name:
        yield "company", "reference", company_key(draft.company_name)
    if draft.parent:
        yield "company", "origin", draft.parent
        yield "company", "reference", company_key(draft.parent)
    for trait, value in draft.person_keys:
        yield "person", trait, value
    if draft.contact_name:
        yield "person", "reference", person_key(draft.contact_name)
    if draft.deal is not None:
        if draft.deal.origin:
            yield "deal", "origin", draft.deal.origin
        yield "deal", "name", sort_key(draft.deal.name)


def company_keys(row: CompanyRow) -> list[tuple[str, str]]:
    """Trait and normal value, for every trait by which this company can be recognised."""
    values = row.values
    found = [("origin", row.origin or ""), ("name", values.get("match_key", ""))]
    domain = values.get("domain", "")
    found.append(("domain", "" if is_shared_domain(domain) else domain))
    tax = values.get("tax_key", "")
    found.append(("tax", tax if len(tax) >= _TAX_LEAST else ""))
    return [pair for pair in [*found, *_contacts(row)] if pair[1]]


def person_keys(row: PersonRow) -> list[tuple[str, str]]:
    """As :func:`company_keys`, for a person."""
    name = person_key(row.values.get("first_name", ""), row.values.get("last_name", ""))
    return [pair for pair in [("origin", row.origin or ""), ("name", name), *_contacts(row)] if pair[1]]


def _contacts(row: CompanyRow | PersonRow) -> list[tuple[str, str]]:
    return [(way.kind, way.normal) for way in row.ways if way.kind in ("email", "phone") and way.normal]


def with_keys(draft: Draft) -> Draft:
    """The draft with all that its records can be recognised by, worked out once."""
    if draft.company is not None:
        draft.company_keys = company_keys(draft.company)
    if draft.person is not None:
        draft.person_keys = person_keys(draft.person)
    return draft


def match_company(known: Known, row: CompanyRow, told: list[tuple[str, str]]) -> Match:
    """Which company the row means; ``told`` are its keys."""
    keys = dict(told)
    if found := known.by("company", "origin", keys.get("origin", "")):
        return Match("same", found[0], "origin")
    values = row.values
    twin: Match | None = None
    for trait, value in _ordered(told, known.traits):
        candidates = [one for one in known.by("company", trait, value) if not _others_row(one, row.origin)]
        if not candidates:
            continue
        differing = [
            one
            for one in candidates
            if (one.origin and row.origin)
            or _differ(one.tax_key, mark(values.get("tax_key")))
            or (trait == "name" and _differ(one.domain, mark(keys.get("domain"))))
            or (trait == "name" and _differ(one.label, mark(values.get("name", "").casefold())))
            or (
                trait in ("email", "domain", "phone") and _differ(one.name_key, mark(values.get("match_key")))
            )
        ]
        if len(candidates) == 1 and not differing:
            return Match("same", candidates[0], trait)
        twin = twin or Match("twin", candidates[0], trait)
    return twin or Match("new")


def match_person(known: Known, row: PersonRow, company_id: UUID | None, keys: list[tuple[str, str]]) -> Match:
    """Which person the row means. A phone or mailbox may be shared, so the name must agree as well."""
    named = dict(keys)
    if found := known.by("person", "origin", named.get("origin", "")):
        return Match("same", found[0], "origin")
    twin: Match | None = None
    for trait, value in _ordered(keys, known.traits):
        candidates = [one for one in known.by("person", trait, value) if not _others_row(one, row.origin)]
        if trait == "name":
            elsewhere = [one for one in candidates if _differ(one.beside, company_id)]
            candidates = [one for one in candidates if one not in elsewhere]
            sure = [one for one in candidates if one.beside == company_id and not (one.origin and row.origin)]
        else:
            name = mark(named.get("name"))
            sure = [
                one
                for one in candidates
                if not _differ(one.name_key, name) and not (one.origin and row.origin)
            ]
        if len(sure) == 1:
            return Match("same", sure[0], trait)
        if candidates:
            twin = twin or Match("twin", candidates[0], trait)
    return twin or Match("new")


def match_deal(known: Known, row: Any, client_id: UUID | None) -> Match:
    """Which deal the row means: by id, else by name at the same client, opened on the same day."""
    if row.origin and (found := known.by("deal", "origin", row.origin)):
        return Match("same", found[0], "origin")
    if "name" not in known.traits:
        return Match("new")
    candidates = [
        one
        for one in known.by("deal", "name", sort_key(row.name))
        if not _others_row(one, row.origin)
        and one.beside == client_id
        and not _differ(one.opened_on, row.opened_on)
    ]
    sure = [one for one in candidates if not (one.origin and row.origin)]
    if len(sure) == 1:
        return Match("same", sure[0], "name")
    return Match("twin", candidates[0], "name") if candidates else Match("new")


def _ordered(keys: Iterable[tuple[str, str]], traits: frozenset[str]) -> list[tuple[str, str]]:
    return sorted((pair for pair in keys if pair[0] in traits), key=lambda pair: TRAITS.index(pair[0]))


def _others_row(one: Candidate, origin: str | None) -> bool:
    """Two rows of one file with different ids are two records, whatever else they share."""
    return bool(one.own and one.origin and origin and one.origin != mark(origin))


def _differ(one: Any, other: Any) -> bool:
    return bool(one) and bool(other) and one != other
