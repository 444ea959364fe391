"""The one registry of kinds, read by search, lists, palette, imports, trash and navigation.

A kind is registered in its app's ``apps.py``; nothing else keeps a list of kinds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from django.urls import get_script_prefix, reverse

# The URL set of workspaces, by name: it stands above this room.
WORKSPACE_URLS = "config.urls_workspace"
# Stands for the id while an address is looked up.
_ANY = UUID("00000000-0000-4000-8000-0000000000ff")


def address(name: str, record_id: UUID) -> str:
    """The workspace's page ``name`` of a record. Lists ask for hundreds, so the URL is looked up once per name."""
    before, after = _around(name, get_script_prefix())
    return f"{before}{record_id}{after}"


@cache
def _around(name: str, prefix: str) -> tuple[str, str]:
    """What stands before and behind the id. ``prefix`` is where the site hangs, which reversing looks at."""
    # Jobs and letters have no request whose URL set could be used.
    before, _id, after = reverse(name, args=[_ANY], urlconf=WORKSPACE_URLS).partition(str(_ANY))
    return before, after


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
        return address(self.show, record_id)

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
