"""What the rooms above lend to recovery, because tenants know neither members nor sessions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Visitor:
    """An administrator of a workspace: the account, and the member's row in the schema."""

    account_id: int
    member_id: UUID
    email: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked for work that is done later, as the list of acts wants it."""

    email: str
    pk: int | None = None


def _nothing() -> None:
    """Nobody has anything to end."""


def _nobody() -> list[Visitor]:
    return []


@dataclass(slots=True)
class Composed:
    """Both work in a tenant's context. ``settle`` ends what must not go on in a restored schema: sessions,
    open background work. ``visitors`` names the administrators: they may look at copies and get the letters."""

    settle: Callable[[], None] = _nothing
    visitors: Callable[[], list[Visitor]] = _nobody


COMPOSED = Composed()


def on_restored(*, settle: Callable[[], None], visitors: Callable[[], list[Visitor]]) -> None:
    """Called once at start-up by the composition."""
    COMPOSED.settle, COMPOSED.visitors = settle, visitors
