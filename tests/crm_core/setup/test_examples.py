"""An example beside a company: opened, filled, apart from the real data, made anew, removed. Real commits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Max, Min

from crm_core.activities.models import Activity
from crm_core.clients import actions as clients
from crm_core.clients.models import Company, Person
from crm_core.events.models import Event
from crm_core.notes.models import Note
from crm_core.sales.models import Deal
from crm_core.setup.actions import examples as actions
from crm_core.setup.actions import telling
from crm_core.setup.actions.telling import furnish_example, tell_some
from crm_core.setup.models import Example, PackUse
from crm_core.setup.queries import stories
from crm_core.team.models import Member
from kernel.jobs.models import Job
from kernel.money import format_money
from tenants import api, examples
from tenants.models import Tenant
from tests.support.clients import PART, url
from tests.support.tenants import Browser, run_queue, sign_in

LINES = ["agency", "education", "it", "medical", "production", "property", "services", "trade"]


@contextmanager
def inside(found: Any) -> Iterator[None]:
    with api.inside(found, cause="page"):
        yield


@pytest.fixture
def company(own_tenant: Any) -> Any:
    return own_tenant("Real")


@pytest.fixture
def web(company: Any) -> Browser:
    with inside(company.tenant):
        return sign_in(Browser(company.host), company.owner)


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """A story of a few weeks: most tests do not need the whole year."""
    whole = telling._plan
    monkeypatch.setattr(telling, "_plan", lambda found: whole(found)[:60])


def open_example(web: Browser, company: Any, line: str = "services") -> Tenant:
    """Press the button and let the worker fill it."""
    with inside(company.tenant):
        assert web.post(url("setup:example_opening", line)).status_code == 302
    run_queue()
    found = api.example_of(company.tenant.id)
    assert found is not None
    return found


def rows() -> dict[str, int]:
    """How much there is in the present workspace."""
    models = (Company, Person, Deal, Activity, Note, Member)
    return {model.__name__: model.objects.count() for model in models}


def test_opened_filled_entered_and_removed_while_real_data_stays(web: Browser, company: Any) -> None:
    with inside(company.tenant):
        clients.create_company(by=company.owner, owner=company.owner, values={"name": "A real client"})
        before = rows()
        assert "Choose a line of business" in web.get(url("setup:example")).content.decode()
    example = open_example(web, company)
    with inside(example):
        found = Example.objects.get()
        assert found.filled_at is not None and found.done == found.total
        there = rows()
        assert there["Company"] >= 12 and there["Deal"] >= 30 and there["Activity"] >= 100
        assert not Company.objects.filter(name="A real client").exists()
        assert PackUse.objects.get().pack == "services"
        assert Event.objects.values("actor_id").distinct().count() >= 4
        told = Event.objects.aggregate(first=Min("at"), last=Max("at"))
        assert told["last"] - told["first"] > timedelta(days=300), "a year, whatever today's date is"
    with inside(company.tenant):
        assert rows() == before
        page = web.get(url("setup:example")).content.decode()
        assert "Clearwater Heating" in page and "ready" in page
        assert f"{example.slug}." in page
        assert web.post(url("setup:example_removal")).status_code == 302
        assert rows() == before
        verbs = list(Event.objects.filter(verb__startswith="setup.example").values_list("verb", flat=True))
        assert verbs == ["setup.example_opened", "setup.example_removed"]
    assert api.example_of(company.tenant.id) is None
    assert examples.drop_given_up() >= 1
    example.refresh_from_db()
    assert example.status == Tenant.Status.CLOSED
    with inside(company.tenant):
        assert rows() == before


@pytest.mark.parametrize(("line", "language"), list(zip(LINES, ("en", "ru") * 4, strict=True)))
def test_every_line_can_be_told(own_tenant: Any, line: str, language: str) -> None:
    company = own_tenant("Told", language)
    with inside(company.tenant):
        actions.open_example(by=company.owner, line=line)
    run_queue()
    example = api.example_of(company.tenant.id)
    with inside(example):
        found = Example.objects.get()
        assert (found.done, found.filled_at is not None) == (found.total, True)
        won = Deal.objects.filter(outcome="won")
        assert won.count() >= 10
        assert not won.filter(reason=None).exists()
        assert not Deal.objects.exclude(pipeline__name=_pipeline(line, language)).exists()
        assert Activity.objects.filter(done_at=None).count() >= 8
        assert Deal.objects.filter(outcome="open").count() >= 3
    with inside(company.tenant):
        assert Job.objects.get(name="setup.fill_example").state == Job.State.DONE


def _pipeline(line: str, language: str) -> str:
    from crm_core.setup.queries.packs import LANGUAGES, pack

    return str(pack(line, language).content["pipelines"][0]["name"][LANGUAGES.index(language)])


def test_the_telling_goes_on_where_it_was_cut_off(company: Any) -> None:
    example = api.open_example(tenant_id=company.tenant.id, name="Cut off")
    with inside(example):
        furnish_example(line="trade")
        first = tell_some(most=25)
        assert first.done == 25
        # A worker that died comes again: nothing is furnished or told twice.
        furnish_example(line="trade")
        assert Example.objects.get().done == 25
        while tell_some().filled_at is None:
            pass
        count = rows()
        assert tell_some().done == first.total
        assert rows() == count
        assert Deal.objects.count() == sum(
            step.verb == "deal"
            for step in stories.plan(
                "trade", language="en", currency="EUR", zone="UTC", present=Example.objects.get().began_at
            )
        )


def test_opening_another_line_replaces_it(brief: None, web: Browser, company: Any) -> None:
    first = open_example(web, company)
    second = open_example(web, company, "it")
    assert first.id != second.id
    first.refresh_from_db()
    assert first.status == Tenant.Status.CLOSING
    assert Tenant.objects.examples().filter(copy_of=company.tenant, status="active").count() == 1
    with inside(second):
        assert Example.objects.get().line == "it"


def test_one_that_was_removed_while_it_is_filled_is_left_alone(web: Browser, company: Any) -> None:
    with inside(company.tenant):
        web.post(url("setup:example_opening", "trade"))
        web.post(url("setup:example_removal"))
    run_queue()
    with inside(company.tenant):
        assert Job.objects.get(name="setup.fill_example").state == Job.State.DONE
    assert api.example_of(company.tenant.id) is None


def test_its_own_pages_say_what_it_is(brief: None, web: Browser, company: Any) -> None:
    example = open_example(web, company)
    host = f"{example.slug}.{settings.TEREM_DOMAIN}"
    with inside(example):
        boss = sign_in(Browser(host), Member.objects.order_by("joined_at")[0])
    for path in ("/", "/companies/", "/deals/", "/settings/profile/", "/imports/new/"):
        page = boss.get(path).content.decode()
        assert "This is an example" in page, path
        assert "Back to your workspace" in page, path
    assert "Look around" in boss.get("/").content.decode()
    assert "This is an example" not in web.get("/companies/").content.decode()
    with inside(example):
        amount = Deal.objects.order_by("-amount_minor")[0].amount_minor
    assert format_money(amount, "EUR", "en") in boss.get("/deals/?draw=table&sort=-amount").content.decode()
    # Nothing is opened, restored or closed from inside.
    with inside(example):
        assert boss.post(url("setup:example_opening", "it")).status_code == 422
        assert boss.post(url("setup:example_removal")).status_code == 422


def test_work_that_is_asked_for_inside_is_done(brief: None, web: Browser, company: Any) -> None:
    """Copies park their work; an example is there to try things in."""
    example = open_example(web, company)
    with inside(example):
        boss = sign_in(
            Browser(f"{example.slug}.{settings.TEREM_DOMAIN}"), Member.objects.order_by("joined_at")[0]
        )
        assert boss.post(url("exports:beginning")).status_code == 302
    run_queue()
    with inside(example):
        assert not Job.objects.exclude(state=Job.State.DONE).exists()


def test_who_may_not_set_up_only_looks(brief: None, company: Any, web: Browser) -> None:
    open_example(web, company)
    with inside(company.tenant):
        from crm_core.team.models import Role

        role = Role.objects.get(name="Read only")
        reader = Member(name="Nina", email="nina@real.example", role=role)
        reader.save()
        browser = sign_in(Browser(company.host), reader)
        page = browser.get(url("setup:example")).content.decode()
        assert "Go into the example" in page
        assert "Remove the example" not in page
        assert browser.post(url("setup:example_opening", "it")).status_code == 403
        assert browser.post(url("setup:example_removal")).status_code == 403
        assert web.post(url("setup:example_opening", "no-such-line")).status_code == 404


def test_progress_is_shown_while_it_is_filled(brief: None, web: Browser, company: Any) -> None:
    with inside(company.tenant):
        web.post(url("setup:example_opening", "trade"))
        part = web.get(url("setup:example"), headers=PART).content.decode()
        assert "every 1s" in part and "<progress" in part
    run_queue()
    with inside(company.tenant):
        part = web.get(url("setup:example"), headers=PART).content.decode()
        assert "every 1s" not in part and "Go into the example" in part
