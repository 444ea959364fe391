"""Packs of lines of business: what each holds, and how it differs from what the workspace has."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm_core.sales.models import Pipeline, Stage
from crm_core.setup.models import PackUse
from crm_core.setup.queries import pack_lines
from crm_core.setup.queries.pack_lines import DIFFERS, KEPT, KINDS, NEW, THERE, Line
from kernel import context
from kernel.errors import NotFound

__all__ = ["DIFFERS", "KEPT", "KINDS", "NEW", "THERE", "Line"]

DATA = Path(__file__).parents[1] / "data"
GOALS = "goals"
LANGUAGES = ("en", "ru")


@dataclass(frozen=True, slots=True)
class Pack:
    """One line of business. ``content`` holds texts as pairs: English, Russian."""

    key: str
    name: str
    text: str
    content: Any


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
    return pack_lines.differences(content, LANGUAGES.index(tongue))


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
