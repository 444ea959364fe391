"""Sessions: rows of the workspace, found by the digest of the cookie's key."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from crm_core.events.actions import record
from crm_core.team import queries
from crm_core.team.actions.members import tell_registry
from crm_core.team.actions.rights import MANAGE, about, check_grant
from crm_core.team.models import Member, Session
from kernel.actions import action
from kernel.errors import NotAllowed, NotFound
from kernel.ids import uuid7
from kernel.rights import EVERYBODY, Actor
from kernel.when import now
from tenants import api as tenants


@action()
def open_session(*, member: Member, agent: str, network: str, id: UUID | None = None) -> tuple[Session, str]:
    """Open a session; returns it with the raw key for the cookie, which is stored nowhere.

    ``agent`` is what the browser calls itself, ``network`` its address, ``id`` a new one that the registry knows
    already. Raises ``NotAllowed``
    for a deactivated member and a partner whose time is over. Sessions that are over are cleared away on the occasion.
    """
    if not member.active or member.is_over:
        raise NotAllowed
    Session.objects.filter(member=member, expires_at__lte=now()).delete()
    key = secrets.token_urlsafe(32)
    session = Session(
        id=id or uuid7(),
        digest=queries.digest(key),
        member=member,
        expires_at=now() + Session.LIFE,
        agent=agent[:300],
        network=network[:64],
    )
    session.save(force_insert=True)
    record("team.entered", by=member, record=about(member), agent=agent[:300], network=network[:64])
    return session, key


@action()
def note_seen(*, session: Session) -> None:
    """Remember that the session is in use now."""
    Session.objects.filter(id=session.id).update(seen_at=now())


@action(EVERYBODY)
def end_session(*, by: Actor, id: UUID) -> None:
    """End one's own session, or somebody's with the right to manage people. Raises ``NotFound``."""
    session = Session.objects.select_related("member__role").filter(id=id).first()
    if session is None:
        raise NotFound
    if session.member_id != by.id:
        if not by.may(MANAGE):
            raise NotFound
        check_grant(by, session.member.role)
    _end(by, session.member, [session])


@action(EVERYBODY)
def end_other_sessions(*, by: Actor, keep: UUID) -> int:
    """End all sessions of oneself but ``keep``; returns how many."""
    mine = list(Session.objects.filter(member_id=by.id).exclude(id=keep).select_related("member"))
    if mine:
        _end(by, mine[0].member, mine)
    return len(mine)


@action()
def end_every_session() -> int:
    """Close every session of a schema that was restored: they belong to another time. Returns how many."""
    removed, _kinds = Session.objects.all().delete()
    return int(removed)


def _end(by: Actor, member: Any, sessions: Iterable[Session]) -> None:
    ids = [session.id for session in sessions]
    Session.objects.filter(id__in=ids).delete()
    record("team.session_ended", by=by, record=about(member), count=len(ids))
    for session_id in ids:
        tell_registry(_ended, session_id=session_id)
    tell_registry(tenants.bump)


def _ended(*, tenant_id: UUID, session_id: UUID) -> None:
    """The account's own list of sessions forgets it too; sessions have ids of their own everywhere."""
    tenants.session_ended(session_id=session_id)
