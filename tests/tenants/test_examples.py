"""Examples in the registry: one a company, nobody's customer, apart, removed by hand, by time and with the company."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kernel import context
from kernel.errors import NotFound
from kernel.when import now
from tenants import actions, api, directory, examples, leaving, metering
from tenants.backups import queries
from tenants.models import Tenant, Use


@pytest.fixture
def company(own_tenant: Any) -> Any:
    return own_tenant("Beside")


def open_one(company: Any) -> Tenant:
    return api.open_example(tenant_id=company.tenant.id, name="Invented")


def test_an_example_is_a_tenant_of_its_own_and_nobodys_customer(company: Any) -> None:
    live = Tenant.objects.get(id=company.tenant.id)
    actions.set_lease(
        tenant_id=live.id,
        lease={"plan": "free", "status": "read_only", "features": ["x"], "limits": {"members": 1}},
    )
    example = open_one(company)
    assert example.schema_name != live.schema_name
    assert (example.language, example.zone, example.currency) == (live.language, live.zone, live.currency)
    assert (example.lease["status"], example.lease["features"], example.lease["limits"]) == (
        "active",
        ["x"],
        {},
    )
    assert example not in Tenant.objects.originals()
    assert example not in api.active()
    entry = directory.by_host(f"{example.slug}.terem.test")
    assert entry is not None and entry.quiet and entry.example
    assert directory.for_work(example.schema_name) is not None
    # Neither among the copies that can be put in place, nor a source of records.
    assert example not in queries.recovery(live.id).copies
    with pytest.raises(NotFound):
        queries.copy_of(live.id, example.id)
    with pytest.raises(NotFound):
        api.ask_recovery(tenant_id=live.id, verb="drop", by="x", reason="To try.", copy_id=example.id)


def test_one_a_company(company: Any) -> None:
    first, second = open_one(company), open_one(company)
    assert api.example_of(company.tenant.id) == second
    assert examples.drop_given_up() >= 1
    first.refresh_from_db()
    assert first.status == Tenant.Status.CLOSED
    with pytest.raises(NotFound):
        api.open_example(tenant_id=second.id, name="Example of an example")


def test_removed_nobody_enters_it_at_once(company: Any) -> None:
    example = open_one(company)
    host = f"{example.slug}.terem.test"
    assert directory.by_host(host) is not None
    assert api.remove_example(tenant_id=company.tenant.id)
    assert not api.remove_example(tenant_id=company.tenant.id)
    entry = directory.by_host(host)
    assert entry is None or entry.status != Tenant.Status.ACTIVE
    examples.drop_given_up()
    assert directory.by_host(host) is None
    assert Tenant.objects.get(id=company.tenant.id).status == Tenant.Status.ACTIVE


def test_unused_for_long_it_goes_and_entering_keeps_it(company: Any) -> None:
    example = open_one(company)
    Tenant.objects.filter(id=example.id).update(copy_until=now() - timedelta(minutes=1))
    api.keep_example(tenant_id=example.id)
    examples.drop_given_up()
    assert api.example_of(company.tenant.id) == example
    Tenant.objects.filter(id=example.id).update(copy_until=now() - timedelta(minutes=1))
    assert examples.drop_given_up() >= 1
    example.refresh_from_db()
    assert example.status == Tenant.Status.CLOSED


def test_it_goes_with_its_company(company: Any) -> None:
    example = open_one(company)
    with context.enter(context.Context(cause="command")):
        found = leaving.start(tenant_id=company.tenant.id, by="owner", reason="We part.")
        example.refresh_from_db()
        assert example.status == Tenant.Status.CLOSING
        leaving.erase(found)
    example.refresh_from_db()
    assert example.status == Tenant.Status.CLOSED
    assert example.name == ""


def test_what_is_used_in_it_counts_for_nobody(company: Any) -> None:
    from django.db import connections

    example = open_one(company)
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO relay.used (role, meter, amount, at) VALUES (%s, 'tried', 3, now()), (%s, 'tried', 2, now())",
            [example.schema_name, company.tenant.schema_name],
        )
    metering.fold()
    assert [use.amount for use in Use.objects.filter(meter="tried", tenant_id=company.tenant.id)] == [2]
    assert not Use.objects.filter(tenant_id=example.id).exists()
