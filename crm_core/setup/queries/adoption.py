"""How the product is used, person by person: what was done, what is overdue, what is empty, and what would help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from crm_core.activities.models import Activity
from crm_core.events.models import Event
from crm_core.records.models import Card
from crm_core.setup.queries import training
from crm_core.team.models import Member, Session
from crm_core.team.queries import active_members, counted_members
from kernel import context
from kernel.parts import Choice
from kernel.when import now, today

MONTH = timedelta(days=30)
SOME_DAYS = timedelta(days=7)
# From so many on, somebody is glad of help rather than of a reminder.
MANY_OVERDUE = 5
_WORK = ("clients.", "notes.", "activities.", "sales.", "records.")


@dataclass(frozen=True, slots=True)
class Use:
    """One member's month. ``spared`` people are away, new or here part of the week: no hint for them."""

    member: Member
    seen_at: datetime | None
    acts: int
    owned: int
    overdue: int
    unreachable: int
    spared: bool
    trained: tuple[int, int] = (0, 0)

    @property
    def away(self) -> bool:
        """True while the absence lasts."""
        until = self.member.away_until
        return until is not None and until >= today(context.tenant().zone)

    @property
    def hint(self) -> str:
        """One sentence what would help; nothing where all is well."""
        if self.spared:
            return ""
        if self.seen_at is None or self.seen_at < now() - SOME_DAYS:
            return _("Not here for a week. A short look together often helps more than a reminder.")
        if not self.acts:
            return _("Looks, but notes nothing yet. Show how a call is noted in half a minute.")
        if self.overdue >= MANY_OVERDUE:
            return _("Much is overdue. Go through the list together: what can go, what can be given away?")
        if self.unreachable:
            return _("Some clients have neither phone nor e-mail. Ask for it at the next talk.")
        done, tasks = self.trained
        if tasks and done * 2 < tasks:
            return _("Most of the first tasks were not tried yet. Do one of them together.")
        return ""


def lines(choice: Choice | None = None) -> list[Use]:
    """Every active member with the month's figures and the first tasks done; nine queries however many there are."""
    members = list(active_members().filter(partner_until=None))
    counted = set(counted_members().order_by().values_list("id", flat=True))
    acts, overdue = _acts(), _by_owner(Activity.objects.overdue())
    owned, unreachable = _by_owner(_clients()), _by_owner(_clients().filter(_NO_WAY))
    seen, trained = _seen(), training.sums(members, choice or Choice())
    return [
        Use(
            member=one,
            seen_at=seen.get(one.id),
            acts=acts.get(one.id, 0),
            owned=owned.get(one.id, 0),
            overdue=overdue.get(one.id, 0),
            unreachable=unreachable.get(one.id, 0),
            spared=one.id not in counted,
            trained=trained[one.id],
        )
        for one in members
    ]


_NO_WAY = Q(company__phone="", company__email="") | Q(person__phone="", person__email="")


def _clients() -> QuerySet[Card]:
    return Card.objects.live().filter(kind__in=("company", "person"))


def _by_owner(rows: QuerySet[Any]) -> dict[UUID | None, int]:
    return dict(rows.order_by().values_list("owner_id").annotate(count=Count("pk")))


def _acts() -> dict[UUID | None, int]:
    """What each did in the last month; imports and bulk changes count once each."""
    work = Q()
    for prefix in _WORK:
        work |= Q(verb__startswith=prefix)
    rows = Event.objects.filter(work, at__gte=now() - MONTH, change_set=None).exclude(verb="records.viewed")
    return dict(rows.order_by().values_list("actor_id").annotate(count=Count("id")))


def _seen() -> dict[UUID, datetime]:
    """When each was last inside, by sessions and by what they did."""
    found: dict[UUID, datetime] = {}
    sessions = Session.objects.order_by().values_list("member_id").annotate(last=Max("seen_at"))
    acts = Event.objects.filter(at__gte=now() - MONTH).exclude(actor_id=None).order_by()
    for key, last in [*sessions, *acts.values_list("actor_id").annotate(last=Max("at"))]:
        found[key] = max(last, found.get(key, last))
    return found
