"""Joining by the letter: with a new account, with one that exists, and nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from identity import api as identity
from tenants import api as tenants
from tests.onboarding.company import PASSWORD, Newcomer
from tests.support.visitor import Visitor, letters_to


@pytest.fixture
def guest() -> str:
    from kernel.ids import uuid7

    return f"carla{uuid7().hex[-10:]}@western.example"


def invite(owner: Newcomer, email: str) -> str:
    """The owner invites by the real page; the letter's link."""
    page = owner.visitor.walk(f"http://{owner.host}/settings/members/invitation/")
    from crm_core.team.models import Role

    with tenants.inside(owner.tenant):
        role = Role.objects.filter(system=False).first()
    answer = owner.visitor.send(page, email=email, name="Carla", role=str(role.id))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    found = re.search(r"http://\S+/join/\S+", letters_to(email)[-1].body)
    assert found is not None
    return found.group()


def member_of(owner: Newcomer, email: str) -> Any:
    from crm_core.team.models import Member

    with tenants.inside(owner.tenant):
        return Member.objects.filter(email=email, active=True).first()


def test_new_person_joins_with_name_and_password_only(owner: Newcomer, guest: str) -> None:
    carla = Visitor()
    page = carla.walk(invite(owner, guest))
    text = page.content.decode()
    assert page.url_asked.startswith("http://terem.test/invitations/")
    assert f"Light {owner.mark}" in text
    assert guest in text
    inside = carla.follow(carla.send(page, name="Carla Weber", password=PASSWORD))
    assert inside.url_asked == f"http://{owner.host}/"
    assert member_of(owner, guest).name == "Carla Weber"
    assert identity.by_email(guest) is not None
    assert Visitor().sign_in(guest).status_code == 302


def test_weak_password_is_said_and_the_name_kept(owner: Newcomer, guest: str) -> None:
    carla = Visitor()
    page = carla.walk(invite(owner, guest))
    answer = carla.send(page, name="Carla Weber", password="short")
    assert answer.status_code == 422
    assert "Carla Weber" in answer.content.decode()
    assert identity.by_email(guest) is None


def test_person_with_an_account_signs_in_and_joins(
    owner: Newcomer, guest: str, make: Callable[..., Any]
) -> None:
    make(guest)
    carla = Visitor()
    page = carla.walk(invite(owner, guest))
    assert (
        "password"
        not in page.content.decode().split("signup-side")[0].lower().split("</header>")[1].split("footer")[0]
    )
    link = re.search(r'href="(/account/login/\?next=[^"]+)"', page.content.decode())
    assert link is not None
    page = carla.follow(carla.fill(link.group(1), login=guest, password=PASSWORD))
    inside = carla.follow(carla.send(page, name="Carla"))
    assert inside.url_asked == f"http://{owner.host}/"


def test_another_account_cannot_take_it(owner: Newcomer, guest: str, make: Callable[..., Any]) -> None:
    boris = Visitor()
    boris.sign_in(make().email)
    page = boris.walk(invite(owner, guest))
    assert "another address" in page.content.decode()
    assert member_of(owner, guest) is None
    # Signing out there leads back to the invitation.
    again = boris.follow(boris.send(page, to="logout"))
    assert again.url_asked == page.url_asked


def test_link_works_once(owner: Newcomer, guest: str) -> None:
    link = invite(owner, guest)
    carla = Visitor()
    page = carla.walk(link)
    carla.send(page, name="Carla", password=PASSWORD)
    later = Visitor().walk(link)
    assert later.status_code == 404
    assert "over" in later.content.decode()


def test_made_up_links_open_nothing(owner: Newcomer) -> None:
    for path in (f"{owner.slug}/{'x' * 43}", "nobody-here/abc", f"{owner.slug}/%00"):
        assert Visitor().get(f"/invitations/{path}/").status_code == 404


def test_key_of_one_workspace_opens_no_other(owner: Newcomer, newcomer: Newcomer, guest: str) -> None:
    newcomer.come_in()
    key = invite(owner, guest).rstrip("/").rpartition("/")[2]
    assert Visitor().get(f"/invitations/{newcomer.slug}/{key}/").status_code == 404


def test_revoked_and_suspended(owner: Newcomer, guest: str) -> None:
    link = invite(owner, guest)
    tenants.suspend(tenant_id=owner.tenant.id, reason="test")
    assert (
        Visitor().get(f"/invitations/{owner.slug}/{link.rstrip('/').rpartition('/')[2]}/").status_code == 404
    )
    tenants.resume(tenant_id=owner.tenant.id)
    from crm_core.team.actions import revoke
    from crm_core.team.models import Invitation
    from kernel.rights import PLATFORM

    with tenants.inside(owner.tenant):
        revoke(by=PLATFORM, id=Invitation.objects.get().id)
    assert (
        Visitor().get(f"/invitations/{owner.slug}/{link.rstrip('/').rpartition('/')[2]}/").status_code == 404
    )
