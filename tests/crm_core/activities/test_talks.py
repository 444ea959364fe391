"""Calls and meetings that took place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crm_core.activities import actions, queries
from crm_core.activities.models import Activity
from crm_core.clients.models import Company, Person
from kernel.errors import Invalid
from kernel.when import frozen, now
from tests.support.clients import PART, url


def test_three_clicks_log_a_call(web: Any, harbour: Company) -> None:
    form = web.get(url("activities:logging", harbour.pk), headers=PART).content.decode()
    assert 'value="reached"' in form
    answer = web.post(
        url("activities:logging", harbour.pk), {"kind": "call", "result": "reached"}, headers=PART
    )
    assert answer.status_code == 200
    found = Activity.objects.get()
    assert (found.kind, found.result, found.is_open) == ("call", "reached", False)


def test_it_shows_in_the_timeline_and_the_days_count(
    web: Any, cast: Any, harbour: Company, martha: Person
) -> None:
    data = {"kind": "call", "result": "reached", "minutes": "6", "text": "The sample arrived."}
    web.post(url("activities:logging", martha.pk), data)
    page = web.get(url("clients:company", harbour.pk)).content.decode()
    for words in ("The sample arrived.", "6 min", "Reached", "Martha Vaughan"):
        assert words in page
    assert queries.talks(cast.boss, now() - timedelta(hours=1)) == 1


def test_the_next_step_is_planned_along(web: Any, cast: Any, harbour: Company) -> None:
    data = {"kind": "call", "result": "call_back", "next_title": "Call again", "next_day": "tomorrow"}
    web.post(url("activities:logging", harbour.pk), data)
    assert queries.next_step_for([harbour.pk])[harbour.pk].title == "Call again"


def test_the_end_before_the_start_is_refused(web: Any, harbour: Company) -> None:
    data = {
        "kind": "call",
        "result": "reached",
        "day": "yesterday",
        "started": "15:00",
        "ended": "14:00",
        "text": "Hm",
    }
    answer = web.post(url("activities:logging", harbour.pk), data, headers=PART)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The end lies before the start." in page
    assert "Hm" in page
    assert not Activity.objects.exists()


def test_start_and_end_give_the_length(cast: Any, harbour: Company) -> None:
    with frozen("2026-11-24T12:00:00+00:00"):
        start = datetime(2026, 11, 24, 9, tzinfo=UTC)
        found = actions.log_call(
            by=cast.boss,
            card_id=harbour.pk,
            result="reached",
            started_at=start,
            ended_at=start + timedelta(minutes=20),
        )
        assert (found.duration, found.done_at) == (1200, start + timedelta(minutes=20))


def test_the_future_is_planned_not_logged(cast: Any, harbour: Company) -> None:
    with pytest.raises(Invalid) as refused:
        actions.log_call(
            by=cast.boss, card_id=harbour.pk, result="reached", started_at=now() + timedelta(hours=2)
        )
    assert "started_at" in refused.value.fields


@pytest.mark.parametrize("minutes", ["-5", "six", "99999"])
def test_minutes_are_whole_and_few(web: Any, harbour: Company, minutes: str) -> None:
    data = {"kind": "call", "result": "reached", "minutes": minutes}
    assert web.post(url("activities:logging", harbour.pk), data).status_code == 422


def test_a_result_must_be_chosen(web: Any, harbour: Company) -> None:
    answer = web.post(url("activities:logging", harbour.pk), {"kind": "call", "text": "Kept"})
    assert answer.status_code == 422
    assert "Choose how it went." in answer.content.decode()
    assert "Kept" in answer.content.decode()


def test_a_meeting_has_results_of_its_own(web: Any, harbour: Company) -> None:
    form = web.get(url("activities:logging", harbour.pk) + "?kind=meeting", headers=PART).content.decode()
    assert 'value="held"' in form
    assert 'value="no_answer"' not in form
    web.post(url("activities:logging", harbour.pk), {"kind": "meeting", "result": "held"})
    assert Activity.objects.get().kind == "meeting"


def test_what_is_planned_stands_above_what_was_done(web: Any, cast: Any, harbour: Company) -> None:
    actions.plan(by=cast.boss, card_id=harbour.pk, title="Future visit", due_at=now() + timedelta(days=3))
    page = web.get(url("clients:company", harbour.pk)).content.decode()
    assert page.index("Upcoming") < page.index("Future visit", page.index('id="timeline"'))
