"""Teams: people who share the view of records."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from crm_core.events.actions import record
from crm_core.team.actions.rights import MANAGE, about, clean_name, hold_members
from crm_core.team.models import Member, Team
from kernel.actions import action
from kernel.errors import Invalid, NotFound
from kernel.rights import Actor

NAME_LONGEST = 80


def _save(team: Team) -> None:
    try:
        with transaction.atomic(using="tenant"):
            team.save()
    except IntegrityError as error:
        raise Invalid(
            _("There is already a team called “%(name)s”."), field="name", name=team.name
        ) from error


@action()
def add_team(*, by: Actor, name: str) -> Team:
    """A team of the seeds."""
    team = Team(name=clean_name(name, NAME_LONGEST))
    _save(team)
    record("team.team_made", by=by, record=about(team))
    return team


@action(MANAGE)
def create_team(*, by: Actor, name: str, member_ids: Collection[UUID] = ()) -> Team:
    """A new team with these members, who leave their former teams."""
    hold_members()
    team = Team(name=clean_name(name, NAME_LONGEST))
    _save(team)
    names = _gather(team, member_ids)
    record("team.team_made", by=by, record=about(team), members=names)
    return team


@action(MANAGE)
def change_team(*, by: Actor, id: UUID, name: str, member_ids: Collection[UUID]) -> Team:
    """Rename a team and set who belongs to it."""
    hold_members()
    team = _locked(id)
    before = [team.name, sorted(team.members.active().values_list("name", flat=True))]
    team.name = clean_name(name, NAME_LONGEST)
    _save(team)
    names = _gather(team, member_ids)
    changes = {
        field: [old, new]
        for field, old, new in (("name", before[0], team.name), ("members", before[1], names))
        if old != new
    }
    if changes:
        record("team.team_changed", by=by, record=about(team), changes=changes)
    return team


@action(MANAGE)
def delete_team(*, by: Actor, id: UUID) -> None:
    """Remove a team; its members stay without one and see, if their role says "team", only their own."""
    team = _locked(id)
    subject = about(team)
    team.delete()
    record("team.team_removed", by=by, record=subject, name=team.name)


def _gather(team: Team, member_ids: Collection[UUID]) -> list[str]:
    wanted = Member.objects.active().filter(id__in=list(member_ids))
    team.members.active().exclude(id__in=list(member_ids)).update(team=None)
    wanted.update(team=team)
    return sorted(wanted.values_list("name", flat=True))


def _locked(id: UUID) -> Team:
    team = Team.objects.select_for_update().filter(id=id).first()
    if team is None:
        raise NotFound
    return team
