"""The console's actions from the command line."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from kernel import faults as kernel_faults
from kernel.jobs import BACKGROUND, background, relay
from tenants import api, bulletin
from tenants.console import maintenance
from tenants.models import Announcement, Fault, OperatorAct, Tenant
from tests.support.tenants import Company, run_queue


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    yield
    for found in maintenance.present():
        maintenance.end(id=found.id)


def said(*arguments: Any) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_companies(own_tenant: Callable[..., Company]) -> None:
    slug = own_tenant("By command").tenant.slug
    assert "By command" in said("tenants", "list", "by command")
    assert "members" in said("tenants", "show", slug)
    said("tenants", "suspend", slug, "--reason", "Asked to.")
    assert "Workspace suspended. Asked to." in said("tenants", "show", slug)
    with pytest.raises(CommandError, match="not active"):
        said("tenants", "suspend", slug, "--reason", "Again.")
    said("tenants", "resume", slug, "--reason", "Asked to.")
    assert Tenant.objects.get(slug=slug).status == "active"
    with pytest.raises(CommandError):
        said("tenants", "show", "nobody-there")


def test_announcing(own_tenant: Callable[..., Company]) -> None:
    slug = own_tenant("Hears").tenant.slug
    assert "shown to 1 companies" in said("announce", "--en", "Hello.", "--ru", "Привет.", "--tenant", slug)
    assert "Hello." in said("announce")
    with pytest.raises(CommandError, match="both languages"):
        said("announce", "--en", "Hello.")
    found = Announcement.objects.latest("made_at")
    said("announce", "--withdraw", str(found.id))
    found.refresh_from_db()
    assert found.withdrawn_at is not None


def test_maintenance(own_tenant: Callable[..., Company]) -> None:
    tenant = own_tenant("Under work").tenant
    with pytest.raises(CommandError, match="Say why"):
        said("maintenance", "closed")
    said("maintenance", "readonly", "--tenant", tenant.slug, "--reason", "A move.")
    work = bulletin.work_on(tenant.id)
    assert work is not None and not work.closed
    assert "Under work: readonly" in said("maintenance")
    said("maintenance", "end", "--tenant", tenant.slug)
    assert bulletin.work_on(tenant.id) is None
    with pytest.raises(CommandError):
        said("maintenance", "end")


def test_jobs(own_tenant: Callable[..., Company]) -> None:
    relay._control("DELETE FROM relay.ticket", [])
    runs: list[int] = []

    def run(job: Any) -> None:
        runs.append(1)
        if len(runs) == 1:
            raise RuntimeError

    company = own_tenant("Works")
    try:
        with api.inside(company.tenant):
            job = background("tests.by_command")(run).later(by=None)
        run_queue()
        assert "tests.by_command" in said("jobs", "list", "--state", "failed")
        with pytest.raises(CommandError, match="Say why"):
            said("jobs", "retry", str(job.id))
        said("jobs", "retry", str(job.id), "--reason", "Once more.")
        run_queue()
        assert runs == [1, 1]
        assert OperatorAct.objects.filter(tenant=company.tenant, verb="job_retried").exists()
        with pytest.raises(CommandError):
            said("jobs", "cancel", str(job.id), "--reason", "It is gone.")
    finally:
        BACKGROUND.pop("tests.by_command")


def test_errors() -> None:
    kernel_faults.note_words("ValueError", kind="request", place="by/command.py:1 f")
    found = Fault.objects.get(place="by/command.py:1 f")
    assert "by/command.py" in said("errors")
    assert "ValueError" in said("errors", "show", str(found.id))
    with pytest.raises(CommandError):
        said("errors", "resolve", str(found.id))
    said("errors", "resolve", str(found.id), "--note", "Mended.")
    assert "by/command.py" not in said("errors")
    assert "by/command.py" in said("errors", "--all")
