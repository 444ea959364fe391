"""Members: joining, changing role and team, leaving and coming back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import Error
from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import record
from crm_core.team import queries
from crm_core.team.actions.rights import (
    MANAGE,
    about,
    check_administrators,
    clean_name,
    hold_members,
    locked_member,
    role_to_give,
)
from crm_core.team.models import Member, Role, Session, Team
from kernel import context
from kernel.actions import action, after_commit
from kernel.emails import read_email
from kernel.errors import Invalid, NotFound
from kernel.flags import demand_room
from kernel.rights import Actor
from kernel.when import is_zone, now
from tenants import api as tenants

log = logging.getLogger("terem.team")

METER = "members"


def tell_registry(step: Callable[..., Any], **values: Any) -> None:
    """Tell the registry of tenants after commit. What we wrote stands even if it does not answer now."""
    after_commit(_tell, step, context.tenant().id, values)


def _tell(step: Callable[..., Any], tenant_id: UUID, values: dict[str, Any]) -> None:
    try:
        step(tenant_id=tenant_id, **values)
    except Error:
        log.exception("the registry was not told: %s", step.__name__)


def report_members(*, first: bool = False) -> None:
    """Report how many seats are taken, once the change is committed; ``first`` of a workspace that had nobody."""
    if first:
        tell_registry(tenants.report_meters, values={METER: 1})
    else:
        tell_registry(tenants.report_meter, name=METER, value=queries.seats())


def check_room(role: Role, before: Role | None = None, more: int = 1) -> None:
    """Raise ``OverLimit`` if ``more`` people cannot have ``role`` beyond what the lease allows.

    Who only reads takes no seat; who had one with the role ``before`` keeps it.
    """
    if role.takes_seat and not (before is not None and before.takes_seat) and more:
        demand_room(METER, queries.seats(), more)


def _team(team_id: UUID | None) -> Team | None:
    if team_id is None:
        return None
    found = Team.objects.filter(id=team_id).first()
    if found is None:
        raise NotFound
    return found


def _held(account_id: int | None, address: str) -> Member | None:
    """The member that an account was or is here; else one of its address who came in without an account."""
    if account_id is None:
        return None
    found: Member | None = Member.objects.filter(account_id=account_id).first()
    if found is None:
        found = Member.objects.active().filter(account_id=None, email__iexact=address).first()
    return found


@action()
def add_member(
    *,
    by: Actor,
    account_id: int | None,
    email: str,
    name: str,
    role_id: UUID,
    team_id: UUID | None = None,
    language: str = "en",
    zone: str = "UTC",
    partner_until: datetime | None = None,
    partner_extra: Iterable[str] = (),
) -> Member:
    """Somebody joins; an account that was here before gets its former member back. A partner takes no seat.

    Raises ``OverLimit`` beyond the lease, ``Invalid`` for an address that an active member has.
    """
    hold_members()
    address = read_email(email)
    held = _held(account_id, address)
    if held is not None and held.active and held.account_id is not None:
        return held
    if held is None and Member.objects.active().filter(email__iexact=address).exists():
        raise Invalid(_("A member with this e-mail address is already here."), field="email")
    role = Role.objects.get(id=role_id)
    if partner_until is None:
        check_room(role, held.role if held is not None and held.active and not held.is_partner else None)
    member = held or Member()
    member.partner_until, member.partner_extra = partner_until, sorted(partner_extra)
    member.account_id = account_id
    member.email, member.name, member.active, member.left_at = address, clean_name(name, 120), True, None
    member.role, member.team = role, _team(team_id)
    member.language, member.zone = language, zone if is_zone(zone) else "UTC"
    member.save()
    record("team.joined", by=by, record=about(member), role=member.role.name)
    if account_id is not None:
        tell_registry(tenants.join, account_id=account_id, member_id=member.id)
    report_members()
    return member


@action(MANAGE)
def change_member(*, by: Actor, id: UUID, role_id: UUID, team_id: UUID | None) -> Member:
    """Give a member another role or team. The last active administrator keeps that role.

    Raises ``OverLimit`` if somebody who only read is to change things and no seat is left.
    """
    member = locked_member(by, id)
    role, team = role_to_give(by, role_id), _team(team_id)
    if member.is_partner and role.system:
        raise Invalid(_("A partner cannot be administrator."), field="role_id")
    changes: dict[str, list[Any]] = {}
    if role.id != member.role_id:
        changes["role"] = [member.role.name, role.name]
    if team_id != member.team_id:
        changes["team"] = [member.team.name if member.team else None, team.name if team else None]
    if not changes:
        return member
    if member.active and not member.is_partner:
        check_room(role, member.role)
    member.role, member.team = role, team
    member.save(update_fields=["role", "team"])
    check_administrators()
    record("team.changed", by=by, record=about(member), changes=changes)
    report_members()
    return member


@action(MANAGE)
def set_presence(*, by: Actor, id: UUID, away_until: date | None, part_time: bool) -> Member:
    """Say that somebody is away until a day, or works part of the week: figures of use leave them out."""
    member = locked_member(by, id)
    changes: dict[str, list[Any]] = {}
    if away_until != member.away_until:
        changes["away_until"] = [_iso(member.away_until), _iso(away_until)]
    if part_time != member.part_time:
        changes["part_time"] = [member.part_time, part_time]
    if changes:
        member.away_until, member.part_time = away_until, part_time
        member.save(update_fields=["away_until", "part_time"])
        record("team.changed", by=by, record=about(member), changes=changes)
    return member


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


@action(MANAGE)
def deactivate(*, by: Actor, id: UUID) -> Member:
    """Somebody leaves: no entry any more, sessions ended, records and history stay under the name."""
    member = locked_member(by, id)
    if not member.active:
        return member
    close_entry(member)
    check_administrators()
    record("team.deactivated", by=by, record=about(member))
    return member


def close_entry(member: Member) -> None:
    """From this moment the member is a stranger: sessions die at once, the account's list forgets the workspace."""
    member.active, member.left_at = False, now()
    member.save(update_fields=["active", "left_at"])
    Session.objects.filter(member=member).delete()
    if member.account_id is not None:
        tell_registry(tenants.part, account_id=member.account_id)
    report_members()


@action(MANAGE)
def reactivate(*, by: Actor, id: UUID) -> Member:
    """Somebody comes back with the former role. Raises ``OverLimit`` beyond the lease."""
    member = locked_member(by, id)
    if member.active:
        return member
    if member.is_partner:
        raise Invalid(_("This was a partner. Give a new end, or invite the person as a colleague."))
    check_room(member.role)
    if queries.active_members().filter(email__iexact=member.email).exists():
        raise Invalid(_("A member with this e-mail address is already here."))
    member.active, member.left_at = True, None
    member.save(update_fields=["active", "left_at"])
    record("team.reactivated", by=by, record=about(member))
    if member.account_id is not None:
        tell_registry(tenants.join, account_id=member.account_id, member_id=member.id)
    report_members()
    return member
