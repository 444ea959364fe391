"""Roles: named sets of rights."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import record
from crm_core.team.actions.members import check_room, report_members
from crm_core.team.actions.rights import MANAGE, about, check_grant, clean_name, hold_members
from crm_core.team.models import Invitation, Member, Role
from kernel.actions import action
from kernel.errors import Invalid, NotFound
from kernel.rights import EVERYBODY, RIGHTS, Actor

NAME_LONGEST = 80


def _known(rights: Iterable[str]) -> list[str]:
    wanted = set(rights) - {EVERYBODY}
    unknown = wanted - set(RIGHTS)
    if unknown:
        raise Invalid(_("There is no right called “%(right)s”."), field="rights", right=min(unknown))
    return sorted(wanted)


def _save(role: Role) -> None:
    if role.visibility not in Role.Visibility.values:
        raise Invalid(_("Choose whose records this role sees."), field="visibility")
    try:
        with transaction.atomic(using="tenant"):
            role.save()
    except IntegrityError as error:
        raise Invalid(
            _("There is already a role called “%(name)s”."), field="name", name=role.name
        ) from error


@action()
def add_role(
    *,
    by: Actor,
    name: str,
    rights: Iterable[str],
    visibility: str = Role.Visibility.ALL,
    system: bool = False,
    position: int = 0,
) -> Role:
    """A role of the seeds. ``system`` makes it the administrator's, which holds every right."""
    role = Role(
        name=clean_name(name, NAME_LONGEST),
        rights=_known(rights),
        visibility=visibility,
        system=system,
        position=position,
    )
    _save(role)
    record("team.role_made", by=by, record=about(role))
    return role


@action(MANAGE)
def create_role(*, by: Actor, name: str, rights: Iterable[str], visibility: str) -> Role:
    """A new role. Raises ``NotAllowed`` if it may do more than the maker's own."""
    role = Role(
        name=clean_name(name, NAME_LONGEST), rights=_known(rights), visibility=visibility, position=100
    )
    check_grant(by, role)
    _save(role)
    record("team.role_made", by=by, record=about(role))
    return role


@action(MANAGE)
def change_role(*, by: Actor, id: UUID, name: str, rights: Iterable[str], visibility: str) -> Role:
    """Change a role for everybody who has it. Of the administrator's role only the name changes.

    Raises ``OverLimit`` if its members only read until now, are to change things, and no seats are left.
    """
    hold_members()
    role = _locked(by, id)
    former = Role(rights=role.rights, system=role.system)
    before: dict[str, Any] = {"name": role.name, "rights": role.rights, "visibility": role.visibility}
    role.name = clean_name(name, NAME_LONGEST)
    if not role.system:
        # Rights of a release that is not running now are kept.
        unknown = [right for right in role.rights if right not in RIGHTS]
        role.rights, role.visibility = sorted({*_known(rights), *unknown}), visibility
        check_grant(by, role)
        check_room(role, former, Member.objects.active().own().filter(role=role).count())
    _save(role)
    after = {"name": role.name, "rights": role.rights, "visibility": role.visibility}
    changes = {field: [before[field], after[field]] for field in after if before[field] != after[field]}
    if changes:
        record("team.role_changed", by=by, record=about(role), changes=changes)
        report_members()
    return role


@action(MANAGE)
def delete_role(*, by: Actor, id: UUID, move_to: UUID | None = None) -> None:
    """Remove a role; its members (deactivated ones too) and invitations get the role ``move_to``.

    Raises ``Invalid`` for the administrator's role, and for a role in use without ``move_to``.
    """
    hold_members()
    role = _locked(by, id)
    if role.system:
        raise Invalid(_("The administrator's role cannot be removed."))
    holders = Member.objects.filter(role=role)
    other = Role.objects.exclude(id=role.id).filter(id=move_to).first() if move_to else None
    if other is not None:
        check_grant(by, other)
    elif holders.exists():
        raise Invalid(_("Choose the role that its members get instead."), field="move_to")
    if other is not None:
        check_room(other, role, holders.active().own().count())
        holders.update(role=other)
        Invitation.objects.filter(role=role).update(role=other)
    name, subject = role.name, about(role)
    role.delete()
    report_members()
    record("team.role_removed", by=by, record=subject, name=name, moved_to=other.name if other else "")


def _locked(by: Any, id: UUID) -> Role:
    role = Role.objects.select_for_update().filter(id=id).first()
    if role is None:
        raise NotFound
    check_grant(by, role)
    return role
