"""The pages over HTTP: what they ask of the database, what they answer with and without htmx."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from crm_core.events.models import Event
from crm_core.lists import actions
from crm_core.lists.models import SavedView
from crm_core.lists.queries.conditions import Asked
from crm_core.records.models import Card
from crm_core.sales.models import Deal

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def browser(member: Any, client_for: Callable[..., Any]) -> Any:
    return client_for(member)


@pytest.fixture
def deals(make_deal: Callable[..., Deal], member: Any) -> list[Deal]:
    return [make_deal(f"Deal {i:02}", amount=i * 100, owner=member, tags=["key", "hot"]) for i in range(60)]


def _queries(browser: Any, url: str, **headers: str) -> tuple[Any, int]:
    # What is known for two seconds may run out between the two requests on a busy machine.
    for _try in range(3):
        browser.get("/deals/", headers=PART)
        with (
            CaptureQueriesContext(connections["tenant"]) as tenant,
            CaptureQueriesContext(connections["default"]) as control,
        ):
            response = browser.get(url, headers=headers)
        if not len(control):
            break
    assert response.status_code == 200
    assert len(control) == 0
    return response, len(tenant)


def _address(**query: Any) -> str:
    return f"/deals/?{urlencode(query)}"


def test_a_list_page_asks_at_most_eight_questions(browser: Any, deals: list[Deal], member: Any) -> None:
    query = {
        "sort": "name",
        "owner.is": str(member.id),
        "columns": "name,client,stage,amount,next,owner,tags",
    }
    response, count = _queries(browser, _address(**query))
    assert count <= 8
    assert response.content.count(b'name="ids"') == 50


def test_a_board_asks_at_most_ten_questions(browser: Any, deals: list[Deal], stages: list[Any]) -> None:
    response, count = _queries(browser, _address(draw="board", sort="name", pipeline=stages[0].pipeline_id))
    assert count <= 10
    assert response.content.count(b"data-card=") == 20


def test_htmx_gets_the_region_only(browser: Any, deals: list[Deal]) -> None:
    part = browser.get("/deals/?sort=name", headers=PART).content.decode()
    assert part.lstrip().startswith('<div id="list"')
    whole = browser.get("/deals/?sort=name").content.decode()
    assert "<html" in whole
    assert '<div id="list"' in whole


def test_pages_follow_each_other(browser: Any, deals: list[Deal]) -> None:
    first = browser.get("/deals/?sort=name&name.has=Deal", headers=PART).content.decode()
    link = unescape(re.search(r'href="([^"]*after=[^"]*)"', first)[1])
    second = browser.get(link, headers=PART).content.decode()
    names = re.findall(r"Select (Deal \d\d)", first + second)
    assert sorted(names) == [f"Deal {i:02}" for i in range(60)]
    assert "First page" in second


@pytest.mark.parametrize(
    "query",
    [
        "sort=nothing", "columns=gone,name", "view=x", "gone.is=1", "expected.on=x", "draw=calendar", "group=x",
        "after=x", "before=%00", "q=%00%0a", "pipeline=x", "owner.is=%FF%FE", "amount.least=1e9999", "sort=--name",
        "draw=board&group=nothing", "columns=,,,", "q=" + "a" * 5000, "stage.is=" + "x" * 999,
    ],
)  # fmt: skip
def test_nonsense_in_the_address_never_fails(browser: Any, deals: list[Deal], query: str) -> None:
    assert browser.get(f"/deals/?{query}", headers=PART).status_code == 200


def test_three_kinds_of_emptiness(browser: Any, make_deal: Callable[..., Deal]) -> None:
    assert b"from the first talk" in browser.get("/deals/?sort=name&draw=table", headers=PART).content
    make_deal("Lobby")
    answer = browser.get("/deals/?sort=name&draw=table&q=nowhere", headers=PART).content
    assert b"Nothing matches these filters" in answer
    assert b"from the first talk" not in answer


def test_the_right_to_see_is_asked(client_for: Callable[..., Any], make_member: Callable[..., Any]) -> None:
    stranger = client_for(make_member(rights=[]))
    for path in ("filter/", "columns/", "counts/", "views/", "views/new/"):
        assert stranger.get(f"/lists/deals/{path}", headers=PART).status_code == 403
    assert client_for(make_member(rights=["sales.view"])).post("/lists/deals/export/").status_code == 403


def test_a_filter_is_built_step_by_step(browser: Any, deals: list[Deal]) -> None:
    fields = browser.get("/lists/deals/filter/?asked=sort%3Dname", headers=PART).content.decode()
    assert "field=amount" in fields
    form = browser.get(
        "/lists/deals/filter/?field=amount&word=least&asked=sort%3Dname", headers=PART
    ).content.decode()
    assert 'name="value"' in form
    asked = {"field": "amount", "word": "least", "asked": "sort=name&q=deal", "apply": "1", "currency": "EUR"}
    wrong = browser.get("/lists/deals/filter/", {**asked, "value": "many"}, headers=PART)
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.content.decode()
    done = browser.get("/lists/deals/filter/", {**asked, "value": "1 234,50"})
    assert done.status_code == 302
    assert parse_qs(urlsplit(done.url).query)["amount.least"] == ["1234.50 EUR"]
    assert parse_qs(urlsplit(done.url).query)["q"] == ["deal"]
    part = browser.get("/lists/deals/filter/", {**asked, "value": "5"}, headers=PART)
    assert part.headers["HX-Push-Url"].startswith("/deals/?")
    assert 'hx-target="#list"' in part.content.decode()


def test_a_condition_is_edited_in_its_place(browser: Any, deals: list[Deal]) -> None:
    asked = {
        "field": "state",
        "word": "not",
        "key": "state.is",
        "asked": "state.is=open&owner.is=me",
        "apply": "1",
    }
    done = browser.get("/lists/deals/filter/", {**asked, "value": ["won", "lost"]})
    assert urlsplit(done.url).query.startswith("state.not=won&state.not=lost&owner.is=me")


def test_columns_are_chosen_and_moved(browser: Any, deals: list[Deal]) -> None:
    told = {"asked": "sort=name", "order": ["name", "client", "stage"], "chosen": ["name", "client", "stage"]}
    moved = browser.get("/lists/deals/columns/", {**told, "up": "stage"}, headers=PART).content.decode()
    assert moved.index('value="stage"') < moved.index('value="client"')
    done = browser.get("/lists/deals/columns/", {**told, "order": ["name", "stage", "client"], "apply": "1"})
    assert parse_qs(urlsplit(done.url).query)["columns"] == ["name,stage,client"]
    usual = browser.get("/lists/deals/columns/", {"asked": "columns=name&sort=name", "usual": "1"})
    assert "columns" not in parse_qs(urlsplit(usual.url).query)


def test_a_view_is_kept_changed_reset_and_given_back(browser: Any, deals: list[Deal], member: Any) -> None:
    made = browser.post(
        "/lists/deals/views/new/",
        {"name": "Big ones", "shared": "mine", "asked": "amount.least=10&sort=-amount"},
    )
    view = SavedView.objects.get(name="Big ones")
    assert made.status_code == 302
    assert made.url == f"/deals/?view={view.pk}"
    shown = browser.get(made.url, headers=PART).content.decode()
    assert "Changed:" not in shown
    changed = browser.get(f"/deals/?view={view.pk}&sort=name", headers=PART).content.decode()
    assert "Changed:" in changed
    assert "Reset" in changed
    saved = browser.post(f"/views/{view.pk}/state/", {"asked": f"sort=name&view={view.pk}"}, follow=False)
    assert saved.status_code == 302
    assert SavedView.objects.get(pk=view.pk).sort == "name"
    gone = browser.post(f"/views/{view.pk}/removal/")
    assert gone.status_code == 302
    assert browser.get(f"/views/{view.pk}/", headers=PART).status_code == 404


def test_undo_of_a_view_needs_its_own_token(browser: Any, deals: list[Deal], member: Any) -> None:
    view = actions.create_view(by=member, table="deals", name="One", asked=Asked.read("sort=name"))
    answer = browser.post(f"/views/{view.pk}/", {"name": "Two", "shared": "mine"})
    assert answer.status_code == 302
    from kernel import signing

    told = signing.unsign("flash", answer.cookies["flash"].value)
    assert browser.post(f"/views/{view.pk}/undoing/?before=x").status_code == 404
    assert browser.post(told["undo"]).status_code == 302
    assert SavedView.objects.get(pk=view.pk).name == "One"


def test_a_view_without_a_name_comes_back_with_what_was_typed(browser: Any, deals: list[Deal]) -> None:
    answer = browser.post(
        "/lists/deals/views/new/", {"name": "", "shared": "mine", "asked": "q=lob"}, headers=PART
    )
    assert answer.status_code == 422
    assert 'value="q=lob"' in answer.content.decode()


def test_a_link_to_a_view_opens_it_with_ones_own_rights(
    client_for: Callable[..., Any],
    make_member: Callable[..., Any],
    make_deal: Callable[..., Deal],
    member: Any,
) -> None:
    view = actions.create_view(
        by=member, table="deals", name="Ours", asked=Asked.read("sort=name"), shared="everyone"
    )
    anna = make_member(rights=["sales.view"], visibility="own")
    make_deal("Hers", owner=anna)
    make_deal("Not hers", owner=member)
    page = client_for(anna).get(f"/deals/?view={view.pk}&draw=table", headers=PART).content.decode()
    assert "Ours" in page
    assert "Hers" in page
    assert "Not hers" not in page


def test_a_view_on_a_field_that_is_gone_opens_with_a_note(
    browser: Any, deals: list[Deal], member: Any
) -> None:
    view = actions.create_view(by=member, table="deals", name="Old", asked=Asked.read("sort=name"))
    SavedView.objects.filter(pk=view.pk).update(filter="industry.is=1&owner.is=me", columns=["name", "gone"])
    page = browser.get(f"/deals/?view={view.pk}", headers=PART).content.decode()
    assert page.count("no longer exist") == 2
    assert "Changed:" not in page


def test_counts_come_for_every_tab_in_one_answer(browser: Any, deals: list[Deal]) -> None:
    response, count = _queries(browser, "/lists/deals/counts/?asked=sort%3Dname", **PART)
    assert count <= 4
    views = SavedView.objects.filter(table="deals").count()
    assert response.content.count(b"<hx-partial") == views
    assert b">60<" in response.content


def test_rows_are_changed_from_the_page(
    browser: Any, deals: list[Deal], make_member: Callable[..., Any]
) -> None:
    anna = make_member(name="Anna")
    ids = [str(one.pk) for one in deals[:2]]
    form = browser.post(
        "/lists/deals/changes/assign/", {"ids": ids, "asked": "sort=name", "ask": "1"}, headers=PART
    ).content.decode()
    assert form.count('name="ids"') == 2
    assert "Anna" in form
    wrong = browser.post("/lists/deals/changes/assign/", {"ids": ids, "owner_id": "x"}, headers=PART)
    assert wrong.status_code == 422
    done = browser.post(
        "/lists/deals/changes/assign/", {"ids": ids, "owner_id": str(anna.id), "asked": "sort=name"}
    )
    assert done.status_code == 302
    assert Card.objects.filter(owner=anna).count() == 2
    from kernel import signing

    told = signing.unsign("flash", done.cookies["flash"].value)
    assert "2 records changed" in told["words"]
    browser.post(told["undo"])
    assert Card.objects.filter(owner=anna).count() == 0


def test_all_that_match_go_to_the_trash(browser: Any, deals: list[Deal]) -> None:
    browser.post("/lists/deals/changes/trash/", {"all": "1", "asked": "name.has=Deal+0&sort=name"})
    assert Card.objects.trashed().count() == 10


def test_nothing_chosen_is_said(browser: Any, deals: list[Deal]) -> None:
    assert (
        browser.post("/lists/deals/changes/trash/", {"asked": "sort=name"}, headers=PART).status_code == 422
    )


def test_the_export_is_a_file(browser: Any, deals: list[Deal]) -> None:
    answer = browser.post("/lists/deals/export/?asked=sort%3Dname%26q%3Ddeal%26columns%3Dname")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines == ["Deal", *(f"Deal {i:02}" for i in range(60))]
    assert Event.objects.filter(verb="lists.exported").count() == 1


def test_more_cards_of_a_lane(browser: Any, deals: list[Deal], stages: list[Any]) -> None:
    page = browser.get(
        _address(draw="board", sort="name", pipeline=stages[0].pipeline_id), headers=PART
    ).content.decode()
    more = unescape(re.search(r'href="(/lists/deals/lanes/[^"]*)"', page)[1])
    part = browser.get(more, headers=PART).content.decode()
    assert part.count("data-card=") == 20
    assert part.lstrip().startswith("<li")


def test_all_views_can_be_hidden_and_shown(browser: Any, deals: list[Deal]) -> None:
    view = SavedView.objects.filter(table="deals").first()
    assert browser.post(f"/views/{view.pk}/hiding/").status_code == 302
    assert f"view={view.pk}" not in browser.get("/deals/?sort=name", headers=PART).content.decode()
    assert browser.post(f"/views/{view.pk}/showing/").status_code == 302
    assert f"view={view.pk}" in browser.get("/deals/?sort=name", headers=PART).content.decode()
