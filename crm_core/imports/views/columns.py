"""What the page of columns shows: heads with their selects, tabs with counts, rows, what is still to be settled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_core.imports import queries
from crm_core.imports.forms import OptionsForm
from crm_core.imports.mapping import PROFILES
from crm_core.imports.models import Import
from crm_core.imports.queries.planning import NEW, OUT, SAME, SKIP, TWIN, UPDATE, WRONG
from crm_core.imports.queries.preview import preview
from crm_core.imports.queries.targets import Group, groups
from crm_core.imports.reading import ENCODINGS
from crm_core.sales.models import Outcome
from crm_core.sales.queries import choose, pipelines
from crm_core.team.models import Member
from crm_core.team.queries import assignable_by

STEPS = (
    pgettext_lazy("step of an import", "File"),
    _("Columns and check"),
    pgettext_lazy("step of an import", "Import"),
)
_TABS = (
    ("all", _("All rows"), ""),
    (NEW, pgettext_lazy("rows of an import", "New"), ""),
    (UPDATE, pgettext_lazy("rows of an import", "Update"), ""),
    (SAME, _("Already here"), ""),
    (TWIN, _("Possible duplicates"), ""),
    (SKIP, pgettext_lazy("rows of an import", "Skipped"), ""),
    (WRONG, pgettext_lazy("rows of an import", "To fix"), "negative"),
)


@dataclass(slots=True)
class Head:
    """One column of the preview: its name in the file, the select below, what stands in its way."""

    place: int
    name: str
    key: str
    groups: list[Group]
    end: bool
    problem: Any = ""


@dataclass(slots=True)
class Tab:
    key: str
    words: Any
    tone: str
    count: int
    current: bool


@dataclass(slots=True)
class Ask:
    """One name of the file that must be matched: a select with its answer."""

    name: str
    words: str
    count: int
    options: list[tuple[str, Any]]
    answer: str


def values_of(request: HttpRequest, member: Member, found: Import) -> dict[str, Any]:
    """Everything that the template of the second step reads."""
    counts = found.facts.get("counts", {}) if found.is_checked else {}
    tab = request.GET.get("show", "all")
    after = request.GET.get("after", "")
    blockers = queries.blockers(member, found)
    shown = preview(member, found, tab, int(after) if after.isdecimal() else 0) if not found.error else None
    return _settings(member, found) | {
        "heads": heads(member, found, blockers),
        "tabs": tabs(found, counts, tab),
        "show": tab,
        "preview": shown,
        "counts": counts,
        "taken": counts.get("new", 0) + counts.get("update", 0),
        "rows": found.facts.get("rows", 0),
        "blockers": blockers,
        "checking": found.state == Import.State.CHECKING and not found.is_checked,
        "checking_words": _("Progress of the check"),
        "ready": found.is_checked and not blockers and not found.error,
    }


def _settings(member: Member, found: Import) -> dict[str, Any]:
    """What was recognised and what can be set for the import as a whole."""
    tagged = any(target.name == "tags" for target in queries.fields_of(found).values())
    return {
        "found": found,
        "steps": STEPS,
        "step": 2,
        "options": OptionsForm(found=found, member=member),
        "stages": stage_asks(member, found),
        "owners": owner_asks(member, found),
        "profile": next((profile.label for profile in PROFILES if profile.key == found.profile), ""),
        "encoding": ENCODINGS.get(found.dialect.get("encoding", ""), ""),
        "tags_lost": tagged and not member.may("records.set_up"),
        "remembered_words": _("The columns are as you said the last time for a file like this."),
    }


def heads(member: Member, found: Import, blockers: list[queries.Blocker]) -> list[Head]:
    """One head for each column, with the fields that it can become."""
    mapped = queries.fields_of(found)
    problems = {blocker.place: blocker.sentence for blocker in blockers}
    offered = groups(member, found.kind, found.headers)
    return [
        Head(
            place,
            found.headers[place],
            found.mapping.get(str(place), ""),
            offered[place],
            place in mapped and mapped[place].type in ("amount", "number", "percent"),
            problems.get(place, ""),
        )
        for place in queries.order(found)
    ]


def tabs(found: Import, counts: dict[str, int], current: str) -> list[Tab]:
    """The tabs with true counts; those without a row are left out."""
    amounts = dict(counts)
    amounts["all"] = found.facts.get("rows", 0)
    undecided = counts.get("twins", 0) - counts.get(TWIN, 0)
    amounts[TWIN] = counts.get("twins", 0)
    amounts[NEW] = counts.get(NEW, 0) - (undecided if found.options.get("twins") == Import.Twins.NEW else 0)
    amounts[SKIP] = counts.get(SKIP, 0) + counts.get(OUT, 0)
    return [
        Tab(key, words, tone, amounts.get(key, 0), key == current)
        for key, words, tone in _TABS
        if key == "all" or amounts.get(key, 0) or key == current
    ]


def stage_asks(member: Member, found: Import) -> list[Ask]:
    """The stages that the file names, each with the stage of the workspace that it becomes."""
    words = found.facts.get("stages", [])
    if not words:
        return []
    pipeline = choose(pipelines(), found.options.get("pipeline") or None)
    offered: list[tuple[str, Any]] = [(str(stage.id), stage.name) for stage in pipeline.stages.all()]
    answers = queries.with_answers(member, found).get("stages", {})
    asks = []
    for place, word in enumerate(words):
        fresh = [("new", _("New stage"))] if member.may("sales.set_up") else []
        kinds = {str(stage.id): stage.kind for stage in pipeline.stages.all()}
        fitting = [pair for pair in offered if word["outcome"] in ("", kinds[pair[0]])] or offered
        answer = answers.get(queries.stage_key(word["text"], word["outcome"]), "")
        if word["outcome"] in (Outcome.WON, Outcome.LOST):
            fresh = fresh if len(fitting) else []
        asks.append(Ask(f"stage-{place}", word["text"], word["count"], [*fitting, *fresh], answer))
    return asks


def owner_asks(member: Member, found: Import) -> list[Ask]:
    """Names in the owner column that are nobody's here, each with who takes those records."""
    offered: list[tuple[str, Any]] = [("", _("The owner chosen above"))]
    offered += [(str(one.id), one.name) for one in assignable_by(member)]
    answers = found.options.get("owners", {})
    return [
        Ask(f"owner-{place}", name, count, offered, answers.get(name, ""))
        for place, (name, count) in enumerate(queries.owner_words(found))
    ]
