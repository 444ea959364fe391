"""Opening a deal: what is taken, what is refused, and that a double click makes one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from crm_core.events.models import Event
from crm_core.sales import actions
from crm_core.sales.models import Deal
from kernel.errors import Invalid, NotAllowed
from kernel.ids import uuid7
from kernel.when import today

pytestmark = pytest.mark.usefixtures("that_day")
TODAY = today("UTC")


@pytest.fixture
def typed(sales: Any, member: Any, company: Any) -> dict[str, str]:
    """What a person types into the form."""
    return {
        "name": "Terrace lights",
        "client": str(company.id),
        "client_text": company.label,
        "amount": "1 234,50",
        "amount_currency": "EUR",
        "stage": str(sales.first.id),
        "expected_on": (TODAY + timedelta(days=30)).isoformat(),
        "owner": str(member.id),
        "key": str(uuid7()),
    }


def test_a_deal_is_opened_with_all_that_was_typed(browser: Any, url: Any, typed: Any, sales: Any) -> None:
    answer = browser.post(url("new_deal"), typed)
    deal = Deal.objects.select_related("card").get()
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(url("deal", deal.pk))
    assert (deal.card.label, deal.amount_minor, deal.currency) == ("Terrace lights", 123450, "EUR")
    assert (deal.stage_id, deal.outcome, deal.opened_on) == (sales.first.id, "open", TODAY)
    assert str(deal.client_id) == typed["client"]
    fact = Event.objects.get(verb="sales.opened")
    assert (fact.record_id, fact.client_id) == (deal.pk, deal.client_id)
    assert fact.values["amount"] == {"minor": 123450, "currency": "EUR"}


def test_a_double_click_makes_one_deal(browser: Any, url: Any, typed: Any) -> None:
    first, second = browser.post(url("new_deal"), typed), browser.post(url("new_deal"), typed)
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    assert Deal.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "required"),
        ("name", "x" * 10_000, "at most 200"),
        ("amount", "-1", "cannot be negative"),
        ("amount", "1" + "0" * 15, "too large"),
        ("amount", "a lot", "not an amount"),
        ("expected_on", "3 Nov 20026", "20026"),
        ("expected_on", "20026-11-03", "20026"),
        ("probability", "101", "100"),
        ("owner", "01a00000-0000-7000-8000-000000000001", "valid choice"),
        ("stage", "01a00000-0000-7000-8000-000000000001", "valid choice"),
    ],
)
def test_wrong_input_is_told_at_the_field_and_stays_typed(
    browser: Any, url: Any, typed: Any, field: str, value: str, words: str
) -> None:
    answer = browser.post(url("new_deal"), {**typed, field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="Terrace lights"' in page or field == "name"
    assert not Deal.objects.exists()


def test_the_action_itself_refuses_amounts_outside_the_range(member: Any) -> None:
    for amount in (-1, 10**13):
        with pytest.raises(Invalid) as refused:
            actions.open_deal(by=member, name="x", amount_minor=amount)
        assert "amount" in refused.value.fields
    assert actions.open_deal(by=member, name="x", amount_minor=10**13 - 1).amount_minor == 10**13 - 1


def test_control_characters_leave_the_name(browser: Any, url: Any, typed: Any) -> None:
    browser.post(url("new_deal"), {**typed, "name": "Bad\x00 na\u202eme"})
    assert Deal.objects.get().card.label == "Bad name"


def test_a_date_before_the_opening_asks_and_then_may_be_saved(browser: Any, url: Any, typed: Any) -> None:
    early = {**typed, "expected_on": (TODAY - timedelta(days=1)).isoformat()}
    asked = browser.post(url("new_deal"), early)
    assert asked.status_code == 422
    assert "This day is before the deal was opened" in asked.content.decode()
    assert "Save with this date anyway" in asked.content.decode()
    assert not Deal.objects.exists()
    saved = browser.post(url("new_deal"), {**early, "confirmed": "on"})
    assert saved.status_code == 302
    assert Deal.objects.get().expected_on == TODAY - timedelta(days=1)


def test_the_question_is_not_asked_beforehand(browser: Any, url: Any) -> None:
    assert "Save with this date anyway" not in browser.get(url("new_deal")).content.decode()


def test_a_name_without_choosing_finds_the_one_client(
    browser: Any, url: Any, typed: Any, company: Any
) -> None:
    browser.post(url("new_deal"), {**typed, "client": "", "client_text": "harbour house hotels"})
    assert Deal.objects.get().client_id == company.id


def test_an_unknown_client_is_told(browser: Any, url: Any, typed: Any) -> None:
    answer = browser.post(url("new_deal"), {**typed, "client": "", "client_text": "Nobody Ltd"})
    assert answer.status_code == 422
    assert "Nothing is called “Nobody Ltd”" in answer.content.decode()
    assert "Nobody Ltd" in answer.content.decode()


def test_the_clients_page_fills_in_the_client(browser: Any, url: Any, company: Any) -> None:
    page = browser.get(url("new_deal", client=company.id)).content.decode()
    assert f'value="{company.id}"' in page
    assert "Harbour House Hotels" in page


def test_suggestions_find_parts_of_names_in_the_wrong_layout_too(
    browser: Any, url: Any, company: Any
) -> None:
    for typed in ("harb", "рфки"):
        assert "Harbour House Hotels" in browser.get(url("clients", q=typed)).content.decode()
    assert "Nothing found" in browser.get(url("clients", q="zzz")).content.decode()


def test_who_may_not_edit_may_not_open(make_member: Any, client_for: Any, url: Any, typed: Any) -> None:
    reader = make_member(rights=["sales.view"])
    assert client_for(reader).post(url("new_deal"), typed).status_code == 403
    with pytest.raises(NotAllowed):
        actions.open_deal(by=reader, name="x")
    assert not Deal.objects.exists()


def test_a_client_out_of_sight_cannot_be_linked(make_member: Any, company: Any) -> None:
    seller = make_member(rights=["sales.view", "sales.edit", "clients.view"], visibility="own")
    with pytest.raises(Invalid) as refused:
        actions.open_deal(by=seller, name="x", client_id=company.id)
    assert "client" in refused.value.fields
