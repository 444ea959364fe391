"""What the frame around a page shows. The shapes stand here, ``config.navigation`` fills them.

A page without any of it still renders: every field of :class:`Shell` but the
names has an empty default, and the layouts leave out what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of sidebar, bottom bar, menu or palette.

    ``name`` is its URL name (unique), ``words`` what people read, ``icon`` one of the sprite,
    ``count`` a quiet number at its end, ``current`` true on its own pages, ``key`` the letter
    that goes there after ``g``, ``fresh`` what a dot at it says to readers, ``group`` the words
    over it and its neighbours in a long list.
    """

    name: str
    words: Any
    icon: str
    url: str
    count: int | None = None
    current: bool = False
    key: str = ""
    fresh: Any = ""
    group: Any = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A starred record in the sidebar; ``square`` for companies and deals, round for people."""

    label: str
    url: str
    square: bool = False


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the platform tells everybody: ``level`` is info, warning or negative, ``dismissal`` takes a POST."""

    text: str
    level: str
    dismissal: str


@dataclass(frozen=True, slots=True)
class Guide:
    """The step of a tour that stands over the pages: what to look at, where, and the ways on, back and out.

    ``number`` of ``total`` counts from 1; ``url`` is the step's page, ``here`` true on it; ``point`` selects
    what is pointed at. ``turning`` takes a POST with the ``step`` (from 0) to go to, ``leaving`` one without.
    """

    tour: Any
    title: Any
    text: Any
    number: int
    total: int
    url: str
    here: bool
    point: str
    turning: str
    leaving: str

    @property
    def before(self) -> int:
        return self.number - 2

    @property
    def after(self) -> int:
        return self.number


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of a workspace or of the operators' console.

    ``places`` are the primary ones (at most nine), ``foot`` stands at the bottom of the sidebar,
    ``bottom`` are the five of the phone, ``views`` saved views, ``create`` what the key ``c``
    offers, ``settings`` the list beside settings pages, ``switch`` the entries of the workspace's
    menu. ``palette`` and ``leave`` are addresses (search, signing out; the latter by POST).
    ``announcements`` stand across the top of every page (``id``, ``level``, ``text``), each with the address
    that puts it away. ``notice`` is a sentence across the top of every page, ``note`` one at the foot of the sidebar.
    ``copy`` is the sentence over every page of a copy beside a live workspace, ``copy_back`` the live one's address.
    ``tours`` is the address of the tours of an example, ``guide`` the step of one that is under way.
    ``visit`` is the sentence over every page while somebody from outside looks in, ``visit_leave`` the
    address that ends it by POST. ``help`` is the address of the help for this page. ``incident`` is the sentence while something does not work or is worked on,
    ``incident_url`` where more is told. ``hotkeys`` is False if the member switched single-letter keys off.
    ``person`` tells one member from another: what a browser keeps of the one is not shown to the other.
    """

    workspace: str = ""
    member: str = ""
    places: list[Place] = field(default_factory=list)
    foot: list[Place] = field(default_factory=list)
    bottom: list[Place] = field(default_factory=list)
    starred: list[Mark] = field(default_factory=list)
    views: list[Place] = field(default_factory=list)
    create: list[Place] = field(default_factory=list)
    settings: list[Place] = field(default_factory=list)
    switch: list[Place] = field(default_factory=list)
    palette: str = ""
    leave: str = ""
    announcements: list[Announcement] = field(default_factory=list)
    notice: Any = ""
    note: Any = ""
    copy: Any = ""
    copy_back: str = ""
    tours: str = ""
    guide: Guide | None = None
    visit: Any = ""
    visit_leave: str = ""
    incident: Any = ""
    incident_url: str = ""
    hotkeys: bool = True
    person: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """How the page is drawn: ``theme`` is light, dark or "" (as the system says), ``density`` compact,
    cosy or "". ``flash`` is the toast that a redirect carried here (words, undo)."""

    language: str = "en"
    other_language: str = ""
    other_language_name: str = ""
    theme: str = ""
    density: str = ""
    flash: dict[str, str] | None = None
