"""What came of a change to many records: those done, and those left alone with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from crm_core.records.models import Card


@dataclass(frozen=True, slots=True)
class Kept:
    """A record that was left as it is; ``reason`` is a lazy sentence."""

    id: UUID
    kind: str
    label: str
    reason: Any

    def as_dict(self) -> dict[str, str]:
        return {"id": str(self.id), "kind": self.kind, "label": self.label, "reason": str(self.reason)}


@dataclass(slots=True)
class Outcome:
    """``done`` are the ids that were changed; ``kept`` those that were not, each with its reason."""

    done: list[UUID] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    def keep(self, card: Card, reason: Any) -> None:
        self.kept.append(Kept(card.id, card.kind, card.label, reason))
