"""Applying a pack and undoing it: one act each, and nothing that somebody uses is ever removed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from crm_core.clients.actions.headings import MOST_HEADINGS, MOST_VALUES, WIDE
from crm_core.clients.models import Classification, Heading, HeadingValue
from crm_core.events.actions import record
from crm_core.lists.actions import add_report
from crm_core.lists.models import SavedView
from crm_core.records.models import Tag, Tagging
from crm_core.sales.actions.pipelines import MOST_PIPELINES
from crm_core.sales.models import Deal, Pipeline, Reason, Stage
from crm_core.setup.models import PackUse
from crm_core.setup.queries import packs
from crm_core.team.models import Member
from kernel.actions import action
from kernel.errors import Invalid
from kernel.locks import hold
from kernel.when import now

Made = dict[str, Any]


@action("setup.grow")
def apply_pack(*, by: Member, key: str) -> PackUse | None:
    """Add what a pack brings and the workspace has not; None if all of it is there.

    Raises ``NotFound`` for an unknown pack and ``Invalid`` where the workspace has no room for it.
    """
    hold("setup.packs")
    tongue = packs.language()
    found = packs.pack(key, tongue)
    use = _add(by, key, found.content, tongue)
    if use is not None:
        record("setup.pack_applied", by=by, pack=key, name=found.name, made=len(use.made))
    return use


@action("setup.grow")
def furnish(*, by: Member, goals: Iterable[str]) -> list[Made]:
    """Add the tags and headings that goals need; returns what was made. The caller tells the fact."""
    hold("setup.packs")
    use = _add(by, packs.GOALS, packs.content_for(goals), packs.language())
    return use.made if use is not None else []


@action("setup.grow")
def undo_pack(*, by: Member, id: UUID) -> PackUse:
    """Remove what a pack made and nobody has used or changed since; ``kept`` says what stays and why."""
    hold("setup.packs")
    use = packs.use(id)
    if use.undone_at is not None:
        return use
    kept = []
    # Values before their headings: a heading goes once nothing is left in it.
    for made in reversed(use.made):
        why = _remove(made)
        if why:
            kept.append({"what": made["what"], "name": made["name"], "why": why})
    use.kept, use.undone_at = kept, now()
    use.save(update_fields=["kept", "undone_at"])
    name = packs.called(use.pack, packs.language())
    record(
        "setup.pack_undone",
        by=by,
        pack=use.pack,
        name=name,
        removed=len(use.made) - len(kept),
        kept=len(kept),
    )
    return use


def _add(by: Member, key: str, content: Any, tongue: str) -> PackUse | None:
    lines = [line for line in packs.differences(content, tongue) if line.state == packs.NEW]
    _check_room(lines)
    fresh: dict[tuple[str, str], Heading] = {}
    made = [_make(line, fresh) for line in lines]
    if not made:
        return None
    use = PackUse(pack=key, language=tongue, made=made, applied_by=by)
    use.save(force_insert=True)
    return use


def _check_room(lines: list[packs.Line]) -> None:
    more = {what: sum(line.what == what for line in lines) for what in ("pipeline", "heading", "value")}
    if more["pipeline"] and Pipeline.objects.count() + more["pipeline"] > MOST_PIPELINES:
        raise Invalid(_("A workspace has at most %(most)s pipelines.") % {"most": MOST_PIPELINES})
    if more["heading"] and Heading.objects.count() + more["heading"] > MOST_HEADINGS * len(WIDE):
        raise Invalid(_("There can be at most %(most)s headings.") % {"most": MOST_HEADINGS})
    if more["value"] and HeadingValue.objects.count() + more["value"] > MOST_VALUES * MOST_HEADINGS:
        raise Invalid(_("A heading can have at most %(most)s values.") % {"most": MOST_VALUES})


def _make(line: packs.Line, fresh: dict[tuple[str, str], Heading]) -> Made:
    """Make one thing; values find the heading that was made just before them."""
    row: Any
    told = line.told
    entry: Made = {"what": line.what, "name": line.name, "in": line.inside}
    if line.what in _ELSEWHERE:
        return entry | {"id": str(_ELSEWHERE[line.what](line).pk)}
    if line.what == "pipeline":
        row = _pipeline(line.name, told["stages"])
        entry["stages"] = [stage["name"] for stage in told["stages"]]
    elif line.what == "reason":
        kind = told["kind"]
        row = Reason(kind=kind, name=line.name, position=Reason.objects.filter(kind=kind).count())
    elif line.what == "heading":
        kind = told["kind"]
        row = Heading(kind=kind, name=line.name, position=Heading.objects.filter(kind=kind).count())
        fresh[kind, line.name] = row
    elif line.what == "value":
        heading = told["heading"] or fresh[told["kind"], line.inside]
        row = HeadingValue(heading=heading, name=line.name, hue=told["hue"], position=heading.values.count())
    else:
        row = Tag(name=line.name, hue=told["hue"])
    if line.what != "pipeline":
        row.save(force_insert=True)
    return entry | {"id": str(row.pk)}


def _pipeline(name: str, stages: list[dict[str, Any]]) -> Pipeline:
    pipeline = Pipeline(name=name, position=Pipeline.objects.count())
    pipeline.save(force_insert=True)
    Stage.objects.bulk_create(
        Stage(pipeline=pipeline, position=position, **stage) for position, stage in enumerate(stages)
    )
    return pipeline


def _task(line: packs.Line) -> Stage:
    """Write a stage's usual task."""
    stage: Stage = Stage.objects.select_for_update(of=("self",)).get(
        pipeline__name=line.told["pipeline"], name=line.inside
    )
    stage.step_title, stage.step_kind, stage.step_days = line.name, line.told["kind"], line.told["days"]
    stage.save(update_fields=["step_title", "step_kind", "step_days"])
    return stage


_MARK = re.compile(r"\{(tag|stage):([^}]*)\}")


def _report(line: packs.Line) -> SavedView:
    """Keep a report as a view of everybody's; what its query names stands here by now."""

    def id_of(mark: re.Match[str]) -> str:
        if mark[1] == "tag":
            return str(Tag.objects.get(name__iexact=mark[2]).pk)
        pipeline = line.told["pipeline"]
        return str(Stage.objects.filter(pipeline__name__iexact=pipeline, name__iexact=mark[2])[0].pk)

    return add_report(table=line.told["table"], name=line.name, query=_MARK.sub(id_of, line.told["query"]))


# What is made in rows that stand, or by the actions of another room.
_ELSEWHERE: dict[str, Any] = {"task": _task, "report": _report}

_ROWS: dict[str, Any] = {
    "pipeline": Pipeline,
    "reason": Reason,
    "heading": Heading,
    "value": HeadingValue,
    "tag": Tag,
    "task": Stage,
    "report": SavedView,
}


def _remove(made: Made) -> str:
    """Remove what was made; else say why it stays (a key of ``packs.KEPT``). What is gone already is no matter."""
    row = _ROWS[made["what"]].objects.select_for_update(of=("self",)).filter(pk=made["id"]).first()
    if row is None:
        return ""
    if made["what"] == "task":
        return _clear(made, row)
    why = _used(made, row) if row.name == made["name"] else "renamed"
    if not why:
        row.delete()
    return why


def _clear(made: Made, stage: Stage) -> str:
    """Take a usual task off its stage, unless it is another one by now."""
    if stage.step_title == made["name"]:
        stage.step_title, stage.step_kind, stage.step_days = "", "", 0
        stage.save(update_fields=["step_title", "step_kind", "step_days"])
        return ""
    return "changed" if stage.step_title else ""


def _used(made: Made, row: Any) -> str:
    if made["what"] == "pipeline":
        if Deal.objects.filter(pipeline=row).exists():
            return "deals"
        if packs.stages_of(row) != made["stages"]:
            return "stages"
        only = not Pipeline.objects.exclude(pk=row.pk).exists()
        return "only" if only else ""
    if made["what"] == "reason":
        return "closed" if Deal.objects.filter(reason=row).exists() else ""
    if made["what"] == "heading":
        return "values" if row.values.exists() else ""
    if made["what"] == "value":
        slot = row.heading.slot
        rows = (
            WIDE[row.heading.kind].objects.filter(**{slot: row})
            if slot
            else Classification.objects.filter(value=row)
        )
        return "clients" if rows.exists() else ""
    if made["what"] == "report":
        return "" if row.changed_at == row.created_at else "changed"
    return "records" if Tagging.objects.filter(tag=row).exists() else ""
