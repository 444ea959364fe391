"""Tests leave each other alone: what one leaves behind is taken away before the next, or told of by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections

from kernel import context, fairness
from kernel.errors import TooMany
from kernel.fairness import shared
from kernel.line import line
from tenants import api, directory
from tests.support.afresh import Registry, differences
from tests.support.tenants import Company


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("time", [1, 2])
def test_places_and_memory_of_another_test_are_gone(companies: tuple[Company, Company], time: int) -> None:
    """Each time everything is taken and left so."""
    host = companies[0].host
    assert not directory.is_remembered(host)
    assert shared._resting_until[0] == 0.0
    entry = directory.by_host(host)
    with context.enter(context.Context(tenant=entry)):
        taken = [fairness.held_open("export", []) for _ in range(fairness.HEAVY["export"])]
        for one in taken:
            one._token = ""  # Nobody gives them back.
        with pytest.raises(TooMany), fairness.heavy("export"):
            pass
    shared._resting_until[0] = float("inf")
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM relay.ticket")
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "INSERT INTO relay.ticket (id, role, queue, due) SELECT gen_random_uuid(), %s, 'tenant', now()",
            [companies[0].tenant.schema_name],
        )


@pytest.mark.parametrize("time", [1, 2])
def test_a_company_is_as_it_was_committed(tenant: Any, other_tenant: Any, time: int) -> None:
    """What a test makes of the objects that all share is nothing to the next one."""
    assert (tenant.zone, other_tenant.zone, context.tenant().zone) == ("UTC", "UTC", "UTC")
    tenant.zone = other_tenant.zone = "Europe/Berlin"


def test_a_silent_redis_is_waited_for() -> None:
    """A busy machine may take longer than the product waits; nothing is taken for gone."""
    assert line().connection_pool.connection_kwargs["socket_timeout"] >= 60


@pytest.fixture
def restored(companies: tuple[Company, Company], database: None) -> Iterator[Company]:
    with context.enter(context.Context(cause="command")):
        yield companies[1]
        api.resume(tenant_id=companies[1].tenant.id)


def test_who_changes_the_shared_companies_is_told(
    restored: Company, registry_of_worker: Registry, own_tenant: Callable[..., Company]
) -> None:
    before = registry_of_worker.standing()
    own_tenant("Not shared")
    assert differences(before, registry_of_worker.standing()) == []
    api.suspend(tenant_id=restored.tenant.id, reason="A test.")
    (said,) = differences(before, registry_of_worker.standing())
    assert said.startswith("company beta: active") and "-> suspended" in said
