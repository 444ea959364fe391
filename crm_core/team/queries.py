"""Reading the team: members, roles, teams, sessions, invitations, rules."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet, Subquery

from crm_core.events.models import Event
from crm_core.team.models import Invitation, Member, Policy, Role, Session, Team
from kernel import context
from kernel.errors import NotFound
from kernel.parts import Choice
from kernel.rights import EVERYBODY, RIGHTS, Right
from kernel.standing import standing
from kernel.when import now, today

WEEK = timedelta(days=7)


def digest(key: str) -> str:
    """What is stored of a secret key."""
    return hashlib.sha256(key.encode()).hexdigest()


def session_by_key(key: str) -> Session | None:
    """The open session of a cookie's key with its member, role, team and the workspace's ``parts``, in one query."""
    held: list[Any] = _sessions(digest=digest(key), moment=now())
    return held[0] if held and not _is_idle(held[0], held[0].idle or 0) else None


@standing
def _sessions(*, digest: str, moment: datetime) -> QuerySet[Session]:
    return (
        Session.objects.select_related("member__role", "member__team")
        .annotate(parts=kept_parts(), idle=_kept("idle_minutes"))
        .filter(_within(moment), digest=digest, expires_at__gt=moment, member__active=True)
    )


def _is_idle(session: Session, minutes: int) -> bool:
    """Whether the workspace's rule ends a session that was not used for so long. Its use is noted every five minutes."""
    return bool(minutes) and now() - session.seen_at > timedelta(minutes=minutes)


def is_ended(key: str) -> bool:
    """Whether a cookie's key belongs to no session any more: somebody has ended it, it did not run out by time."""
    return not Session.objects.filter(digest=digest(key)).exists()


def _within(moment: datetime) -> Q:
    """The sessions of members whose time is not over: a partner's end closes them at once."""
    return Q(member__partner_until=None) | Q(member__partner_until__gt=moment)


def kept_parts() -> Subquery:
    """Which parts the workspace shows, to be read along with a session; None where nobody has chosen."""
    return _kept("parts")


def _kept(name: str) -> Subquery:
    """A column of the workspace's rules, to be read along with something else."""
    return Subquery(Policy.objects.filter(id=1).values(name)[:1])


def sessions_of(member: Any) -> list[Session]:
    """The member's open sessions, the last used first."""
    idle = policy().idle_minutes
    held = Session.objects.filter(member_id=member.id, expires_at__gt=now()).order_by("-seen_at")
    return [session for session in held if not _is_idle(session, idle)]


def members() -> QuerySet[Member]:
    """Everybody who belongs or belonged here, active people first."""
    return Member.objects.select_related("role", "team").order_by("-active", "name", "id")


def active_members() -> QuerySet[Member]:
    return Member.objects.active().select_related("role", "team").order_by("name", "id")


def pending_seats() -> int:
    """The seats that the invitations on their way will take."""
    rows = Invitation.objects.open().filter(expires_at__gt=now(), partner_until=None).select_related("role")
    return sum(one.role.takes_seat for one in rows)


def partners() -> QuerySet[Member]:
    """The partners who may enter now, those whose end comes first first."""
    return active_members().filter(partner_until__gt=now()).order_by("partner_until", "id")


def seats() -> int:
    """How many seats of the plan are taken: active members who may change things, no partners."""
    return Member.objects.seated().count()


def assignable_by(member: Any) -> QuerySet[Member]:
    """The people to whom ``member`` may give records."""
    found = active_members()
    if member.visibility == "all":
        return found
    if member.team_id:
        return found.filter(Q(id=member.id) | Q(team_id=member.team_id))
    return found.filter(id=member.id)


def member(id: UUID) -> Member:
    """One member, deactivated ones too. Raises ``NotFound``."""
    found: Member | None = members().filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def by_account(account_id: int) -> Member | None:
    """The member of an account, whether active or not."""
    found: Member | None = members().filter(account_id=account_id).first()
    return found


def counted_members() -> QuerySet[Member]:
    """Whose use is looked at: active members who are here, full time, and not new this week."""
    here = today(context.tenant().zone)
    away = Q(away_until__gte=here)
    counted = active_members().filter(part_time=False, partner_until=None, joined_at__lt=now() - WEEK)
    return counted.exclude(away)


def seen_lately() -> set[UUID]:
    """Who was inside in the last week, by their sessions and by what they did."""
    since = now() - WEEK
    sessions = Session.objects.filter(seen_at__gte=since).values_list("member_id", flat=True)
    acts = Event.objects.filter(at__gte=since).exclude(actor_id=None)
    actors = acts.order_by().values_list("actor_id", flat=True).distinct()
    return {*sessions, *(one for one in actors if one is not None)}


def active_lately() -> tuple[int, int]:
    """(members who used Terem in the last week, members whose use is looked at)."""
    counted = set(counted_members().order_by().values_list("id", flat=True))
    return len(counted & seen_lately()), len(counted)


def names(ids: set[UUID]) -> dict[UUID, str]:
    return dict(Member.objects.filter(id__in=ids).values_list("id", "name"))


def last_seen() -> datetime | None:
    """When somebody was last seen in this workspace, as far as sessions tell."""
    found: datetime | None = Session.objects.aggregate(moment=Max("seen_at"))["moment"]
    return found


def administrators() -> QuerySet[Member]:
    return Member.objects.active().own().filter(role__system=True)


def roles() -> QuerySet[Role]:
    """All roles with ``used``: how many active members hold each."""
    return Role.objects.annotate(used=Count("members", filter=Q(members__active=True))).order_by(
        "position", "name"
    )


def role(id: UUID) -> Role:
    """One role. Raises ``NotFound``."""
    found: Role | None = roles().filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def grantable_roles(member: Any) -> QuerySet[Role]:
    """The roles that hold nothing beyond what ``member`` holds."""
    return roles().filter(id__in=[found.id for found in roles() if may_grant(member, found)])


def may_grant(member: Any, role: Role) -> bool:
    """Nobody gives away more than they hold themselves."""
    own = getattr(member, "role", None)
    if own is None or (own.system and not getattr(member, "is_partner", False)):
        return True
    holds = getattr(member, "may", own.holds)
    sight = ("own", "team", "all")
    return (
        not role.system
        and all(holds(right) for right in role.rights)
        and sight.index(role.visibility) <= sight.index(own.visibility)
    )


def rights_by_group() -> list[tuple[str, list[Right]]]:
    """Every right that a role may hold, under its heading, in order of declaration."""
    groups: dict[str, list[Right]] = {}
    for right in RIGHTS.values():
        if right.name != EVERYBODY:
            groups.setdefault(str(right.group), []).append(right)
    return sorted(groups.items())


def teams() -> QuerySet[Team]:
    """All teams with ``used``: how many active members each has."""
    return Team.objects.annotate(used=Count("members", filter=Q(members__active=True))).order_by("name")


def team(id: UUID) -> Team:
    """One team. Raises ``NotFound``."""
    found: Team | None = teams().filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def open_invitations() -> QuerySet[Invitation]:
    """Invitations that were neither used nor taken back, expired ones too (they can be sent anew)."""
    return Invitation.objects.open().select_related("role", "team", "invited_by")


def invitation(key: str) -> Invitation:
    """The open invitation of a letter's key. Raises ``NotFound`` for a used, old or untrue one."""
    found: Invitation | None = open_invitations().filter(digest=digest(key), expires_at__gt=now()).first()
    if found is None:
        raise NotFound
    return found


def choice() -> Choice:
    """Which parts the workspace shows."""
    return Choice.read(policy().parts)


def policy() -> Policy:
    """The workspace's rules of safety and its parts (the defaults where nobody has set any)."""
    held: list[Policy] = _policies()
    return held[0] if held else Policy()


@standing
def _policies() -> QuerySet[Policy]:
    return Policy.objects.filter(id=1)
