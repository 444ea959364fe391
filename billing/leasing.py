"""From what the provider says to a lease, by a pure function: same standing and moment, same lease.

The one state machine of a subscription; it is drawn in the handbook (platform/handbook/billing.md).
Nothing here deletes, and whatever the status, ``export`` stays among the features.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import Final, Literal, TypedDict

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
    none, the plan alone counts). Moments are aware.
    """

    state: State = "none"
    plan: str = FREE.key
    seats: int = 0
    members: int = 0
    since: datetime | None = None
    ends: datetime | None = None
    told_at: datetime | None = None
    entitled: tuple[str, ...] = ()


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


def _weight(standing: Standing) -> tuple[int, str, int, int, str, str, tuple[str, ...]]:
    return (
        STATES.index(standing.state),
        standing.plan,
        standing.seats,
        standing.members,
        str(standing.since),
        str(standing.ends),
        standing.entitled,
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
            return _climb(plan(standing.plan), standing.since or at, at, standing.seats)
        case "unpaid":
            return _climb(plan(standing.plan), standing.since or at, at, standing.seats, least="grace")
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
    begun = standing.ends or standing.since or at
    return _climb(plan(standing.plan), begun, at, standing.seats, most="read-only")


def _climb(
    found: Plan,
    since: datetime,
    at: datetime,
    seats: int,
    *,
    least: Status = "reminder",
    most: Status = "suspended",
) -> Lease:
    """The step of the ladder that stands at ``at``, between ``least`` and ``most``."""
    rank = STATUSES.index
    status, until = least, None
    for days, step in LADDER:
        if rank(step) > rank(most):
            break
        begins = since + timedelta(days=days)
        if at >= begins or rank(step) <= rank(least):
            status = step
        else:
            until = begins
            break
    return _lease(found, status, until, seats)


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
