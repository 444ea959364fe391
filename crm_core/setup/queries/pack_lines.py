"""The things of a pack against what the workspace has: new, there already, or there but different."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from crm_core.clients.models import Heading, HeadingValue
from crm_core.lists.models import SavedView
from crm_core.records.models import Tag
from crm_core.sales.models import Pipeline, Reason
from kernel.text import fold

NEW, THERE, DIFFERS = "new", "there", "differs"
KINDS = {
    "pipeline": _("Pipeline"),
    "reason": _("Reason"),
    "heading": _("Heading"),
    "value": pgettext_lazy("of a heading", "Value"),
    "tag": _("Tag"),
    "task": _("Usual task"),
    "report": _("Report"),
}
# Why something stays when a pack is undone.
KEPT = {
    "renamed": _("Somebody has renamed it."),
    "changed": _("Somebody has changed it."),
    "deals": _("Deals stand in it."),
    "stages": _("Somebody has changed its stages."),
    "only": _("It is the only pipeline."),
    "closed": _("Deals were closed with it."),
    "values": _("It has values that are used or were added."),
    "clients": _("Clients have it."),
    "records": _("Records wear it."),
}


@dataclass(slots=True)
class Line:
    """One thing of a pack against the workspace: new, there already, or there but different.

    ``told`` is what making it needs, ``inside`` the name of what it stands in, ``found`` the row that is there.
    """

    what: str
    name: str
    state: str
    told: dict[str, Any] = field(default_factory=dict)
    inside: str = ""
    note: str = ""
    found: Any = None

    @property
    def kind(self) -> Any:
        return KINDS[self.what]


def differences(content: Any, place: int) -> list[Line]:
    """Every thing of a pack, in the order in which it is made; ``place`` is that of the language in its pairs."""
    return [
        *_pipelines(content, place),
        *_tasks(content, place),
        *_reasons(content, place),
        *_headings(content, place),
        *_tags(content, place),
        *_reports(content, place),
    ]


def _pipelines(content: Any, place: int) -> Iterator[Line]:
    known = {fold(one.name): one for one in Pipeline.objects.prefetch_related("stages")}
    for row in content.get("pipelines", ()):
        name = row["name"][place]
        stages = [
            {key: stage[key] for key in stage if key != "step"} | {"name": stage["name"][place]}
            for stage in row["stages"]
        ]
        found = known.get(fold(name))
        if found is None:
            words = ngettext("with %(count)s stage", "with %(count)s stages", len(stages))
            beside = {"count": len(stages)}
            yield Line("pipeline", name, NEW, {"stages": stages}, note=words % beside)
        elif [stage.name for stage in found.stages.all()] == [stage["name"] for stage in stages]:
            yield Line("pipeline", name, THERE, found=found)
        else:
            note = _("There is one of this name with other stages. It stays as it is.")
            yield Line("pipeline", name, DIFFERS, note=str(note), found=found)


def _reasons(content: Any, place: int) -> Iterator[Line]:
    known = {(one.kind, fold(one.name)): one for one in Reason.objects.all()}
    for kind, rows in content.get("reasons", {}).items():
        inside = str(Reason(kind=kind).get_kind_display())
        for row in rows:
            found = known.get((kind, fold(row[place])))
            state = NEW if found is None else THERE
            yield Line("reason", row[place], state, {"kind": kind}, inside, found=found)


def _headings(content: Any, place: int) -> Iterator[Line]:
    known = list(Heading.objects.prefetch_related("values"))
    for kind, rows in content.get("headings", {}).items():
        inside = str(Heading(kind=kind).get_kind_display())
        for row in rows:
            slot = row.get("slot", "")
            name = "" if slot else row["name"][place]
            found = next((one for one in known if one.kind == kind and _same(one, slot, name)), None)
            if not slot:
                state = NEW if found is None else THERE
                yield Line("heading", name, state, {"kind": kind}, inside, found=found)
            if found is not None or not slot:
                yield from _values(row["values"], place, kind, found, name)


def _same(heading: Heading, slot: str, name: str) -> bool:
    return heading.slot == slot if slot else fold(heading.name) == fold(name)


def _values(rows: Any, place: int, kind: str, heading: Heading | None, name: str) -> Iterator[Line]:
    known = {fold(one.name): one for one in heading.values.all()} if heading else {}
    for row in rows:
        found: HeadingValue | None = known.get(fold(row[place]))
        told = {"hue": row[2], "kind": kind, "heading": heading}
        state = NEW if found is None else THERE
        yield Line("value", row[place], state, told, heading.name if heading else name, found=found)


def _tags(content: Any, place: int) -> Iterator[Line]:
    known = {fold(one.name): one for one in Tag.objects.all()}
    for row in content.get("tags", ()):
        found = known.get(fold(row[place]))
        if found is None:
            yield Line("tag", row[place], NEW, {"hue": row[2]})
        elif found.hue == row[2]:
            yield Line("tag", row[place], THERE, found=found)
        else:
            note = _("It has another colour here, and keeps it.")
            yield Line("tag", row[place], DIFFERS, note=str(note), found=found)


def _tasks(content: Any, place: int) -> Iterator[Line]:
    """The usual task of each stage; a stage that has one of its own keeps it, as a pipeline with other stages does."""
    known = {fold(one.name): one for one in Pipeline.objects.prefetch_related("stages")}
    for row in content.get("pipelines", ()):
        pipeline = known.get(fold(row["name"][place]))
        stages = {fold(one.name): one for one in pipeline.stages.all()} if pipeline else {}
        if pipeline is not None and set(stages) != {fold(stage["name"][place]) for stage in row["stages"]}:
            continue
        for stage in row["stages"]:
            name, step = stage["name"][place], stage.get("step")
            if not step:
                continue
            title = step["title"][place]
            found = stages.get(fold(name))
            told = {"pipeline": row["name"][place], "kind": step["kind"], "days": step["days"]}
            if found is None or not found.step_title:
                yield Line("task", title, NEW, told, name, found=found)
            elif found.step_title == title:
                yield Line("task", title, THERE, told, name, found=found)
            else:
                note = _("The stage has another one here, and keeps it.")
                yield Line("task", title, DIFFERS, told, name, note=str(note), found=found)


TABLES = {"companies": _("Companies"), "people": _("People"), "deals": _("Deals")}


def _reports(content: Any, place: int) -> Iterator[Line]:
    """Views that everybody finds as tabs over a list."""
    known = {(one.table, fold(one.name)): one for one in SavedView.objects.kept().filter(shared="everyone")}
    for row in content.get("reports", ()):
        table, name = row["table"], row["name"][place]
        found = known.get((table, fold(name)))
        if found is None and "{stage:" in row["query"] and not _fits(content["pipelines"][0], place):
            continue
        told = {"table": table, "query": _named(row["query"], content, place)}
        told |= {"pipeline": content["pipelines"][0]["name"][place]}
        yield Line("report", name, THERE if found else NEW, told, str(TABLES[table]), found=found)


def _fits(row: Any, place: int) -> bool:
    """Whether the pipeline is or will be here with the pack's own stages: reports about them need them."""
    names = {fold(stage["name"][place]) for stage in row["stages"]}
    found = [one for one in Pipeline.objects.all() if fold(one.name) == fold(row["name"][place])]
    return all({fold(stage.name) for stage in one.stages.all()} >= names for one in found)


_MARK = re.compile(r"\{(tag|stage):(\d+)\}")


def _named(query: str, content: Any, place: int) -> str:
    """A query with the names of what it asks for: ``{tag:1}`` is the pack's second tag, ``{stage:0}`` its first stage."""
    rows = {"tag": content["tags"], "stage": content["pipelines"][0]["stages"]}

    def name(mark: re.Match[str]) -> str:
        row = rows[mark[1]][int(mark[2])]
        return f"{{{mark[1]}:{(row['name'] if isinstance(row, dict) else row)[place]}}}"

    return _MARK.sub(name, query)
