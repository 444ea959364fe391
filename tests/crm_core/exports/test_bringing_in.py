"""An administrator brings an archive into a new workspace by the page: seeds make way, nothing of the archive is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm_core.clients.actions import create_company
from crm_core.exports.queries.tables import tables
from crm_core.team import actions as team
from crm_core.team.models import Member, Role
from kernel import storage
from kernel.jobs.models import Job
from kernel.rows import write_lines
from tenants import api
from tenants.models import Membership
from tests.crm_core.exports.test_making import PAGE
from tests.crm_core.exports.test_taking_in import HOSTILE, archive, changed, company
from tests.support.tenants import Browser, Company, run_queue, sign_in

__all__ = ["archive", "company"]


@pytest.fixture
def new(own_tenant: Any) -> tuple[Company, Browser]:
    made: Company = own_tenant("New")
    with api.inside(made.tenant, cause="page"):
        return made, sign_in(Browser(made.host), made.owner)


def bring(browser: Browser, place: Path) -> Any:
    answer = browser.post(f"{PAGE}arrival/", {"file": SimpleUploadedFile("a.zip", place.read_bytes())})
    run_queue()
    return answer


def lines(names: set[str]) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for model in tables():
        if model._meta.db_table not in names:
            kept: list[bytes] = []
            write_lines(model, [field.column for field in model._meta.concrete_fields], kept.append)
            found[model._meta.db_table] = kept
    return found


def test_nothing_is_lost(company: Company, archive: Path, new: tuple[Company, Browser]) -> None:
    here, browser = new
    assert "Bring an archive in" in browser.get(PAGE).content.decode()
    assert bring(browser, archive).status_code == 302
    # People are settled anew and the history has both stories; everything else is the same to the letter.
    apart = {"team_member", "events_event"}
    with api.inside(company.tenant):
        origin, facts = lines(apart), {one.id for one in _facts()}
    with api.inside(here.tenant):
        assert Job.objects.get(name="exports.bring_in").state == "done"
        assert lines(apart) == origin
        assert facts - {one.id for one in _facts()} == _later(company)
        assert "papers/offer.pdf" in storage.names()
        assert not [name for name in storage.names() if name.endswith(".in.zip")]
    assert "Ёж" in browser.get("/companies/").content.decode()


def _facts() -> Any:
    from crm_core.events.models import Event

    return Event.objects.all()


def _later(company: Company) -> Any:
    """What was written in the origin after its tables were read."""
    with api.inside(company.tenant):
        return set(_facts().filter(verb="exports.finished").values_list("id", flat=True))


def test_people_come_back_by_invitation(
    company: Company, archive: Path, new: tuple[Company, Browser]
) -> None:
    here, browser = new
    bring(browser, archive)
    email = f"owner@{company.tenant.slug}.example"
    with api.inside(here.tenant, cause="page"):
        me = Member.objects.get(account_id__isnull=False)
        assert me.email == f"owner@{here.tenant.slug}.example"
        assert me.role.system
        assert Membership.objects.get(account_id=me.account_id, tenant=here.tenant).member_id == me.id
        role = Role.objects.filter(system=False).first()
        assert role is not None
        team.invite(by=me, email=email, role_id=role.id)
        came = team.add_member(by=me, account_id=987654, email=email, name="Back", role_id=role.id)
        assert came.id == company.owner_id


def test_a_used_workspace_takes_nothing_in(archive: Path, new: tuple[Company, Browser]) -> None:
    here, browser = new
    with api.inside(here.tenant, cause="page", actor=here.owner_id):
        create_company(by=here.owner, values={"name": "Mine"})
    assert bring(browser, archive).status_code == 422
    with api.inside(here.tenant):
        assert not Job.objects.filter(name="exports.bring_in").exists()
        assert Member.objects.filter(id=here.owner_id).exists()


@pytest.mark.parametrize("name", ["a changed row", "a path out of the house"])
def test_hostile_archives_leave_the_seeds(archive: Path, new: tuple[Company, Browser], name: str) -> None:
    here, browser = new
    bring(browser, changed(archive, HOSTILE[name][0]))
    with api.inside(here.tenant):
        assert Role.objects.exists()
        assert Member.objects.get(id=here.owner_id).account_id
        assert storage.names() == []
    assert browser.get(PAGE).status_code == 200
