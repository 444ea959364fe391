"""Announcements: written in both languages, shown to those they are for, put away by each for oneself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel.errors import Invalid
from kernel.when import frozen, now
from tenants import api, bulletin
from tenants.console import announcing
from tenants.models import Announcement, OperatorAct
from tests.support.tenants import Browser, Company, sign_in

TEXTS = {"text_en": "New reports on Monday.", "text_ru": "Новые отчёты в понедельник."}


def browser_of(company: Company) -> Browser:
    with api.inside(company.tenant):
        return sign_in(Browser(company.host), company.owner)


def publish(**more: Any) -> Announcement:
    return announcing.publish(by=None, level="info", ends_at=now() + timedelta(days=1), **(TEXTS | more))


def test_written_in_the_console_and_shown_in_the_workspace(
    console: Client, operator: Any, own_tenant: Callable[..., Company]
) -> None:
    english, russian = own_tenant("Reader"), own_tenant("Читатель", "ru")
    form = {
        "level": "warning",
        "ends_at": "tomorrow 10:00",
        "tenants": f"{english.tenant.slug}, {russian.tenant.slug}",
        **TEXTS,
    }
    assert console.post("/announcements/new/", form).status_code == 302
    assert "Published to 2 companies." in console.get("/announcements/").content.decode()
    assert OperatorAct.objects.filter(verb="announced", account_label=operator.email).exists()
    assert "New reports on Monday." in browser_of(english).get("/settings/profile/").content.decode()
    with api.inside(russian.tenant):
        russian.owner.__class__.objects.filter(id=russian.owner_id).update(language="ru")
    assert "Новые отчёты в понедельник." in browser_of(russian).get("/settings/profile/").content.decode()
    stranger = own_tenant("Not meant")
    assert "New reports" not in browser_of(stranger).get("/settings/profile/").content.decode()


def test_each_puts_it_away_for_oneself(own_tenant: Callable[..., Company]) -> None:
    company = own_tenant("Dismissing")
    found = publish(tenants=[company.tenant.id])
    with api.inside(company.tenant):
        from crm_core.team.models import Member

        colleague = Member(name="Colleague", email="colleague@dismissing.example", role=company.owner.role)
        colleague.save()
        theirs = sign_in(Browser(company.host), colleague)
    browser = browser_of(company)
    page = browser.get("/settings/profile/").content.decode()
    action = re.search(r'action="(/announcements/[^"]+)"', page)
    assert action is not None
    answer = browser.post(action[1], headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert "New reports" not in browser.get("/settings/profile/").content.decode()
    assert "New reports" in theirs.get("/settings/profile/").content.decode()
    announcing.withdraw(by=None, id=found.id)
    assert "New reports" not in theirs.get("/settings/profile/").content.decode()
    assert theirs.post(action[1]).status_code == 404


def test_what_cannot_be_published(console: Client) -> None:
    whole = {"level": "info", "ends_at": "tomorrow 10:00", **TEXTS}
    for wrong in (
        {"text_ru": " "},
        {"text_en": ""},
        {"ends_at": "yesterday 10:00"},
        {"starts_at": "in 5 days", "ends_at": "tomorrow 10:00"},
        {"tenants": "nobody-of-that-name"},
        {"level": "loud"},
        {"plans": "no-such-plan"},
    ):
        assert console.post("/announcements/new/", whole | wrong).status_code == 422, wrong
    with pytest.raises(Invalid):
        publish(text_ru="")


def test_only_within_its_time_and_audience(own_tenant: Callable[..., Company]) -> None:
    company = own_tenant("Timed")
    publish(plans=["gold"])
    publish(languages=["ru"])
    publish(tenants=[company.tenant.id], starts_at=now() + timedelta(hours=2), text_en="Later.")
    with api.inside(company.tenant) as entered:
        assert entered.tenant is not None
        assert bulletin.notices_for(entered.tenant) == []
        with frozen(now() + timedelta(hours=3)):
            assert [notice.text for notice in bulletin.notices_for(entered.tenant)] == ["Later."]
        with frozen(now() + timedelta(days=2)):
            assert bulletin.notices_for(entered.tenant) == []


def test_costs_no_query_while_it_is_fresh(own_tenant: Callable[..., Company]) -> None:
    company = own_tenant("Cheap")
    browser = browser_of(company)
    browser.get("/settings/profile/")
    publish(tenants=[company.tenant.id])
    with CaptureQueriesContext(connections["default"]) as first:
        assert "New reports" in browser.get("/settings/profile/").content.decode()
    with CaptureQueriesContext(connections["default"]) as second:
        assert "New reports" in browser.get("/settings/profile/").content.decode()
    assert len(first) == 3
    assert [query["sql"] for query in second] == []
