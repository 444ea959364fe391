"""The rights of this app, and the checks that keep people from giving more than they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from crm_core.team import queries
from crm_core.team.models import Member, Role
from kernel import locks
from kernel.errors import Invalid, NotAllowed, NotFound
from kernel.rights import EVERYBODY, declare
from kernel.text import clean

declare(EVERYBODY, _("Belong to the workspace"), _("People"))
MANAGE = declare("team.manage", _("Manage people, roles, teams and safety rules"), _("People"))
SEE_JOBS = declare("team.see_jobs", _("See and stop the background work of other people"), _("People"))


@dataclass(frozen=True, slots=True)
class About:
    """What an event about something that is no record tells: kind, id, name."""

    id: UUID
    kind: str
    label: str


def about(row: Any) -> About:
    """The event's subject for a member, role, team or invitation."""
    return About(row.id, type(row).__name__.lower(), str(row))


def clean_name(text: str, longest: int, field: str = "name") -> str:
    """A name without control characters. Raises ``Invalid`` if empty or too long."""
    cleaned = clean(text)
    if not cleaned:
        raise Invalid(_("Enter a name."), field=field)
    if len(cleaned) > longest:
        raise Invalid(_("Use at most %(longest)s characters."), field=field, longest=longest)
    return cleaned


def role_to_give(by: Any, role_id: UUID) -> Role:
    """A role that ``by`` may give to somebody. Raises ``NotFound`` or ``NotAllowed``."""
    role = Role.objects.filter(id=role_id).first()
    if role is None:
        raise NotFound
    check_grant(by, role)
    return role


def check_grant(by: Any, role: Role) -> None:
    """Nobody gives, takes or changes what they do not hold themselves."""
    if not queries.may_grant(by, role):
        raise NotAllowed(_("The role “%(role)s” may do more than yours."), right=MANAGE, role=role.name)


def hold_members() -> None:
    """Members change one at a time, so that two people cannot remove each other as last administrator."""
    locks.hold("team.members")


def check_administrators() -> None:
    """Raise ``Invalid`` if the change just made left the workspace without an administrator."""
    if not queries.administrators().exists():
        raise Invalid(_("The last administrator cannot be removed. Make somebody else administrator first."))


def locked_member(by: Any, id: UUID) -> Member:
    """A member to be changed, locked. Raises ``NotFound``, or ``NotAllowed`` for a stronger role."""
    hold_members()
    member = (
        Member.objects.select_related("role", "team").select_for_update(of=("self",)).filter(id=id).first()
    )
    if member is None:
        raise NotFound
    check_grant(by, member.role)
    return member
