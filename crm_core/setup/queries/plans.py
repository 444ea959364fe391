"""What follows from the answers: what is switched on now, what later, and why. Pure; nothing is asked of a database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm_core.setup.queries.questions import (
    GOALS,
    HONEST,
    YES,
    Goal,
    Pace,
    Question,
    Training,
    goal,
    pace_of,
    training_of,
)
from kernel.parts import FIRST, PARTS, Choice, Part

SECOND = 2
NOW, LATER, ABSENT = "now", "later", "absent"
# So many goals at once without knowing what for is a wish, not a plan.
MANY = 6


@dataclass(frozen=True, slots=True)
class Step:
    """One goal in the proposed order: ``when`` is now, later or absent, ``why`` one sentence."""

    goal: Goal
    when: str
    why: str
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Plan:
    """``choice`` is what the workspace shows if the plan is taken; ``verdicts`` the honest questions answered with yes."""

    choice: Choice
    pace: Pace
    steps: list[Step]
    verdicts: list[Question]
    doubts: list[str]
    ordered: bool
    training: list[Training]

    @property
    def now(self) -> list[Part]:
        """The parts that are there from the first day, without those that always are."""
        return [part for part in PARTS.values() if not part.fixed and self.choice.shows(part.name)]

    @property
    def later(self) -> list[Part]:
        """The parts that come by themselves with a later stage."""
        return [part for part in PARTS.values() if not self.choice.shows(part.name)]


def verdicts(answers: dict[str, Any]) -> list[Question]:
    """The honest questions that say: not yet."""
    honest = answers.get("honest", {})
    return [question for question in HONEST if honest.get(question.name) == YES]


def asked_for(answers: dict[str, Any]) -> list[Goal]:
    """The goals that were ticked, in the order that we propose."""
    ticked = set(answers.get("goals", ()))
    return [one for one in GOALS if one.name in ticked]


def parts_for(goal: Goal) -> list[Part]:
    """The parts that serve a goal."""
    return [part for part in PARTS.values() if goal.name in part.goals]


def plan(answers: dict[str, Any]) -> Plan:
    """The plan for these answers."""
    readiness = answers.get("readiness", {})
    pace = pace_of(readiness)
    goals = asked_for(answers)
    choice = _choice(answers, goals, pace)
    return Plan(
        choice=choice,
        pace=pace,
        steps=[_step(one, choice, pace) for one in goals],
        verdicts=verdicts(answers),
        doubts=doubts(answers),
        ordered=len([one for one in goals if parts_for(one)]) > pace.room,
        training=training_of(readiness),
    )


def _choice(answers: dict[str, Any], goals: list[Goal], pace: Pace) -> Choice:
    """Stage and parts: gently the first stage alone, steadily with what the first goals need, briskly the second."""
    if answers.get("light"):
        return Choice(FIRST, light=True)
    served = [one for one in goals if parts_for(one)]
    ahead = {part.name for one in served[: pace.room] for part in parts_for(one) if part.stage == SECOND}
    if pace.name == "brisk" and ahead and len(served) <= pace.room:
        return Choice(SECOND)
    if pace.name == "gentle":
        return Choice(FIRST)
    return Choice(FIRST, on=frozenset(ahead))


def _step(one: Goal, choice: Choice, pace: Pace) -> Step:
    parts = parts_for(one)
    if not parts:
        return Step(
            one, ABSENT, _("Terem has no part for this today. Your wish is kept with the answers."), []
        )
    hidden = [part for part in parts if not choice.shows(part.name)]
    if not hidden:
        why = _("Switched on now.")
    elif choice.light:
        why = _("Not in the light mode. It can be switched on at any time.")
    else:
        stage = max(part.stage for part in hidden)
        why = _("Comes whole with stage %(stage)s, once the base is in order; or switch it on earlier.") % {
            "stage": stage
        }
    return Step(one, LATER if hidden else NOW, why, parts)


def doubts(answers: dict[str, Any]) -> list[str]:
    """Answers that contradict each other, each pair in one sentence."""
    honest, ready = answers.get("honest", {}), answers.get("readiness", {})
    goals = {one.name for one in asked_for(answers)}
    found = []
    if honest.get("alone") == YES and "distribution" in goals:
        found.append(
            _("One person works with the clients, and yet clients are to be distributed among staff.")
        )
    if honest.get("few") == YES and any(goal(name).group == "marketing" for name in goals):
        found.append(
            _("There are one or two clients, and yet figures of marketing are wanted: they need many.")
        )
    if honest.get("unequipped") == YES and ready.get("skill") == "2":
        found.append(_("The people work without computers, and yet are at ease with them."))
    if ready.get("skill") == "0" and ready.get("experience") == "2":
        found.append(_("The people know shared bases, and yet are not at ease with computers."))
    if ready.get("needs") == "0" and len(goals) >= MANY:
        words = ngettext(
            "It is not known yet what the base must answer, and yet %(count)s goal is ticked.",
            "It is not known yet what the base must answer, and yet %(count)s goals are ticked.",
            len(goals),
        )
        found.append(words % {"count": len(goals)})
    return found
