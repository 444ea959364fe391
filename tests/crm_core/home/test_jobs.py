"""Background work: seen, followed, stopped."""

from __future__ import annotations

from typing import Any

from kernel.ids import uuid7
from kernel.jobs.models import Job
from tests.support.clients import PART, url


def make(actor: Any, **values: Any) -> Job:
    job = Job(name="imports.run", title="Import of clients.csv", actor=actor.id, **values)
    job.save(force_insert=True)
    return job


def test_progress_is_polled_while_it_runs(web: Any, cast: Any) -> None:
    job = make(cast.boss, state=Job.State.RUNNING, done=50, total=200, words="50 rows")
    page = web.get(url("home:jobs")).content.decode()
    assert "Import of clients.csv" in page
    assert "every 2s" in page
    part = web.get(url("home:job", job.id), headers=PART).content.decode()
    assert 'value="25"' in part
    assert "every 1s" in part
    assert "<html" not in part


def test_a_finished_one_is_not_polled(web: Any, cast: Any) -> None:
    job = make(cast.boss, state=Job.State.DONE, link="/companies/")
    part = web.get(url("home:job", job.id), headers=PART).content.decode()
    assert "every" not in part
    assert 'href="/companies/"' in part


def test_a_failure_says_why(web: Any, cast: Any) -> None:
    make(cast.boss, state=Job.State.FAILED, error="The file is gone.")
    assert "The file is gone." in web.get(url("home:jobs")).content.decode()


def test_stopped_at_once_while_it_waits(web: Any, cast: Any) -> None:
    job = make(cast.boss)
    answer = web.post(url("home:stopping", job.id), headers=PART)
    assert answer.status_code == 200
    job.refresh_from_db()
    assert job.state == Job.State.STOPPED


def test_a_running_one_stops_at_its_next_step(web: Any, cast: Any) -> None:
    job = make(cast.boss, state=Job.State.RUNNING)
    page = web.post(url("home:stopping", job.id), headers=PART).content.decode()
    assert "Stopping" in page
    job.refresh_from_db()
    assert job.stop_wanted


def test_others_work_needs_the_right(web: Any, client_for: Any, cast: Any) -> None:
    job = make(cast.boss, state=Job.State.RUNNING)
    anna = client_for(cast.anna)
    assert anna.get(url("home:job", job.id)).status_code == 404
    assert anna.post(url("home:stopping", job.id)).status_code == 404
    assert "Import of clients.csv" not in anna.get(url("home:jobs", who="all")).content.decode()
    annas = make(cast.anna)
    assert str(annas.id) in web.get(url("home:jobs", who="all")).content.decode()
    assert str(annas.id) not in web.get(url("home:jobs")).content.decode()
    assert web.get(url("home:job", uuid7())).status_code == 404


def test_reminders_do_not_clutter_the_list(web: Any, cast: Any) -> None:
    Job(name="activities.remind", title="Call Martha", actor=cast.boss.id).save(force_insert=True)
    assert "Call Martha" not in web.get(url("home:jobs")).content.decode()
