"""Planning, moving, finishing and taking back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from crm_core.activities import actions, queries
from crm_core.activities.models import Activity
from crm_core.clients.models import Company, Person
from crm_core.events.models import Event
from kernel.errors import Conflict, Invalid, NotFound
from kernel.when import frozen, now
from tests.support.clients import PART, SALES_RIGHTS, url

NOON = "2026-11-24T12:00:00+00:00"


def test_planned_in_the_composer(web: Any, harbour: Company) -> None:
    answer = web.post(
        url("activities:planning", harbour.pk),
        {"title": "Call the hotel", "kind": "call", "day": "tomorrow", "hour": "10:00"},
        headers=PART,
    )
    page = answer.content.decode()
    found = Activity.objects.get()
    assert answer.status_code == 200
    assert "#next-step" in page
    assert "Call the hotel" in page
    assert (found.kind, found.due_on, found.due_at.hour) == ("call", None, 10)
    assert Event.objects.get(verb="activities.planned").record_id == harbour.pk


def test_a_day_that_is_none_is_refused_and_nothing_is_lost(web: Any, harbour: Company) -> None:
    data = {"title": "Visit the roof", "kind": "task", "day": "tomorow", "hour": ""}
    answer = web.post(url("activities:planning", harbour.pk), data, headers=PART)
    assert answer.status_code == 422
    assert "is not a date" in answer.content.decode()
    assert 'value="Visit the roof"' in answer.content.decode()
    assert not Activity.objects.exists()


def test_a_days_task_is_overdue_when_the_owners_day_is_over(cast: Any, harbour: Company) -> None:
    cast.boss.zone = "Asia/Vladivostok"
    cast.boss.save(update_fields=["zone"])
    with frozen("2026-11-24T10:00:00+00:00") as clock:
        found = actions.plan(by=cast.boss, card_id=harbour.pk, title="Today", due_on=date(2026, 11, 24))
        assert found.due_by == datetime(2026, 11, 24, 14, tzinfo=UTC)
        assert not found.is_overdue
        clock.advance(hours=5)
        assert found.is_overdue
        assert list(Activity.objects.overdue()) == [found]


def test_next_step_is_the_soonest_of_client_and_people_in_one_query(
    cast: Any, harbour: Company, martha: Person
) -> None:
    from tests.support.clients import counted

    later = actions.plan(by=cast.boss, card_id=harbour.pk, title="Later", due_at=now() + timedelta(days=2))
    sooner = actions.plan(by=cast.boss, card_id=martha.pk, title="Sooner", due_at=now() + timedelta(days=1))
    actions.plan(by=cast.boss, card_id=harbour.pk, title="Some day")
    with counted() as seen:
        found = queries.next_step_for([harbour.pk, martha.pk])
    assert len(seen) == 1
    assert found == {harbour.pk: sooner, martha.pk: sooner}
    actions.complete(by=cast.boss, id=sooner.id)
    assert queries.next_step_for([harbour.pk, martha.pk]) == {harbour.pk: later}


def test_done_and_taken_back(web: Any, cast: Any, harbour: Company) -> None:
    found = actions.plan(by=cast.boss, card_id=harbour.pk, title="Send the offer")
    answer = web.post(url("activities:completion", found.id) + f"?record={harbour.pk}", headers=PART)
    page = answer.content.decode()
    assert "Done: Send the offer" in page
    assert url("activities:reopening", found.id) in page
    assert "No next step" in page
    web.post(url("activities:reopening", found.id) + f"?record={harbour.pk}", headers=PART)
    found.refresh_from_db()
    assert found.is_open


def test_removed_and_brought_back(web: Any, cast: Any, harbour: Company) -> None:
    found = actions.plan(by=cast.boss, card_id=harbour.pk, title="Send the offer")
    web.post(url("activities:removal", found.id), headers=PART)
    assert web.get(url("activities:activity", found.id)).status_code == 404
    web.post(url("activities:return", found.id), headers=PART)
    assert web.get(url("activities:activity", found.id)).status_code == 200


def test_the_dialog_changes_everything(web: Any, cast: Any, harbour: Company) -> None:
    found = actions.plan(by=cast.boss, card_id=harbour.pk, title="Send the offer")
    data = {
        "title": "Send the better offer",
        "kind": "task",
        "day": "2031-03-05",
        "hour": "09:30",
        "owner": str(cast.anna.id),
        "remind": "60",
        "text": "With the terrace",
        "version": "1",
    }
    answer = web.post(url("activities:activity", found.id), data)
    assert answer.status_code == 302
    found.refresh_from_db()
    assert (found.title, found.owner, found.text) == ("Send the better offer", cast.anna, "With the terrace")
    assert found.due_at == datetime(2031, 3, 5, 9, 30, tzinfo=UTC)
    assert found.remind_at == datetime(2031, 3, 5, 8, 30, tzinfo=UTC)


def test_an_old_dialog_does_not_overwrite(cast: Any, harbour: Company) -> None:
    found = actions.plan(by=cast.boss, card_id=harbour.pk, title="Send the offer")
    actions.change_activity(by=cast.boss, id=found.id, title="Send it", version=1)
    with pytest.raises(Conflict):
        actions.change_activity(by=cast.boss, id=found.id, title="Send that", version=1)


def test_a_deactivated_member_gets_no_tasks(cast: Any, make_member: Any) -> None:
    with pytest.raises(Invalid) as refused:
        actions.plan(by=cast.boss, title="Send", owner=make_member(active=False))
    assert "owner" in refused.value.fields


def test_rescheduling_moves_the_reminder_along(cast: Any) -> None:
    due = now() + timedelta(days=2)
    found = actions.plan(by=cast.boss, title="Send", due_at=due, remind_at=due - timedelta(hours=1))
    moved = actions.reschedule(by=cast.boss, id=found.id, due_at=due + timedelta(days=1))
    assert moved.remind_at == due + timedelta(hours=23)
    assert actions.reschedule(by=cast.boss, id=found.id, due_on=date(2031, 1, 1)).remind_at is None


def test_what_is_not_mine_is_not_found(
    cast: Any, client_for: Any, harbour: Company, make_member: Any
) -> None:
    foreign = actions.plan(by=cast.boss, card_id=harbour.pk, title="Secret")
    private = actions.plan(by=cast.boris, title="Private")
    for found in (foreign, private):
        assert client_for(cast.anna).get(url("activities:activity", found.id)).status_code == 404
        with pytest.raises(NotFound):
            actions.complete(by=cast.anna, id=found.id)
    given = actions.plan(by=cast.boss, card_id=harbour.pk, title="For Anna", owner=cast.anna)
    assert client_for(cast.anna).get(url("activities:activity", given.id)).status_code == 200
    reader = make_member(rights=["activities.view", *SALES_RIGHTS[:1]])
    assert client_for(reader).post(url("activities:completion", foreign.id)).status_code == 403
