"""How the product is used: real figures for each person, hints where something would help, nobody shamed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from crm_core.activities.actions import plan
from crm_core.clients import actions as clients
from crm_core.notes.actions import add_note
from crm_core.setup.queries.adoption import MANY_OVERDUE, Use, lines
from crm_core.team.models import Member
from kernel.when import now, today
from tests.support.clients import counted, url


def use_of(member: Any) -> Use:
    return next(line for line in lines() if line.member.id == member.id)


@pytest.fixture
def long_here(cast: Any) -> None:
    Member.objects.update(joined_at=now() - timedelta(days=90))


@pytest.mark.usefixtures("long_here")
def test_figures_are_those_of_real_work(web: Any, cast: Any) -> None:
    made = clients.create_company(by=cast.anna, owner=cast.anna, values={"name": "Mine"})
    add_note(by=cast.anna, card_id=made.pk, text="Called.")
    for number in range(MANY_OVERDUE):
        plan(by=cast.anna, title=f"Late {number}", due_on=today("UTC") - timedelta(days=2), card_id=made.pk)
    found = use_of(cast.anna)
    assert (found.owned, found.overdue, found.unreachable) == (1, MANY_OVERDUE, 1)
    assert found.acts >= 2
    assert found.seen_at is not None
    assert "overdue" in found.hint
    page = web.get(url("setup:adoption")).content.decode()
    assert (
        "Anna Keller" in page and f"{MANY_OVERDUE} overdue" in page and "1 without phone and e-mail" in page
    )


@pytest.mark.usefixtures("long_here")
def test_hints_help_and_the_absent_are_left_in_peace(web: Any, cast: Any) -> None:
    assert "Not here for a week" in use_of(cast.boris).hint
    Member.objects.filter(id=cast.boris.id).update(away_until=today("UTC"))
    found = use_of(cast.boris)
    assert found.spared and found.away and found.hint == ""
    page = web.get(url("setup:adoption")).content.decode()
    assert "away until" in page
    Member.objects.filter(id=cast.boris.id).update(away_until=None, part_time=True)
    assert use_of(cast.boris).hint == ""
    Member.objects.filter(id=cast.boris.id).update(part_time=False, joined_at=now())
    assert use_of(cast.boris).hint == ""


def test_only_who_leads_people_sees_it(web: Any, client_for: Any, cast: Any) -> None:
    with counted() as seen:
        assert web.get(url("setup:adoption")).status_code == 200
    assert len(seen) <= 12, "\n".join(seen)
    assert client_for(cast.anna).get(url("setup:adoption")).status_code == 403


def test_absence_is_set_on_the_members_page(web: Any, cast: Any) -> None:
    page = web.get(url("team:member", cast.anna.id)).content.decode()
    assert url("team:presence", cast.anna.id) in page
    refused = web.post(url("team:presence", cast.anna.id), {"away_until": "some day"})
    assert refused.status_code == 422
    assert "some day" in refused.content.decode()
    web.post(url("team:presence", cast.anna.id), {"away_until": "2027-01-05", "part_time": "on"})
    found = Member.objects.get(id=cast.anna.id)
    assert (found.away_until.isoformat(), found.part_time) == ("2027-01-05", True)
    web.post(url("team:presence", cast.anna.id), {})
    found.refresh_from_db()
    assert (found.away_until, found.part_time) == (None, False)
