"""Members: joining, changing, leaving; the last administrator stays."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.team import actions, queries
from crm_core.team.models import Member, Role, Session
from kernel import context
from kernel.context import Lease
from kernel.errors import Invalid, NotAllowed, OverLimit
from tenants.models import Membership, Meter


@pytest.fixture
def admin_role(member: Any) -> Role:
    return Role.objects.get(system=True)


@pytest.fixture
def seller(member: Any) -> Role:
    return actions.add_role(by=member, name="Seller", rights=["clients.view"], visibility="own")


def join(by: Any, role: Role, number: int = 77, **fields: Any) -> Member:
    return actions.add_member(
        by=by, account_id=number, email=f"new{number}@acme.example", name="New", role_id=role.id, **fields
    )


def test_the_administrator_holds_every_right(member: Any, admin_role: Role) -> None:
    admin_role.rights = []
    admin_role.save()
    again = queries.member(member.id)
    assert again.may("clients.view")
    assert again.may("rights.of.a.later.release")


def test_joining_is_noted_in_the_registry(
    member: Any, seller: Role, tenant: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(using="tenant", execute=True):
        made = join(member, seller)
    assert made.may("clients.view")
    assert not made.may("clients.edit")
    assert Membership.objects.get(tenant=tenant, account_id=77).member_id == made.id
    assert Meter.objects.get(tenant=tenant, name="members").value == queries.seats()


def test_a_former_member_comes_back_as_the_same(member: Any, seller: Role) -> None:
    made = join(member, seller)
    actions.deactivate(by=member, id=made.id)
    again = join(member, seller)
    assert again.id == made.id
    assert again.active


def test_the_leases_limit_holds(member: Any, admin_role: Role) -> None:
    from dataclasses import replace

    here = context.current()
    limited = replace(context.tenant(), lease=Lease(limits={"members": queries.seats()}))
    with context.enter(replace(here, tenant=limited)), pytest.raises(OverLimit) as refused:
        join(member, admin_role)
    assert refused.value.limit == "members"


def test_role_and_team_change(member: Any, seller: Role, admin_role: Role) -> None:
    team = actions.create_team(by=member, name="North")
    made = join(member, seller)
    changed = actions.change_member(by=member, id=made.id, role_id=admin_role.id, team_id=team.id)
    assert (changed.role, changed.team) == (admin_role, team)


@pytest.mark.parametrize("way", ["demote", "deactivate"])
def test_the_last_administrator_stays(member: Any, seller: Role, way: str) -> None:
    with pytest.raises(Invalid) as refused:
        if way == "demote":
            actions.change_member(by=member, id=member.id, role_id=seller.id, team_id=None)
        else:
            actions.deactivate(by=member, id=member.id)
    assert "administrator" in str(refused.value)
    assert queries.administrators().count() == 1


def test_with_a_second_administrator_the_first_may_go(member: Any, admin_role: Role) -> None:
    other = join(member, admin_role)
    actions.deactivate(by=other, id=member.id)
    assert list(queries.administrators()) == [other]


def test_leaving_ends_sessions(member: Any, seller: Role, tenant: Any) -> None:
    made = join(member, seller)
    session, key = actions.open_session(member=made, agent="a", network="n")
    actions.deactivate(by=member, id=made.id)
    assert not Session.objects.filter(id=session.id).exists()
    assert queries.session_by_key(key) is None
    with pytest.raises(NotAllowed):
        actions.open_session(member=queries.member(made.id), agent="a", network="n")


def test_nobody_gives_more_than_they_hold(
    member: Any, seller: Role, admin_role: Role, make_member: Any
) -> None:
    clerk = make_member(rights=["team.manage", "clients.view"], visibility="own")
    made = join(member, seller)
    with pytest.raises(NotAllowed):
        actions.change_member(by=clerk, id=made.id, role_id=admin_role.id, team_id=None)
    with pytest.raises(NotAllowed):
        actions.deactivate(by=clerk, id=member.id)
    with pytest.raises(NotAllowed):
        actions.create_role(by=clerk, name="Strong", rights=["sales.edit"], visibility="own")
    with pytest.raises(NotAllowed):
        actions.create_role(by=clerk, name="Wide", rights=["clients.view"], visibility="all")
    with pytest.raises(NotAllowed):
        actions.change_role(by=clerk, id=clerk.role_id, name="Mine", rights=["sales.edit"], visibility="own")
    assert seller in queries.grantable_roles(clerk)
    assert admin_role not in queries.grantable_roles(clerk)


def test_without_the_right_nothing_changes(member: Any, seller: Role) -> None:
    made = join(member, seller)
    with pytest.raises(NotAllowed):
        actions.deactivate(by=made, id=member.id)


def test_a_role_in_use_needs_another(member: Any, seller: Role) -> None:
    made = join(member, seller)
    with pytest.raises(Invalid) as refused:
        actions.delete_role(by=member, id=seller.id)
    assert "move_to" in refused.value.fields
    other = actions.create_role(by=member, name="Other", rights=[], visibility="own")
    actions.delete_role(by=member, id=seller.id, move_to=other.id)
    assert queries.member(made.id).role == other


def test_the_administrators_role_is_only_renamed(member: Any, admin_role: Role) -> None:
    actions.change_role(by=member, id=admin_role.id, name="Chief", rights=[], visibility="own")
    again = queries.role(admin_role.id)
    assert (again.name, again.visibility) == ("Chief", "all")
    assert member.may("anything.at.all")
    with pytest.raises(Invalid):
        actions.delete_role(by=member, id=admin_role.id)


def test_unknown_rights_and_taken_names_are_refused(member: Any, seller: Role) -> None:
    with pytest.raises(Invalid):
        actions.create_role(by=member, name="X", rights=["no.such"], visibility="own")
    with pytest.raises(Invalid) as refused:
        actions.create_role(by=member, name="Seller", rights=[], visibility="own")
    assert "name" in refused.value.fields


def test_teams_gather_members(member: Any, seller: Role) -> None:
    made = join(member, seller)
    north = actions.create_team(by=member, name="North", member_ids=[made.id])
    south = actions.create_team(by=member, name="South", member_ids=[made.id, member.id])
    assert queries.member(made.id).team == south
    assert queries.team(north.id).used == 0
    actions.delete_team(by=member, id=south.id)
    assert queries.member(member.id).team is None
    with pytest.raises(Invalid):
        actions.create_team(by=member, name="North")
