"""Where I am signed in: the list, ending one, ending all, and what a new password ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from identity import api as identity
from tenants import api as tenants
from tests.onboarding.company import Newcomer
from tests.support.visitor import Visitor


def inside(person: Newcomer, visitor: Visitor) -> bool:
    return visitor.get(f"http://{person.host}/").status_code == 200


def elsewhere(person: Newcomer) -> Visitor:
    """The same person in another browser, inside the workspace."""
    visitor = Visitor()
    visitor.sign_in(person.email)
    visitor.walk(f"http://{person.host}/")
    assert inside(person, visitor)
    return visitor


def end(visitor: Visitor, page: Any, to: str) -> int:
    """Press a button that ends sessions, and prove who it is when asked; the status at the end."""
    asked = visitor.send(page, to=to)
    assert asked["Location"].startswith("/account/again/"), "a stolen session must not end the owner's"
    again = visitor.follow(asked)
    assert visitor.send(again, password="not this one").status_code == 422
    return int(visitor.send(again, password="correct horse battery").status_code)


def test_list_shows_both_kinds(owner: Newcomer) -> None:
    other = elsewhere(owner)
    page = owner.visitor.get("/account/sessions/").content.decode()
    assert page.count(">Firefox") + page.count("· Firefox") == 4
    assert "This device" in page
    assert f"Light {owner.mark}" in page
    assert other.network in page


def test_ending_one_session_inside_a_workspace(owner: Newcomer) -> None:
    other = elsewhere(owner)
    version = tenants.by_slug(owner.slug).version
    page = owner.visitor.get("/account/sessions/")
    handover = tenants.sessions_of(owner.account.pk)[0]
    assert end(owner.visitor, page, f"{handover.id}/ending") == 302
    assert not inside(owner, other)
    assert inside(owner, owner.visitor)
    assert tenants.by_slug(owner.slug).version > version
    assert len(tenants.sessions_of(owner.account.pk)) == 1


def test_ending_one_session_of_the_account(owner: Newcomer) -> None:
    other = elsewhere(owner)
    page = owner.visitor.get("/account/sessions/")
    ending = re.search(r"sessions/(\d+)/ending", page.content.decode())
    assert ending is not None
    assert end(owner.visitor, page, ending.group()) == 302
    assert other.get("/workspaces/").status_code == 302
    assert owner.visitor.get("/workspaces/").status_code == 200


def test_ending_everything_else(owner: Newcomer) -> None:
    others = [elsewhere(owner), elsewhere(owner)]
    page = owner.visitor.get("/account/sessions/")
    assert end(owner.visitor, page, "/account/sessions/ending/") == 302
    for visitor in others:
        assert not inside(owner, visitor)
        assert visitor.get("/workspaces/").status_code == 302
    assert owner.visitor.get("/workspaces/").status_code == 200


def test_nobody_ends_another_persons_sessions(owner: Newcomer, make: Callable[..., Any]) -> None:
    boris = Visitor()
    boris.sign_in(make().email)
    page = boris.get("/account/sessions/")
    handover = tenants.sessions_of(owner.account.pk)[0]
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert token is not None
    data = {"csrfmiddlewaretoken": token.group(1)}
    boris.fill("/account/again/", password="correct horse battery")
    assert boris.post(f"/account/sessions/{handover.id}/ending/", data).status_code == 404
    assert boris.post("/account/sessions/1/ending/", data).status_code == 404
    assert inside(owner, owner.visitor)


def test_opening_an_ending_by_link_ends_nothing(owner: Newcomer) -> None:
    handover = tenants.sessions_of(owner.account.pk)[0]
    owner.visitor.get(f"/account/sessions/{handover.id}/ending/")
    owner.visitor.get("/account/sessions/ending/")
    assert inside(owner, owner.visitor)


def test_new_password_ends_sessions_inside_workspaces(owner: Newcomer) -> None:
    other = elsewhere(owner)
    fields = {"oldpassword": "correct horse battery", "password1": "another good secret"}
    assert owner.visitor.fill("/account/password/", **fields).status_code == 302
    assert not inside(owner, other)
    assert tenants.sessions_of(owner.account.pk) == []


def test_session_ended_inside_leaves_the_accounts_list(owner: Newcomer) -> None:
    other = elsewhere(owner)
    page = other.walk(f"http://{owner.host}/")
    other.send(page, to="/leave/")
    assert len(tenants.sessions_of(owner.account.pk)) == 1


def test_sessions_of_a_closed_workspace_hinder_nothing(owner: Newcomer) -> None:
    account = owner.account
    tenants.close(tenant_id=owner.tenant.id, reason="test")
    identity.set_password(account=account, password="another good secret")
    visitor = Visitor()
    visitor.sign_in(account.email, "another good secret")
    assert visitor.get("/account/sessions/").status_code == 200
