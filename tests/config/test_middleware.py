"""Who asks, in which language and zone; and what happens without a session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from crm_core.team import actions
from crm_core.team.models import Session
from kernel.when import frozen, now
from tenants import api
from tests.support.tenants import Browser, sign_in


def url(name: str, *args: Any) -> str:
    return reverse(name, args=args, urlconf="config.urls_workspace")


PROFILE = "/settings/profile/"


def test_without_a_session_pages_lead_to_the_entrance(client_for: Any) -> None:
    answer = client_for().get(PROFILE + "?x=1")
    assert answer.status_code == 302
    assert answer["Location"] == "/enter/?next=%2Fsettings%2Fprofile%2F%3Fx%3D1"


def test_htmx_is_told_by_its_header(client_for: Any) -> None:
    answer = client_for().get(PROFILE, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert answer["HX-Redirect"] == "/enter/"
    assert answer.content == b""


def test_a_change_without_a_session_changes_nothing(client_for: Any, member: Any) -> None:
    answer = client_for().post(PROFILE, {"name": "X", "language": "ru", "zone": "UTC"})
    assert answer.status_code == 302
    assert answer["Location"] == "/enter/"
    member.refresh_from_db()
    assert member.name != "X"


def test_an_untrue_or_ended_key_is_dropped(client_for: Any, member: Any) -> None:
    browser = client_for(member)
    Session.objects.all().delete()
    answer = browser.get(PROFILE)
    assert answer.status_code == 302
    assert answer.cookies[settings.WORKSPACE_COOKIE].value == ""


def test_a_session_that_was_ended_takes_its_drafts_and_one_that_ran_out_does_not(
    client_for: Any, member: Any
) -> None:
    """Ended on purpose: the device may be in other hands. Run out by time: the person comes back and goes on."""
    ended, run_out = client_for(member), client_for(member)
    assert f'data-person="{member.id.hex}"' in ended.get(PROFILE).content.decode()
    with frozen(now() + Session.LIFE + timedelta(seconds=1)):
        answer = run_out.get(PROFILE)
        assert answer.status_code == 302
        assert "Clear-Site-Data" not in answer
    Session.objects.all().delete()
    answer = ended.get(PROFILE)
    assert answer.status_code == 302
    assert answer["Clear-Site-Data"] == '"storage"'


def test_a_deactivated_member_is_out_at_once(client_for: Any, make_member: Any) -> None:
    anna = make_member()
    browser = client_for(anna)
    assert browser.get(PROFILE).status_code == 200
    type(anna).objects.filter(id=anna.id).update(active=False)
    assert browser.get(PROFILE).status_code == 302


def test_a_key_of_one_workspace_opens_no_other(own_tenant: Any) -> None:
    first, second = own_tenant("First"), own_tenant("Second")
    with api.inside(first.tenant):
        browser = sign_in(Browser(first.host), first.owner)
    assert browser.get(PROFILE).status_code == 200
    browser.defaults["HTTP_HOST"] = second.host
    assert browser.get(PROFILE).status_code == 302


def test_seen_is_written_every_five_minutes_at_most(client_for: Any, member: Any) -> None:
    browser = client_for(member)
    session = Session.objects.get(member=member)
    browser.get(PROFILE)
    session.refresh_from_db()
    first = session.seen_at
    Session.objects.filter(id=session.id).update(seen_at=now() - timedelta(minutes=6))
    browser.get(PROFILE)
    session.refresh_from_db()
    assert session.seen_at > first


def test_the_members_language_and_zone(client_for: Any, member: Any) -> None:
    actions.change_profile(by=member, name="Anna", language="ru", zone="Asia/Vladivostok")
    answer = client_for(member).get(PROFILE, headers={"Accept-Language": "en"})
    assert answer["Content-Language"] == "ru"
    assert '<html lang="ru"' in answer.content.decode()


@pytest.fixture
def public(tenant: Any) -> Any:
    """A stranger's browser on the account host."""
    return Client(HTTP_HOST=settings.TEREM_DOMAIN)


@pytest.mark.parametrize(
    ("accept", "language"),
    [("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("de,en;q=0.5", "en"), ("de", "en"), ("", "en"), ("x;;q=y", "en")],
)
def test_strangers_get_the_browsers_language(public: Any, accept: str, language: str) -> None:
    answer = public.get("/account/no-such-page/", headers={"Accept-Language": accept})
    assert answer["Content-Language"] == language


def test_a_chosen_language_is_kept(public: Any) -> None:
    answer = public.get("/account/no-such-page/?lang=ru", headers={"Accept-Language": "en"})
    assert answer["Content-Language"] == "ru"
    assert answer.cookies[settings.PREFERENCE_COOKIE]["httponly"]
    assert public.get("/account/no-such-page/", headers={"Accept-Language": "en"})["Content-Language"] == "ru"
    assert public.get("/account/no-such-page/?lang=xx")["Content-Language"] == "ru"


def test_a_chosen_theme_is_kept_beside_the_language(public: Any) -> None:
    public.get("/account/login/?lang=ru")
    assert 'data-theme="dark"' in public.get("/account/login/?theme=dark").content.decode()
    page = public.get("/account/login/?theme=purple").content.decode()
    assert '<html lang="ru" data-theme="dark"' in page
    assert "theme=light" in page
    assert 'data-theme="light"' in public.get("/account/login/?theme=light").content.decode()


def test_health_needs_no_session(client_for: Any) -> None:
    assert client_for().get("/health/live").status_code == 200
