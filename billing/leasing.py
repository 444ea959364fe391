"""From what the provider says to a lease, by a pure function: same standing and moment, same lease.

The one state machine of a subscription; it is drawn in the handbook (platform/handbook/billing.md).
Nothing here deletes, and whatever the status, ``export`` stays among the features.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import reduce
from typing import Final, Literal, TypedDict
from zoneinfo import ZoneInfo

from billing.catalog import ALWAYS, FREE, Plan, plan

State = Literal["none", "trial", "active", "past_due", "unpaid", "paused", "canceled"]
Status = Literal["trial", "active", "reminder", "grace", "read-only", "suspended"]

STATES: Final[tuple[State, ...]] = ("none", "trial", "active", "past_due", "unpaid", "paused", "canceled")
STATUSES: Final[tuple[Status, ...]] = ("trial", "active", "reminder", "grace", "read-only", "suspended")

# Days since the trouble began, and what holds from then on. There is no step behind the last one.
LADDER: Final[tuple[tuple[int, Status], ...]] = (
    (0, "reminder"),
    (7, "grace"),
    (14, "read-only"),
    (44, "suspended"),
)
# Where something is owed or missing.
LATE: Final[tuple[Status, ...]] = ("reminder", "grace", "read-only", "suspended")
# These steps take something away. They begin in a working morning of the company, on a day that is a weekend in no
# country's calendar and has a working day behind it, and so long after the letter that announces them was sent.
CUTS: Final[tuple[Status, ...]] = ("read-only", "suspended")
MORNING: Final = time(10)
WEEKDAYS: Final = (0, 1, 2, 3)
NOTICE: Final = timedelta(days=1)
# After a period's end the news of its renewal may be late: the provider may be down, or we.
SLACK: Final = timedelta(days=3)


class Lease(TypedDict):
    """What ``tenants`` stores and the product reads; see ``kernel.context.Lease``."""

    plan: str
    status: str
    features: list[str]
    limits: dict[str, int]
    valid_until: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a tenant's subscription.

    ``since`` is when the present trouble or end began by the provider's clock, ``ends`` the end of the trial or
    of the paid period, ``told_at`` when the provider said all this. ``members`` is how many people use the
    workspace, ``seats`` how many are paid. ``entitled`` are the features that the provider tells of (none: it knows of
    none, the plan alone counts). ``zone`` is the company's; ``warned`` and ``warned_again`` are when the letters went
    out that announce reading only and the suspension in this trouble. Moments are aware.
    """

    state: State = "none"
    plan: str = FREE.key
    seats: int = 0
    members: int = 0
    since: datetime | None = None
    ends: datetime | None = None
    told_at: datetime | None = None
    entitled: tuple[str, ...] = ()
    zone: str = "UTC"
    warned: datetime | None = None
    warned_again: datetime | None = None


def newer(known: Standing, told: Standing) -> Standing:
    """Of two tellings the later by the provider's clock; arrival does not count, and telling twice changes nothing."""
    if told.told_at is None:
        return known
    if known.told_at is None or told.told_at > known.told_at:
        return told
    if told.told_at == known.told_at:
        # Two tellings of one second: the worse standing, so that the order of arrival cannot decide.
        return max(known, told, key=_weight)
    return known


def _weight(standing: Standing) -> tuple[int, str, int, int, str, str, tuple[str, ...], str, str, str]:
    return (
        STATES.index(standing.state),
        standing.plan,
        standing.seats,
        standing.members,
        str(standing.since),
        str(standing.ends),
        standing.entitled,
        standing.zone,
        str(standing.warned),
        str(standing.warned_again),
    )


def folded(tellings: Iterable[Standing], known: Standing | None = None) -> Standing:
    """The standing after any number of tellings, in any order, with any repeated."""
    return reduce(newer, tellings, known or Standing())


def lease_of(standing: Standing, *, at: datetime) -> Lease:
    """What a tenant may do at ``at`` (aware). ``valid_until`` is the next moment at which this changes by itself."""
    if at.tzinfo is None:
        raise ValueError("A moment needs a zone.")
    found = _stands(standing, at)
    if standing.entitled and found["plan"] == standing.plan and standing.plan != FREE.key:
        # What the plan includes and the provider does not entitle to is not there.
        found["features"] = sorted({*found["features"]} & {*standing.entitled, *ALWAYS})
    return found


def _stands(standing: Standing, at: datetime) -> Lease:
    match standing.state:
        case "trial" if standing.ends is None or at < standing.ends:
            return _lease(plan(standing.plan), "trial", standing.ends, standing.seats)
        case "active":
            until = standing.ends and standing.ends + SLACK
            return _lease(plan(standing.plan), "active", until, standing.seats)
        case "past_due":
            return _climb(standing, standing.since or at, at)
        case "unpaid":
            return _climb(standing, standing.since or at, at, least="grace")
        case "paused":
            return _lease(plan(standing.plan), "read-only", None, standing.seats)
        case "canceled" if standing.ends is not None and at < standing.ends:
            return _lease(plan(standing.plan), "active", standing.ends, standing.seats)
    return _unpaid_use(standing, at)


def open_lease(found: Plan) -> Lease:
    """The lease where nothing is sold."""
    return _lease(found, "active", None)


def _unpaid_use(standing: Standing, at: datetime) -> Lease:
    """Nothing is paid: a small team goes on with the free plan, a larger one is reminded and then reads only."""
    if standing.members <= FREE.most_members:
        return _lease(FREE, "active", None)
    return _climb(standing, trouble_of(standing) or at, at, most="read-only")


def trouble_of(standing: Standing) -> datetime | None:
    """When the present trouble began: the ladder is climbed from here. None while nothing is wrong or it is not known."""
    if standing.state in ("past_due", "unpaid"):
        return standing.since
    return None if standing.state in ("active", "paused") else standing.ends or standing.since


def working_morning(moment: datetime, zone: str) -> datetime:
    """The first working morning in a zone at ``moment`` (aware) or behind it, in UTC's terms."""
    here = moment.astimezone(ZoneInfo(zone))
    day = here.date() if here.time() <= MORNING else here.date() + timedelta(days=1)
    while day.weekday() not in WEEKDAYS:
        day += timedelta(days=1)
    return datetime.combine(day, MORNING, ZoneInfo(zone)).astimezone(moment.tzinfo)


def _climb(
    standing: Standing,
    since: datetime,
    at: datetime,
    *,
    least: Status = "reminder",
    most: Status = "suspended",
) -> Lease:
    """The step of the ladder that stands at ``at``, between ``least`` and ``most``."""
    rank = STATUSES.index
    status, until, begins, before = least, None, since, 0
    for days, step in LADDER:
        if rank(step) > rank(most):
            break
        # A step that came late gives the next one its full distance.
        begins = max(since + timedelta(days=days), begins + timedelta(days=days - before))
        before = days
        if step in CUTS:
            begins = _announced(standing, step, begins, at)
        if at >= begins or rank(step) <= rank(least):
            status = step
        else:
            until = begins
            break
    return _lease(plan(standing.plan), status, until, standing.seats)


def _announced(standing: Standing, step: Status, begins: datetime, at: datetime) -> datetime:
    """When a step begins that takes something away: not before its letter was sent a day ago, and in the morning.

    Without the letter it lies ahead of every ``at``: nothing is cut off unannounced.
    """
    told = standing.warned if step == CUTS[0] else standing.warned_again
    return working_morning(max(begins, (told or at) + NOTICE), standing.zone)


def _lease(found: Plan, status: Status, until: datetime | None, seats: int = 0) -> Lease:
    """``seats`` is how many members are paid; 0: as many as the plan has."""
    limits = dict(found.limits)
    if seats:
        limits["members"] = min(seats, limits["members"])
    features = set(ALWAYS) if status == "suspended" else set(found.features)
    return Lease(
        plan=found.key,
        status=status,
        features=sorted(features | set(ALWAYS)),
        limits=limits,
        valid_until=until.isoformat() if until else None,
    )
