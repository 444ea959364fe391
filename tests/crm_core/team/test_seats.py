"""Colleagues who only read are free: they take no seat of the plan, however many they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from crm_core.setup.actions import rights_of
from crm_core.team import actions, queries
from crm_core.team.models import Member, Role
from kernel import context
from kernel.context import Lease
from kernel.errors import OverLimit
from kernel.rights import RIGHTS, only_reads
from tenants.models import Meter


@pytest.fixture
def reading(member: Any) -> Role:
    rights = ["clients.view", "lists.export", "sales.view", "timeline.audit"]
    return actions.add_role(by=member, name="Looks on", rights=rights)


@pytest.fixture
def writing(member: Any) -> Role:
    return actions.add_role(by=member, name="Writes", rights=["clients.view", "clients.edit"])


def join(by: Any, role: Role, number: int) -> Member:
    return actions.add_member(
        by=by, account_id=number, email=f"new{number}@acme.example", name="New", role_id=role.id
    )


@contextmanager
def full() -> Iterator[None]:
    """As many seats as are taken now."""
    here = context.current()
    tenant = replace(context.tenant(), lease=Lease(limits={"members": queries.seats()}))
    with context.enter(replace(here, tenant=tenant)):
        yield


def test_any_number_may_read_where_every_seat_is_taken(member: Any, reading: Role, writing: Role) -> None:
    before = queries.seats()
    with full():
        for number in range(880_000, 880_005):
            join(member, reading, number)
        actions.invite(by=member, email="one.more@acme.example", role_id=reading.id)
        with pytest.raises(OverLimit):
            join(member, writing, 880_010)
        with pytest.raises(OverLimit):
            actions.invite(by=member, email="writer@acme.example", role_id=writing.id)
    assert queries.seats() == before


def test_whoever_is_to_change_things_needs_a_seat(member: Any, reading: Role, writing: Role) -> None:
    reader = join(member, reading, 880_020)
    with full():
        with pytest.raises(OverLimit):
            actions.change_member(by=member, id=reader.id, role_id=writing.id, team_id=None)
        with pytest.raises(OverLimit):
            actions.change_role(
                by=member, id=reading.id, name="Looks on", rights=["clients.edit"], visibility="all"
            )
        with pytest.raises(OverLimit):
            actions.delete_role(by=member, id=reading.id, move_to=writing.id)
        actions.deactivate(by=member, id=reader.id)
        actions.reactivate(by=member, id=reader.id)


def test_the_registry_is_told_of_seats_not_of_people(
    member: Any, tenant: Any, reading: Role, writing: Role, django_capture_on_commit_callbacks: Any
) -> None:
    def told() -> int:
        return int(Meter.objects.get(tenant=tenant, name="members").value)

    with django_capture_on_commit_callbacks(using="tenant", execute=True):
        join(member, reading, 880_030)
        writer = join(member, writing, 880_031)
    assert told() == queries.seats() == queries.active_members().count() - 1
    with django_capture_on_commit_callbacks(using="tenant", execute=True):
        actions.change_member(by=member, id=writer.id, role_id=reading.id, team_id=None)
    assert told() == queries.active_members().count() - 2
    with django_capture_on_commit_callbacks(using="tenant", execute=True):
        actions.change_role(
            by=member, id=reading.id, name="Now writes", rights=["notes.write"], visibility="all"
        )
    assert told() == queries.active_members().count()


def test_the_role_for_reading_of_the_seeds_takes_no_seat() -> None:
    assert only_reads(rights_of(["*.view"]))
    assert not only_reads([*rights_of(["*.view"]), "a.right.of.a.later.release"])


def test_what_only_reads_is_reviewed() -> None:
    """A new right that ends in view, or is declared as reading, must not let anybody change a record."""
    assert {name for name, right in RIGHTS.items() if right.reads} == {
        "activities.view",
        "clients.view",
        "lists.export",
        "sales.view",
        "timeline.audit",
    }
