"""Every plan, state and feature of a lease, and every act of billing, has words for operators to read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

import billing
from billing.catalog import FEATURES, PLANS
from billing.leasing import STATUSES
from billing.wording import CHANGE_WORDS, FEATURE_WORDS, STATUS_WORDS
from tenants import leases

NOTED = re.compile(r"\bnote\(\s*\w+, \"([a-z_]+)\"(?: if \w+ else \"([a-z_]+)\")?")


def test_a_lease_has_words_for_all_it_may_hold() -> None:
    assert STATUS_WORDS.keys() == set(STATUSES)
    assert FEATURE_WORDS.keys() == set(FEATURES)


def test_every_act_that_is_noted_has_words() -> None:
    room = Path(billing.__file__).parent
    sources = [path.read_text() for path in room.glob("*.py")]
    noted = {verb for source in sources for found in NOTED.findall(source) for verb in found if verb}
    assert noted == CHANGE_WORDS.keys()


@pytest.mark.parametrize(("language", "plan"), [("en", "Team"), ("ru", "Команда")])
def test_the_console_names_a_plan_as_its_customers_do(language: str, plan: str) -> None:
    with translation.override(language):
        assert leases.plan_words("team") == plan
        assert leases.plan_words("an old plan") == "an old plan"
        assert len(leases.feature_words(PLANS["team"].features)) == len(FEATURES)
