"""From the account into a workspace: bound to browser, tenant, account and a minute; used once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as django_settings
from django.db import connections

from crm_core.team.models import Member
from identity.sessions import SessionStore
from kernel.errors import NotAllowed, NotFound
from kernel.ids import uuid7
from kernel.when import now
from onboarding import entering
from tenants import api as tenants
from tenants.models import Handover
from tests.onboarding.company import Newcomer
from tests.support.visitor import Visitor


def entrance(person: Newcomer, path: str = "/") -> str:
    return f"http://{person.host}{path}"


@pytest.fixture
def outside(owner: Newcomer) -> Newcomer:
    """The owner, signed in on the account host and with no session in the workspace."""
    person = Newcomer(owner.mark)
    person.visitor.sign_in(person.email)
    return person


def ticket_for(person: Newcomer, path: str = "") -> str:
    """Walk up to the ticket's address and stop before it is used."""
    first = person.visitor.get(entrance(person, f"/enter/{path}"))
    second = person.visitor.get(first["Location"])
    return str(second["Location"])


def test_every_page_leads_to_the_entrance_and_back_to_itself(outside: Newcomer) -> None:
    page = outside.visitor.walk(entrance(outside, "/companies/?sort=name"))
    assert page.url_asked == entrance(outside, "/companies/?sort=name")
    assert page.status_code == 200


def test_signing_in_on_the_way_leads_on(owner: Newcomer) -> None:
    visitor = Visitor()
    sign_in = visitor.walk(entrance(owner, "/companies/"))
    assert "/account/login/" in sign_in.url_asked
    page = visitor.follow(visitor.send(sign_in, login=owner.email, password="correct horse battery"))
    assert page.url_asked == entrance(owner, "/companies/")


def test_cookies_are_host_only_hidden_and_lax(outside: Newcomer) -> None:
    first = outside.visitor.get(entrance(outside, "/enter/"))
    nonce = first.cookies[django_settings.NONCE_COOKIE]
    assert nonce["httponly"]
    assert nonce["samesite"] == "Lax"
    assert not nonce["domain"]
    last = outside.visitor.get(outside.visitor.get(first["Location"])["Location"])
    session = last.cookies[django_settings.WORKSPACE_COOKIE]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    assert not session["domain"]
    assert last.cookies[django_settings.NONCE_COOKIE].value == ""
    assert last["Referrer-Policy"] == "no-referrer"
    assert last["Cache-Control"] == "no-store"


def test_account_host_learns_only_the_digest(outside: Newcomer) -> None:
    first = outside.visitor.get(entrance(outside, "/enter/"))
    sent = parse_qs(urlsplit(first["Location"]).query)["nonce"][0]
    nonce = outside.visitor.cookie(outside.host, django_settings.NONCE_COOKIE)
    assert nonce not in first["Location"]
    assert sent == entering.digest(nonce)


def refused(answer: Any) -> None:
    assert answer.status_code == 404
    assert django_settings.WORKSPACE_COOKIE not in answer.cookies
    assert "used up" in answer.content.decode()


def test_ticket_is_used_once(outside: Newcomer) -> None:
    ticket = ticket_for(outside)
    nonce = outside.visitor.cookie(outside.host, django_settings.NONCE_COOKIE)
    assert outside.visitor.get(ticket).status_code == 302
    thief = Visitor()
    thief.client(outside.host).cookies[django_settings.NONCE_COOKIE] = nonce
    refused(thief.get(ticket))


def test_of_many_at_once_one_burns_it(outside: Newcomer) -> None:
    ticket = ticket_for(outside).rstrip("/").rpartition("/")[2]
    given = {
        "tenant_id": outside.tenant.id,
        "ticket": ticket,
        "nonce": outside.visitor.cookie(outside.host, django_settings.NONCE_COOKIE),
        "agent": "tests",
        "network": "127.0.0.1",
    }

    def burn(_number: int) -> bool:
        try:
            tenants.burn(**given, session_id=uuid7())
        except NotFound:
            return False
        finally:
            connections["default"].close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(burn, range(4))) == [False, False, False, True]


def test_a_session_that_was_not_opened_is_on_nobody_s_list(outside: Newcomer, monkeypatch: Any) -> None:
    def fails(**_given: Any) -> None:
        raise NotAllowed

    before = len(tenants.sessions_of(outside.account.pk))
    ticket = ticket_for(outside)
    with monkeypatch.context() as broken:
        broken.setattr("onboarding.entering.team.open_session", fails)
        assert outside.visitor.get(ticket).status_code == 403
    assert len(tenants.sessions_of(outside.account.pk)) == before


def test_ticket_works_only_in_the_browser_that_asked(outside: Newcomer) -> None:
    ticket = ticket_for(outside)
    refused(Visitor().get(ticket))
    other = Visitor()
    other.get(entrance(outside, "/enter/"))
    refused(other.get(ticket))
    # And the owner still gets in: trying elsewhere burned nothing.
    assert outside.visitor.get(ticket).status_code == 302


def test_ticket_lives_a_minute(outside: Newcomer) -> None:
    ticket = ticket_for(outside)
    Handover.objects.filter(tenant=outside.tenant, used_at=None).update(
        expires_at=now() - timedelta(seconds=1)
    )
    refused(outside.visitor.get(ticket))
    assert "/enter/" in outside.visitor.get(ticket).content.decode()


def test_ticket_of_one_workspace_opens_no_other(outside: Newcomer, newcomer: Newcomer) -> None:
    newcomer.come_in()
    ticket = ticket_for(outside)
    foreign = ticket.replace(outside.host, newcomer.host)
    client = outside.visitor.client(newcomer.host)
    nonce = outside.visitor.cookie(outside.host, django_settings.NONCE_COOKIE)
    client.cookies[django_settings.NONCE_COOKIE] = nonce
    refused(outside.visitor.get(foreign))


def test_made_up_tickets_open_nothing(outside: Newcomer) -> None:
    outside.visitor.get(entrance(outside, "/enter/"))
    for ticket in ("x", "a" * 43, "%00", "../../"):
        assert outside.visitor.get(entrance(outside, f"/enter/{ticket}/")).status_code == 404


def test_strangers_get_no_ticket_and_learn_nothing(owner: Newcomer, make: Callable[..., Any]) -> None:
    boris = make()
    visitor = Visitor()
    visitor.sign_in(boris.email)
    known = visitor.walk(entrance(owner, "/"))
    unknown = visitor.get("/handover/?workspace=nobody-has-this&nonce=" + "0" * 64)
    assert known.status_code == unknown.status_code == 404
    assert f"Light {owner.mark}" not in known.content.decode()
    assert not Handover.objects.filter(account_id=boris.pk).exists()


def test_one_who_left_gets_no_ticket(outside: Newcomer) -> None:
    ticket = ticket_for(outside)
    tenants.part(tenant_id=outside.tenant.id, account_id=outside.account.pk)
    refused(outside.visitor.get(ticket))
    assert outside.visitor.walk(entrance(outside, "/")).status_code == 404


@pytest.mark.parametrize(
    "next_page",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "evil"],
)
def test_next_never_leads_elsewhere(outside: Newcomer, next_page: str) -> None:
    from urllib.parse import urlencode

    ticket = ticket_for(outside, f"?{urlencode({'next': next_page})}")
    assert "evil" not in ticket
    answer = outside.visitor.get(f"{ticket}?{urlencode({'next': next_page})}")
    assert answer["Location"] == "/"


def test_handover_without_a_good_nonce_begins_at_the_workspace(outside: Newcomer) -> None:
    for nonce in ("", "short", "G" * 64, "0" * 65):
        answer = outside.visitor.get(f"/handover/?workspace={outside.slug}&nonce={nonce}")
        assert answer["Location"] == entrance(outside, "/enter/")
    assert not Handover.objects.filter(tenant=outside.tenant, used_at=None).exists()


def test_second_tab_finds_the_session(outside: Newcomer) -> None:
    one, two = ticket_for(outside), ticket_for(outside)
    assert outside.visitor.get(one).status_code == 302
    assert outside.visitor.get(two).status_code == 302
    assert outside.visitor.get(entrance(outside, "/enter/?next=/people/"))["Location"] == "/people/"


def test_account_session_is_not_read_in_the_workspace(outside: Newcomer) -> None:
    """The account's cookie, sent to a workspace by whatever mistake, opens nothing there."""
    key = outside.visitor.cookie("terem.test", django_settings.SESSION_COOKIE_NAME)
    thief = Visitor()
    thief.client(outside.host).cookies[django_settings.SESSION_COOKIE_NAME] = key
    assert thief.get(entrance(outside, "/"))["Location"].startswith("/enter/")


def test_suspended_workspace_gives_no_ticket(outside: Newcomer) -> None:
    tenants.suspend(tenant_id=outside.tenant.id, reason="unpaid")
    answer = outside.visitor.get(f"/handover/?workspace={outside.slug}&nonce={'0' * 64}")
    assert answer.status_code == 402
    assert "paused" in answer.content.decode()
    assert outside.visitor.get(entrance(outside, "/")).status_code == 402


def test_workspace_that_demands_a_second_factor(outside: Newcomer) -> None:
    from crm_core.team.actions import set_policy
    from crm_core.team.models import Member
    from tests.identity.test_second_factor import set_up

    with tenants.inside(outside.tenant):
        set_policy(by=Member.objects.select_related("role").get(), require_second_factor=True)
    page = outside.visitor.walk(entrance(outside, "/people/"))
    assert page.status_code == 403
    assert "second factor" in page.content.decode()
    set_up(outside.visitor)
    codes = outside.visitor.walk("/account/recovery-codes/").content.decode()
    assert "/handover/?workspace=" in codes
    assert outside.visitor.walk(entrance(outside, "/people/")).status_code == 200


def test_whoever_was_idle_proves_anew_who_it_is(outside: Newcomer) -> None:
    """The account is still signed in; where the workspace ends idle sessions that is not enough to come back."""
    from crm_core.team.actions import set_policy
    from crm_core.team.models import Member

    with tenants.inside(outside.tenant):
        by = Member.objects.select_related("role").get()
        set_policy(by=by, require_second_factor=False, idle_minutes=30)
    held = SessionStore(outside.visitor.cookie("terem.test", django_settings.SESSION_COOKIE_NAME))
    proofs = held["account_authentication_methods"]
    held["account_authentication_methods"] = [one | {"at": one["at"] - 31 * 60} for one in proofs]
    held.save()
    asked = outside.visitor.walk(entrance(outside, "/people/"))
    assert asked.url_asked.startswith("http://terem.test/account/again/")
    assert outside.visitor.send(asked, password="not this one").status_code == 422
    inside = outside.visitor.follow(outside.visitor.send(asked, password="correct horse battery"))
    assert inside.url_asked == entrance(outside, "/people/")
    assert inside.status_code == 200


def test_leaving_ends_the_session(owner: Newcomer) -> None:
    page = owner.visitor.walk(entrance(owner, "/"))
    key = owner.visitor.workspace_key(owner.host)
    assert owner.visitor.get(entrance(owner, "/leave/"))["Location"] == "/"
    assert owner.visitor.get(entrance(owner, "/")).status_code == 200
    assert owner.visitor.post(entrance(owner, "/leave/"), {}).status_code == 403
    leaving = owner.visitor.send(page, to="/leave/")
    assert leaving["Clear-Site-Data"] == '"storage"', "no draft stays in the browser"
    left = owner.visitor.follow(leaving)
    assert left.url_asked == "http://terem.test/left/"
    assert owner.email in left.content.decode()
    thief = Visitor()
    thief.client(owner.host).cookies[django_settings.WORKSPACE_COOKIE] = key
    assert thief.get(entrance(owner, "/"))["Location"].startswith("/enter/")


def test_a_changed_account_address_is_the_member_s_after_the_next_entry(outside: Newcomer) -> None:
    account = outside.account
    account.email = f"new-{outside.email}"
    account.save()
    assert outside.visitor.walk(entrance(outside)).status_code == 200
    with tenants.inside(outside.tenant):
        assert Member.objects.get(account_id=account.pk).email == account.email
