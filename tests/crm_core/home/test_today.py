"""The today page: what needs me, what colleagues did."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from crm_core.activities.actions import complete, plan
from crm_core.clients import actions as clients
from crm_core.clients.models import Company
from crm_core.home import queries
from crm_core.notes.actions import add_note
from kernel.when import frozen, today
from tests.support.clients import counted, url


def test_counts_in_words(web: Any, cast: Any, harbour: Company) -> None:
    here = today(cast.boss.zone)
    for title, days in (("Late", -1), ("Later", -3), ("Now", 0)):
        plan(by=cast.boss, card_id=harbour.pk, title=title, due_on=here + timedelta(days=days))
    web.get(url("home:today"))  # The first look also keeps how far the first tasks are.
    with counted() as seen:
        page = web.get(url("home:today")).content.decode()
    assert len(seen) <= 16, "\n".join(seen)
    assert "<b>Three things</b> need you today, <b>two are overdue</b>." in page
    assert "Harbour House Hotels" in page


@pytest.mark.parametrize(
    ("needed", "overdue", "words"),
    [
        (0, 0, "Nothing needs you today."),
        (1, 0, "<b>One thing</b> needs you today."),
        (1, 1, "<b>One thing</b> needs you today, <b>one is overdue</b>."),
        (12, 11, "<b>12 things</b> need you today, <b>11 are overdue</b>."),
    ],
)
def test_plurals(needed: int, overdue: int, words: str) -> None:
    with translation.override("en"):
        assert queries.summary(needed, overdue) == words


@pytest.mark.parametrize(
    ("hour", "words"), [(8, "Good morning"), (13, "Good afternoon"), (20, "Good evening"), (2, "Hello")]
)
def test_the_greeting_knows_the_hour(cast: Any, hour: int, words: str) -> None:
    cast.boss.zone = "UTC"
    with frozen(f"2026-11-24T{hour:02d}:10:00+00:00"), translation.override("en"):
        assert queries.greeting(cast.boss).startswith(words)


def test_done_today_stays_crossed_out(web: Any, cast: Any) -> None:
    found = plan(by=cast.boss, title="Sent it", due_on=today(cast.boss.zone))
    complete(by=cast.boss, id=found.id)
    page = web.get(url("home:today")).content.decode()
    assert "Sent it" in page
    assert "data-done" in page


def test_colleagues_facts_of_records_that_are_seen(
    web: Any, client_for: Any, cast: Any, harbour: Company
) -> None:
    mine = clients.create_company(by=cast.anna, owner=cast.anna, values={"name": "Annas Client"})
    add_note(by=cast.anna, card_id=mine.pk, text="Hello")
    page = web.get(url("home:today")).content.decode()
    assert "Annas Client" in page
    assert "note" in page
    assert "Harbour House Hotels" not in client_for(cast.boris).get(url("home:today")).content.decode()
    assert queries.team_feed(cast.anna) == []


def test_without_the_right_to_tasks_the_page_still_opens(client_for: Any, make_member: Any) -> None:
    assert client_for(make_member(rights=[])).get(url("home:today")).status_code == 200


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", ["today", "jobs", "more", "help"])
def test_pages_answer_in_both_languages(web: Any, cast: Any, language: str, name: str) -> None:
    cast.boss.language = language
    cast.boss.save(update_fields=["language"])
    answer = web.get(url(f"home:{name}"))
    assert answer.status_code == 200
    assert answer["Content-Language"] == language


def test_more_names_every_place(web: Any) -> None:
    page = web.get(url("home:more")).content.decode()
    for name in (
        "clients:companies",
        "clients:people",
        "sales:deals",
        "activities:tasks",
        "clients:headings",
    ):
        assert url(name) in page
