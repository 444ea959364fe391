"""Checks: written down as they are made, added up by day, read as they were. Nothing is ever filled in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F

from kernel.actions import action
from kernel.when import now
from tenants.status.models import Check, CheckDay
from tenants.status.parts import PARTS, State

# What was found longer ago than this says nothing about now.
FRESH = timedelta(minutes=5)
KEPT = timedelta(days=2)
KEPT_DAYS = 400
DAYS = 90
# A day with so large a share of bad checks counts as a day on which the part did not work.
BAD_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: ``detail`` is a short code for operators, in English and without anybody's data."""

    part: str
    state: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one part, as it was recorded. ``state`` is empty where no check was made."""

    day: date
    ok: int = 0
    limited: int = 0
    down: int = 0

    @property
    def made(self) -> int:
        return self.ok + self.limited + self.down

    @property
    def state(self) -> str:
        if not self.made:
            return ""
        if self.down > self.made * BAD_SHARE:
            return State.DOWN
        return State.LIMITED if self.down or self.limited else State.OK

    @property
    def percent(self) -> float | None:
        """How many checks of a hundred found the part working, limited or not; None without checks."""
        return _floored(self.ok + self.limited, self.made)


def _floored(good: int, made: int) -> float | None:
    """Per cent with two places, never rounded up: one failed check of a million is not hidden."""
    return good * 10_000 // made / 100 if made else None


@action()
def record(*, findings: Iterable[Finding]) -> None:
    """Write down what was found now."""
    moment = now()
    for found in findings:
        state = State(found.state)
        Check.objects.create(part=found.part, at=moment, state=state, detail=found.detail[:100])
        day, _made = CheckDay.objects.get_or_create(part=found.part, day=moment.date())
        CheckDay.objects.filter(id=day.id).update(**{state.value: F(state.value) + 1})


@action()
def forget_old() -> None:
    """Remove single checks after two days, and sums that no page shows any more."""
    Check.objects.filter(at__lt=now() - KEPT).delete()
    CheckDay.objects.filter(day__lt=now().date() - timedelta(days=KEPT_DAYS)).delete()


def newest() -> dict[str, Check]:
    """The last check of each part that is fresh enough to speak of now."""
    found = Check.objects.filter(at__gt=now() - FRESH, part__in=PARTS)
    return {check.part: check for check in found.order_by("part", "-at").distinct("part")}


def days(upto: date, number: int = DAYS) -> dict[str, list[Day]]:
    """The last ``number`` days of every part that was checked in them, the oldest first."""
    first = upto - timedelta(days=number - 1)
    rows = CheckDay.objects.filter(day__gte=first, day__lte=upto, part__in=PARTS)
    known = {(row.part, row.day): Day(row.day, row.ok, row.limited, row.down) for row in rows}
    parts = {part for part, _day in known}
    dates = [first + timedelta(days=number_of) for number_of in range(number)]
    return {part: [known.get((part, day), Day(day)) for day in dates] for part in PARTS if part in parts}


def share(of: Iterable[Day]) -> float | None:
    """Per cent of all checks of these days that found the part working; None if none was made."""
    made = good = 0
    for day in of:
        made += day.made
        good += day.ok + day.limited
    return _floored(good, made)


def last_at() -> datetime | None:
    """When any check was written down last."""
    found = Check.objects.order_by("-at").first()
    return found.at if found else None
