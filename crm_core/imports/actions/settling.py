"""What must be there before the first row is written: new headings, new stages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_core.clients import actions as clients
from crm_core.imports.models import Import
from crm_core.imports.queries import stages
from crm_core.imports.queries.lookups import lookup
from crm_core.imports.queries.targets import HEADING, NEW_HEADING
from crm_core.sales import actions as sales
from crm_core.sales.models import Outcome, Stage
from crm_core.team.models import Member


def settle_headings(by: Member, found: Import) -> None:
    """Make the headings that columns are to become, and map the columns to them."""
    for place, key in list(found.mapping.items()):
        kind, _dot, name = key.partition(".")
        if name == NEW_HEADING:
            heading = clients.create_heading(by=by, kind=kind, name=found.headers[int(place)][:80])
            found.mapping[place] = f"{kind}.{HEADING}{heading.id}"


def settle_stages(by: Member, found: Import) -> None:
    """Make the stages that were answered with "new", each in the place that its chance gives it."""
    answers: dict[str, str] = dict(found.options.get("stages", {}))
    fresh = [word for word in words(found) if answers.get(word.key) == stages.NEW]
    pipeline_id = lookup(found).pipeline_id
    if not fresh or pipeline_id is None:
        return
    wanted = [(word.text, word.outcome or Outcome.OPEN, round(word.chance)) for word in fresh]
    made = sales.ensure_stages(by=by, pipeline_id=pipeline_id, stages=wanted)
    for word in fresh:
        answers[word.key] = str(made[word.text].id)
    found.options = found.options | {"stages": answers}
    _order(by, pipeline_id, {made[word.text].id for word in fresh})


def words(found: Import) -> list[stages.StageWord]:
    """The stages that the file names."""
    return [stages.StageWord(**one) for one in found.facts.get("stages", [])]


def _order(by: Member, pipeline_id: UUID, fresh: set[Any]) -> None:
    """New stages go before the first older one with a greater chance; older ones keep their order."""
    everything = list(Stage.objects.filter(pipeline_id=pipeline_id))
    ordered = [stage for stage in everything if stage.id not in fresh]
    for stage in sorted((one for one in everything if one.id in fresh), key=lambda one: one.probability):
        place = next(
            (
                index
                for index, one in enumerate(ordered)
                if one.kind != Outcome.OPEN or one.probability > stage.probability
            ),
            len(ordered),
        )
        ordered.insert(place, stage)
    sales.order_stages(by=by, pipeline_id=pipeline_id, ids=[stage.id for stage in ordered])
