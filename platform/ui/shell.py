"""What the frame around a page shows; filled by ``config.navigation``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of sidebar, bottom bar or palette. ``key`` is the letter after ``g``."""

    name: str
    words: Any
    icon: str
    url: str
    count: int | None = None
    current: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A starred record in the sidebar."""

    label: str
    url: str
    square: bool = False


@dataclass(frozen=True, slots=True)
class Shell:
    """``places`` are primary (at most nine), ``foot`` stands at the bottom, ``bottom`` on phones."""

    workspace: str
    member: str
    places: list[Place] = field(default_factory=list)
    foot: list[Place] = field(default_factory=list)
    bottom: list[Place] = field(default_factory=list)
    starred: list[Mark] = field(default_factory=list)
    views: list[Place] = field(default_factory=list)
    create: list[Place] = field(default_factory=list)
    settings: list[Place] = field(default_factory=list)
    switch: list[Place] = field(default_factory=list)
    notice: Any = ""
    hotkeys: bool = True
