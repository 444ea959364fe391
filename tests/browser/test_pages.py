"""Every page as people see it: nothing unreadable, out of its box, in the wrong language or refused by the policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser import inventory
from tests.browser.eyes import SIGHTS, Sight
from tests.browser.inventory import Page
from tests.browser.opening import dialogs, menus
from tests.browser.refusing import refuse
from tests.browser.showing import Showing
from tests.browser.states import STATES, State

pytestmark = pytest.mark.browser

PAGES = [page for site in ("workspace", "public", "operator") for page in inventory.pages(site)]
At = Callable[[Sight], Showing]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
@pytest.mark.parametrize("sight", SIGHTS)
def test_page(page: Page, sight: Sight, showing: At) -> None:
    """The page, the menus and dialogs that it offers, and how its form is refused."""
    shown = showing(sight)
    status = shown.show_page(page)
    assert status == 200, f"{shown.eyes.page.url} answers {status}"
    if page.pattern != "account/login/":
        assert urlsplit(shown.eyes.page.url).path != "/account/login/", "nobody is signed in"
    faults = shown.eyes.faults()
    for open_part in (menus, dialogs):
        for name, found in open_part(shown.eyes):
            faults += [f"{name}: {fault}" for fault in found]
    if page.kind == "form" and page.pattern not in inventory.NOTHING_TO_REFUSE:
        faults += [f"refused: {fault}" for fault in [*refuse(shown.eyes), *shown.eyes.faults()]]
    assert not faults, told(shown.eyes.page, faults)


@pytest.mark.parametrize("state", STATES.values(), ids=lambda state: state.name)
@pytest.mark.parametrize("sight", SIGHTS)
def test_state(state: State, sight: Sight, showing: At) -> None:
    if state.wide and sight.touch:
        pytest.skip("exists on wide screens only")
    shown = showing(sight)
    status = shown.show_state(state)
    assert status == state.status, f"{shown.eyes.page.url} answers {status}"
    faults = shown.eyes.faults()
    assert not faults, told(shown.eyes.page, faults)


def told(page: Any, faults: list[str]) -> str:
    """The faults as a list, for the message of a failing test."""
    lines = list(dict.fromkeys(faults))
    more = [f"… and {len(lines) - 25} more"] if len(lines) > 25 else []
    return "\n  ".join([page.url, *lines[:25], *more])
