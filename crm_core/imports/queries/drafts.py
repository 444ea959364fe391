"""From a row of cells to checked records: a company, a person, a deal, or several of them at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.clients.actions import CompanyRow, PersonRow, Way, company_row, person_row
from crm_core.imports.mapping import Target
from crm_core.imports.models import Import
from crm_core.imports.queries import facts
from crm_core.imports.queries.cells import Read, amount, day_of, first_id, reader, several, split_name
from crm_core.imports.queries.lookups import Lookup
from crm_core.imports.queries.stages import outcome_of
from crm_core.imports.reading import Row
from crm_core.sales.actions import DealRow
from crm_core.sales.actions.deals import checked as checked_deal
from crm_core.sales.models import Outcome
from kernel import context
from kernel.errors import Invalid
from kernel.text import clean

WHOLE_ROW = -1
TAG_LONGEST = 40
# Contact ways by the field of the file: kind and label.
_WAYS = {
    "phone": ("phone", "work"),
    "mobile": ("phone", "mobile"),
    "fax": ("phone", "fax"),
    "home_phone": ("phone", "home"),
    "email": ("email", "work"),
    "messenger": ("messenger", ""),
}
_COMPANY = (
    "name", "legal_name", "tax_number", "website", "street", "city", "province", "postcode", "country", "employees",
    "description",
)  # fmt: skip
_PERSON = ("first_name", "last_name", "middle_name", "position", "birthday", "description")
_ADDRESS = ("street", "city", "province", "postcode", "country")
_NEUTRALISED = ("=", "+", "-", "@")
_SLOTS = ("stage", "industry", "region", "size", "source")


@dataclass(slots=True)
class Draft:
    """One row, read: the records in it, what it refers to, and what is wrong (place of the column → sentences).

    ``company_name`` and ``company_origin`` name a company that the row refers to without being about it.
    ``company_keys`` and ``person_keys`` are what its records can be recognised by (``queries.matching``).
    """

    row: Row
    company: CompanyRow | None = None
    person: PersonRow | None = None
    deal: DealRow | None = None
    company_name: str = ""
    company_origin: str = ""
    contact_name: str = ""
    parent: str = ""
    next_step: str = ""
    tags: dict[str, list[str]] = field(default_factory=dict)
    company_keys: list[tuple[str, str]] = field(default_factory=list)
    person_keys: list[tuple[str, str]] = field(default_factory=list)
    wrong: dict[int, list[str]] = field(default_factory=dict)

    def complain(self, place: int, error: Invalid) -> None:
        """Note what is wrong with a cell, each sentence once."""
        held = self.wrong.setdefault(place, [])
        for sentences in error.fields.values():
            held += [str(sentence) for sentence in sentences if str(sentence) not in held]


@dataclass(slots=True)
class _Part:
    """The cells of one kind: values by field, contact ways, and the column that each came from."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    ways: list[tuple[Way, int]] = field(default_factory=list)

    def text(self, name: str) -> str:
        return str(self.values.get(name, ""))


class Drafter:
    """Reads rows of one import. Made once, used for every row; formats and fields are settled beforehand."""

    def __init__(self, found: Import, lookup: Lookup) -> None:
        here = context.current()
        columns = {column.place: column for column in facts.columns(found)}
        self.kind = found.kind
        self.lookup = lookup
        self.doubts = found.facts.get("doubts", {})
        self.plan: list[tuple[int, Target, Read]] = [
            (place, target, reader(target, columns[place], language=here.language, zone=here.zone))
            for place, target in sorted(facts.mapped(found).items())
            if place in columns and target.name != "new"
        ]
        self.deal_places = {target.name: place for place, target, _read in self.plan if target.kind == "deal"}
        self.choices = [
            (place, target.key)
            for place, target, _read in self.plan
            if target.type == "choice" and target.kind != "deal"
        ]

    def read(self, row: Row, *, mended: bool = False) -> Draft:
        """The row as records. What is wrong is noted in the draft; nothing is raised."""
        draft = Draft(row)
        if row.problem is not None and not mended:
            draft.wrong[WHOLE_ROW] = [str(row.problem)]
            return draft
        if not mended and str(row.number) in self.doubts:
            draft.wrong[WHOLE_ROW] = [self.doubts[str(row.number)]]
        parts = self._parts(draft)
        for kind, build in (("company", self._company), ("person", self._person), ("deal", self._deal)):
            part = parts.get(kind)
            if part is not None and (part.values or part.ways):
                build(draft, part)
        self._demand_main(draft)
        return draft

    def _parts(self, draft: Draft) -> dict[str, _Part]:
        parts: dict[str, _Part] = {}
        cells = draft.row.cells
        for place, target, read in self.plan:
            text = cells[place] if place < len(cells) else ""
            if not text:
                continue
            if text[0] == "'" and text[1:2] in _NEUTRALISED:
                # Spreadsheet-safe tables, ours too, put an apostrophe before what looks like a formula.
                text = text[1:]
            part = parts.setdefault(target.kind, _Part())
            name = target.name
            part.places.setdefault(name, place)
            if name in _WAYS or (name == "website" and target.kind == "person"):
                kind, label = _WAYS.get(name, ("website", ""))
                part.ways += [(Way(kind, one, label), place) for one in several(text, kind)]
                continue
            try:
                value = read(text)
            except Invalid as error:
                draft.complain(place, error)
                continue
            if name == "tags":
                self._tags(draft, place, target.kind, value)
            elif name in part.values and name in ("description", "street"):
                part.values[name] = (
                    f"{part.values[name]}\n{value}"
                    if name == "description"
                    else f"{part.values[name]}, {value}"
                )
            else:
                part.values.setdefault(name, value)
        return parts

    def _tags(self, draft: Draft, place: int, kind: str, text: str) -> None:
        words = several(text, "tags")
        if any(len(word) > TAG_LONGEST for word in words):
            draft.complain(place, Invalid(_("A tag has at most %(most)s characters."), most=str(TAG_LONGEST)))
        else:
            draft.tags.setdefault(kind, []).extend(words)

    def _company(self, draft: Draft, part: _Part) -> None:
        values: dict[str, Any] = {name: part.values[name] for name in _COMPANY if name in part.values}
        if "revenue" in part.values:
            self._amount(draft, part, values, "revenue", "revenue", part.text("currency"))
            values["currency"] = part.text("currency") or self.lookup.currency
        draft.parent = part.text("parent")
        if self.kind != "company" and "name" not in values:
            draft.company_origin = part.text("old_id")
            return
        headings = self._headings(draft, part, "company", values)
        row = self._checked(draft, part, company_row, values, headings)
        draft.company = row if isinstance(row, CompanyRow) else None

    def _person(self, draft: Draft, part: _Part) -> None:
        values: dict[str, Any] = {name: part.values[name] for name in _PERSON if name in part.values}
        if "name" in part.values and not (values.get("first_name") or values.get("last_name")):
            values |= split_name(part.text("name"))
        address = ", ".join(part.text(name) for name in _ADDRESS if name in part.values)
        if address:
            values["description"] = "\n".join(filter(None, (values.get("description", ""), address)))
        if draft.company is None:
            draft.company_name = clean(part.text("company"))
            draft.company_origin = draft.company_origin or first_id(part.text("company_old_id"))
        named = any(values.get(name) for name in ("first_name", "last_name", "middle_name"))
        if self.kind != "person" and not named:
            # A contact without a name beside a company is another way to reach the company.
            if draft.company is not None:
                self._give_ways(draft, part)
            return
        if not named and part.ways:
            values["first_name"] = part.ways[0][0].value
        headings = self._headings(draft, part, "person", values)
        row = self._checked(draft, part, person_row, values, headings)
        draft.person = row if isinstance(row, PersonRow) else None

    def _give_ways(self, draft: Draft, part: _Part) -> None:
        from crm_core.clients.actions import read_ways

        try:
            draft.company.ways += read_ways([way for way, _place in part.ways])  # type: ignore[union-attr]
        except Invalid as error:
            draft.complain(part.ways[0][1], error)

    def _checked(
        self, draft: Draft, part: _Part, check: Any, values: dict[str, Any], headings: dict[UUID, UUID]
    ) -> Any:
        """The row of a client, checked by the rules of typed input; complaints go to their columns."""
        ways = [way for way, _place in part.ways]
        created = part.values.get("created_on")
        try:
            return check(
                values,
                ways,
                headings=headings,
                owner_id=self.lookup.owner(part.text("owner")),
                origin=part.values.get("old_id"),
                created_at=created,
            )
        except Invalid as error:
            for name, sentences in error.fields.items():
                draft.complain(self._place(part, name), Invalid(fields={"": sentences}))
            return None

    def _place(self, part: _Part, name: str) -> int:
        kind, _dash, position = name.rpartition("-")
        if kind and position.isdigit():
            return part.ways[int(position)][1]
        if name == "first_name" and name not in part.places:
            name = "last_name" if "last_name" in part.places else "name"
        return part.places.get(name, WHOLE_ROW)

    def _headings(self, draft: Draft, part: _Part, kind: str, values: dict[str, Any]) -> dict[UUID, UUID]:
        """Slots go among the values; the workspace's own headings come back with their values."""
        own: dict[UUID, UUID] = {}
        for name, text in part.values.items():
            if name not in _SLOTS and not name.startswith("heading:"):
                continue
            try:
                found = self.lookup.value(f"{kind}.{name}", str(text))
            except Invalid as error:
                draft.complain(part.places[name], error)
                continue
            if found is None:
                continue
            if name in _SLOTS:
                values[name] = found
            else:
                own[UUID(name.removeprefix("heading:"))] = found
        return own

    def _amount(
        self, draft: Draft, part: _Part, values: dict[str, Any], name: str, column: str, code: str
    ) -> None:
        try:
            values[column] = amount(part.values[name], code or self.lookup.currency)
        except Invalid as error:
            draft.complain(part.places[name], error)

    def _deal(self, draft: Draft, part: _Part) -> None:
        values: dict[str, Any] = {
            "name": part.text("name"),
            "currency": part.text("currency") or self.lookup.currency,
            "source": part.text("source"),
            "description": part.text("description"),
            "probability": part.values.get("probability"),
        }
        for name in ("expected_on", "opened_on", "closed_on"):
            if part.values.get(name):
                values[name] = day_of(part.values[name])
        if "amount" in part.values:
            self._amount(draft, part, values, "amount", "amount_minor", part.text("currency"))
        if draft.company is None:
            draft.company_name = draft.company_name or clean(part.text("client"))
            draft.company_origin = draft.company_origin or first_id(part.text("client_old_id"))
        draft.contact_name = clean(part.text("contact"))
        draft.next_step = clean(part.text("next_step"))[:300]
        outcome = outcome_of(draft.row.cells, self.deal_places)
        stage_id, outcome = self.lookup.stage(part.text("stage"), outcome, part.text("pipeline"))
        try:
            checked_deal(
                {name: value for name, value in values.items() if name != "closed_on"}, confirmed=True
            )
        except Invalid as error:
            for name, sentences in error.fields.items():
                draft.complain(part.places.get(name, WHOLE_ROW), Invalid(fields={"": sentences}))
            return
        draft.deal = DealRow(
            stage_id=stage_id,
            origin=part.values.get("old_id"),
            owner_id=self.lookup.owner(part.text("owner")),
            **values,
        )
        if outcome != Outcome.OPEN and part.text("reason"):
            draft.deal.reason_id = self.lookup.reason(outcome, part.text("reason"))
            draft.deal.reason_text = "" if draft.deal.reason_id else clean(part.text("reason"))

    def _demand_main(self, draft: Draft) -> None:
        """A row without what the file is about cannot be taken."""
        if draft.wrong or getattr(draft, self.kind) is not None:
            return
        sentences = {
            "company": _("The company has no name."),
            "person": _("The person has no name."),
            "deal": _("The deal has no name."),
        }
        place = next(
            (
                place
                for place, target, _read in self.plan
                if target.kind == self.kind and target.name in ("name", "last_name", "first_name")
            ),
            WHOLE_ROW,
        )
        draft.wrong[place] = [str(sentences[self.kind])]
