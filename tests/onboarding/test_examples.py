"""The way into an example: for whoever works in its company, with a like role, and for nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.setup.actions import examples as actions
from crm_core.team import actions as team
from crm_core.team.models import Member, Role
from identity import api as identity
from tenants import api as tenants
from tests.onboarding.company import PASSWORD, Newcomer
from tests.support.tenants import run_queue
from tests.support.visitor import Visitor


@pytest.fixture
def example(owner: Newcomer) -> Any:
    """The owner's company has an example."""
    with tenants.inside(owner.tenant, cause="page"):
        actions.open_example(by=Member.objects.get(email=owner.email), line="trade")
    run_queue()
    return tenants.example_of(owner.tenant.id)


def inside_url(example: Any, path: str = "/") -> str:
    return f"http://{example.slug}.terem.test{path}"


def colleague(owner: Newcomer, role: str) -> Visitor:
    """Somebody of the company, signed in on the account host."""
    email = f"{role.split(maxsplit=1)[0].lower()}.{owner.mark}@northern.example"
    account = identity.create_account(email=email, password=PASSWORD)
    with tenants.inside(owner.tenant, cause="page"):
        team.add_member(
            by=Member.objects.get(email=owner.email),
            account_id=account.pk,
            email=email,
            name=f"A {role}",
            role_id=Role.objects.get(name=role).id,
        )
    tenants.join(tenant_id=owner.tenant.id, account_id=account.pk, member_id=_member(owner, email).id)
    visitor = Visitor()
    visitor.sign_in(email)
    return visitor


def _member(owner: Newcomer, email: str) -> Member:
    with tenants.inside(owner.tenant, cause="page"):
        return Member.objects.get(email=email)


def test_the_owner_walks_in_as_administrator(owner: Newcomer, example: Any) -> None:
    page = owner.visitor.walk(inside_url(example, "/deals/"))
    assert page.status_code == 200
    assert "This is an example" in page.content.decode()
    with tenants.inside(example):
        found = Member.objects.get(email=owner.email)
        assert found.role.system
    assert tenants.example_of(owner.tenant.id).copy_until > example.copy_until


@pytest.mark.parametrize("role", ["Salesperson", "Read only"])
def test_a_colleague_comes_with_a_like_role_and_sees_something(
    owner: Newcomer, example: Any, role: str
) -> None:
    visitor = colleague(owner, role)
    page = visitor.walk(inside_url(example, "/companies/"))
    assert page.status_code == 200
    assert "Corner Basket Shops" in page.content.decode()
    with tenants.inside(example):
        assert Member.objects.get(name=f"A {role}").role.name == role


def test_strangers_and_other_companies_are_refused(owner: Newcomer, example: Any, newcomer: Newcomer) -> None:
    other = newcomer
    other.come_in()
    page = other.visitor.walk(inside_url(example))
    assert page.status_code == 404
    with tenants.inside(example):
        assert not Member.objects.filter(email=other.email).exists()
    assert "/account/login/" in Visitor().walk(inside_url(example)).url_asked


def test_whoever_leaves_the_company_leaves_the_example(owner: Newcomer, example: Any) -> None:
    visitor = colleague(owner, "Salesperson")
    assert visitor.walk(inside_url(example)).status_code == 200
    email = f"salesperson.{owner.mark}@northern.example"
    with tenants.inside(owner.tenant, cause="page"):
        team.deactivate(by=Member.objects.get(email=owner.email), id=Member.objects.get(email=email).id)
    assert visitor.walk(inside_url(example, "/companies/")).status_code == 404


def test_signing_in_still_leads_into_the_one_real_workspace(owner: Newcomer, example: Any) -> None:
    owner.visitor.walk(inside_url(example))
    visitor = Visitor()
    sign_in = visitor.walk("http://terem.test/account/login/")
    page = visitor.follow(visitor.send(sign_in, login=owner.email, password="correct horse battery"))
    assert owner.host in page.url_asked
