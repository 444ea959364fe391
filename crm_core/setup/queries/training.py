"""First tasks: which ones somebody has, and which of them their real work has ticked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from crm_core.events.models import Event
from crm_core.setup.models import Training
from crm_core.team.actions import MANAGE
from crm_core.team.models import Member
from kernel.parts import Choice
from kernel.standing import standing
from kernel.training import TASKS, Task, every_verb
from kernel.when import now

MOST = 5
PART = "setup.training"
# A fact that was being written while the last ones were read is read by the next look.
MARGIN = timedelta(seconds=30)
# So often the moment until which facts were read is kept though they ticked nothing.
DAY = timedelta(days=1)
# How far back the page of use looks for those who have not opened their own list lately.
MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Line:
    """One task of somebody's list, ticked or not."""

    task: Task
    done: bool


def course_of(member: Any) -> str:
    """Which course somebody follows, by what the role allows."""
    if member.may(MANAGE):
        return "lead"
    return "work" if member.may("clients.edit") else "look"


def tasks_of(member: Any, choice: Choice) -> list[Task]:
    """The first tasks of a member: those of the course that rights and shown parts allow, at most five."""
    course = course_of(member)
    found = [
        one
        for one in TASKS.values()
        if course in one.courses and member.may(one.right) and choice.shows(one.part)
    ]
    return found[:MOST]


def kept(member: Any) -> Training:
    """What is kept of a member's training (nothing where nobody has looked yet)."""
    return next(iter(_kept(member=member.id)), None) or Training(member_id=member.id)


@standing
def _kept(*, member: Any) -> QuerySet[Training]:
    return Training.objects.filter(member_id=member).order_by()[:1]


def is_shown(member: Any, choice: Choice, found: Training) -> bool:
    """Whether the list stands on the member's page: not for partners, nor once it is done or put away."""
    if member.is_partner or member.account_id is None or found.put_away:
        return False
    return choice.shows(PART) and not all(line.done for line in lines(member, choice, found.done))


def _facts(since: datetime | None) -> QuerySet[Event]:
    """Facts that tick something; what an import or a bulk change did row by row does not count as practice."""
    by_hand = Q(change_set=None) | Q(verb="imports.finished")
    found = Event.objects.filter(by_hand, verb__in=every_verb())
    return (found.filter(at__gte=since) if since else found).order_by()


def ticked(verbs: Iterable[str]) -> set[str]:
    """The names of the tasks of which one of these facts is there."""
    known = set(verbs)
    return {one.name for one in TASKS.values() if known & set(one.verbs)}


def fresh(member: Any, found: Training) -> set[str]:
    """What the member's facts have ticked since they were last read; one query."""
    since = found.read_until - MARGIN if found.read_until else member.joined_at
    return ticked(_verbs(actor=member.id, since=since))


@standing
def _verbs(*, actor: Any, since: Any) -> Any:
    return _facts(since).filter(actor_id=actor).values_list("verb", flat=True).distinct()


def is_due(found: Training, fresh: set[str]) -> bool:
    """Whether what was read is to be kept: something new is ticked, or the last reading is a day old."""
    return found.read_until is None or bool(fresh - set(found.done)) or found.read_until < now() - DAY


def lines(member: Any, choice: Choice, done: Iterable[str]) -> list[Line]:
    """The member's tasks, each ticked or not."""
    names = set(done)
    return [Line(one, one.name in names) for one in tasks_of(member, choice)]


def sums(members: Iterable[Member], choice: Choice) -> dict[UUID, tuple[int, int]]:
    """Member's id → (tasks done, tasks there are), from what is kept and from the last month's facts; two queries.

    (0, 0) for who has not looked at their list yet: of them nobody knows what they did long ago.
    """
    done: dict[UUID | None, set[str]] = {
        one.member_id: set(one.done) for one in Training.objects.only("member_id", "done")
    }
    for actor, verb in _facts(now() - MONTH).values_list("actor_id", "verb").distinct():
        if actor in done:
            done[actor] |= ticked([verb])
    found = {}
    for member in members:
        names = {one.name for one in tasks_of(member, choice)} if member.id in done else set()
        found[member.id] = (len(names & done.get(member.id, set())), len(names))
    return found
