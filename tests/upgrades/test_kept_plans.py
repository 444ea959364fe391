"""Which rehearsal an upgrade may take over, which release a fleet is to have, and whom a rehearsal leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from kernel import context
from kernel.ids import opaque_name
from kernel.when import now
from tenants import schemas
from tenants.models import Blueprint, Tenant
from tenants.upgrades import plans, rehearsal, runs
from tenants.upgrades.plans import Hop, Plan, Statement


@pytest.fixture(autouse=True)
def undone(database: None) -> Iterator[None]:
    with context.enter(context.Context(cause="command")), transaction.atomic(using="default"):
        yield
        transaction.set_rollback(True, using="default")


def blueprint(migrations: list[str], **made: Any) -> str:
    """A kept blueprint of a release that holds these migrations; its name."""
    release = schemas.release_of(migrations)
    values = {"statements": [], "migrations": migrations, "fingerprint": "", "made_at": now(), **made}
    Blueprint.objects.update_or_create(release=release, defaults=values)
    return release


@pytest.mark.parametrize("end", [0, 1])
def test_a_rehearsal_is_taken_over_until_one_of_its_ends_is_read_anew(end: int) -> None:
    ways = ["team.0001_first"], ["team.0001_first", "team.0002_second"]
    former, later = (blueprint(way) for way in ways)
    assert plans.still_true(former, later) is None
    hop = Hop(
        former, later, ["team.0002_second"], [Statement("SELECT 1", "", [["team_member", "ShareLock"]])]
    )
    made = Plan(former, later, (hop,), 0.5)
    plans.store(made)
    assert plans.still_true(former, later) == made
    assert plans.still_true(later, former) is None
    blueprint(ways[end])
    assert plans.still_true(former, later) is None
    plans.store(made)
    assert plans.still_true(former, later) == made
    Blueprint.objects.filter(release=(former, later)[end]).delete()
    assert plans.still_true(former, later) is None


def test_the_newest_release_stays_the_aim_when_an_older_one_is_read_later() -> None:
    """The installation of a newer release beside us reads companies that are behind us both."""
    ours = schemas.tenant_migrations()
    newer = blueprint([*ours, "team.9999_to_come"])
    newest = blueprint([*ours, "team.9999_to_come", "team.9999_and_one_more"], made_at=now() + timedelta(1))
    assert runs.target() == newest
    blueprint(ours[:-1], made_at=now() + timedelta(2))
    assert runs.target() == newest != newer
    Blueprint.objects.filter(release=newest).delete()
    assert runs.target() == newer


def test_a_company_whose_schema_is_gone_does_not_hold_up_an_installation(caplog: Any) -> None:
    Tenant.objects.create(
        schema_name=opaque_name("t_"), slug="schema-gone", name="Schema gone", release="of-nobody"
    )
    assert rehearsal.rehearse_all() == []
    assert "no plan from release of-nobody" in caplog.text
