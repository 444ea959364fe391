"""The question mark on every page: what the page is for, in the person's language, and the way to ask."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from crm_core.clients.models import Company
from crm_core.team.models import Member
from kernel import guidance
from tests.support.clients import url

DIALOG = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#dialog-body"}


@pytest.mark.parametrize(
    "path", ["/", "/companies/", "/deals/", "/settings/members/", "/imports/new/", "/support/"]
)
def test_every_page_has_the_mark(web: Any, path: str) -> None:
    text = web.get(path).content.decode()
    assert text.count('data-key="page-help"') == 1
    assert "/help/page/?from=" in text


def test_says_what_the_page_is_for(web: Any) -> None:
    text = web.get(
        url("home:page_help"), {"from": "/companies/?q=x", "request": "a1b2c3d4e5f6"}
    ).content.decode()
    assert "All companies that you may see" in text
    assert "What to do first" in text
    assert "/support/new/?from=/companies/%3Fq%3Dx&amp;request=a1b2c3d4e5f6" in text


def test_the_browsers_own_address_counts(web: Any) -> None:
    shown = DIALOG | {"HX-Current-URL": "http://acme.terem.test/settings/members/"}
    text = web.get(url("home:page_help"), {"from": "/companies/"}, headers=shown).content.decode()
    assert "who is invited" in text
    assert "<html" not in text


def test_of_a_record_without_naming_it(web: Any, harbour: Company) -> None:
    text = web.get(url("home:page_help"), {"from": url("clients:company", harbour.pk)}).content.decode()
    assert "Everything about one client" in text
    assert "Harbour House" not in text.split("<main")[1]


@pytest.mark.parametrize("path", ["", "/nowhere/", "//evil.example/", "http://[", "\x00"])
def test_nonsense_is_answered_calmly(web: Any, path: str) -> None:
    answer = web.get(url("home:page_help"), {"from": path})
    assert answer.status_code == 200


def test_in_the_persons_language(client_for: Any, cast: Any) -> None:
    Member.objects.filter(id=cast.boss.id).update(language="ru")
    text = client_for(cast.boss).get("/help/page/?from=/companies/").content.decode()
    assert 'lang="ru"' in text
    found = guidance.of("clients:companies")
    assert found is not None
    with translation.override("ru"):
        assert str(found.purpose) in text
        assert str(found.first) in text
