"""A colleague of the real company comes into its example: as a member of their own there, with a like role."""

from __future__ import annotations

from dataclasses import dataclass

from crm_core.team import actions as team
from crm_core.team.models import Member, Role, Team
from crm_core.team.queries import by_account
from kernel.actions import action
from kernel.rights import PLATFORM


@dataclass(frozen=True, slots=True)
class Guest:
    """Who comes, as the real company knows them; ``rights`` are those of the role, None: all."""

    account_id: int
    email: str
    name: str
    language: str
    zone: str
    rights: frozenset[str] | None


def guest_of(account_id: int) -> Guest | None:
    """The account's member in the present workspace, if active."""
    found = by_account(account_id)
    if found is None or not found.active:
        return None
    rights = None if found.role.system else frozenset(found.role.rights)
    return Guest(account_id, found.email, found.name, found.language, found.zone, rights)


@action()
def welcome(*, guest: Guest) -> Member:
    """The guest's member in the present example, made or given the role that is most like theirs now."""
    role = _like(guest.rights)
    found = by_account(guest.account_id)
    if found is None or not found.active:
        crew = Team.objects.order_by("name").first()
        return team.add_member(
            by=PLATFORM,
            account_id=guest.account_id,
            email=guest.email,
            name=guest.name,
            role_id=role.id,
            team_id=crew.id if crew else None,
            language=guest.language,
            zone=guest.zone,
        )
    if found.role_id != role.id:
        found.role = role
        found.save(update_fields=["role"])
    return found


def _like(rights: frozenset[str] | None) -> Role:
    """The role whose rights share most with these; the administrator's for all of them."""
    roles = list(Role.objects.order_by("position"))
    if rights is None:
        return next(role for role in roles if role.system)
    held = rights

    def likeness(role: Role) -> float:
        theirs = set(role.rights)
        return len(theirs & held) / max(1, len(theirs | held))

    return max((role for role in roles if not role.system), key=likeness)
