"""Changing a deal where it is read: one field at a time, with history, conflicts and confirmation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from crm_core.events.models import Event
from crm_core.sales import actions
from kernel.errors import Conflict, Invalid
from kernel.when import today

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
pytestmark = pytest.mark.usefixtures("that_day")
TODAY = today("UTC")
LATER = TODAY + timedelta(days=40)


@pytest.mark.parametrize(
    ("field", "typed", "attribute", "value"),
    [
        ("name", {"name": "Lobby only"}, "card.label", "Lobby only"),
        ("amount", {"amount": "12k", "amount_currency": "USD"}, "amount_minor", 12_000_00),
        ("amount", {"amount": "", "amount_currency": "EUR"}, "amount_minor", None),
        ("expected_on", {"expected_on": LATER.isoformat()}, "expected_on", LATER),
        ("probability", {"probability": "65"}, "probability", 65),
        ("source", {"source": "Trade fair"}, "source", "Trade fair"),
        ("description", {"description": "Two\r\nlines"}, "description", "Two\nlines"),
        ("client", {"client": "", "client_text": ""}, "client_id", None),
    ],
)
def test_a_field_is_changed_in_its_place_with_one_fact(
    browser: Any, url: Any, deal: Any, again: Any, field: str, typed: Any, attribute: str, value: Any
) -> None:
    address = url("field", deal.pk, field)
    assert browser.get(address, headers=HTMX).status_code == 200
    answer = browser.post(address, {**typed, "version": deal.card.version}, headers=HTMX)
    assert answer.status_code == 200, answer.content.decode()[:500]
    body = answer.content.decode()
    assert 'hx-target="#deal-facts"' in body
    assert 'hx-target="#timeline"' in body
    found: Any = again(deal)
    for part in attribute.split("."):
        found = getattr(found, part)
    assert found == value
    fact = Event.objects.get(verb="sales.changed")
    assert list(fact.changes) == [field]


def test_without_javascript_the_field_is_a_page_and_leads_back(browser: Any, url: Any, deal: Any) -> None:
    assert "<!doctype html>" in browser.get(url("field", deal.pk, "source")).content.decode()
    answer = browser.post(
        url("field", deal.pk, "source"), {"source": "Website", "version": deal.card.version}
    )
    assert answer.headers["Location"].endswith(url("deal", deal.pk))


def test_the_same_value_writes_nothing(browser: Any, url: Any, deal: Any, again: Any) -> None:
    browser.post(url("field", deal.pk, "name"), {"name": "Lobby lighting", "version": deal.card.version})
    assert not Event.objects.filter(verb="sales.changed").exists()
    assert again(deal).card.version == deal.card.version


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", {"name": "  "}, "required"),
        ("amount", {"amount": "-5", "amount_currency": "EUR"}, "cannot be negative"),
        ("amount", {"amount": "1e15", "amount_currency": "EUR"}, "too large"),
        ("expected_on", {"expected_on": "1 May 20026"}, "20026"),
        ("probability", {"probability": "400"}, "100"),
    ],
)
def test_wrong_values_are_told_in_the_place_and_stay(
    browser: Any, url: Any, deal: Any, field: str, typed: Any, words: str
) -> None:
    answer = browser.post(url("field", deal.pk, field), typed, headers=HTMX)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert typed[field].strip() in answer.content.decode()
    assert not Event.objects.filter(verb="sales.changed").exists()


def test_a_date_before_the_opening_must_be_confirmed(browser: Any, url: Any, deal: Any, again: Any) -> None:
    early = {"expected_on": (TODAY - timedelta(days=3)).isoformat(), "version": deal.card.version}
    asked = browser.post(url("field", deal.pk, "expected_on"), early, headers=HTMX)
    assert asked.status_code == 422
    assert "Save with this date anyway" in asked.content.decode()
    saved = browser.post(url("field", deal.pk, "expected_on"), {**early, "confirmed": "on"}, headers=HTMX)
    assert saved.status_code == 200
    assert again(deal).expected_on == TODAY - timedelta(days=3)


def test_other_fields_of_an_early_deal_need_no_confirmation(member: Any, deal: Any, again: Any) -> None:
    actions.change_deal(by=member, id=deal.pk, expected_on=TODAY - timedelta(days=3), confirmed=True)
    actions.change_deal(by=member, id=deal.pk, source="Website")
    assert again(deal).source == "Website"


def test_a_stale_edit_of_the_same_field_is_a_conflict_with_both_values(
    browser: Any, url: Any, deal: Any, member: Any
) -> None:
    version = deal.card.version
    actions.change_deal(by=member, id=deal.pk, source="Website")
    with pytest.raises(Conflict) as found:
        actions.change_deal(by=member, id=deal.pk, version=version, source="Trade fair")
    assert found.value.theirs == {"source": "Website"}
    answer = browser.post(url("field", deal.pk, "source"), {"source": "Trade fair", "version": version})
    assert answer.status_code == 409


def test_edits_of_different_fields_do_not_disturb_each_other(member: Any, deal: Any, again: Any) -> None:
    version = deal.card.version
    actions.change_deal(by=member, id=deal.pk, version=version, source="Website")
    actions.change_deal(by=member, id=deal.pk, version=version, probability=10)
    assert (again(deal).source, again(deal).probability) == ("Website", 10)


def test_the_reason_of_a_closed_deal_can_be_corrected_but_not_emptied(
    browser: Any, url: Any, member: Any, deal: Any, sales: Any, again: Any
) -> None:
    from crm_core.sales import queries

    first, second = queries.reasons("won")[:2]
    actions.win(by=member, id=deal.pk, reason_id=first.id)
    browser.post(url("field", deal.pk, "reason"), {"reason": str(second.id)}, headers=HTMX)
    assert again(deal).reason_id == second.id
    with pytest.raises(Invalid):
        actions.change_deal(by=member, id=deal.pk, reason_id=None)


def test_the_owner_changes_by_hand_over(
    browser: Any, url: Any, deal: Any, make_member: Any, again: Any
) -> None:
    mark = make_member(name="Mark", rights=["sales.view"])
    assert "Mark" in browser.get(url("owner", deal.pk), headers=HTMX).content.decode()
    browser.post(url("owner", deal.pk), {"owner": str(mark.id)}, headers=HTMX)
    assert again(deal).card.owner_id == mark.id
    assert Event.objects.filter(verb="records.assigned").count() == 1


def test_an_unknown_field_is_not_found(browser: Any, url: Any, deal: Any) -> None:
    assert browser.get(url("field", deal.pk, "currency")).status_code == 404
    assert browser.get(url("field", deal.pk, "version")).status_code == 404


def test_the_record_page_keeps_its_budget(
    browser: Any, url: Any, deal: Any, member: Any, sales: Any, make_deal: Any, company: Any
) -> None:
    from crm_core.activities.actions import plan
    from crm_core.notes.actions import add_note

    for number in range(3):
        add_note(by=member, card_id=deal.pk, text=f"Note {number}")
        plan(by=member, title="Call", kind="call", card_id=deal.pk, due_on=TODAY + timedelta(days=number))
        make_deal(name=f"Other {number}", client_id=company.id)
    actions.move(by=member, id=deal.pk, stage_id=sales.second.id)
    with CaptureQueriesContext(connections["tenant"]) as told:
        page = browser.get(url("deal", deal.pk))
    assert page.status_code == 200
    assert "Other 2" in page.content.decode()
    noise = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    asked = [query["sql"] for query in told if not query["sql"].startswith(noise)]
    assert len(asked) <= 14, "\n".join(sql[:160] for sql in asked)
