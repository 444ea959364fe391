"""Reminders: a letter at the moment that was asked for, and a line on the today page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connections

from crm_core.activities import actions
from crm_core.clients.models import Company
from kernel.errors import Invalid
from kernel.jobs.models import Job
from kernel.when import now
from tests.support.clients import url
from tests.support.tenants import run_jobs


@pytest.fixture(autouse=True)
def letters(settings: Any) -> list[Any]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    return mail.outbox


def test_the_owner_is_mailed_in_the_own_language(cast: Any, harbour: Company) -> None:
    cast.boss.language = "ru"
    cast.boss.save(update_fields=["language"])
    actions.plan(
        by=cast.boss,
        card_id=harbour.pk,
        title="Call the hotel",
        due_at=now() + timedelta(hours=1),
        remind_at=now(),
    )
    run_jobs()
    (letter,) = mail.outbox
    assert letter.to == [cast.boss.email]
    assert "Call the hotel" in letter.subject
    assert f"/companies/{harbour.pk}/" in letter.body
    assert Job.objects.get().state == Job.State.DONE


def test_done_or_moved_ones_stay_silent(cast: Any, harbour: Company) -> None:
    due = now() + timedelta(hours=1)
    done = actions.plan(by=cast.boss, card_id=harbour.pk, title="Done", due_at=due, remind_at=now())
    moved = actions.plan(by=cast.boss, card_id=harbour.pk, title="Moved", due_at=due, remind_at=now())
    actions.complete(by=cast.boss, id=done.id)
    actions.change_activity(by=cast.boss, id=moved.id, remind_at=None)
    run_jobs()
    assert mail.outbox == []


def test_a_reminder_after_the_due_moment_is_refused(cast: Any) -> None:
    with pytest.raises(Invalid):
        actions.plan(by=cast.boss, title="Send", due_at=now(), remind_at=now() + timedelta(hours=1))


def test_it_stands_on_the_today_page(web: Any, cast: Any) -> None:
    due = now() + timedelta(days=3)
    actions.plan(by=cast.boss, title="Prepare the fair", due_at=due, remind_at=now() - timedelta(minutes=1))
    page = web.get(url("home:today")).content.decode()
    assert "Reminders" in page
    assert "Prepare the fair" in page


def test_the_letter_waits_for_its_moment(own_tenant: Any) -> None:
    from tenants import api
    from tests.support.tenants import run_queue

    company = own_tenant("Remind")
    with api.inside(company.tenant):
        member = company.owner
        due = now() + timedelta(hours=3)
        actions.plan(by=member, title="Send", due_at=due, remind_at=now() + timedelta(hours=1))
    run_queue()
    assert mail.outbox == []
    with connections["default"].cursor() as cursor:
        # The database's own clock says when a ticket is due.
        cursor.execute("UPDATE relay.ticket SET due = due - interval '1 hour'")
    run_queue()
    assert [letter.to for letter in mail.outbox] == [[member.email]]
