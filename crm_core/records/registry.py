"""The one registry of kinds, read by search, lists, palette, imports, trash and navigation.

A kind is registered in its app's ``apps.py``; nothing else keeps a list of kinds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.urls import reverse

# The URL set of workspaces, by name: it stands above this room.
WORKSPACE_URLS = "config.urls_workspace"


@dataclass(frozen=True, slots=True)
class Kind:
    """``name`` is stored on cards (company). ``one`` and ``many`` are lazy words, ``icon`` a sprite name.

    ``view_right`` opens its pages, ``show`` names its record page's URL (one argument,
    the id), ``listing`` the list's. ``model`` is the wide model's dotted path
    (``clients.Company``). ``fields`` gives the import targets of the kind
    (a function, so that tenants' own fields can join), ``hue_square`` draws its mark
    as a square. ``restore(by=, card=, values=)`` puts former values (field → JSON
    value as it stood in the event's ``changes``) back into the wide row, for undo; it may
    set the card's label, sort key and search text (the card is saved after it) and writes
    no event. It raises an error of the family if a value is no longer possible.
    """

    name: str
    one: Any
    many: Any
    icon: str
    model: str
    view_right: str
    edit_right: str
    show: str
    listing: str
    square: bool = False
    import_targets: Callable[[], list[Any]] | None = None
    restore: Callable[..., None] | None = None
    order: int = 100
    extra: dict[str, Any] = field(default_factory=dict)

    def url(self, record_id: UUID) -> str:
        # Jobs and letters have no request whose URL set could be used.
        return reverse(self.show, args=[record_id], urlconf=WORKSPACE_URLS)

    def client_of(self, record_id: UUID) -> UUID | None:
        """The client in whose timeline this record's facts also stand (a deal's company), if any."""
        find = self.extra.get("client_of")
        return find(record_id) if find else None


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known. Raises ``ValueError`` if the name is taken."""
    if kind.name in KINDS:
        raise ValueError(f"The kind {kind.name} is registered twice.")
    KINDS[kind.name] = kind


def kind(name: str) -> Kind:
    """A registered kind. Raises ``LookupError``."""
    return KINDS[name]


def kinds() -> list[Kind]:
    """All kinds in the order people meet them."""
    return sorted(KINDS.values(), key=lambda known: known.order)
