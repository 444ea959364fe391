"""How facts are worded: each app registers its verbs and the names of its fields, once, when it starts.

A verb's words are a template that gets ``entry`` (and through it the event), or a sentence
filled from the event's values, or nothing: then the changed fields speak for themselves.
Sentences have no subject, so that no language needs a grammatical gender: who did it
stands behind them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

GROUPS = ("conversations", "tasks", "notes", "changes")
# Facts that stand in the history of the workspace but in no record's timeline.
AUDIT = "audit"

Words = Callable[[Any], str]
_VALUE = re.compile(r"%\(\w+\)s")


@dataclass(frozen=True, slots=True)
class Wording:
    """``system`` lines are lighter than what people did and said. ``name`` is what the fact is called by itself."""

    verb: str
    group: str
    icon: str
    text: Any
    template: str
    system: bool
    load: Callable[[Any, list[Any]], Mapping[Any, Any]] | None = None
    name: Any = ""


@dataclass(frozen=True, slots=True)
class FieldWords:
    """A field's name for people, and how its stored values read (None: by their form)."""

    label: Any
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class Upcoming:
    """Something planned: ``at`` is a moment or a day; ``url`` opens it."""

    at: Any
    text: str
    icon: str = "calendar"
    url: str = ""
    who: str = ""
    late: bool = False


WORDINGS: dict[str, Wording] = {}
FIELDS: dict[tuple[str, str], FieldWords] = {}
UPCOMING: list[Callable[[Any, Any], list[Upcoming]]] = []

EVERY_KIND = ""


def say(
    verb: str,
    *,
    text: Any = "",
    template: str = "",
    group: str = "changes",
    icon: str = "",
    system: bool | None = None,
    load: Callable[[Any, list[Any]], Mapping[Any, Any]] | None = None,
    name: Any = "",
) -> None:
    """Say how a verb is worded.

    ``text`` is a lazy sentence with named places for the event's values; ``template`` is
    ``app/file.html#part``. Lines of the group "changes" are system lines unless said otherwise.
    ``load(member, events)`` gives event's id → what the template reads as ``entry.loaded``:
    how the thing stands now (a note's present text), asked once for a whole page.
    ``name`` calls the fact where it stands alone: in the history, and in its choice of facts.
    A fact with a sentence is called by that unless named.
    Raises ``ValueError`` for an unknown group, and for a fact with neither sentence nor name.
    """
    if group not in (*GROUPS, AUDIT):
        raise ValueError(f"There is no group {group} in the timeline.")
    if not text and not name:
        raise ValueError(f"Nobody could choose {verb} in the history: give it a name.")
    light = group in ("changes", AUDIT) if system is None else system
    WORDINGS[verb] = Wording(verb, group, icon, text, template, light, load, name)


# The name that other pages of the house use.
register = say


def fields(kind: str, named: Mapping[str, Any]) -> None:
    """Name the fields of a kind for change lines: field → label, or (label, words of a value).

    Kind "" names fields that every kind has.
    """
    for name, given in named.items():
        label, words = given if isinstance(given, tuple) else (given, None)
        FIELDS[kind, name] = FieldWords(label, words)


def field(kind: str, name: str) -> FieldWords:
    """The words of a field; one that nobody named is called as it is stored."""
    return FIELDS.get((kind, name)) or FIELDS.get((EVERY_KIND, name)) or FieldWords(name)


def upcoming(source: Callable[[Any, Any], list[Upcoming]]) -> None:
    """Register ``source(member, card)``, which gives what is planned for a record, soonest first."""
    if source not in UPCOMING:
        UPCOMING.append(source)


def names() -> list[tuple[str, str]]:
    """Every verb with what its fact is called: its name, or its sentence with dots in the place of values."""
    found = [(verb, _VALUE.sub("…", str(one.name or one.text))) for verb, one in WORDINGS.items()]
    return sorted(found, key=lambda one: one[1].casefold())


def verbs(group: str = "") -> list[str]:
    """The verbs of one group, or of every record's timeline."""
    return [
        found.verb for found in WORDINGS.values() if (found.group == group if group else found.group != AUDIT)
    ]
