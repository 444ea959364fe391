"""Rights: what a role may do. A right is a string ``app.verb`` with words for people.

Every action and page names one; roles in a tenant's schema are sets of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kernel import context
from kernel.errors import NotAllowed

RIGHTS: dict[str, Right] = {}

# Pages and actions open to every member of a workspace, whatever the role.
EVERYBODY = "team.belong"


@dataclass(frozen=True, slots=True)
class Right:
    """``words`` is a lazy translated sentence for the settings page, ``group`` its heading.

    ``reads``: whoever holds it sees more and changes nothing; who holds no other right takes no seat.
    """

    name: str
    words: Any
    group: Any
    reads: bool = False


class Actor(Protocol):
    """Whoever acts: a member of the workspace, or the platform itself."""

    @property
    def id(self) -> UUID | None: ...

    def may(self, right: str) -> bool: ...


class Platform:
    """Nobody in particular: seeds, commands and schedules act as the platform, which may do everything."""

    id = None
    name = ""
    visibility = "all"
    team_id = None

    def may(self, right: str) -> bool:
        return True


PLATFORM = Platform()


def declare(name: str, words: Any, group: Any = "", *, reads: bool = False) -> str:
    """Make a right known; called at import time beside the actions that need it. A right ``app.view`` only reads."""
    known = RIGHTS.get(name)
    if known is not None and known.words != words:
        raise ValueError(f"The right {name} is declared twice with different words.")
    RIGHTS[name] = Right(name, words, group, reads or name.endswith(".view"))
    return name


def only_reads(rights: Iterable[str]) -> bool:
    """True if none of these rights lets anybody change anything; one that is not known may."""
    return all(name == EVERYBODY or (name in RIGHTS and RIGHTS[name].reads) for name in rights)


def demand_writable() -> None:
    """Raise ``NotAllowed`` where somebody from outside was let in for reading only."""
    found = context.maybe()
    if found is not None and found.read_only:
        raise NotAllowed(_("This access is for reading only. Nothing can be changed."), read_only=True)


def demand(by: Actor, right: str) -> None:
    """Raise ``NotAllowed`` unless ``by`` holds ``right``."""
    if right not in RIGHTS:
        raise LookupError(f"The right {right} was never declared.")
    if not by.may(right):
        raise NotAllowed(right=right)
