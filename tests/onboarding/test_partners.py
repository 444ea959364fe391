"""An integrator with one account helps several companies; each ends it for itself, at once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from crm_core.team.models import Member
from kernel.ids import uuid7
from kernel.when import now
from onboarding import queries
from tenants import api as tenants
from tests.onboarding.company import PASSWORD, Newcomer
from tests.support.visitor import Visitor, letters_to


def invite(owner: Newcomer, email: str) -> str:
    """The owner invites a partner by the real page; the letter's link."""
    page = owner.visitor.walk(f"http://{owner.host}/settings/members/partner/")
    until = (now() + timedelta(days=14)).date().isoformat()
    answer = owner.visitor.send(page, email=email, name="Ina", preset="set_up", until=until)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    found = re.search(r"http://\S+/join/\S+", letters_to(email)[-1].body)
    assert found is not None
    return found.group()


def in_company(owner: Newcomer, email: str) -> Any:
    with tenants.inside(owner.tenant):
        return Member.objects.get(email=email)


def test_one_account_in_two_companies_ended_in_one(owner: Newcomer) -> None:
    second = Newcomer(uuid7().hex[-10:])
    second.come_in()
    email = f"ina{uuid7().hex[-10:]}@integrator.example"
    ina = Visitor()
    page = ina.walk(invite(owner, email))
    inside = ina.follow(ina.send(page, name="Ina Tegra", password=PASSWORD))
    assert inside.url_asked == f"http://{owner.host}/"
    page = ina.walk(invite(second, email))
    inside = ina.follow(ina.send(page, name="Ina Tegra"))
    assert inside.url_asked == f"http://{second.host}/"
    partner = in_company(owner, email)
    assert partner.account_id == in_company(second, email).account_id
    assert [one.open for one in queries.workspaces(_account(email))] == [True, True]

    list_page = owner.visitor.walk(f"http://{owner.host}/settings/members/")
    assert f"/settings/members/{partner.id}/partner/ending/" in list_page.content.decode()
    form = owner.visitor.walk(f"http://{owner.host}/settings/members/{partner.id}/partner/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.content.decode())
    assert token is not None
    ended = owner.visitor.client(owner.host).post(
        f"/settings/members/{partner.id}/partner/ending/", {"csrfmiddlewaretoken": token[1]}
    )
    assert ended.status_code == 302
    assert ina.get(f"http://{owner.host}/companies/").status_code == 302
    assert ina.get(f"http://{second.host}/companies/").status_code == 200
    assert [one.name for one in queries.workspaces(_account(email))] == [second.tenant.name]


def test_coming_too_late_is_told_in_words(owner: Newcomer) -> None:
    email = f"late{uuid7().hex[-10:]}@integrator.example"
    late = Visitor()
    page = late.walk(invite(owner, email))
    late.follow(late.send(page, name="Ina Tegra", password=PASSWORD))
    with tenants.inside(owner.tenant):
        Member.objects.filter(email=email).update(partner_until=now())
    refused = late.walk(f"http://{owner.host}/companies/")
    assert refused.status_code == 403
    assert "Your time here is over" in refused.content.decode()


def _account(email: str) -> Any:
    from identity import api as identity

    return identity.by_email(email)
