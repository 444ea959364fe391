"""Reading activities: what is open, what is next, what was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import Coalesce, RowNumber

from crm_core.activities.models import Activity
from crm_core.events.models import Event
from crm_core.records.models import Card
from crm_core.records.queries import Reader, asking, sees, visibility_q
from crm_core.team.models import Member
from kernel.errors import NotFound
from kernel.standing import AnyOf, standing
from kernel.text import variants
from kernel.when import now, read_zone, today


def visible_to(member: Member | Reader) -> QuerySet[Activity]:
    """Standing activities that the member may see: one's own, and those on records seen in full."""
    own = Q(owner_id=member.id) | Q(created_by_id=member.id)
    if member.visibility == "all":
        mine = own | Q(card=None)
    else:
        mine = own
    return Activity.objects.standing().filter(
        (mine & (Q(card=None) | Q(card__state=Card.State.LIVE))) | visibility_q(member)
    )


def activity(member: Member, id: UUID, *, removed: bool = False) -> Activity:
    """One activity that the member may see. Raises ``NotFound``."""
    rows = Activity.objects.all() if removed else Activity.objects.standing()
    found = rows.select_related("card", "owner", "client").filter(id=id).sole()
    if found is None:
        raise NotFound
    own = member.id in (found.owner_id, found.created_by_id)
    if found.card_id is None:
        if own or member.visibility == "all":
            return found
        raise NotFound
    card: Any = found.card
    if card.is_live and (own or sees(member, card)):
        return found
    raise NotFound


# So many open activities stand on a record's page.
MOST_OF_RECORD = 20


@standing
def _of_record(*, card: Any, sees: tuple[str], member: Any, team: Any = None) -> QuerySet[Activity]:
    return (
        visible_to(Reader.of(sees, member, team))
        .filter(Q(card_id=card) | Q(client_id=card), done_at=None)
        .select_related("owner", "card")
        .soonest_first()[:MOST_OF_RECORD]
    )


def open_of(member: Member, card: Card) -> list[Activity]:
    """The soonest open activities on a record that the member sees, and on what belongs to that client.

    The card remembers them, because its page asks in two places.
    """
    held: list[Activity] | None = getattr(card, "open_activities", None)
    if held is None:
        held = _of_record(card=card.id, **asking(member))
        card.open_activities = held
    return held


def next_step_for(card_ids: Iterable[UUID]) -> dict[UUID, Activity]:
    """The soonest open activity of each record, in one query.

    A client's next step may lie on one of its deals or people. Records without one are absent.
    """
    wanted = set(card_ids)
    if not wanted:
        return {}
    found: dict[UUID, Activity] = {}
    for row in sorted(_firsts(of=list(wanted)), key=_soonest):
        for key in (row.card_id, row.client_id):
            if key in wanted:
                found.setdefault(key, row)
    return found


@standing
def _firsts(*, of: Any) -> Any:
    """The soonest open activity of each card and of each client, as far as these are among the wanted ones."""
    rank: dict[str, Any] = {"order_by": [F("due_by").asc(nulls_last=True), F("id").asc()]}
    rows = (
        Activity.objects.open()
        .filter(Q(AnyOf(F("card_id"), of)) | Q(AnyOf(F("client_id"), of)))
        .annotate(
            of_card=Window(RowNumber(), partition_by=F("card_id"), **rank),
            of_client=Window(RowNumber(), partition_by=Coalesce("client_id", "card_id"), **rank),
        )
    )
    return rows.filter(Q(of_card=1) | Q(of_client=1))


def _soonest(row: Activity) -> tuple[bool, datetime | None, UUID]:
    return (row.due_by is None, row.due_by or now(), row.id)


def has_step(prefix: str = "pk") -> Q:
    """For filters of lists: the record at ``prefix`` has an open activity, also on its deals or people."""
    # One set that is made once; an Exists with an "or" would be asked again for every row of the list.
    rows = Activity.objects.open().order_by()
    # Without NULLs: one of them (a task on no record) would make "not in" true for nothing.
    cards, clients = rows.filter(card__isnull=False), rows.filter(client__isnull=False)
    return Q(**{f"{prefix}__in": cards.values("card").union(clients.values("client"))})


@dataclass(frozen=True, slots=True)
class Agenda:
    """Open activities by when they are due; ``later`` holds also those without a day."""

    overdue: list[Activity] = field(default_factory=list)
    today: list[Activity] = field(default_factory=list)
    tomorrow: list[Activity] = field(default_factory=list)
    week: list[Activity] = field(default_factory=list)
    later: list[Activity] = field(default_factory=list)
    undated: list[Activity] = field(default_factory=list)

    @property
    def needed(self) -> int:
        """How many things ask for attention today."""
        return len(self.overdue) + len(self.today)

    @property
    def is_empty(self) -> bool:
        return not (self.overdue or self.today or self.tomorrow or self.week or self.later or self.undated)


# What a page of tasks shows at most; nobody reads more, and the groups say that there are more.
MOST_OPEN = 500


def agenda(member: Member, *, mine: bool = True) -> Agenda:
    """Open activities in groups: overdue, today, tomorrow, in seven days, later, without a day."""
    found = Agenda()
    for row in _agenda(mine=mine, **asking(member)):
        group_of(found, row, member).append(row)
    return found


@standing
def _agenda(*, mine: bool, sees: tuple[str], member: Any, team: Any = None) -> QuerySet[Activity]:
    rows = visible_to(Reader.of(sees, member, team)).filter(done_at=None)
    if mine:
        rows = rows.filter(owner_id=member)
    return rows.select_related("owner", "card", "client").soonest_first()[:MOST_OPEN]


def _midnight(member: Member, days: int = 0) -> datetime:
    """The beginning of the member's own day, so many days from today."""
    return datetime.combine(today(member.zone) + timedelta(days=days), time(0), tzinfo=read_zone(member.zone))


def needed_today(member: Member) -> Agenda:
    """The member's own overdue activities and those of today."""
    found = Agenda()
    for row in _needed(owner=member.id, until=_midnight(member, 1)):
        group_of(found, row, member).append(row)
    return found


@standing
def _needed(*, owner: Any, until: Any) -> QuerySet[Activity]:
    rows = Activity.objects.open().filter(owner_id=owner, due_by__lte=until)
    rows = rows.filter(Q(card=None) | Q(card__state=Card.State.LIVE))
    return rows.select_related("owner", "card", "client").soonest_first()[:100]


def group_of(found: Agenda, row: Activity, member: Member) -> list[Activity]:
    """The group of the agenda in which an activity stands for this member."""
    if row.due_by is None:
        return found.undated
    here = today(member.zone)
    day = row.due_on or row.due_by.astimezone(read_zone(member.zone)).date()
    if row.is_overdue or day < here:
        return found.overdue
    if day == here:
        return found.today
    if day == here + timedelta(days=1):
        return found.tomorrow
    return found.week if day <= here + timedelta(days=7) else found.later


def done_lately(member: Member, *, mine: bool = True, limit: int = 100) -> list[Activity]:
    """What was done, newest first."""
    rows = visible_to(member).filter(done_at__isnull=False)
    if mine:
        rows = rows.filter(Q(owner_id=member.id) | Q(done_by_id=member.id))
    return list(rows.select_related("owner", "card", "client").order_by("-done_at", "-id")[:limit])


def done_today(member: Member) -> list[Activity]:
    """What the member did today, as it stands crossed out on the today page."""
    return _done(owner=member.id, since=_midnight(member))


@standing
def _done(*, owner: Any, since: Any) -> QuerySet[Activity]:
    rows = Activity.objects.done().filter(done_at__gte=since, owner_id=owner)
    return rows.select_related("card", "client").order_by("done_at")[:50]


def reminded(member: Member) -> list[Activity]:
    """The member's open activities whose reminder has come although they are due after today."""
    return _reminded(owner=member.id, until=now(), after=_midnight(member, 1))


@standing
def _reminded(*, owner: Any, until: Any, after: Any) -> QuerySet[Activity]:
    rows = Activity.objects.open().filter(owner_id=owner, remind_at__lte=until)
    rows = rows.filter(Q(due_by=None) | Q(due_by__gte=after))
    rows = rows.filter(Q(card=None) | Q(card__state=Card.State.LIVE))
    return rows.select_related("card", "client").soonest_first()[:20]


def talks(member: Member, since: datetime) -> int:
    """How many calls and meetings the member has had since a moment."""
    return sum(_talks(by=member.id, since=since))


@standing
def _talks(*, by: Any, since: Any) -> Any:
    rows = Activity.objects.done().filter(done_by_id=by, done_at__gte=since).exclude(kind=Activity.Kind.TASK)
    return rows.order_by().values("done_by").annotate(number=Count("id")).values_list("number", flat=True)


def open_count(member: Member) -> int:
    """How many of the member's activities are overdue or due today: the number beside Tasks."""
    return Activity.objects.open().filter(owner_id=member.id, due_by__lt=_midnight(member, 1)).count()


def by_ids(ids: Iterable[UUID]) -> dict[UUID, Activity]:
    """Standing activities by id, for feeds whose records are seen already."""
    wanted = list(ids)
    return {found.id: found for found in _by_ids(ids=wanted)} if wanted else {}


@standing
def _by_ids(*, ids: Any) -> QuerySet[Activity]:
    return Activity.objects.standing().filter(AnyOf(F("id"), ids)).select_related("owner", "card")


def as_read_by(member: Member, events: Iterable[Event]) -> dict[UUID, Activity]:
    """Event's id → the activity as it stands; removed ones are absent. For the timeline."""
    ids = {event.id: UUID(event.values["activity"]) for event in events if "activity" in event.values}
    found = by_ids(ids.values())
    return {key: found[wanted] for key, wanted in ids.items() if wanted in found}


def search(member: Member, words: str, limit: int = 10) -> list[Activity]:
    """Activities whose title or text contains the words, open ones first, in either keyboard layout."""
    found: list[Activity] = []
    for spelling in variants(words):
        rows = visible_to(member).select_related("card", "owner").filter(search_text__contains=spelling)
        rows = rows.exclude(id__in=[one.id for one in found])
        found += rows.order_by(F("done_at").desc(nulls_first=True), "-id")[: limit - len(found)]
        if len(found) >= limit:
            break
    return found
