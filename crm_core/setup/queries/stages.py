"""The stages as data, and where a company stands by its own figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm_core.setup.models import Growth
from kernel import parts
from kernel.parts import FIGURES, PARTS, Choice, Figure, Part


@dataclass(frozen=True, slots=True)
class Stage:
    """``text`` says what the stage is about, ``focus`` what everybody does now; both stand on pages."""

    number: int
    words: Any
    text: Any
    focus: Any


STAGES = (
    Stage(
        1,
        _("Order in the base"),
        _("One base of clients: who they are, who looks after them, what was said."),
        _("Now every client gets an owner, and every talk a line."),
    ),
    Stage(
        2,
        _("Managed selling and service"),
        _(
            "Nobody is forgotten: every client and deal has a next step, and one sees what is likely to come in."
        ),
        _("Now every client and deal gets a next step, and every lost deal a reason."),
    ),
    Stage(
        3,
        _("Marketing and reach"),
        _("Reaching many at once, and knowing what it brings."),
        _("Now every enquiry gets its source."),
    ),
    Stage(
        4,
        _("Knowing the client"),
        _("Who brings how much, who comes again, and why."),
        _("Now the good clients get more of your time."),
    ),
    Stage(
        5,
        _("Field, partners, people"),
        _("Work outside the office, with partners, and with what your people know."),
        _("Now what one person knows is shared."),
    ),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure as it stands. ``percent`` is whole and rounded down; without enough to count it is not reached."""

    figure: Figure
    done: int
    whole: int

    @property
    def percent(self) -> int:
        return self.done * 100 // self.whole if self.whole else 0

    @property
    def enough(self) -> bool:
        return self.whole >= self.figure.least

    @property
    def reached(self) -> bool:
        return self.enough and self.done * 100 >= self.figure.target * self.whole


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a company stands: its stage, the figures of it, and the next stage if there is one with parts."""

    choice: Choice
    stage: Stage | None
    readings: list[Reading]
    following: Stage | None

    @property
    def reached(self) -> bool:
        """True if every figure of the present stage is reached."""
        return bool(self.readings) and all(reading.reached for reading in self.readings)

    @property
    def offered(self) -> bool:
        """True if the next stage is there and deserved."""
        return self.following is not None and self.reached


def stage(number: int) -> Stage:
    """A stage that brings something. Raises ``LookupError`` for others."""
    if number not in parts.stages():
        raise LookupError(f"There is no stage {number}.")
    return STAGES[number - 1]


def offered_stages() -> list[Stage]:
    """The stages that bring something today: nothing is promised."""
    return [STAGES[number - 1] for number in parts.stages()]


def readings(number: int) -> list[Reading]:
    """The figures of a stage, counted now."""
    return [Reading(figure, *figure.count()) for figure in FIGURES.values() if number in figure.stages]


def standing(choice: Choice) -> Standing:
    """Where the company stands; without a stage nothing is counted."""
    if choice.stage is None:
        return Standing(choice, None, [], None)
    after = next((one for one in offered_stages() if one.number > choice.stage), None)
    return Standing(choice, STAGES[choice.stage - 1], readings(choice.stage), after)


def parts_of(number: int) -> list[Part]:
    """What a stage brings."""
    return [part for part in PARTS.values() if part.stage == number]


def asked() -> bool:
    """True once the questions were answered or skipped."""
    found = growth()
    return found.answered_at is not None or found.skipped_at is not None


def growth() -> Growth:
    """The answers (none where nobody was asked)."""
    return Growth.objects.filter(id=1).first() or Growth()


@dataclass(frozen=True, slots=True)
class Shelf:
    """One stage with its parts, each shown or not."""

    stage: Stage
    parts: list[tuple[Part, bool]]


def shelves(choice: Choice) -> list[Shelf]:
    """Every stage that brings something, with what of it is shown."""
    return [
        Shelf(one, [(part, choice.shows(part.name)) for part in parts_of(one.number)])
        for one in offered_stages()
    ]
