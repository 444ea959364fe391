"""The chooser, finding workspaces by mail, pages for hosts that lead nowhere, first steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from onboarding.models import Signup
from tenants import api as tenants
from tests.onboarding.company import Newcomer
from tests.support.visitor import Visitor, letters_to


def test_signing_in_leads_into_the_only_workspace(owner: Newcomer) -> None:
    visitor = Visitor()
    assert visitor.follow(visitor.sign_in(owner.email)).url_asked == f"http://{owner.host}/"


def test_chooser_shows_all_and_marks_the_paused(owner: Newcomer) -> None:
    tenants.suspend(tenant_id=owner.tenant.id, reason="test")
    visitor = Visitor()
    page = visitor.follow(visitor.sign_in(owner.email))
    assert page.url_asked.endswith("/workspaces/")
    assert "Paused" in page.content.decode()
    assert f"http://{owner.host}/enter/" not in page.content.decode()


def test_without_any_there_is_a_way_on(make: Callable[..., Any]) -> None:
    visitor = Visitor()
    page = visitor.follow(visitor.sign_in(make().email))
    assert "no workspace yet" in page.content.decode()
    assert 'href="/signup/"' in page.content.decode()


def test_list_by_mail(owner: Newcomer, make: Callable[..., Any]) -> None:
    Visitor().fill("/workspaces/find/", email=owner.email)
    letter = letters_to(owner.email)[-1]
    assert f"http://{owner.host}/enter/" in letter.body
    boris = make()
    Visitor().fill("/workspaces/find/", email=boris.email)
    assert owner.host not in letters_to(boris.email)[-1].body


def test_letters_cannot_be_asked_for_without_end(owner: Newcomer) -> None:
    before = len(letters_to(owner.email))
    visitor = Visitor()
    statuses = [visitor.fill("/workspaces/find/", email=owner.email).status_code for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    assert len(letters_to(owner.email)) == before + 5


@pytest.mark.parametrize(("language", "words"), [("en", "nothing at this address"), ("ru", "ничего")])
def test_unknown_address_is_neutral(language: str, words: str) -> None:
    page = Visitor(language=language).get("http://nobody-has-this.terem.test/")
    assert page.status_code == 404
    assert words in page.content.decode()


def test_suspended_page_tells_visitors_that_nothing_is_lost(owner: Newcomer) -> None:
    tenants.suspend(tenant_id=owner.tenant.id, reason="a private reason")
    page = Visitor().get(f"http://{owner.host}/")
    assert page.status_code == 402
    assert "Nothing is lost" in page.content.decode()
    assert "a private reason" not in page.content.decode()


def test_first_steps_go_when_they_are_done(owner: Newcomer) -> None:
    from crm_core.team.actions import invite
    from crm_core.team.models import Member, Role

    start = f"http://{owner.host}/"
    assert "First steps" in owner.visitor.get(start).content.decode()
    with tenants.inside(owner.tenant):
        from crm_core.clients.actions import create_company

        me = Member.objects.select_related("role").get()
        create_company(by=me, values={"name": "First client"})
        role = Role.objects.filter(system=False).first()
        invite(by=me, email="second@northern.example", role_id=role.id)
    assert "First steps" not in owner.visitor.get(start).content.decode()


def test_stale_signups_are_forgotten(newcomer: Newcomer) -> None:
    from datetime import timedelta

    from django.contrib.auth import get_user_model

    from config.nightly import tidy
    from kernel.when import now

    newcomer.sign_up()
    Signup.objects.filter(email=newcomer.email).update(created_at=now() - timedelta(days=8))
    get_user_model().objects.filter(email=newcomer.email).update(date_joined=now() - timedelta(days=8))
    tidy()
    assert not Signup.objects.filter(email=newcomer.email).exists()
    assert not get_user_model().objects.filter(email=newcomer.email).exists()
