"""Each kind of field finds what its words say, says itself, and turns nonsense into a note."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import translation

from crm_core.lists.queries.checking import Checked, check
from crm_core.lists.queries.conditions import Filter
from crm_core.lists.queries.fields.days import STRETCHES, stretch
from crm_core.lists.queries.reader import Reader
from crm_core.lists.queries.selecting import select
from crm_core.lists.queries.words import WORDS
from crm_core.records.models import Tag
from crm_core.sales.models import Deal
from kernel.when import frozen


def _checked(table: Any, member: Any, query: str) -> Checked:
    return check(table, Filter.read(query), Reader.of(member), Deal)


def _names(table: Any, member: Any, query: str) -> set[str]:
    reader = Reader.of(member)
    checked = check(table, Filter.read(query), reader, Deal)
    assert not checked.notes
    return {row.card.label for row in select(table, reader, checked)}


@pytest.fixture(autouse=True)
def _held_clock() -> Any:
    with frozen("2026-11-18T22:30:00+00:00"):
        yield


@pytest.fixture
def deals(make_deal: Callable[..., Deal], member: Any, make_member: Callable[..., Any]) -> dict[str, Any]:
    anna = make_member(name="Anna Keller")
    make_deal(
        "Lobby",
        amount=100_00,
        owner=member,
        expected_on=date(2026, 11, 17),
        source="site",
        tags=["key", "hot"],
        probability=10,
    )
    make_deal(
        "Roof",
        amount=250_50,
        stage=1,
        owner=anna,
        expected_on=date(2026, 11, 18),
        source="Fair",
        tags=["key"],
        probability=50,
    )
    make_deal(
        "Pool 100%", amount=300_00, stage=2, currency="USD", expected_on=date(2027, 1, 5), probability=90
    )
    make_deal("Garden_house", stage_since=datetime(2026, 11, 17, 23, 30, tzinfo=UTC))
    tags = {tag.name: str(tag.id) for tag in Tag.objects.all()}
    return {"anna": str(anna.id), **tags}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name.has=oo", {"Roof", "Pool 100%"}),
        ("name.has=%25", {"Pool 100%"}),
        ("name.has=n_h", {"Garden_house"}),
        ("name.lacks=o", {"Garden_house"} - {"Garden_house"}),
        ("name.starts=lo", {"Lobby"}),
        ("name.is=ROOF", {"Roof"}),
        ("name.not=roof", {"Lobby", "Pool 100%", "Garden_house"}),
        ("source.empty=", {"Pool 100%", "Garden_house"}),
        ("source.filled=", {"Lobby", "Roof"}),
        ("tagname.is=key", {"Lobby", "Roof"}),
        ("tagname.not=key", {"Pool 100%", "Garden_house"}),
        ("state.is=open&state.is=won", {"Lobby", "Roof", "Garden_house"}),
        ("state.not=open", {"Roof", "Pool 100%"}),
        ("owner.is=me", {"Lobby"}),
        ("owner.not=me", {"Roof", "Pool 100%", "Garden_house"}),
        ("owner.empty=", {"Pool 100%", "Garden_house"}),
        ("tag.empty=", {"Pool 100%", "Garden_house"}),
        ("expected.on=2026-11-18", {"Roof"}),
        ("expected.before=2026-11-18", {"Lobby"}),
        ("expected.after=2026-11-18", {"Pool 100%"}),
        ("expected.between=2026-11-17..2026-11-18", {"Lobby", "Roof"}),
        ("expected.between=2026-11-18..", {"Roof", "Pool 100%"}),
        ("expected.in=this-week", {"Lobby", "Roof"}),
        ("expected.in=yesterday&expected.in=next-quarter", {"Lobby", "Pool 100%"}),
        ("expected.past=1", {"Lobby", "Roof"}),
        ("expected.coming=90", {"Roof", "Pool 100%"}),
        ("expected.overdue=", {"Lobby"}),
        ("expected.empty=", {"Garden_house"}),
        ("amount.least=100", {"Lobby", "Roof"}),
        ("amount.is=250.50+EUR", {"Roof"}),
        ("amount.most=1000+USD", {"Pool 100%"}),
        ("amount.between=..100", {"Lobby"}),
        ("amount.empty=", {"Garden_house"}),
        ("chance.between=10..50", {"Lobby", "Roof"}),
        ("chance.least=50", {"Roof", "Pool 100%"}),
        ("tagged.is=yes", {"Lobby", "Roof"}),
        ("client.is=no", {"Lobby", "Roof", "Pool 100%", "Garden_house"}),
        ("q=lob", {"Lobby"}),
        ("q=%D0%B4%D1%89%D0%B8%D0%B8%D0%BD", {"Lobby"}),
        ("q=100%25", {"Pool 100%"}),
        ("owner.is=me&state.is=won", set()),
    ],
)
def test_conditions_find(table: Any, member: Any, deals: dict[str, Any], query: str, found: set[str]) -> None:
    assert _names(table, member, query) == found


def test_members_and_tags_are_found_by_id(table: Any, member: Any, deals: dict[str, Any]) -> None:
    assert _names(table, member, f"owner.is=me&owner.is={deals['anna']}") == {"Lobby", "Roof"}
    both = f"{deals['key']}&tag.all={deals['hot']}"
    assert _names(table, member, f"tag.all={both}") == {"Lobby"}
    assert _names(table, member, f"tag.any={deals['hot']}") == {"Lobby"}
    assert _names(table, member, f"tag.none={deals['hot']}") == {"Roof", "Pool 100%", "Garden_house"}


def test_days_of_a_moment_are_those_of_the_readers_zone(
    table: Any, member: Any, deals: dict[str, Any]
) -> None:
    reader = Reader.of(member)
    reader.zone, reader.today = "Asia/Tokyo", date(2026, 11, 19)
    checked = check(table, Filter.read("since.on=2026-11-18"), reader, Deal)
    assert {row.card.label for row in select(table, reader, checked)} == {"Garden_house"}


@pytest.mark.parametrize(
    "query",
    [
        "gone.is=1", "name.before=2026-01-01", "state.is=never", "stage.is=x", "owner.is=nobody", "tag.any=1",
        "expected.on=yesterday", "expected.on=9999999-01-01", "expected.after=2201-01-01", "expected.in=someday",
        "expected.past=-1", "expected.past=99999999999999999999", "expected.between=..", "amount.least=many",
        "amount.least=1+XYZ", "amount.most=1e400", "amount.most=NaN", "amount.is=99999999999999999999", "chance.is=",
        "chance.least=Infinity", "tagged.is=maybe", "name.has=", "since.empty=", "amount.between=1+EUR..2",
        "tag.all=00000000-0000-0000-0000-000000000000", "expected.past=%C2%B2",
    ],
)  # fmt: skip
def test_nonsense_becomes_a_note(table: Any, member: Any, deals: dict[str, Any], query: str) -> None:
    for language in ("en", "ru"):
        with translation.override(language):
            checked = _checked(table, member, query)
        assert len(checked.notes) == 1
        assert not checked.usable
    reader = Reader.of(member)
    assert len(list(select(table, reader, checked))) == 4


def test_a_field_that_is_gone_is_named(table: Any, member: Any) -> None:
    [note] = _checked(table, member, "industry.is=1&q=x").notes
    assert "no longer exists" in note
    assert "industry" in note


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("state.is=open&state.is=won", "State is Open or Won"),
        ("state.not=lost", "State is not Lost"),
        ("name.has=oo", "Name contains “oo”"),
        ("owner.is=me", "Owner is me"),
        ("expected.before=2026-09-01", "Expected before Sept. 1, 2026"),
        ("expected.in=this-quarter", "Expected in this quarter"),
        ("expected.past=1", "Expected in the last 1 day"),
        ("expected.overdue=", "Expected is overdue"),
        ("amount.between=100..200.50", "Amount between €100 and €200.50"),
        ("tagged.is=no", "Tagged is no"),
        ("source.empty=", "Source is empty"),
    ],
)
def test_a_condition_says_itself(table: Any, member: Any, query: str, sentence: str) -> None:
    [usable] = _checked(table, member, query).usable
    assert usable.sentence.replace("Sep.", "Sept.") == sentence


def test_every_word_of_every_field_works(table: Any, member: Any, deals: dict[str, Any]) -> None:
    values = {"date": "2026-11-18", "number": "5", "money": "5", "choice": "yes", "text": "x"}
    for field in table.filters:
        for word in field.known_words:
            value = values.get(field.widget, "")
            if word.name == "in":
                value = "today"
            if word.name in ("past", "coming"):
                value = "3"
            if word.name == "between":
                value = f"{value}..{value}"
            if field.widget == "checks" and word.takes != "nothing":
                value = field.choices(Reader.of(member))[0].value
            checked = _checked(table, member, f"{field.name}.{word.name}={value}")
            assert not checked.notes, (field.name, word.name, checked.notes)
            assert checked.sentences
            list(select(table, Reader.of(member), checked))


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", date(2026, 1, 31), date(2026, 1, 31)),
        ("this-week", date(2026, 1, 26), date(2026, 2, 1)),
        ("last-month", date(2025, 12, 1), date(2025, 12, 31)),
        ("next-month", date(2026, 2, 1), date(2026, 2, 28)),
        ("last-quarter", date(2025, 10, 1), date(2025, 12, 31)),
        ("next-quarter", date(2026, 4, 1), date(2026, 6, 30)),
        ("next-year", date(2027, 1, 1), date(2027, 12, 31)),
    ],
)
def test_stretches(name: str, first: date, last: date) -> None:
    assert stretch(name, date(2026, 1, 31)) == (first, last)


def test_all_stretches_hold_or_neighbour_today() -> None:
    for day in (date(2026, 1, 1), date(2026, 12, 31), date(2024, 2, 29)):
        for name in STRETCHES:
            first, last = stretch(name, day)
            assert first <= last


def test_words_are_known_to_the_url() -> None:
    assert all(name.isalpha() and name.islower() for name in WORDS)
