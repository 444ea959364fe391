"""The page of tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from crm_core.activities import actions, queries
from crm_core.clients.models import Company
from kernel.when import now, today
from tests.support.clients import PART, counted, url


def test_groups_by_day(web: Any, cast: Any, harbour: Company) -> None:
    here = today(cast.boss.zone)
    for title, days in (("Late", -2), ("Now", 0), ("Next", 1), ("Soon", 4), ("Far", 40)):
        actions.plan(by=cast.boss, card_id=harbour.pk, title=title, due_on=here + timedelta(days=days))
    actions.plan(by=cast.boss, title="Some day")
    found = queries.agenda(cast.boss)
    assert [[row.title for row in group] for group in (
        found.overdue, found.today, found.tomorrow, found.week, found.later, found.undated
    )] == [["Late"], ["Now"], ["Next"], ["Soon"], ["Far"], ["Some day"]]  # fmt: skip
    with counted() as seen:
        page = web.get(url("activities:tasks")).content.decode()
    assert len(seen) <= 6, "\n".join(seen)
    for words in ("Overdue", "Tomorrow", "In the next seven days", "Later", "Without a day", "2 days ago"):
        assert words in page


def test_mine_and_everybodys(web: Any, cast: Any, harbour: Company) -> None:
    actions.plan(by=cast.boss, card_id=harbour.pk, title="Annas task", owner=cast.anna)
    assert "Annas task" not in web.get(url("activities:tasks")).content.decode()
    assert "Annas task" in web.get(url("activities:tasks", who="all")).content.decode()


def test_done_ones_have_a_tab(web: Any, cast: Any) -> None:
    found = actions.plan(by=cast.boss, title="Sent")
    actions.complete(by=cast.boss, id=found.id)
    assert "Sent" not in web.get(url("activities:tasks")).content.decode()
    assert "Sent" in web.get(url("activities:tasks", show="done")).content.decode()


def test_a_row_is_crossed_out_in_its_place(web: Any, cast: Any) -> None:
    found = actions.plan(by=cast.boss, title="Send", due_at=now() + timedelta(minutes=5))
    page = web.post(url("activities:completion", found.id) + "?near=1", headers=PART).content.decode()
    assert f"#activity-{found.id}" in page
    assert "data-done" in page


def test_nothing_to_do_says_what_next(web: Any) -> None:
    assert "Write what is next in the line above" in web.get(url("activities:tasks")).content.decode()


@pytest.mark.parametrize("name", ["logging", "planning"])
def test_composers_are_pages_without_javascript(web: Any, harbour: Company, name: str) -> None:
    assert "<html" in web.get(url(f"activities:{name}", harbour.pk)).content.decode()


def test_found_by_words(cast: Any, harbour: Company) -> None:
    found = actions.plan(by=cast.boss, card_id=harbour.pk, title="Заказать драйверы")
    assert queries.search(cast.boss, "драйвер") == [found]
    assert queries.search(cast.anna, "драйвер") == []


def test_the_same_step_for_many_records(web: Any, cast: Any, harbour: Company) -> None:
    made = actions.plan_many(by=cast.boss, ids=[harbour.pk], title="Greet", due_on=today("UTC"))
    assert [one.card_id for one in made] == [harbour.pk]
