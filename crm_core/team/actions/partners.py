"""Partners: people from outside who help for a time, with rights and an end; ended by one click, and by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import record
from crm_core.team import queries
from crm_core.team.actions.invitations import free_address, send
from crm_core.team.actions.members import close_entry, report_members, tell_registry
from crm_core.team.actions.rights import MANAGE, about, check_grant, hold_members, locked_member
from crm_core.team.models import GUARDED, Invitation, Member, Role
from kernel import context
from kernel.actions import action
from kernel.errors import Invalid, NotAllowed, NotFound
from kernel.rights import EVERYBODY, RIGHTS, Actor
from kernel.text import clean
from kernel.when import now, read_zone
from tenants import api as tenants

LONGEST = timedelta(days=90)
# What a partner's role is called at the beginning; the administrator may change role and name like any other's.
PRESETS = {"look": _("Partner: looks"), "set_up": _("Partner: sets up")}


def preset_rights(preset: str) -> list[str]:
    """The rights of a preset: to view, or all daily work and settings; never a guarded one."""
    plain = [name for name in RIGHTS if name != EVERYBODY and not name.startswith(GUARDED)]
    return sorted(name for name in plain if preset == "set_up" or name.endswith(".view"))


def extra_rights(by: Any) -> list[str]:
    """The guarded rights that ``by`` may tick for a partner: those that ``by`` holds, but for answering operators."""
    return sorted(
        name
        for name in RIGHTS
        if name.startswith(GUARDED) and name != EVERYBODY and not name.startswith("access.") and by.may(name)
    )


def _own(by: Any) -> None:
    """Partners neither bring partners nor lengthen their own stay."""
    if getattr(by, "is_partner", False):
        raise NotAllowed(_("Only the company’s own people can decide about partners."), right=MANAGE)


def _checked(by: Actor, until: datetime, extra: Iterable[str]) -> list[str]:
    """The ticked rights. Raises ``Invalid`` for an end that is past or too far, ``NotAllowed`` for rights one has not."""
    if until <= now():
        raise Invalid(_("The end must lie ahead."), field="until")
    if until > now() + LONGEST:
        words = _("At most %(days)s days ahead; it can be prolonged then.")
        raise Invalid(words, field="until", days=LONGEST.days)
    wanted = sorted(set(extra))
    if not set(wanted) <= set(extra_rights(by)):
        raise NotAllowed(_("You can only give rights that you hold yourself."), right=MANAGE)
    return wanted


def _role(by: Any, preset: str) -> Role:
    """The preset's role, made when it is first needed. Raises ``Invalid`` where its name is taken by another."""
    if preset not in PRESETS:
        raise Invalid(_("Choose what the partner may do."), field="preset")
    key = uuid5(NAMESPACE_OID, f"terem.team.partner.{preset}")
    found: Role | None = Role.objects.filter(id=key).first()
    if found is None:
        with translation.override(context.tenant().language):
            name = str(PRESETS[preset])
        found = Role(id=key, name=name, rights=preset_rights(preset), position=90)
        _save(found)
        record("team.role_made", by=by, record=about(found))
    check_grant(by, found)
    return found


def _save(role: Role) -> None:
    try:
        with transaction.atomic(using="tenant"):
            role.save(force_insert=True)
    except IntegrityError as error:
        raise Invalid(
            _("There is already a role called “%(name)s”."), field="preset", name=role.name
        ) from error


@action(MANAGE)
def invite_partner(
    *, by: Actor, email: str, preset: str, until: datetime, name: str = "", extra: Iterable[str] = ()
) -> Invitation:
    """Invite somebody from outside until a moment (UTC), at most 90 days ahead; the letter goes out after commit.

    A partner takes no seat. Raises ``Invalid`` (email, until, preset), ``NotAllowed`` for rights beyond one's own
    and for partners.
    """
    _own(by)
    hold_members()
    address, ticked = free_address(email), _checked(by, until, extra)
    role = _role(by, preset)
    known = queries.open_invitations().filter(email__iexact=address).first()
    found = known or Invitation(email=address, invited_by_id=by.id)
    found.name, found.role, found.team_id = clean(name)[:120], role, None
    found.partner_until, found.partner_extra = until, ticked
    send(by, found)
    record("team.partner_invited", by=by, record=about(found), until=_day(until), rights=ticked)
    return found


def _day(end: datetime) -> str:
    """The last day with access, where the person is who decides: a day ends with the first moment of the next."""
    zone = read_zone(context.current().zone)
    return (end - timedelta(seconds=1)).astimezone(zone).date().isoformat()


def _partner(by: Actor, id: UUID) -> Member:
    """A partner to be changed, locked. Raises ``NotFound`` for the company's own people."""
    _own(by)
    member = locked_member(by, id)
    if not member.is_partner:
        raise NotFound
    return member


@action(MANAGE)
def prolong_partner(*, by: Actor, id: UUID, until: datetime, extra: Iterable[str] = ()) -> Member:
    """A new end and newly ticked rights; a partner whose time was over may enter again.

    Raises ``NotFound``, ``Invalid`` (until), ``NotAllowed``.
    """
    member = _partner(by, id)
    ticked = _checked(by, until, extra)
    if not member.active and queries.active_members().filter(email__iexact=member.email).exists():
        raise Invalid(_("A member with this e-mail address is already here."))
    member.partner_until, member.partner_extra = until, ticked
    member.active, member.left_at = True, None
    member.save(update_fields=["partner_until", "partner_extra", "active", "left_at"])
    record("team.partner_prolonged", by=by, record=about(member), until=_day(until), rights=ticked)
    if member.account_id is not None:
        tell_registry(tenants.join, account_id=member.account_id, member_id=member.id)
    report_members()
    return member


@action(MANAGE)
def end_partner(*, by: Actor, id: UUID) -> Member:
    """End a partner's access at once: the next request is a stranger's. Repeating it changes nothing."""
    member = _partner(by, id)
    if member.active:
        member.partner_until = min(member.partner_until or now(), now())
        member.save(update_fields=["partner_until"])
        close_entry(member)
        record("team.partner_ended", by=by, record=about(member))
    return member


@action()
def end_over(*, by: Actor) -> int:
    """Close the entry of partners whose time is over, for the lists: their requests are refused already. Returns how many."""
    over = list(Member.objects.active().partners().filter(partner_until__lte=now()).select_for_update())
    for member in over:
        close_entry(member)
        record("team.partner_over", by=by, record=about(member))
    return len(over)
