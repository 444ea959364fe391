"""Background work: written with the caller's transaction, fair, retried, stoppable, resumed after a crash."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from kernel import context
from kernel.errors import Invalid, Unavailable
from kernel.ids import uuid7
from kernel.jobs import BACKGROUND, Running, Stopped, background, declaring, relay, stop
from kernel.jobs.models import Job
from kernel.jobs.running import run_next, sweep
from tenants import api
from tests.support.tenants import Company, run_queue

SEEN: list[Any] = []


def declared(name: str, function: Callable[..., Any], **options: Any) -> Any:
    BACKGROUND.pop(name, None)
    return background(name, **options)(function)


@pytest.fixture
def company(own_tenant: Callable[..., Company]) -> Company:
    SEEN.clear()
    found = own_tenant("Jobs")
    connections["default"].cursor().execute("DELETE FROM relay.ticket")
    return found


def ask(work: Any, company: Company, **arguments: Any) -> Job:
    with api.inside(company.tenant), transaction.atomic(using="tenant"):
        job: Job = work.later(by=company.owner, **arguments)
        return job


def state(company: Company, job: Job) -> Job:
    with api.inside(company.tenant):
        return Job.objects.get(id=job.id)


def test_job_runs_in_its_tenant_with_its_actor(company: Company) -> None:
    def work(job: Running, *, word: str) -> dict[str, Any]:
        SEEN.append((word, context.tenant().schema, context.current().actor, context.current().cause))
        with transaction.atomic(using="tenant"):
            job.step(1, total=2, words="half")
        return {"ok": True}

    job = ask(declared("tests.simple", work), company, word="hello")
    assert run_queue() == 1
    assert [("hello", company.tenant.schema_name, company.owner_id, "job")] == SEEN
    done = state(company, job)
    assert (done.state, done.result, done.done, done.total) == ("done", {"ok": True}, 1, 2)
    assert done.percent == 50
    assert relay.overview() == []


def test_rolled_back_caller_leaves_no_job(company: Company) -> None:
    work = declared("tests.none", lambda job: SEEN.append(1))
    with api.inside(company.tenant), pytest.raises(RuntimeError), transaction.atomic(using="tenant"):
        work.later(by=None)
        raise RuntimeError
    assert run_queue() == 0
    assert SEEN == []


def test_a_worker_that_ends_gives_its_work_back(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one goes on from the last step, at once, and it does not count as a try."""
    ending = threading.Event()
    monkeypatch.setattr(declaring, "ENDING", ending)

    def work(job: Running) -> dict[str, Any]:
        SEEN.append((job.attempts, dict(job.checkpoint)))
        for number in range(job.checkpoint.get("done", 0), 3):
            if len(SEEN) == 1 and number == 2:
                ending.set()
            with transaction.atomic(using="tenant"):
                job.step(number + 1, checkpoint={"done": number + 1})
        return {}

    job = ask(declared("tests.given_back", work), company)
    assert run_next("tenant")
    assert (state(company, job).state, state(company, job).done) == ("waiting", 2)
    ending.clear()
    run_queue()
    assert SEEN == [(1, {}), (1, {"done": 2})]
    assert (state(company, job).state, state(company, job).done) == ("done", 3)
    assert relay.overview() == []


def test_same_key_is_one_job(company: Company) -> None:
    work = declared("tests.once", lambda job: SEEN.append(1))
    first = ask(work, company, key="only")
    second = ask(work, company, key="only")
    assert first.id == second.id
    run_queue()
    assert SEEN == [1]


def test_temporary_error_is_tried_again_and_permanent_one_ends(company: Company) -> None:
    def shaky(job: Running) -> None:
        SEEN.append(job.attempts)
        if len(SEEN) < 3:
            raise Unavailable

    job = ask(declared("tests.shaky", shaky), company)
    for _ in range(3):
        connections["default"].cursor().execute("UPDATE relay.ticket SET due = now()")
        run_queue()
    assert SEEN == [1, 2, 3]
    assert state(company, job).state == "done"

    def broken(job: Running) -> None:
        raise Invalid("Not like this.")

    job = ask(declared("tests.broken", broken), company)
    run_queue()
    ended = state(company, job)
    assert (ended.state, ended.error) == ("failed", "Not like this.")
    # Its ticket stays for the operators, and no worker takes it.
    assert [row["state"] for row in relay.overview()] == ["failed"]
    assert run_queue() == 0


def test_stop_ends_at_the_next_step(company: Company) -> None:
    def long(job: Running) -> None:
        for number in range(100):
            with transaction.atomic(using="tenant"):
                SEEN.append(number)
                job.step(number)
            if number == 3:
                with context.altered():
                    stop(by=company.owner, job_id=job.id)

    job = ask(declared("tests.long", long), company)
    run_queue()
    assert state(company, job).state == "stopped"
    assert len(SEEN) == 5


def test_dead_worker_is_replaced_and_goes_on_from_the_checkpoint(company: Company) -> None:
    def work(job: Running) -> None:
        for number in range(job.checkpoint.get("next", 0), 5):
            with transaction.atomic(using="tenant"):
                SEEN.append(number)
                job.step(number + 1, checkpoint={"next": number + 1})
            if number == 2 and job.attempts == 1:
                raise KeyboardInterrupt  # the process dies here

    job = ask(declared("tests.dies", work), company)
    with pytest.raises(KeyboardInterrupt):
        run_next("tenant")
    assert state(company, job).state == "running"
    connections["default"].cursor().execute("UPDATE relay.ticket SET lease_until = now() - interval '1 s'")
    sweep()
    run_queue()
    assert SEEN == [0, 1, 2, 3, 4]
    assert state(company, job).state == "done"


def test_worker_that_lost_its_lease_writes_nothing_more(company: Company) -> None:
    def work(job: Running) -> None:
        with api.inside(company.tenant):
            Job.objects.filter(id=job.id).update(run=uuid7())
        with transaction.atomic(using="tenant"):
            job.step(1)
        SEEN.append("never")

    job = ask(declared("tests.lost", work), company)
    run_next("tenant")
    assert SEEN == []
    assert state(company, job).state == "running"


def test_suspended_tenants_jobs_wait(company: Company) -> None:
    work = declared("tests.parked", lambda job: SEEN.append(1))
    ask(work, company)
    with context.enter(context.Context(cause="command")):
        api.suspend(tenant_id=company.tenant.id, reason="Wait")
    run_queue()
    assert SEEN == []
    assert [row["state"] for row in relay.overview()] == ["parked"]
    with context.enter(context.Context(cause="command")):
        api.resume(tenant_id=company.tenant.id)
    run_queue()
    assert SEEN == [1]


def test_ten_thousand_jobs_of_one_do_not_delay_anothers_first(
    company: Company, own_tenant: Callable[..., Company]
) -> None:
    other = own_tenant("Quiet")
    work = declared("tests.fair", lambda job, who: SEEN.append(who))
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO relay.ticket (id, role, queue, due)"
            " SELECT gen_random_uuid(), %s, 'tenant', now() - interval '1 hour' FROM generate_series(1, 10000)",
            [company.tenant.schema_name],
        )
    ask(work, other, who="quiet")
    run_next("tenant")
    run_next("tenant")
    assert SEEN == ["quiet"]
    connections["default"].cursor().execute("DELETE FROM relay.ticket")


def test_later_outside_a_transaction_writes_both_or_nothing(company: Company) -> None:
    work = declared("tests.torn", lambda job: None)
    with api.inside(company.tenant), pytest.MonkeyPatch.context() as patch:
        patch.setattr(relay, "insert", lambda *a: (_ for _ in ()).throw(DatabaseError("no")))
        with pytest.raises(DatabaseError):
            work.later(by=None)
        assert not Job.objects.filter(name="tests.torn").exists()


def test_stopped_is_an_exception_of_its_own() -> None:
    assert issubclass(Stopped, Exception)


def test_long_jobs_of_one_company_leave_a_worker_for_the_others(
    own_tenant: Callable[..., Company], company: Company, settings: Any
) -> None:
    settings.TEREM_JOBS_AT_ONCE = 2
    quiet = own_tenant("Quiet")
    work = declared("tests.share", lambda job: {})
    noisy_jobs = [ask(work, company) for _ in range(6)]
    with context.enter(context.Context(cause="job")):
        held = [relay.claim("tenant", uuid7()) for _ in range(3)]
        assert [ticket.role if ticket else None for ticket in held] == [company.tenant.schema_name] * 2 + [
            None
        ]
        ask(work, quiet)
        first = relay.claim("tenant", uuid7())
        assert first is not None and first.role == quiet.tenant.schema_name
        assert not relay.was_held_up(company.tenant.schema_name, "tenant")
        assert held[0] is not None
        relay.finish(held[0])
        assert relay.was_held_up(company.tenant.schema_name, "tenant"), "its next job must wake a worker"
        following = relay.claim("tenant", uuid7())
        assert following is not None and following.role == company.tenant.schema_name
    assert len(noisy_jobs) == 6


def test_first_job_passes_ten_thousand_of_another_company(
    own_tenant: Callable[..., Company], company: Company
) -> None:
    quiet = own_tenant("Quiet")
    work = declared("tests.fair", lambda job: {})
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO relay.ticket (id, role, queue, due)"
            " SELECT gen_random_uuid(), %s, 'tenant', now() FROM generate_series(1, 10000)",
            [company.tenant.schema_name],
        )
    with context.enter(context.Context(cause="job")):
        assert relay.claim("tenant", uuid7()) is not None
        ask(work, quiet)
        claimed = relay.claim("tenant", uuid7())
        assert claimed is not None and claimed.role == quiet.tenant.schema_name
        relay.drop_all(company.tenant.schema_name)
        relay.finish(claimed)
