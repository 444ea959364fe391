"""Packs of lines of business: what each holds, and how it differs from what the workspace has."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from crm_core.clients.models import Heading, HeadingValue
from crm_core.records.models import Tag
from crm_core.sales.models import Pipeline, Reason, Stage
from crm_core.setup.models import PackUse
from kernel import context
from kernel.errors import NotFound
from kernel.text import fold

DATA = Path(__file__).parents[1] / "data"
GOALS = "goals"
LANGUAGES = ("en", "ru")

NEW, THERE, DIFFERS = "new", "there", "differs"
KINDS = {
    "pipeline": _("Pipeline"),
    "reason": _("Reason"),
    "heading": _("Heading"),
    "value": pgettext_lazy("of a heading", "Value"),
    "tag": _("Tag"),
}
# Why something stays when a pack is undone.
KEPT = {
    "renamed": _("Somebody has renamed it."),
    "deals": _("Deals stand in it."),
    "stages": _("Somebody has changed its stages."),
    "only": _("It is the only pipeline."),
    "closed": _("Deals were closed with it."),
    "values": _("It has values that are used or were added."),
    "clients": _("Clients have it."),
    "records": _("Records wear it."),
}


@dataclass(frozen=True, slots=True)
class Pack:
    """One line of business. ``content`` holds texts as pairs: English, Russian."""

    key: str
    name: str
    text: str
    content: Any


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


def language() -> str:
    """The language in which packs furnish: the workspace's own."""
    found = context.tenant().language
    return found if found in LANGUAGES else LANGUAGES[0]


@cache
def _content(key: str) -> Any:
    return json.loads((DATA / "packs" / f"{key}.json").read_text("utf-8"))


@cache
def _goals() -> Any:
    return json.loads((DATA / "goals.json").read_text("utf-8"))


@cache
def pack_keys() -> tuple[str, ...]:
    """The packs that there are, in the order in which they are shown."""
    found = [path.stem for path in (DATA / "packs").glob("*.json")]
    return tuple(sorted(found, key=lambda key: _content(key)["order"]))


def pack(key: str, tongue: str) -> Pack:
    """A pack with its words in a language. Raises ``NotFound``."""
    if key not in pack_keys():
        raise NotFound
    content = _content(key)
    place = LANGUAGES.index(tongue) if tongue in LANGUAGES else 0
    return Pack(key, content["name"][place], content["text"][place], content)


def packs(tongue: str) -> list[Pack]:
    return [pack(key, tongue) for key in pack_keys()]


def content_for(goals: Iterable[str]) -> Any:
    """What goals need of tags and headings, as the content of one pack."""
    together: dict[str, Any] = {"tags": [], "headings": {}}
    for name in goals:
        given = _goals().get(name, {})
        together["tags"] += given.get("tags", [])
        for kind, rows in given.get("headings", {}).items():
            together["headings"].setdefault(kind, []).extend(rows)
    return together


def differences(content: Any, tongue: str) -> list[Line]:
    """Every thing of a pack against what the workspace has; in the order in which it is made."""
    place = LANGUAGES.index(tongue)
    return [
        *_pipelines(content, place),
        *_reasons(content, place),
        *_headings(content, place),
        *_tags(content, place),
    ]


def _pipelines(content: Any, place: int) -> Iterator[Line]:
    known = {fold(one.name): one for one in Pipeline.objects.prefetch_related("stages")}
    for row in content.get("pipelines", ()):
        name = row["name"][place]
        stages = [stage | {"name": stage["name"][place]} for stage in row["stages"]]
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


def uses() -> list[PackUse]:
    """The packs that were applied, the newest first, undone ones too."""
    return list(PackUse.objects.select_related("applied_by"))


def standing_uses() -> list[PackUse]:
    """The packs of lines of business that are in force."""
    return list(PackUse.objects.filter(undone_at=None).exclude(pack=GOALS))


def use(id: Any) -> PackUse:
    """One use of a pack. Raises ``NotFound``."""
    found = PackUse.objects.filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def called(key: str, tongue: str) -> str:
    """What a use is called on pages: the pack's name, or that it came with the goals."""
    return str(_("What the goals need")) if key == GOALS else pack(key, tongue).name


def conflicts(key: str, lines: list[Line], tongue: str) -> list[str]:
    """What a second pack should be asked about first, in sentences."""
    others = [one for one in standing_uses() if one.pack != key]
    brought = {entry["id"]: called(one.pack, tongue) for one in others for entry in one.made}
    said = []
    ways = [line.name for line in lines if line.what == "pipeline" and line.state == NEW]
    for other in others:
        beside = [entry["name"] for entry in other.made if entry["what"] == "pipeline"]
        if ways and beside:
            words = _(
                "“%(pack)s” brought the pipeline “%(there)s”. “%(new)s” comes beside it; deals stay where they are."
            )
            said.append(words % {"pack": called(other.pack, tongue), "there": beside[0], "new": ways[0]})
    for line in lines:
        if line.state == DIFFERS:
            said.append(f"{line.kind} “{line.name}”: {line.note}")
        elif line.found is not None and str(line.found.pk) in brought and line.what != "value":
            words = _("%(kind)s “%(name)s” came with “%(pack)s” and is shared by both.")
            told = {"kind": line.kind, "name": line.name, "pack": brought[str(line.found.pk)]}
            said.append(words % told)
    return said


def stages_of(pipeline: Pipeline) -> list[str]:
    return list(Stage.objects.filter(pipeline=pipeline).order_by("position").values_list("name", flat=True))


@dataclass(frozen=True, slots=True)
class Told:
    """One use of a pack as pages show it; ``stayed`` has what was kept with the reason."""

    use: PackUse
    name: str
    stayed: list[tuple[Any, str, Any]]


def told() -> list[Told]:
    """Every use in words, the newest first."""
    tongue = language()
    return [
        Told(
            one,
            called(one.pack, tongue),
            [(KINDS[row["what"]], row["name"], KEPT[row["why"]]) for row in one.kept],
        )
        for one in uses()
    ]


@dataclass(frozen=True, slots=True)
class Preview:
    """What applying a pack would do here: ``fresh`` is made, ``there`` stays, ``conflicts`` are sentences to read first."""

    pack: Pack
    fresh: list[Line]
    there: list[Line]
    conflicts: list[str]


def preview(key: str) -> Preview:
    """The preview of a pack. Raises ``NotFound``."""
    tongue = language()
    found = pack(key, tongue)
    lines = differences(found.content, tongue)
    return Preview(
        found,
        [line for line in lines if line.state == NEW],
        [line for line in lines if line.state != NEW],
        conflicts(key, lines, tongue),
    )
