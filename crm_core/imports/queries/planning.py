"""What would become of each row: the one plan that the preview counts and the job carries out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from crm_core.clients.actions import CompanyRow, PersonRow, company_row, person_row
from crm_core.clients.actions.cleaning import company_key, person_key
from crm_core.imports.models import Import, ImportRow
from crm_core.imports.queries.cells import split_name
from crm_core.imports.queries.drafts import WHOLE_ROW, Draft, Drafter
from crm_core.imports.queries.lookups import Lookup
from crm_core.imports.queries.matching import (
    TRAITS,
    Candidate,
    Known,
    Match,
    company_keys,
    mark,
    match_company,
    match_deal,
    match_person,
    person_keys,
    with_keys,
)
from crm_core.imports.reading import Row
from crm_core.records import queries as records
from crm_core.team.models import Member
from kernel.errors import Invalid
from kernel.ids import uuid7
from kernel.text import sort_key

NEW, UPDATE, SAME, TWIN, SKIP, WRONG, OUT = "new", "update", "same", "twin", "skip", "wrong", "out"
STATUSES = (NEW, UPDATE, SAME, TWIN, SKIP, WRONG, OUT)
# One letter for each row in the file of statuses.
LETTERS = {NEW: "n", UPDATE: "u", SAME: "s", TWIN: "t", SKIP: "k", WRONG: "w", OUT: "o"}


@dataclass(slots=True)
class Part:
    """One record of a row: to be made (``fresh``) under ``id``, or to be brought up to date.

    ``own`` marks one that an earlier row of the same file has made.
    """

    kind: str
    id: UUID
    fresh: bool
    row: Any
    main: bool = False
    own: bool = False


@dataclass(slots=True)
class Planned:
    """What becomes of one row. ``twin`` is the record that may be the same; ``by`` says by what it was found.

    ``unlinked`` marks a row whose company or parent is not there.
    """

    draft: Draft
    status: str
    parts: list[Part] = field(default_factory=list)
    twin: Candidate | None = None
    by: str = ""
    unlinked: bool = False
    late_parent: bool = False


class Planner:
    """Plans the rows of one import batch by batch.

    ``grow`` keeps what earlier batches make in mind: needed by a check, which writes nothing. A run finds it
    in the database, unless the workspace was empty before (``only_own``): then it remembers, too.
    """

    def __init__(
        self, found: Import, member: Member, lookup: Lookup, *, grow: bool, only_own: bool = False
    ) -> None:
        self.found = found
        self.member = member
        self.drafter = Drafter(found, lookup)
        self.grow = grow or only_own
        self.only_own = only_own
        self.known = self._known()

    def _known(self) -> Known:
        traits = self.found.options.get("traits") or TRAITS
        return Known(self.found.change_set, frozenset(traits), only_own=self.only_own)

    def plan(self, rows: Sequence[Row], special: Mapping[int, ImportRow]) -> list[Planned]:
        """The plan of one batch. ``special`` are rows with a state of their own, by number."""
        if not self.grow:
            self.known = self._known()
        drafts = [with_keys(self._draft(row, special.get(row.number))) for row in rows]
        self.known.load([draft for draft in drafts if not draft.wrong])
        planned = [self._planned(draft, special.get(draft.row.number)) for draft in drafts]
        self._refuse_unseen(planned)
        return planned

    def _draft(self, row: Row, special: ImportRow | None) -> Draft:
        if special is None:
            return self.drafter.read(row)
        cells = special.cells if special.touched else row.cells
        return self.drafter.read(Row(row.line, row.number, cells, row.problem), mended=special.touched)

    def _planned(self, draft: Draft, special: ImportRow | None) -> Planned:
        if special is not None and special.state == ImportRow.State.LEFT_OUT:
            return Planned(draft, OUT)
        if draft.wrong:
            return Planned(draft, WRONG)
        decision = special.decision if special is not None else ""
        plan = Planned(draft, NEW)
        company_id = self._company(plan, decision)
        person_id = self._person(plan, decision, company_id)
        self._deal(plan, decision, company_id or (person_id if draft.person else None))
        if plan.status in (SKIP, TWIN, WRONG):
            plan.parts = []
        return plan

    def _settle(self, plan: Planned, kind: str, match: Match, decision: str) -> tuple[UUID, bool] | None:
        """Which record the row's part is, and whether it is to be made; None if the row ends here."""
        main = kind == self.drafter.kind
        if match.found is not None and match.found.trashed:
            plan.status = WRONG
            plan.draft.wrong[WHOLE_ROW] = [
                _("This record lies in the trash. Put it back first, or empty the trash.")
            ]
            return None
        if match.verdict == "twin":
            choice = decision or self.found.options.get("twins", Import.Twins.NEW)
            if main:
                plan.twin, plan.by = match.found, match.by
                if choice == Import.Twins.LEAVE:
                    plan.status = TWIN
                    return None
            if choice == Import.Twins.EXISTING or not main:
                match = Match("same", match.found, match.by)
        if match.verdict != "same" or match.found is None:
            return uuid7(), True
        if main:
            plan.by = match.by
            plan.status = SKIP if self.found.options.get("existing") == Import.Existing.SKIP else UPDATE
        return match.found.id, False

    def _company(self, plan: Planned, decision: str) -> UUID | None:
        draft = plan.draft
        row = draft.company
        if row is None:
            return self._referred(plan)
        settled = self._settle(plan, "company", match_company(self.known, row, draft.company_keys), decision)
        if settled is None:
            return None
        self._set_parent(plan, row)
        return self._keep(plan, "company", settled, row)

    def _keep(self, plan: Planned, kind: str, settled: tuple[UUID, bool], row: Any, **about: Any) -> UUID:
        key, fresh = settled
        row.id = key
        held = self.known.records.get(key)
        own = not fresh and held is not None and held.own
        plan.parts.append(Part(kind, key, fresh, row, main=kind == self.drafter.kind, own=own))
        if kind == "company":
            keys = plan.draft.company_keys if row is plan.draft.company else company_keys(row)
            about |= {
                "name_key": mark(row.values.get("match_key")),
                "domain": mark(row.values.get("domain")),
                "tax_key": mark(row.values.get("tax_key")),
                "label": mark(row.values.get("name", "").casefold()),
            }
        elif kind == "person":
            keys = plan.draft.person_keys if row is plan.draft.person else person_keys(row)
            about["name_key"] = mark(dict(keys).get("name"))
        else:
            keys = [("name", sort_key(row.name)), *([("origin", row.origin)] if row.origin else [])]
        if fresh or held is None:
            candidate = Candidate(key, mark(row.origin), own=True, **about)
        else:
            candidate = held if held.origin else replace(held, origin=mark(row.origin))
        self.known.add(kind, candidate, keys)
        return key

    def _referred(self, plan: Planned) -> UUID | None:
        """The company that a row names without being about it; made if it has a name and is not there."""
        draft = plan.draft
        for candidate in self.known.by("company", "origin", draft.company_origin):
            if not candidate.trashed:
                return candidate.id
        if not draft.company_name:
            plan.unlinked = bool(draft.company_origin)
            return None
        found = self.known.by("company", "name", company_key(draft.company_name))
        if found:
            return found[0].id
        owner = (draft.person or draft.deal).owner_id if draft.person or draft.deal else None  # type: ignore[union-attr]
        try:
            row = company_row(
                {"name": draft.company_name}, owner_id=owner, origin=draft.company_origin or None
            )
        except Invalid as error:
            draft.complain(WHOLE_ROW, error)
            plan.status = WRONG
            return None
        return self._keep(plan, "company", (uuid7(), True), row)

    def _set_parent(self, plan: Planned, row: CompanyRow) -> None:
        text = plan.draft.parent
        if not text:
            return
        found = self.known.by("company", "origin", text) or self.known.by(
            "company", "name", company_key(text)
        )
        found = [one for one in found if one.id != row.id and not one.trashed]
        if found:
            row.values["parent"] = found[0].id
        else:
            plan.late_parent = True

    def _person(self, plan: Planned, decision: str, company_id: UUID | None) -> UUID | None:
        row = plan.draft.person
        if row is None or plan.status in (SKIP, TWIN, WRONG):
            return None
        settled = self._settle(
            plan, "person", match_person(self.known, row, company_id, plan.draft.person_keys), decision
        )
        if settled is None:
            return None
        row.company_id = company_id
        return self._keep(plan, "person", settled, row, beside=company_id)

    def _deal(self, plan: Planned, decision: str, client_id: UUID | None) -> None:
        draft = plan.draft
        row = draft.deal
        if row is None or plan.status in (SKIP, TWIN, WRONG):
            return
        row.client_id = client_id
        settled = self._settle(plan, "deal", match_deal(self.known, row, client_id), decision)
        if settled is None:
            return
        row.contact_id = self._contact(plan, client_id, row.owner_id)
        self._keep(plan, "deal", settled, row, beside=client_id, opened_on=row.opened_on)

    def _contact(self, plan: Planned, client_id: UUID | None, owner_id: UUID | None) -> UUID | None:
        """The person whom a deal names; made at the client's company if nobody of that name is there."""
        draft = plan.draft
        if draft.person is not None:
            return draft.person.id
        if not draft.contact_name:
            return None
        found = self.known.by("person", "name", person_key(draft.contact_name))
        here = [one for one in found if one.beside == client_id] or found
        if here:
            return here[0].id
        try:
            row: PersonRow = person_row(split_name(draft.contact_name), owner_id=owner_id)
        except Invalid:
            return None
        row.company_id = client_id
        return self._keep(plan, "person", (uuid7(), True), row, beside=client_id)

    def _refuse_unseen(self, planned: list[Planned]) -> None:
        """Rows about records that the member may not see are skipped: they belong to somebody else."""
        if self.member.visibility == "all":
            return
        for kind in ("company", "person", "deal"):
            ids = {part.id for plan in planned for part in plan.parts if part.kind == kind and not part.fresh}
            ids -= {key for key in ids if (held := self.known.records.get(key)) and held.own}
            if not ids:
                continue
            seen = set(records.visible_to(self.member, kind).filter(id__in=ids).values_list("id", flat=True))
            for plan in planned:
                for part in [part for part in plan.parts if part.kind == kind and part.id in ids - seen]:
                    plan.parts.remove(part)
                    if part.main:
                        plan.status, plan.parts = SKIP, []
