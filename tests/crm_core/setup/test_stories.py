"""The stories of the examples: whole, the same each time, in both languages, and within their year."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crm_core.setup.queries import packs, stories

LINES = ["services", "trade", "production", "agency", "medical", "education", "property", "it"]
PRESENT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CYRILLIC, LATIN = re.compile("[а-яё]", re.IGNORECASE), re.compile("[a-z]{4,}", re.IGNORECASE)


def told(
    line: str, language: str = "en", currency: str = "EUR", zone: str = "Europe/London"
) -> list[stories.Step]:
    return stories.plan(line, language=language, currency=currency, zone=zone, present=PRESENT)


def texts(steps: list[stories.Step]) -> list[str]:
    """What people read of a story."""
    names = ("name", "city", "about", "position", "title", "text")
    return [step.told[name] for step in steps for name in names if step.told.get(name)]


def test_every_pack_has_a_story() -> None:
    assert sorted(LINES) == list(stories.lines()) == sorted(packs.pack_keys())


@pytest.mark.parametrize("line", LINES)
def test_a_year_of_work_by_several_people(line: str) -> None:
    steps = told(line)
    count = Counter(step.verb for step in steps)
    assert count["company"] + count["person"] >= 12
    assert count["deal"] >= 30
    assert count["close"] >= 15
    assert count["talk"] + count["note"] >= 60
    assert count["done"] >= 40
    assert count["task"] - count["done"] >= 8, "some work must lie ahead"
    months = {(step.at.year, step.at.month) for step in steps}
    assert len(months) >= 12
    assert max(step.at for step in steps) <= PRESENT
    assert min(step.at for step in steps) >= PRESENT - timedelta(days=366 + 4)
    assert len({step.told["owner"] for step in steps if "owner" in step.told}) >= 3


@pytest.mark.parametrize("line", LINES)
def test_told_twice_it_is_the_same(line: str) -> None:
    assert told(line) == told(line)
    assert [(one.at, one.verb) for one in told(line, "ru", "RUB")] == [
        (one.at, one.verb) for one in told(line)
    ]


@pytest.mark.parametrize("line", LINES)
def test_both_languages_are_themselves(line: str) -> None:
    assert not [text for text in texts(told(line)) if CYRILLIC.search(text)]
    strange = [text for text in texts(told(line, "ru", "RUB")) if LATIN.search(text)]
    assert not strange
    for language, pattern in (("en", re.compile("[a-z]{2}", re.IGNORECASE)), ("ru", CYRILLIC)):
        assert pattern.search(stories.company_name(line, language))
        assert all(pattern.search(one.name) for one in stories.colleagues(line, language))


@pytest.mark.parametrize("line", LINES)
def test_things_happen_in_their_order(line: str) -> None:
    """A client is there before its deals, a deal before its moves, a task before it is done."""
    known: set[str] = set()
    for step in told(line):
        told_of = step.told
        if step.verb in ("company", "person"):
            known.add(f"c{told_of['number']}")
        elif step.verb == "contact":
            assert f"c{told_of['number']}" in known
            known.add(f"p{told_of['number']}")
        elif step.verb == "deal":
            assert f"c{told_of['client']}" in known
            assert not told_of["contact"] or f"p{told_of['client']}" in known
            known.add(f"d{told_of['number']}")
        elif step.verb in ("move", "close"):
            assert f"d{told_of['deal']}" in known, step
        elif step.verb in ("talk", "note"):
            assert f"c{told_of['client']}" in known
        elif step.verb == "task":
            assert told_of["deal"] is None or f"d{told_of['deal']}" in known
            known.add(f"t{told_of['task']}")
        else:
            assert f"t{told_of['task']}" in known


@pytest.mark.parametrize("line", LINES)
def test_a_deal_moves_forwards_and_ends_once(line: str) -> None:
    stages = len(
        [one for one in packs.pack(line, "en").content["pipelines"][0]["stages"] if "kind" not in one]
    )
    at: dict[int, int] = {}
    closed: set[int] = set()
    for step in told(line):
        if step.verb == "move":
            assert step.told["deal"] not in closed
            assert at.get(step.told["deal"], 0) < step.told["stage"] < stages
            at[step.told["deal"]] = step.told["stage"]
        elif step.verb == "close":
            assert step.told["deal"] not in closed
            closed.add(step.told["deal"])


def test_sums_fit_the_currency() -> None:
    assert stories.amount_of(680, "EUR") == 680_00
    assert stories.amount_of(680, "RUB") == 62_500_00
    assert stories.amount_of(0.5, "USD") == 10_00
    deals: list[Any] = [one for one in told("it", "ru", "RUB") if one.verb == "deal"]
    assert all(one.told["amount"] % 500_00 == 0 and one.told["amount"] > 100_000_00 for one in deals)


def test_orders_are_read_as_they_are_written() -> None:
    assert stories.orders_of("0*2@300w 12@40:3 1@9l") == [
        stories.Order(0, 2.0, 300, "w"),
        stories.Order(12, 1.0, 40, "3"),
        stories.Order(1, 1.0, 9, "l"),
    ]


def test_addresses_and_numbers_belong_to_nobody() -> None:
    for line in LINES:
        for language in ("en", "ru"):
            steps = told(line, language)
            assert all(one.told["mail"].endswith(".example") for one in steps if "mail" in one.told)
            numbers = [one.told["phone"] for one in steps if "phone" in one.told]
            assert len(set(numbers)) == len(numbers)
            assert all(number.startswith(("+44 7700 900", "+7 900 555-")) for number in numbers)
