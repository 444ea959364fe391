"""Answering the questionnaire, taking stages, switching parts: each change is one act in the history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm_core.activities import actions as activities
from crm_core.events.actions import record
from crm_core.setup.actions.packs import furnish
from crm_core.setup.models import Growth
from crm_core.setup.queries import plans, stages
from crm_core.setup.queries.questions import GOALS, HONEST, NO, READINESS, YES, Training
from crm_core.team.actions import keep_parts
from crm_core.team.models import Member
from crm_core.team.queries import choice as choice_kept
from kernel import context
from kernel.actions import action
from kernel.errors import Invalid
from kernel.locks import hold
from kernel.parts import PARTS, Choice
from kernel.rights import declare
from kernel.text import clean
from kernel.when import now, today

GROW = declare("setup.grow", _("Choose stages, parts and packs of the product"), _("People"))

OWN_LONGEST = 2000


@action(GROW)
def answer(*, by: Member, **told: Any) -> Growth:
    """Keep answers of one page of the questionnaire; nothing is switched yet.

    ``honest`` and ``readiness`` map questions to answers, ``goals`` are names, ``own`` is free text,
    ``light`` whether the light mode is wanted, ``line`` a pack. What is not told stays. Raises ``Invalid``.
    """
    growth = _held()
    growth.answers = {**growth.answers, **_checked(told)}
    growth.save()
    return growth


def _checked(told: dict[str, Any]) -> dict[str, Any]:
    """Only answers that there are. Raises ``Invalid`` for a text that is too long."""
    known: dict[str, Any] = {}
    if "honest" in told:
        names = {one.name for one in HONEST}
        known["honest"] = {
            name: found for name, found in told["honest"].items() if name in names and found in (YES, NO)
        }
    if "readiness" in told:
        names = {one.name for one in READINESS}
        known["readiness"] = {
            name: found
            for name, found in told["readiness"].items()
            if name in names and found in ("0", "1", "2")
        }
    if "goals" in told:
        known["goals"] = [one.name for one in GOALS if one.name in told["goals"]]
    if "own" in told:
        known["own"] = clean(told["own"], multiline=True)
        if len(known["own"]) > OWN_LONGEST:
            raise Invalid(_("Use at most %(longest)s characters."), field="own", longest=OWN_LONGEST)
    for name in ("light", "line"):
        if name in told:
            known[name] = told[name]
    return known


@action(GROW)
def begin(*, by: Member) -> Choice:
    """Let the answers count: stage, parts, and what the goals need of tags and headings."""
    growth = _held()
    plan = plans.plan(growth.answers)
    before = keep_parts(choice=plan.choice)
    if growth.answered_at is None:
        _train(by, plan.training)
    growth.answered_at = growth.stage_since = now()
    growth.skipped_at = None
    growth.save()
    made = furnish(by=by, goals=[step.goal.name for step in plan.steps if step.when == plans.NOW])
    changes: dict[str, Sequence[Any]] = {
        "stage": [before.stage, plan.choice.stage],
        "light": [before.light, plan.choice.light],
    }
    record(
        "setup.begun",
        by=by,
        changes=_differing(changes),
        goals=growth.answers.get("goals", []),
        made=len(made),
    )
    return plan.choice


def _train(by: Member, training: Sequence[Training]) -> None:
    """The practice as tasks of whoever begins; once, so that answering again doubles nothing."""
    if not by.may(activities.EDIT):
        return
    for one in training:
        due_on = today(context.tenant().zone) + timedelta(days=one.days)
        activities.plan(by=by, title=str(one.words), text=str(one.why), due_on=due_on)


@action(GROW)
def skip(*, by: Member) -> bool:
    """Somebody does not want to be asked: everything stays as it is, and nobody is asked again.

    Returns whether that was news: who has answered or skipped before only leaves the page.
    """
    growth = _held()
    if growth.skipped_at is not None or growth.answered_at is not None:
        return False
    growth.skipped_at = now()
    growth.save()
    record("setup.skipped", by=by)
    return True


@action(GROW)
def take_stage(*, by: Member, number: int, light: bool = False) -> Choice:
    """Go to a stage, on or back; what was switched by hand stays so. Raises ``Invalid`` for a stage without parts.

    Going back hides what the later stage brought and removes nothing.
    """
    hold("team.policy")
    try:
        stage = stages.stage(number)
    except LookupError as error:
        raise Invalid(_("Terem has nothing for this stage.")) from error
    growth = _held()
    before = choice_kept()
    after = Choice(number, light=light, on=before.on, off=before.off)
    if after == before:
        return after
    deserved = stages.standing(before).reached
    keep_parts(choice=after)
    growth.stage_since = now()
    growth.save()
    changes = _differing({"stage": [before.stage, number], "light": [before.light, light]})
    record(
        "setup.stage_taken", by=by, changes=changes, stage=str(stage.words), number=number, deserved=deserved
    )
    return after


@action(GROW)
def show_everything(*, by: Member) -> None:
    """Without a stage: every part is there."""
    growth = _held()
    before = keep_parts(choice=Choice())
    growth.stage_since = None
    growth.save()
    if before != Choice():
        record("setup.everything_shown", by=by, changes={"stage": [before.stage, None]})


@action(GROW)
def turn_part(*, by: Member, name: str, on: bool) -> Choice:
    """Switch one part on or off by hand. Raises ``Invalid`` for one that there is not or that must stay."""
    hold("team.policy")
    part = PARTS.get(name)
    if part is None or (part.fixed and not on):
        raise Invalid(_("This part cannot be switched off."))
    before = choice_kept()
    after = before.turned(name, on=on)
    if after != before:
        keep_parts(choice=after)
        verb = "setup.part_shown" if on else "setup.part_hidden"
        record(verb, by=by, part=str(part.words), name=name)
    return after


def _held() -> Growth:
    hold("setup.growth")
    return stages.growth()


def _differing(changes: dict[str, Any]) -> dict[str, list[Any]]:
    return {field: list(pair) for field, pair in changes.items() if pair[0] != pair[1]}
