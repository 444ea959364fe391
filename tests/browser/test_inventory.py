"""The inventory is whole: every URL is a page, leads to one, or is named with its reason."""

from __future__ import annotations

import pytest

from tests.browser import inventory
from tests.browser.seeded import Seeded
from tests.browser.states import STATES

SITES = ("workspace", "public", "operator")


def test_no_exception_is_left_over() -> None:
    known = {page.pattern for site in SITES for page, _route in inventory.addresses(site)}
    named = {
        **inventory.NO_PAGES,
        **inventory.LEADS_ON,
        **inventory.ON_THE_WAY,
        **inventory.NOTHING_TO_REFUSE,
    }
    gone = sorted(set(named) - known)
    assert gone == [], f"These URLs are gone; take them out of tests/browser/inventory.py: {gone}"


def test_pages_on_a_way_are_reached() -> None:
    missing = {pattern: name for pattern, name in inventory.ON_THE_WAY.items() if name not in STATES}
    assert missing == {}


def test_states_that_reasons_name_are_there() -> None:
    reasons = {**inventory.NO_PAGES, **inventory.LEADS_ON}.values()
    named = {words.rpartition("state ")[2] for words in reasons if "state " in words}
    missing = sorted(name for name in named if name not in STATES and not name.endswith("*"))
    assert missing == [], f"tests/browser/inventory.py names states that are not in states.py: {missing}"


@pytest.mark.browser
def test_every_parameter_has_a_value(seeded: Seeded) -> None:
    unknown = []
    for page in inventory.pages("workspace"):
        try:
            page.path(seeded.workspaces["demo-en"].thing)
        except LookupError as error:
            unknown.append(str(error))
    assert unknown == []
