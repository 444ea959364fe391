"""Suspending never loses data: rows and files stay, waiting work waits, and the way out stays open."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from crm_core.exports.actions import start
from kernel import context, storage
from kernel.jobs.models import Job
from tenants import api
from tests.support.tenants import Company, run_queue
from tests.tenants.backups.conftest import content, fill


@pytest.fixture(autouse=True)
def command(database: None) -> Iterator[None]:
    with context.enter(context.Context(cause="command")):
        yield


def waiting() -> int:
    return Job.objects.filter(state=Job.State.WAITING, name="exports.make").count()


def test_everything_is_as_before_and_work_goes_on(own_tenant: Callable[..., Company]) -> None:
    company = own_tenant("Kept")
    with api.inside(company.tenant, cause="page", actor=company.owner_id):
        fill(company.owner, "Kept")
        files = set(storage.names())
    run_queue()
    with api.inside(company.tenant, cause="page", actor=company.owner_id):
        start(by=company.owner)
        assert waiting() == 1
    before = content(company.tenant.schema_name)

    api.suspend(tenant_id=company.tenant.id, reason="The invoice is open.")
    run_queue()
    with api.inside(company.tenant, cause="operator"):
        assert waiting() == 1, "what was begun waits"
        assert set(storage.names()) == files
    api.resume(tenant_id=company.tenant.id, reason="It was paid.")
    after = content(company.tenant.schema_name)
    assert {name for name in before if before[name] != after[name]} == {"events_event"}
    # The company's own history tells of both acts, and of nothing else.
    assert after["events_event"][0] == before["events_event"][0] + 2

    run_queue()
    with api.inside(company.tenant, cause="page", actor=company.owner_id):
        assert waiting() == 0, "what had waited goes on"
        assert files < set(storage.names())
