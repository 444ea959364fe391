"""First tasks: for each by their role, ticked by real work, put away if unwanted; nobody absent is measured."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from crm_core.activities.actions import plan
from crm_core.clients import actions as clients
from crm_core.setup.models import Training
from crm_core.setup.queries import training
from crm_core.setup.queries.adoption import lines
from crm_core.team.models import Member
from kernel.parts import Choice
from kernel.when import now, today
from tests.support.clients import url


@pytest.fixture
def anna(cast: Any) -> Any:
    """Anna with an account: only such people come in."""
    Member.objects.filter(id=cast.anna.id).update(account_id=77_001, joined_at=now() - timedelta(days=60))
    return Member.objects.select_related("role", "team").get(id=cast.anna.id)


@pytest.fixture
def page(client_for: Any, anna: Any) -> Any:
    browser = client_for(anna)

    def shown() -> str:
        return str(browser.get(url("home:today")).content.decode())

    return shown


def names(member: Any, choice: Choice | None = None) -> list[str]:
    return [one.name for one in training.tasks_of(member, choice or Choice())]


def test_each_role_has_its_own(cast: Any, make_member: Any) -> None:
    assert names(cast.boss)[:2] == ["list", "colleague"]
    assert names(cast.anna)[0] == "client"
    reader = make_member(rights=["clients.view"])
    assert names(reader) == ["record", "view", "profile"]
    for member in (cast.boss, cast.anna, reader):
        assert 3 <= len(names(member)) <= 5


def test_no_task_of_a_hidden_part(cast: Any) -> None:
    assert "deal" in names(cast.anna)
    assert "deal" not in names(cast.anna, Choice(stage=1))


def test_ticked_by_real_use(page: Any, anna: Any) -> None:
    assert "0 / 5" in page()
    clients.create_company(by=anna, owner=anna, values={"name": "First"})
    assert "1 / 5" in page()
    plan(by=anna, title="Call", due_on=today("UTC"))
    assert "2 / 5" in page()
    assert set(Training.objects.get(member=anna).done) == {"client", "step"}


def test_work_of_others_ticks_nothing(page: Any, cast: Any) -> None:
    clients.create_company(by=cast.boris, owner=cast.boris, values={"name": "His"})
    assert "0 / 5" in page()


def test_what_was_ticked_stays_though_the_fact_is_old(page: Any, anna: Any) -> None:
    page()
    Training.objects.filter(member=anna).update(done=["client"], read_until=now())
    assert "1 / 5" in page()


def test_gone_when_all_is_done(page: Any, anna: Any) -> None:
    page()
    Training.objects.filter(member=anna).update(done=names(anna))
    assert "First tasks" not in page()


def test_put_away_and_back(client_for: Any, anna: Any) -> None:
    browser = client_for(anna)
    assert "First tasks" in browser.get("/").content.decode()
    assert browser.post(url("setup:training_away")).status_code == 302
    shown = browser.get("/").content.decode()
    assert 'id="training"' not in shown
    assert browser.post(url("setup:training_return")).status_code == 302
    assert 'id="training"' in browser.get("/").content.decode()


def test_summed_for_who_leads_and_the_absent_are_left_in_peace(
    web: Any, page: Any, anna: Any, cast: Any
) -> None:
    assert use_of(cast.boris).trained == (0, 0), "of him nobody knows anything yet"
    page()
    ways = [clients.Way("phone", "+49 30 901820", "work")]
    clients.create_company(by=anna, owner=anna, values={"name": "First"}, ways=ways)
    found = use_of(anna)
    assert found.trained == (1, 5)
    assert "first tasks" in found.hint.lower()
    assert "first tasks: 1 of 5" in web.get(url("setup:adoption")).content.decode()
    Member.objects.filter(id=anna.id).update(away_until=today("UTC"))
    assert use_of(anna).hint == ""
    assert "first tasks: 1 of 5" not in web.get(url("setup:adoption")).content.decode()


def use_of(member: Any) -> Any:
    return next(line for line in lines() if line.member.id == member.id)
