"""What the public page shows: each part now and over ninety days, what is going on, what was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.when import now
from tenants.status import checks, incidents, parts
from tenants.status.checks import Day
from tenants.status.models import Incident, IncidentUpdate
from tenants.status.parts import PARTS, State

_RANK = {State.DOWN: 3, State.LIMITED: 2, State.OK: 0, "": 1}


@dataclass(frozen=True, slots=True)
class Part:
    """One part: ``state`` is empty where nothing is known; ``percent`` is that of the checks that were made."""

    name: str
    words: Any
    state: str
    days: list[Day]
    percent: float | None

    @property
    def state_words(self) -> Any:
        return parts.state_words(self.state)

    @property
    def tone(self) -> str:
        return parts.TONES[self.state]

    @property
    def known(self) -> int:
        """On how many of the days checks were made."""
        return sum(1 for day in self.days if day.made)

    @property
    def troubled(self) -> list[Day]:
        """The days on which not all was well, the last first."""
        return [day for day in reversed(self.days) if day.state in (State.LIMITED, State.DOWN)]

    @property
    def bars(self) -> list[tuple[int, Day]]:
        """Each day with its place in the drawing."""
        return [(number * 4, day) for number, day in enumerate(self.days)]


@dataclass(frozen=True, slots=True)
class Story:
    """An incident with what was said, the last first."""

    incident: Incident
    updates: list[IncidentUpdate]

    @property
    def parts(self) -> list[Any]:
        return parts.words_of(self.incident.parts)


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page. ``checked_at`` is None if nothing was ever checked."""

    parts: list[Part]
    open: list[Story]
    planned: list[Story]
    past: list[Story]
    checked_at: datetime | None

    @property
    def state(self) -> str:
        """The worst that holds now; trouble that operators speak of counts like a check."""
        told = [one.incident.effect for one in self.open if one.incident.kind == Incident.Kind.TROUBLE]
        return max([*(part.state for part in self.parts), *told], key=lambda state: _RANK[state], default="")

    @property
    def sentence(self) -> Any:
        return SENTENCES[self.state]

    @property
    def tone(self) -> str:
        return parts.TONES[self.state]


SENTENCES: dict[str, Any] = {
    State.OK: _("Everything works."),
    State.LIMITED: _("Something works with limits."),
    State.DOWN: _("Something does not work."),
    "": _("Not everything is known now: checks are missing."),
}


def present() -> Page:
    """What is known now."""
    moment = now()
    newest = checks.newest()
    found = [
        _part(name, days, newest[name].state if name in newest else "")
        for name, days in checks.days(moment.date()).items()
    ]
    going_on = [_story(one) for one in incidents.present()]
    return Page(
        parts=found,
        open=[one for one in going_on if one.incident.is_felt(moment)],
        planned=[one for one in going_on if not one.incident.is_felt(moment)],
        past=[_story(one) for one in incidents.past()],
        checked_at=checks.last_at(),
    )


def _part(name: str, days: list[Day], state: str) -> Part:
    return Part(name, PARTS[name], state, days, checks.share(days))


def _story(found: Incident) -> Story:
    said = sorted(found.updates.all(), key=lambda one: (one.at, one.pk), reverse=True)
    return Story(found, said)
