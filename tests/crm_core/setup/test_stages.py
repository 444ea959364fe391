"""Stages: what a workspace shows, where it stands by its own figures, going on and going back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from crm_core.clients import actions as clients
from crm_core.clients.models import Company
from crm_core.events.models import Event
from crm_core.notes.actions import add_note
from crm_core.sales.actions import open_deal
from crm_core.sales.models import Deal, Stage
from crm_core.setup.queries import stages
from crm_core.team.models import Member
from crm_core.team.queries import active_lately
from kernel.errors import Invalid
from kernel.parts import PARTS, Choice, declare
from kernel.parts import stages as with_parts
from kernel.when import now, today
from tests.support.clients import PART, counted, url


def menu(page: str) -> str:
    """The sidebar of a page."""
    return page.partition('<aside class="sidebar"')[2].partition("</aside>")[0]


def take(web: Any, number: int, **data: str) -> Any:
    return web.post(url("setup:taking", number), data)


def clients_of(cast: Any, count: int, *, notes: int = 0) -> list[Company]:
    made = [
        clients.create_company(by=cast.boss, owner=cast.boss, values={"name": f"Client {number}"})
        for number in range(count)
    ]
    for one in made[:notes]:
        add_note(by=cast.boss, card_id=one.pk, text="Called, wants an offer.")
    return made


def settled(*members: Any) -> None:
    """They joined long ago and were here today."""
    ids = [one.id for one in members]
    Member.objects.filter(id__in=ids).update(joined_at=now() - timedelta(days=60))
    Member.objects.exclude(id__in=ids).update(joined_at=now())


def test_without_a_choice_everything_is_there(web: Any, harbour: Company) -> None:
    page = web.get("/").content.decode()
    assert all(
        f'href="{url(name)}"' in menu(page) for name in ("sales:deals", "sales:forecast", "activities:tasks")
    )
    assert "Your November" in page or "Your " in page
    assert "Stage 1" not in page
    assert "Deals" in web.get(url("clients:company_related", harbour.pk)).content.decode()
    settings = web.get(url("setup:stages")).content.decode()
    assert "Nobody has chosen a stage" in settings


def test_the_first_stage_hides_selling_everywhere_and_keeps_it(web: Any, cast: Any, harbour: Company) -> None:
    open_deal(
        by=cast.boss, name="Lamps", stage_id=Stage.objects.order_by("position")[0].id, client_id=harbour.pk
    )
    assert take(web, 1).status_code == 302
    page = web.get("/").content.decode()
    for name in ("sales:deals", "sales:forecast", "activities:tasks"):
        assert f'href="{url(name)}"' not in page, name
    assert f'href="{url("clients:companies")}"' in menu(page)
    assert "Order in the base" in page
    assert "every client gets an owner" in page
    assert "Your " not in page.partition('class="home-side"')[2].partition("</aside>")[0]
    related = web.get(url("clients:company_related", harbour.pk)).content.decode()
    assert "/deals/" not in related
    assert "Something that you may sell" not in web.get(url("home:help")).content.decode()
    assert url("sales:new_deal") not in web.get(url("search:palette")).content.decode()
    assert f'href="{url("sales:pipelines")}"' not in web.get(url("team:profile")).content.decode()
    # What is hidden is not gone: a link still leads there, and the rows are all there.
    assert web.get(url("sales:deals")).status_code == 200
    assert Deal.objects.count() == 1
    assert take(web, 2).status_code == 302
    page = web.get("/").content.decode()
    assert f'href="{url("sales:deals")}"' in menu(page)
    assert "Now every client and deal gets a next step" in page
    taken = Event.objects.filter(verb="setup.stage_taken").order_by("id")
    assert [one.changes["stage"] for one in taken] == [[None, 1], [1, 2]]


def test_the_light_mode_is_lighter(web: Any, harbour: Company) -> None:
    take(web, 1)
    plain = web.get("/").content.decode()
    take(web, 1, light="yes")
    light = web.get("/").content.decode()
    assert menu(light).count("<li") <= menu(plain).count("<li")
    assert 'id="team-title"' in plain
    assert 'id="team-title"' not in light
    before = web.get(url("team:profile")).content.decode()
    for name in ("team:members", "clients:headings", "records:tags", "timeline:audit"):
        assert f'href="{url(name)}"' not in before, name
    for name in ("setup:stages", "team:policy", "exports:list", "records:trash"):
        assert f'href="{url(name)}"' in before, name
    assert "Leave the light mode" in web.get(url("setup:stages")).content.decode()


def test_one_part_by_hand(web: Any) -> None:
    take(web, 1)
    assert web.post(url("setup:part", "activities.tasks"), {"on": "yes"}).status_code == 302
    assert f'href="{url("activities:tasks")}"' in menu(web.get("/").content.decode())
    take(web, 2)
    web.post(url("setup:part", "sales.reports"), {"on": "no"})
    page = web.get("/").content.decode()
    assert f'href="{url("sales:forecast")}"' not in menu(page)
    assert f'href="{url("sales:deals")}"' in menu(page)
    assert Event.objects.filter(verb="setup.part_hidden").get().values["part"] == "Forecast and reasons"
    web.post(url("setup:everything"))
    assert f'href="{url("sales:forecast")}"' in menu(web.get("/").content.decode())


@pytest.mark.parametrize("name", ["home.today", "team.self", "nobody.knows"])
def test_what_must_stay_stays(web: Any, name: str) -> None:
    answer = web.post(url("setup:part", name), {"on": "no"})
    assert answer.status_code == 422
    assert not Event.objects.filter(verb="setup.part_hidden").exists()


def test_a_stage_without_parts_is_neither_offered_nor_taken(web: Any) -> None:
    assert with_parts() == [1, 2]
    page = web.get(url("setup:stages")).content.decode()
    assert "Marketing and reach" not in page
    assert "Partners" not in page.replace("partners", "")
    assert take(web, 3).status_code == 422
    assert take(web, 9).status_code == 422


def test_reaching_the_figures_offers_the_next_stage(web: Any, cast: Any) -> None:
    settled(cast.boss)
    take(web, 1)
    made = clients_of(cast, 9, notes=5)
    page = web.get(url("setup:stages")).content.decode()
    assert "Take the next stage" not in page
    assert "Says something from 10 on." in page
    clients_of(cast, 1)
    page = web.get(url("setup:stages")).content.decode()
    assert "Every figure of this stage is reached." in page
    assert "Managed selling and service" in page
    assert f'hx-get="{url("setup:stages")}"' in web.get("/").content.decode()
    part = web.get(url("setup:stages"), headers=PART).content.decode()
    assert "Every figure of this stage is reached: stage 2" in part and "<html" not in part
    # Three of ten without an owner: 70 per cent are not 80.
    for one in made[:3]:
        one.card.owner = None
        one.card.save(update_fields=["owner"])
    page = web.get(url("setup:stages")).content.decode()
    assert "7 / 10 · 70 %" in page
    assert "Take the next stage" not in page
    # Early is allowed, and the history says that it was early.
    take(web, 2)
    assert Event.objects.filter(verb="setup.stage_taken").latest("id").values["deserved"] is False


def test_who_is_away_new_or_part_time_is_not_counted(web: Any, cast: Any) -> None:
    settled(cast.boss, cast.anna, cast.boris)
    assert active_lately() == (1, 3)
    Member.objects.filter(id=cast.anna.id).update(part_time=True)
    assert active_lately() == (1, 2)
    day = today("UTC")
    answer = web.post(url("team:presence", cast.boris.id), {"away_until": day.isoformat()})
    assert answer.status_code == 302
    assert active_lately() == (1, 1)
    Member.objects.filter(id=cast.boris.id).update(away_until=day - timedelta(days=1))
    assert active_lately() == (1, 2)
    settled(cast.boss, cast.anna)
    assert active_lately() == (1, 1)


def test_the_last_stage_promises_nothing(web: Any) -> None:
    take(web, 2)
    page = web.get(url("setup:stages")).content.decode()
    assert "This is the last stage that Terem has parts for." in page
    assert "Open deals with a next step" in page


def test_only_who_may(client_for: Any, cast: Any) -> None:
    take(client_for(cast.boss), 1)
    browser = client_for(cast.anna)
    assert browser.get(url("setup:stages")).status_code == 403
    assert browser.post(url("setup:taking", 2)).status_code == 403
    page = browser.get("/").content.decode()
    assert "Now every client gets an owner" in page
    assert url("setup:stages") not in page


def test_pages_keep_their_budget(web: Any, harbour: Company) -> None:
    with counted() as plain:
        web.get("/")
    take(web, 2)
    web.get("/")
    with counted() as staged:
        web.get("/")
    assert len(staged) <= len(plain), "\n".join(staged)
    with counted() as company:
        web.get(url("clients:company", harbour.pk))
    assert len(company) <= 14, "\n".join(company)
    with counted() as page:
        web.get(url("setup:stages"))
    assert len(page) <= 16, "\n".join(page)


def test_the_choice_as_it_is_kept() -> None:
    choice = Choice(1, on=frozenset({"sales.deals"}))
    assert Choice.read(choice.keep()) == choice
    assert choice.shows("sales.deals") and not choice.shows("sales.reports")
    assert choice.turned("sales.deals", on=False) == Choice(1)
    assert Choice(2).turned("sales.deals", on=False).off == {"sales.deals"}
    assert Choice.read({"stage": 1, "on": ["gone.part"]}) == Choice(1)
    assert Choice.read(None) == Choice()
    with pytest.raises(LookupError):
        choice.shows("sales.typo")
    with pytest.raises(ValueError, match="belongs to"):
        declare("tests.thief", "x", "x", places=("sales:deals",))
    PARTS.pop("tests.thief", None)


def test_a_stage_that_does_not_exist_is_refused(cast: Any) -> None:
    from crm_core.setup.actions.growing import take_stage

    with pytest.raises(Invalid):
        take_stage(by=cast.boss, number=4)
    assert stages.growth().stage_since is None


@pytest.mark.parametrize("language", ["en", "ru"])
def test_pages_answer_in_both_languages(web: Any, cast: Any, language: str) -> None:
    cast.boss.language = language
    cast.boss.save(update_fields=["language"])
    take(web, 1)
    for name in ("setup:stages", "setup:packs", "setup:adoption"):
        assert web.get(url(name)).status_code == 200, name
