"""The timeline: wording, folding, days, filters, what must not be told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from crm_core.clients.models import Company
from crm_core.events.actions import record
from crm_core.events.models import Event
from crm_core.records import actions
from crm_core.timeline import queries, wording
from kernel.when import frozen, now


@pytest.fixture(autouse=True)
def words() -> Iterator[None]:
    """Verbs of a made-up app."""
    kept = dict(wording.WORDINGS), dict(wording.FIELDS), list(wording.UPCOMING)
    wording.say("tried.changed", name="Tried")
    wording.say("tried.noted", text="Note: %(text)s", group="notes", icon="pencil")
    wording.say("tried.called", text="Call", group="conversations", icon="phone")
    wording.fields("company", {"stage": "Stage", "city": "City", "amount": "Amount"})
    yield
    for registry, former in zip((wording.WORDINGS, wording.FIELDS), kept[:2], strict=True):
        registry.clear()
        registry.update(former)
    wording.UPCOMING[:] = kept[2]


@pytest.fixture
def card(member: Any) -> Any:
    made = actions.create_card(by=member, kind="company", label="Harbour House", owner=member)
    Company(card=made).save(force_insert=True)
    return made


def lines(found: queries.Feed) -> list[queries.Entry]:
    return [entry for day in found.days for entry in day.entries]


def change(by: Any, card: Any, field: str, before: Any, after: Any, minutes_ago: int = 0) -> Event:
    with frozen(now() - timedelta(minutes=minutes_ago)):
        return record("tried.changed", by=by, record=card, changes={field: [before, after]})


def test_a_field_change_in_words(member: Any, card: Any) -> None:
    change(member, card, "stage", "Qualification", "Proposal")
    (entry,) = lines(queries.feed(member, card))
    (line,) = entry.changes
    assert (line.label, line.before, line.after) == ("Stage", "Qualification", "Proposal")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "–"),
        ({"id": "x", "label": "Anna"}, "Anna"),
        ({"minor": 1690000, "currency": "EUR"}, "€16,900"),
        ("2026-12-09", "Dec. 9, 2026"),
        ("2026-02-30", "2026-02-30"),
        ("٢٠٢٦-١٢-٠٩", "٢٠٢٦-١٢-٠٩"),
        ("2026-12-09\n", "2026-12-09\n"),
        ([{"label": "Hotels"}, {"label": "Key"}], "Hotels, Key"),
        (True, "yes"),
        (7, "7"),
    ],
)
def test_values_in_words(member: Any, card: Any, value: Any, said: str) -> None:
    change(member, card, "amount", "before", value)
    (entry,) = lines(queries.feed(member, card))
    assert entry.changes[0].after == said


def test_changes_of_one_person_within_minutes_are_one_line(member: Any, card: Any) -> None:
    change(member, card, "stage", "A", "B", 9)
    change(member, card, "city", "", "Bristol", 5)
    change(member, card, "stage", "B", "C", 1)
    (entry,) = lines(queries.feed(member, card))
    assert entry.folded
    said = {line.name: (line.before, line.after) for line in entry.changes}
    assert said == {"stage": ("A", "C"), "city": ("–", "Bristol")}


def test_other_people_and_later_changes_are_not_folded(member: Any, card: Any, make_member: Any) -> None:
    change(member, card, "stage", "A", "B", 30)
    change(member, card, "stage", "B", "C", 2)
    change(make_member(), card, "stage", "C", "D", 1)
    assert len(lines(queries.feed(member, card))) == 3


def test_a_sentence_between_breaks_the_fold(member: Any, card: Any) -> None:
    change(member, card, "stage", "A", "B", 3)
    record("tried.noted", by=member, record=card, text="Hello")
    change(member, card, "stage", "B", "C")
    assert len(lines(queries.feed(member, card))) == 3


def test_groups(member: Any, card: Any) -> None:
    record("tried.noted", by=member, record=card, text="100% sure")
    record("tried.called", by=member, record=card)
    change(member, card, "city", "", "Bristol")
    assert [entry.text for entry in lines(queries.feed(member, card, "notes"))] == ["Note: 100% sure"]
    assert len(lines(queries.feed(member, card, "conversations"))) == 1
    assert len(lines(queries.feed(member, card, "nonsense"))) == 3


def test_a_sentence_without_its_value_still_stands(member: Any, card: Any) -> None:
    record("tried.noted", by=member, record=card)
    assert lines(queries.feed(member, card))[0].text == "Note: –"


@pytest.mark.parametrize(("text", "said"), [("2026-12-09", "Dec. 9, 2026"), ("2026-02-30", "2026-02-30")])
def test_a_title_that_is_like_a_day_breaks_no_timeline(member: Any, card: Any, text: str, said: str) -> None:
    record("tried.noted", by=member, record=card, text=text)
    assert lines(queries.feed(member, card))[0].text == f"Note: {said}"


def test_days_in_the_readers_zone(member: Any, card: Any) -> None:
    member.zone = "Asia/Vladivostok"
    with frozen("2026-11-03T16:00:00+00:00"):
        record("tried.called", by=member, record=card)
    with frozen("2026-11-03T10:00:00+00:00"):
        record("tried.called", by=member, record=card)
    found = queries.feed(member, card)
    assert [str(day.day) for day in found.days] == ["2026-11-04", "2026-11-03"]


def test_pages_by_key_lose_and_repeat_nothing(member: Any, card: Any) -> None:
    for number in range(25):
        record("tried.noted", by=member, record=card, text=str(number))
    told: list[str] = []
    before = ""
    while True:
        found = queries.feed(member, card, before=before, limit=10)
        told += [entry.text for entry in lines(found)]
        assert not before or found.days[0].said is False
        before = found.before
        if not before:
            break
    assert told == [f"Note: {number}" for number in reversed(range(25))]


def test_an_untrue_key_shows_the_first_page(member: Any, card: Any) -> None:
    record("tried.called", by=member, record=card)
    assert len(lines(queries.feed(member, card, before="2026~x"))) == 1


def test_facts_of_a_clients_other_records(member: Any, card: Any) -> None:
    deal = actions.create_card(by=member, kind="deal", label="Lobby lights")
    record("tried.changed", by=member, record=deal, client_id=card.id, changes={"stage": ["A", "B"]})
    (entry,) = lines(queries.feed(member, card))
    assert entry.elsewhere == "Lobby lights"


def test_what_the_reader_may_not_see_is_not_told(member: Any, make_member: Any) -> None:
    seller = make_member(rights=["clients.view", "sales.view"], visibility="own")
    mine = actions.create_card(by=member, kind="company", label="Mine", owner=seller)
    foreign = actions.create_card(by=member, kind="deal", label="Foreign deal", owner=member)
    record("tried.changed", by=member, record=foreign, client_id=mine.id, changes={"amount": ["1", "2"]})
    assert lines(queries.feed(seller, mine)) == []
    assert len(lines(queries.feed(member, mine))) == 1
    blind = make_member(rights=["clients.view"], visibility="all")
    assert lines(queries.feed(blind, mine)) == []


def test_merged_records_tell_their_past(member: Any, card: Any) -> None:
    other = actions.create_card(by=member, kind="company", label="Same firm")
    record("tried.called", by=member, record=other)
    type(other).objects.filter(id=other.id).update(state="merged", merged_into=card)
    assert len(lines(queries.feed(member, card))) == 1


def test_what_is_planned_stands_above(member: Any, card: Any) -> None:
    wording.upcoming(lambda by, about: [wording.Upcoming(at=now(), text=f"Call {about.label}")])
    assert [planned.text for planned in queries.feed(member, card).upcoming] == ["Call Harbour House"]
    assert queries.feed(member, card, "notes").upcoming == []


def test_the_feed_costs_few_queries(member: Any, card: Any, django_assert_max_num_queries: Any) -> None:
    for number in range(40):
        record("tried.noted", by=member, record=card, text=str(number))
    with django_assert_max_num_queries(3, using="tenant"):
        queries.feed(member, card)


def feed_url(card: Any) -> str:
    return reverse("timeline:feed", args=[card.id], urlconf="config.urls_workspace")


def test_the_region_over_http(member: Any, card: Any, client_for: Any) -> None:
    browser = client_for(member)
    for number in range(35):
        record("tried.noted", by=member, record=card, text=str(number))
    change(member, card, "stage", "A", "B")
    change(member, card, "city", "", "<b>Bristol</b>")
    body = browser.get(feed_url(card), headers={"HX-Request": "true"}).content.decode()
    assert "2 fields changed" in body
    assert "&lt;b&gt;Bristol" in body
    assert 'aria-current="true"' in body
    assert "Earlier" in body
    key = body.partition("before=")[2].partition('"')[0]
    more = browser.get(f"{feed_url(card)}?before={key}").content.decode()
    assert "line-filter" not in more
    assert "Note: 0" in more


def test_a_foreign_feed_is_not_found(card: Any, client_for: Any, make_member: Any) -> None:
    stranger = make_member(rights=["clients.view"], visibility="own")
    assert client_for(stranger).get(feed_url(card)).status_code == 404
    assert Event.objects.filter(verb="records.refused", record_id=card.id).count() == 1


def test_the_history_shows_refused_looks(member: Any, card: Any, client_for: Any, make_member: Any) -> None:
    stranger = make_member(rights=["clients.view"], visibility="own", name="Curious")
    client_for(stranger).get(feed_url(card))
    history = reverse("timeline:audit", urlconf="config.urls_workspace")
    assert client_for(stranger).get(history).status_code == 403
    browser = client_for(member)
    body = browser.get(history + "?what=refused").content.decode()
    assert "Asked for a record without access to it" in body
    assert "Curious" in body
    assert browser.get(f"{history}?who={stranger.id}&what=people").status_code == 200
    assert browser.get(f"{history}?who=nonsense&before=x&what=y").status_code == 200
