"""Parts of the product: what a workspace shows, from which stage on, for which goals.

Each app declares its parts when it starts (``declare``) and says by which figures a stage is measured
(``measure``). Which parts a workspace shows is one small :class:`Choice`; hiding a part takes it from
menu, home page, help and palette, and touches no right and no record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

FIRST, LAST = 1, 5

PARTS: dict[str, Part] = {}
FIGURES: dict[str, Figure] = {}
# Address of a page, or dotted name of a panel → the part that it belongs to.
_OWNERS: dict[str, str] = {}

# (what is as it should be, all there is).
Count = Callable[[], tuple[int, int]]
Lines = tuple[tuple[Any, Any], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that can be shown or hidden as a whole.

    ``words`` is what people call it, ``text`` one sentence what it is for; both are lazy. ``stage`` is the
    first one that shows it by itself, ``goals`` those that ask for it. ``light`` parts stay in the light
    mode. ``fixed`` parts cannot be switched off: without them there is no way back. ``places`` are URL names,
    ``panels`` dotted names of what stands on home and record pages, ``glossary`` and ``ways`` lines of the help page.
    """

    name: str
    words: Any
    text: Any
    stage: int = FIRST
    goals: tuple[str, ...] = ()
    light: bool = False
    fixed: bool = False
    places: tuple[str, ...] = ()
    panels: tuple[str, ...] = ()
    glossary: Lines = ()
    ways: Lines = ()

    @property
    def app(self) -> str:
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number by which one sees that its ``stages`` are reached.

    ``count`` gives (done, whole); the figure is reached at ``target`` per cent once ``whole`` is at least
    ``least``. ``advice`` is one sentence what helps, ``url`` the name of the page where it is done.
    """

    name: str
    words: Any
    advice: Any
    count: Count
    stages: tuple[int, ...] = (FIRST,)
    target: int = 80
    least: int = 1
    url: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a workspace shows. Without a stage nobody has chosen: everything but ``off`` is there."""

    stage: int | None = None
    light: bool = False
    on: frozenset[str] = field(default_factory=frozenset)
    off: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def read(cls, kept: Mapping[str, Any] | None) -> Choice:
        """The choice from what is kept of it; names that no release knows any more are forgotten."""
        kept = kept or {}
        return cls(
            kept.get("stage"),
            bool(kept.get("light")),
            frozenset(kept.get("on", ())) & PARTS.keys(),
            frozenset(kept.get("off", ())) & PARTS.keys(),
        )

    def keep(self) -> dict[str, Any]:
        """What :meth:`read` reads again."""
        return {"stage": self.stage, "light": self.light, "on": sorted(self.on), "off": sorted(self.off)}

    def shows(self, name: str) -> bool:
        """True if the part is shown. Raises ``LookupError`` for a part that nobody declared."""
        part = PARTS.get(name)
        if part is None:
            raise LookupError(f"The part {name} was never declared.")
        if part.fixed or name in self.on:
            return True
        return name not in self.off and self.brings(part)

    def brings(self, part: Part) -> bool:
        """True if stage and mode show the part by themselves."""
        if self.stage is None:
            return True
        return part.stage <= self.stage and (part.light or not self.light)

    def shows_place(self, name: str) -> bool:
        """True if the page or panel of this name is shown; what belongs to no part always is."""
        owner = _OWNERS.get(name)
        return owner is None or self.shows(owner)

    def turned(self, name: str, *, on: bool) -> Choice:
        """The same choice with one part switched by hand; what the stage does anyway is not kept apart."""
        plain = replace(self, on=self.on - {name}, off=self.off - {name})
        if plain.shows(name) == on:
            return plain
        return replace(plain, on=plain.on | {name}) if on else replace(plain, off=plain.off | {name})


def declare(name: str, words: Any, text: Any, **known: Any) -> str:
    """Make a part known; fields as of :class:`Part`. Declaring the same again changes nothing.

    Raises ``ValueError`` for a stage that does not exist and for a place that another part has.
    """
    part = Part(name, words, text, **known)
    if not FIRST <= part.stage <= LAST:
        raise ValueError(f"The part {name} names a stage that does not exist.")
    for place in part.places + part.panels:
        if _OWNERS.setdefault(place, name) != name:
            raise ValueError(f"{place} belongs to {_OWNERS[place]} and to {name}.")
    PARTS[name] = part
    return name


def measure(name: str, words: Any, advice: Any, **known: Any) -> str:
    """Make a figure known; fields as of :class:`Figure`. Raises ``ValueError`` for an untrue stage or target."""
    figure = Figure(name, words=words, advice=advice, **known)
    if not all(FIRST <= stage <= LAST for stage in figure.stages) or not 0 < figure.target <= 100:
        raise ValueError(f"The figure {name} names a stage or target that does not exist.")
    FIGURES[name] = figure
    return name


def owner_of(place: str) -> str | None:
    """The part that a page or panel belongs to."""
    return _OWNERS.get(place)


def stages() -> list[int]:
    """The stages that bring something: those that at least one part belongs to."""
    return sorted({part.stage for part in PARTS.values()})
