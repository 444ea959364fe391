"""What names in a file stand for in this workspace: colleagues, stages, heading values, reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from django.utils.translation import gettext_lazy as _

from crm_core.clients.models import Heading
from crm_core.imports.models import Import
from crm_core.imports.queries.stages import NEW, stage_key
from crm_core.sales.models import Outcome, Pipeline, Reason, Stage
from crm_core.team.models import Member
from kernel import context
from kernel.errors import Invalid
from kernel.text import clean, fold

VALUE_LONGEST = 80


@dataclass
class Lookup:
    """Loaded once for a check or a run; ``values`` grows as heading values are made.

    ``owner_id`` is who gets the records for which the file names nobody we know.
    """

    currency: str
    owner_id: UUID | None
    owners: dict[str, UUID | None] = field(default_factory=dict)
    headings: dict[str, UUID] = field(default_factory=dict)
    values: dict[UUID, dict[str, UUID]] = field(default_factory=dict)
    pipelines: dict[str, UUID] = field(default_factory=dict)
    pipeline_id: UUID | None = None
    stages: dict[UUID, list[Stage]] = field(default_factory=dict)
    stage_answers: dict[str, str] = field(default_factory=dict)
    reasons: dict[tuple[str, str], UUID] = field(default_factory=dict)

    def owner(self, text: str) -> UUID | None:
        """The colleague named in a cell, else who was chosen for the whole import."""
        return self.owners.get(fold(text), self.owner_id)

    def value(self, heading_key: str, text: str) -> UUID | None:
        """The value of a heading with this name; one that is still to be made gets an id that stands for it.

        Raises ``Invalid`` for a name that is too long.
        """
        heading_id = self.headings.get(heading_key)
        name = clean(text)
        if heading_id is None or not name:
            return None
        if len(name) > VALUE_LONGEST:
            raise Invalid(
                _("This is too long: %(length)s characters. At most %(longest)s fit."),
                length=str(len(name)),
                longest=str(VALUE_LONGEST),
            )
        key = fold(name)
        return self.values[heading_id].get(key) or uuid5(NAMESPACE_OID, f"{heading_id} {key}")

    def stage(self, text: str, outcome: str, pipeline: str = "") -> tuple[UUID, str]:
        """Stage and outcome for what a row says; a stage that is still to be made gets an id that stands for it."""
        pipeline_id = self.pipelines.get(fold(pipeline), self.pipeline_id) if pipeline else self.pipeline_id
        stages = self.stages.get(pipeline_id, [])  # type: ignore[arg-type]
        answer = (
            self.stage_answers.get(stage_key(text, outcome), "") if pipeline_id == self.pipeline_id else ""
        )
        if answer == NEW:
            return uuid5(NAMESPACE_OID, f"{pipeline_id} {fold(text)}"), outcome or Outcome.OPEN
        for stage in stages:
            if str(stage.id) == answer:
                return stage.id, stage.kind
        fitting = [stage for stage in stages if not outcome or stage.kind == outcome]
        named = next((stage for stage in fitting if fold(stage.name) == fold(text)), None)
        if named is None:
            wanted = outcome or Outcome.OPEN
            named = next(stage for stage in stages if stage.kind == wanted)
        return named.id, named.kind

    def reason(self, outcome: str, text: str) -> UUID | None:
        return self.reasons.get((outcome, fold(text)))


def lookup(found: Import) -> Lookup:
    """Everything that a check or a run of this import needs to know of the workspace."""
    owner = found.options.get("owner") or None
    made = Lookup(
        currency=found.options.get("currency") or context.tenant().currency,
        owner_id=UUID(owner) if owner else None,
        stage_answers=dict(found.options.get("stages", {})),
    )
    made.owners = _owners(found.options.get("owners", {}))
    load_values(made)
    _load_sales(made, found.options.get("pipeline", ""))
    return made


def _owners(answers: dict[str, str]) -> dict[str, UUID | None]:
    known: dict[str, UUID | None] = {}
    members = list(Member.objects.active())
    for member in members:
        known[fold(member.name)] = member.id
        known[fold(member.email)] = member.id
    ids = {str(member.id): member.id for member in members}
    for text, answer in answers.items():
        if answer in ids:
            known[fold(text)] = ids[answer]
    return known


def load_values(made: Lookup) -> None:
    """Headings by the key of their target (``company.industry``), and their values."""
    for heading in Heading.objects.prefetch_related("values"):
        name = heading.slot or f"heading:{heading.id}"
        made.headings[f"{heading.kind}.{name}"] = heading.id
        made.values[heading.id] = {fold(value.name): value.id for value in heading.values.all()}


def _load_sales(made: Lookup, chosen: str) -> None:
    pipelines = list(Pipeline.objects.prefetch_related("stages"))
    for pipeline in pipelines:
        made.pipelines[fold(pipeline.name)] = pipeline.id
        made.stages[pipeline.id] = list(pipeline.stages.all())
    ids = {str(pipeline.id): pipeline.id for pipeline in pipelines}
    made.pipeline_id = ids.get(chosen) or (pipelines[0].id if pipelines else None)
    made.reasons = {
        (reason.kind, fold(reason.name)): reason.id for reason in Reason.objects.filter(active=True)
    }


def unknown_values(made: Lookup, texts: dict[str, set[str]]) -> dict[UUID, list[str]]:
    """Heading → names that are not among its values yet; ``texts`` are cells by the key of their target."""
    wanted: dict[UUID, list[str]] = {}
    for key, found in texts.items():
        heading_id = made.headings.get(key)
        if heading_id is None:
            continue
        fresh = [
            text
            for text in sorted(found)
            if _makeable(text) and fold(clean(text)) not in made.values[heading_id]
        ]
        if fresh:
            wanted[heading_id] = fresh
    return wanted


def _makeable(text: Any) -> bool:
    return 0 < len(clean(text)) <= VALUE_LONGEST


def choice_texts(choices: Iterable[tuple[int, str]], rows: Iterable[list[str]]) -> dict[str, set[str]]:
    """The different cells of choice columns, by the key of their target."""
    found: dict[str, set[str]] = {key: set() for _place, key in choices}
    pairs = list(choices)
    for cells in rows:
        for place, key in pairs:
            if cells[place]:
                found[key].add(cells[place])
    return found
