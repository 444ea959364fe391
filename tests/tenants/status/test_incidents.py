"""Incidents: written in the console in both languages, an act each, and a quiet line in the workspaces concerned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kernel.errors import Conflict, Invalid
from kernel.when import frozen
from tenants import api, bulletin
from tenants.console.watch import waiting
from tenants.models import Incident, OperatorAct
from tenants.status import incidents
from tests.support.tenants import Browser, Company, sign_in
from tests.tenants.status.test_page import TEXTS

FORM = {"effect": "down", "parts": ["workspaces", "mail"], **TEXTS}


def browser_of(company: Company) -> Browser:
    with api.inside(company.tenant):
        return sign_in(Browser(company.host), company.owner)


def told(company: Company) -> str:
    bulletin.forget()
    return str(browser_of(company).get("/settings/profile/").content.decode())


def test_from_the_console_to_the_workspaces_and_back(
    console: Client, operator: Any, own_tenant: Callable[..., Company]
) -> None:
    company = own_tenant("Concerned")
    answer = console.post("/incidents/new/", FORM)
    assert (answer.status_code, answer["Location"]) == (302, "/incidents/")
    found = Incident.objects.get()
    assert (found.parts, found.effect, found.stage) == (["workspaces", "mail"], "down", "looking")
    assert OperatorAct.objects.filter(verb="incident_opened", account_label=operator.email).exists()
    assert waiting()["tenants:incidents"] == 1
    page = told(company)
    assert "Pages are slow" in page and 'href="http://terem.test/status/"' in page.replace(":80/", "/")
    with api.inside(company.tenant):
        company.owner.__class__.objects.filter(id=company.owner_id).update(language="ru")
    assert "Страницы открываются медленно" in told(company)

    more = {"stage": "watching", "text_en": "It is mended.", "text_ru": "Исправлено."}
    assert console.post(f"/incidents/{found.id}/", more).status_code == 302
    assert "It is mended." in console.get(f"/incidents/{found.id}/").content.decode()
    over = {"stage": "over", "text_en": "Over.", "text_ru": "Всё."}
    assert console.post(f"/incidents/{found.id}/", over).status_code == 302
    verbs = OperatorAct.objects.filter(account_label=operator.email, verb__startswith="incident")
    assert sorted(verbs.values_list("verb", flat=True)) == [
        "incident_opened",
        "incident_over",
        "incident_told",
    ]
    assert "Страницы" not in told(company)
    assert waiting()["tenants:incidents"] == 0
    assert "Pages are slow" in console.get("/incidents/").content.decode()
    assert console.post(f"/incidents/{found.id}/", more).status_code == 422, "what is over stays over"


def test_only_those_whom_it_concerns_are_told(console: Client, own_tenant: Callable[..., Company]) -> None:
    meant, other = own_tenant("Meant"), own_tenant("Not meant")
    assert console.post("/incidents/new/", FORM | {"tenants": meant.tenant.slug}).status_code == 302
    assert "Pages are slow" in told(meant)
    assert "Pages are slow" not in told(other)
    public = Client(HTTP_HOST="terem.test").get("/status/").content.decode()
    assert "some workspaces" in public
    assert meant.tenant.name not in public and meant.tenant.slug not in public
    assert str(meant.tenant.id) not in public


def test_works_are_told_while_they_last(console: Client, own_tenant: Callable[..., Company]) -> None:
    company = own_tenant("Worked on")
    form = {"parts": ["workspaces"], "starts_at": "tomorrow 10:00", "ends_at": "tomorrow 11:00", **TEXTS}
    assert console.post("/incidents/works/", form).status_code == 302
    assert OperatorAct.objects.filter(verb="works_announced").exists()
    found = Incident.objects.get()
    with api.inside(company.tenant) as entered:
        assert entered.tenant is not None
        bulletin.forget()
        assert bulletin.trouble_for(entered.tenant) is None
        with frozen(found.starts_at + timedelta(minutes=1)):
            trouble = bulletin.trouble_for(entered.tenant)
            assert trouble is not None and trouble.title == "Pages are slow"
    incidents.tell(by=None, id=found.id, stage="cancelled", text_en="Not today.", text_ru="Не сегодня.")
    assert "Pages are slow" not in Client(HTTP_HOST="terem.test").get("/status/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"title_ru": " "},
        {"text_en": ""},
        {"parts": []},
        {"parts": ["kitchen"]},
        {"effect": "ok"},
        {"tenants": "nobody-of-that-name"},
    ],
    ids=str,
)
def test_what_cannot_be_told(console: Client, wrong: dict[str, Any]) -> None:
    assert console.post("/incidents/new/", FORM | wrong).status_code == 422
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"starts_at": "yesterday 10:00"}, {"ends_at": "tomorrow 09:00"}, {"starts_at": ""}], ids=str
)
def test_works_that_cannot_be_announced(console: Client, wrong: dict[str, Any]) -> None:
    form = {"parts": ["work"], "starts_at": "tomorrow 10:00", "ends_at": "tomorrow 11:00", **TEXTS}
    assert console.post("/incidents/works/", form | wrong).status_code == 422


def test_stages_belong_to_their_kind() -> None:
    found = incidents.open_trouble(by=None, effect="limited", parts=["work"], **TEXTS)
    with pytest.raises(Invalid):
        incidents.tell(by=None, id=found.id, stage="cancelled", text_en="x", text_ru="x")
    with pytest.raises(Invalid):
        incidents.tell(by=None, id=found.id, stage="found", text_en=" ", text_ru="x")
    incidents.tell(by=None, id=found.id, stage="over", text_en="x", text_ru="x")
    with pytest.raises(Conflict):
        incidents.tell(by=None, id=found.id, stage="found", text_en="x", text_ru="x")


def test_the_line_costs_no_query_while_it_is_fresh(own_tenant: Callable[..., Company]) -> None:
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    company = own_tenant("Cheap to tell")
    browser = browser_of(company)
    incidents.open_trouble(by=None, effect="limited", parts=["work"], **TEXTS)
    browser.get("/settings/profile/")
    with CaptureQueriesContext(connections["default"]) as asked:
        assert "Pages are slow" in browser.get("/settings/profile/").content.decode()
    assert [query["sql"] for query in asked] == []
    bulletin.forget()


def test_operators_are_told_by_the_figures(console: Client) -> None:
    """An open incident is counted and its silence measured; announced works are neither."""
    from kernel import metrics

    def figures() -> tuple[float, float]:
        found = metrics.GAUGES["terem_troubles"]()
        number, silent = (found[metrics.labels_of(what=what)] for what in ("number", "silent_seconds"))
        return number, silent

    assert figures() == (0.0, 0.0)
    assert console.post("/incidents/new/", FORM).status_code == 302
    found = Incident.objects.get()
    assert figures()[0] == 1.0
    later = found.starts_at + timedelta(hours=2)
    with frozen(later):
        assert figures()[1] > 3600
        more = {"stage": "found", "text_en": "It is known.", "text_ru": "Причина известна."}
        assert console.post(f"/incidents/{found.id}/", more).status_code == 302
        assert figures()[1] < 60
        over = {"stage": "over", "text_en": "It is over.", "text_ru": "Всё работает."}
        assert console.post(f"/incidents/{found.id}/", over).status_code == 302
    assert figures() == (0.0, 0.0)
