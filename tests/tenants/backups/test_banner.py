"""Every page of a copy says what it is, as of when and until when, and leads administrators back."""

from __future__ import annotations

import re
from typing import Any

import pytest

from crm_core.team.models import Member, Role
from kernel.when import format_when
from tenants import api
from tenants.backups import copies, taking
from tenants.backups.models import Snapshot
from tenants.models import Tenant
from tests.support.tenants import Browser, Company, sign_in

# The panel, settings, a page without a sidebar, a form.
PATHS = ("/", "/companies/", "/companies/new/", "/imports/new/", "/settings/profile/", "/settings/backups/")
BACK = "To the live workspace"


@pytest.fixture
def copy(filled: Company) -> Any:
    """A copy of the filled company, as of a moment ago."""
    snapshot = taking.take(Tenant.objects.get(id=filled.tenant.id), Snapshot.Kind.ASKED)
    return copies.beside(snapshot, by=None, reason="To look.")


def host(copy: Any) -> str:
    return f"{copy.slug}.terem.test"


def inside(copy: Any, member: Any) -> Browser:
    """The member's browser in the copy."""
    with api.inside(copy, cause="page"):
        return sign_in(Browser(host(copy)), member)


def text(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    page: str = answer.content.decode()
    return page


def owner(company: Company, copy: Any) -> Any:
    with api.inside(copy, cause="page"):
        return company.owner


def test_every_page_of_a_copy_says_so(filled: Company, copy: Any) -> None:
    browser = inside(copy, owner(filled, copy))
    moment = format_when(copy.copied_at, language="en", zone="UTC", style="moment")
    day = format_when(copy.copy_until, language="en", zone="UTC", style="date")
    words = f"This is a copy of “{filled.tenant.name}” as it was on {moment}."
    for path in PATHS:
        page = text(browser, path)
        assert words in page, path
        assert f"it is kept until {day}" in page, path
        assert re.search(rf'href="http://{filled.host}[^"]*/">{BACK}', page), path
    with api.inside(filled.tenant, cause="page"):
        live = sign_in(Browser(filled.host), filled.owner)
    assert "This is a copy" not in text(live, "/companies/")


def test_in_russian_and_without_the_way_back_for_others(filled: Company, copy: Any) -> None:
    with api.inside(copy, cause="page"):
        role = Role(name="Reader", rights=["clients.view"])
        role.save()
        member = Member(name="Анна", email="anna@example.com", role=role, language="ru")
        member.save()
    page = text(inside(copy, member), "/companies/")
    assert f"Это копия «{filled.tenant.name}» на" in page
    assert filled.host not in page.partition("Это копия")[2].partition("</div>")[0]


def test_what_was_live_says_that_it_was_replaced(filled: Company, copy: Any) -> None:
    copies.swap(copy.id, by=None, reason="As agreed.")
    former = Tenant.objects.get(id=copy.id)
    page = text(inside(former, owner(filled, former)), "/companies/")
    assert "when another state was put in its place" in page
    copies.back(copy.id, by=None, reason="A mistake.")
    taken_out = Tenant.objects.get(id=copy.id)
    assert taken_out.copied_at is not None and former.copied_at is not None
    assert taken_out.copied_at > former.copied_at
    assert "This is a copy of" in text(inside(taken_out, owner(filled, taken_out)), "/companies/")
