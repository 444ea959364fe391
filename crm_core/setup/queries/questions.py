"""The questions that a company is asked at the beginning, as data: honest ones, goals, readiness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Question:
    """``name`` is how the answer is kept; ``verdict`` what a yes means, for the honest ones."""

    name: str
    words: Any
    verdict: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Goal:
    """What a company wants to reach. The order of ``GOALS`` is the one that is proposed to who wants everything."""

    name: str
    group: str
    words: Any


YES, NO = "yes", "no"
YES_NO = ((YES, _("Yes")), (NO, _("No")))

HONEST = (
    Question(
        "alone",
        _("Does one person alone work with the clients?"),
        _(
            "One person keeps most of it in mind. A common base pays once a second person works with the same clients, or when you want to hand clients over."
        ),
        YES_NO,
    ),
    Question(
        "few",
        _("Are there only one or two clients?"),
        _(
            "With one or two clients there is nothing to sort. A file and a calendar do the same, until there are more."
        ),
        YES_NO,
    ),
    Question(
        "unequipped",
        _("Do the people who meet the clients work without a computer or a phone at hand?"),
        _(
            "What nobody can open at work, nobody fills. First the people need a device and some minutes a day, then a base."
        ),
        YES_NO,
    ),
)

GROUPS = (
    ("general", _("General")),
    ("sales", pgettext_lazy("group of goals", "Sales")),
    ("marketing", _("Marketing")),
)
GOALS = (
    Goal("base", "general", _("One base of clients for everybody")),
    Goal("history", "general", _("The history of relations with each client")),
    Goal("distribution", "sales", _("Distribution of clients among the staff")),
    Goal("control", "sales", _("Control of the work with clients")),
    Goal("structure", "marketing", _("Structure of sales and efficiency of stages")),
    Goal("planning", "sales", _("Individual and group planning")),
    Goal("sources", "marketing", _("Sources of enquiries")),
    Goal("complaints", "marketing", _("Complaints and refusals")),
    Goal("repeat", "marketing", _("Repeat purchases")),
    Goal("features", "marketing", _("Purchases by features of the client")),
    Goal("archive", "general", _("Archive of documents")),
)

_LEVELS = (("0", _("No")), ("1", _("Partly")), ("2", _("Yes")))
READINESS = (
    Question("needs", _("Do you know which questions the base must answer?"), choices=_LEVELS),
    Question("money", _("May it cost something every month?"), choices=_LEVELS),
    Question("experience", _("Have your people worked with a shared base before?"), choices=_LEVELS),
    Question("skill", _("Are they at ease with computers?"), choices=_LEVELS),
    Question("help", _("Is there somebody who helps with technical questions?"), choices=_LEVELS),
)


@dataclass(frozen=True, slots=True)
class Training:
    """Something to practise: a task of whoever begins, due after so many days; ``why`` names the answer that asks for it."""

    words: Any
    days: int
    why: Any = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast parts are switched on: at most ``room`` goals at a time, from ``least`` points of readiness."""

    name: str
    words: Any
    text: Any
    room: int
    least: int
    training: tuple[Training, ...] = ()


PACES = (
    Pace(
        "gentle",
        pgettext_lazy("pace", "Gentle"),
        _("Two goals at a time. Half an hour of practice a week for everybody, until the base is in order."),
        2,
        0,
        (
            Training(_("Half an hour together: find a client and note a talk"), 7),
            Training(_("Half an hour together: plan the next step after a talk"), 14),
            Training(_("Half an hour together: fill what is empty in the base"), 21),
            Training(_("Look at the figures of the stage together"), 28),
        ),
    ),
    Pace(
        "steady",
        pgettext_lazy("pace", "Steady"),
        _("Three goals at a time. One common hour at the beginning, then look at the figures each month."),
        3,
        4,
        (
            Training(_("One common hour: how we keep the base"), 7),
            Training(_("Look at the figures of the stage together"), 28),
        ),
    ),
    Pace(
        "brisk",
        pgettext_lazy("pace", "Brisk"),
        _("Five goals at a time. You can begin with the second stage if your goals ask for it."),
        5,
        8,
        (Training(_("Look at the figures of the stage together"), 28),),
    ),
)


# What a "No" asks for at any pace, before the practice begins.
PREPARING = {
    "needs": Training(
        _("Write down five questions that the base must answer"),
        3,
        _("It is not known yet what the base must answer."),
    ),
    "experience": Training(
        _("Agree what is noted after each talk, and by whom"),
        5,
        _("Nobody has worked with a shared base yet."),
    ),
    "skill": Training(
        _("An hour at the computer for whoever asks for it"),
        5,
        _("The people are not at ease with computers."),
    ),
    "help": Training(
        _("Name somebody who answers technical questions"), 3, _("There is no technical help yet.")
    ),
}


def goal(name: str) -> Goal:
    """A goal by its name. Raises ``LookupError``."""
    found = next((one for one in GOALS if one.name == name), None)
    if found is None:
        raise LookupError(f"There is no goal {name}.")
    return found


def pace_of(readiness: dict[str, Any]) -> Pace:
    """The pace that five answers set, each worth 0 to 2 points."""
    points = sum(int(readiness.get(one.name) or 0) for one in READINESS)
    return next(pace for pace in reversed(PACES) if points >= pace.least)


def training_of(readiness: dict[str, Any]) -> list[Training]:
    """What to practise and when, by the pace and by what is missing; nothing before the five are answered."""
    missing = [PREPARING[name] for name in PREPARING if readiness.get(name) == "0"]
    found = [*missing, *pace_of(readiness).training] if readiness else []
    return sorted(found, key=lambda one: one.days)
