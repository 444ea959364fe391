"""The demo company: believable, complete, and loaded once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from crm_core.activities.models import Activity
from crm_core.clients.models import Company, Person
from crm_core.events.models import Event
from crm_core.notes.models import Note
from crm_core.sales.models import Deal
from crm_core.setup.actions import demo_members, load_demo
from crm_core.team.models import Member
from kernel.when import now


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_demo_company_is_complete_believable_and_loaded_once(
    tenant: Any, member: Any, language: str
) -> None:
    assert load_demo(by=member, language=language, accounts={}) is True
    _has_clients_deals_and_talks(language)
    _happened_in_the_past_and_in_order()
    _leaves_something_to_do()
    before = Event.objects.count()
    assert load_demo(by=member, language=language, accounts={}) is False
    assert Event.objects.count() == before


def _has_clients_deals_and_talks(language: str) -> None:
    assert (Company.objects.count(), Person.objects.count()) == (40, 70)
    assert Deal.objects.count() == 46
    assert {row["outcome"] for row in Deal.objects.values("outcome")} == {"open", "won", "lost"}
    assert Activity.objects.done().count() >= 16
    assert Activity.objects.open().count() >= 25
    assert Note.objects.count() == 14
    assert Member.objects.values("role").distinct().count() == 4
    assert Member.objects.count() == len(demo_members(language))


def _happened_in_the_past_and_in_order() -> None:
    moments = list(Event.objects.order_by("id").values_list("at", flat=True))
    told = [moment for moment in moments if moment < now() - timedelta(hours=1)]
    assert told == sorted(told)
    assert max(moments) <= now()
    assert min(told) < now() - timedelta(days=180)
    for deal in Deal.objects.select_related("card"):
        first = Event.objects.filter(record_id=deal.pk).order_by("at").first()
        assert first.verb == "sales.opened"
        assert deal.stage_since >= first.at


def _leaves_something_to_do() -> None:
    open_deals = Deal.objects.open()
    assert open_deals.filter(amount_minor__isnull=True).count() == 2
    assert open_deals.overdue(now().date()).exists()
    with_step = Activity.objects.open().values("card_id")
    assert 2 <= open_deals.exclude(pk__in=with_step).count() <= 6
