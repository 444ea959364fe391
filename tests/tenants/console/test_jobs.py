"""Background work seen and mended from the console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from kernel import context
from kernel.jobs import BACKGROUND, background, relay, watching
from kernel.jobs.models import Job
from kernel.jobs.running import sweep
from tenants import api
from tenants.models import Fault, OperatorAct
from tests.support.tenants import Company, run_queue

RUNS: list[str] = []


@pytest.fixture(autouse=True)
def work() -> Iterator[Any]:
    def run(job: Any) -> None:
        RUNS.append(context.tenant().schema)
        if len(RUNS) == 1:
            raise RuntimeError("Anna Keller, 555-1234")

    RUNS.clear()
    relay._control("DELETE FROM relay.ticket", [])
    yield background("tests.fails_once")(run)
    BACKGROUND.pop("tests.fails_once")


def failed(work: Any, company: Company) -> Job:
    with api.inside(company.tenant, actor=company.owner_id):
        job: Job = work.later(by=company.owner)
    run_queue()
    return job


def test_failed_job_is_shown_and_tried_again(
    console: Client, operator: Any, work: Any, own_tenant: Callable[..., Company]
) -> None:
    company = own_tenant("Failing")
    job = failed(work, company)
    for path in ("/jobs/", "/jobs/?state=failed", f"/tenants/{company.tenant.id}/"):
        text = console.get(path).content.decode()
        assert "tests.fails_once" in text
        assert "Failing" in text
        assert "555-1234" not in text
    assert console.post(f"/jobs/{job.id}/retry/", {"reason": ""}).status_code == 422
    assert console.post(f"/jobs/{job.id}/retry/", {"reason": "The disk was full."}).status_code == 302
    run_queue()
    assert len(RUNS) == 2
    with api.inside(company.tenant):
        assert Job.objects.get(id=job.id).state == "done"
    act = OperatorAct.objects.get(tenant=company.tenant, verb="job_retried")
    assert (act.account_label, act.values["job"]) == (operator.email, "tests.fails_once")
    assert console.get(f"/jobs/{job.id}/retry/").status_code == 404


def test_job_is_given_up(console: Client, work: Any, own_tenant: Callable[..., Company]) -> None:
    company = own_tenant("Giving up")
    job = failed(work, company)
    assert console.post(f"/jobs/{job.id}/cancellation/", {"reason": "Not needed."}).status_code == 302
    with api.inside(company.tenant):
        assert Job.objects.get(id=job.id).state == "stopped"
    assert relay.overview() == []
    assert run_queue() == 0


def test_held_job_is_not_run_twice(console: Client, work: Any, own_tenant: Callable[..., Company]) -> None:
    company = own_tenant("Held")
    with api.inside(company.tenant):
        job = work.later(by=None)
    relay._control("UPDATE relay.ticket SET state = 'running', lease_until = now() + interval '1 min'", [])
    assert console.post(f"/jobs/{job.id}/retry/", {"reason": "Impatient."}).status_code == 422
    relay._control("UPDATE relay.ticket SET lease_until = now() - interval '1 s'", [])
    assert "Worker lost" in console.get("/jobs/").content.decode()
    assert [queue.lost for queue in watching.queues()] == [1]
    assert console.post(f"/jobs/{job.id}/retry/", {"reason": "Its worker died."}).status_code == 302


def test_dead_worker_is_a_fault(work: Any, own_tenant: Callable[..., Company]) -> None:
    company = own_tenant("Dead worker")
    with api.inside(company.tenant):
        work.later(by=None)
    relay._control("UPDATE relay.ticket SET state = 'running', lease_until = now() - interval '1 s'", [])
    sweep()
    assert Fault.objects.filter(kind="worker", error="WorkerDied").exists()


def test_old_failures_are_forgotten(work: Any, own_tenant: Callable[..., Company]) -> None:
    failed(work, own_tenant("Old failure"))
    assert watching.forget_failed() == 0
    relay._control("UPDATE relay.ticket SET failed_at = now() - interval '15 days'", [])
    assert watching.forget_failed() == 1


def test_loads_are_counted_by_company(console: Client, work: Any, own_tenant: Callable[..., Company]) -> None:
    busy, quiet = own_tenant("Busy"), own_tenant("Quiet")
    for company, number in ((quiet, 1), (busy, 3)):
        with api.inside(company.tenant):
            for _ in range(number):
                work.later(by=None)
    loads = watching.loads()
    assert [(load.role, load.waiting) for load in loads] == [
        (busy.tenant.schema_name, 3),
        (quiet.tenant.schema_name, 1),
    ]
    queue = watching.queues()[0]
    assert (queue.queue, queue.waiting) == ("tenant", 4)
    assert queue.oldest is not None
    part = console.get("/jobs/", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert part.content.decode().lstrip().startswith('<div id="rows"')
