"""A tour in an example: by keyboard at a desk, by thumb on a phone; left and taken up again; what is meant wears a ring."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.eyes import ORDINARY, Eyes, Sight
from tests.browser.showing import Showing

pytestmark = pytest.mark.browser
At = Callable[[Sight], Showing]
PRIMARY = ".guide [data-rank=primary]"


def begin(shown: Showing, place: int = 0) -> Eyes:
    """Take up a tour from the list; the first is for who leads, the second for who sells."""
    eyes = shown.as_somebody("example")
    assert eyes.open(shown.url(shown.workspace("example").slug, "/tours/")) == 200
    button = eyes.page.locator("main .related button").nth(place)
    press(eyes, button)
    return eyes


def press(eyes: Eyes, button: Any) -> None:
    """By thumb on a phone, by keyboard at a desk; then look at the page."""
    with eyes.page.expect_navigation(timeout=60_000):
        if eyes.sight.touch:
            button.tap()
        else:
            button.focus()
            eyes.page.keyboard.press("Enter")
    eyes.settle()
    assert eyes.faults() == [], eyes.page.url


@pytest.mark.parametrize("sight", ORDINARY, ids=str)
def test_from_the_first_step_to_the_last(sight: Sight, showing: At) -> None:
    shown = showing(sight)
    eyes = begin(shown, 1)
    page = eyes.page
    seen = []
    for number in range(1, 7):
        expect(page.locator(".guide")).to_contain_text(re.compile(rf"\b{number}\b.*\b6\b"))
        expect(page.locator("[data-pointed]")).to_have_count(1)
        expect(page.locator("[data-pointed]")).to_be_in_viewport()
        seen.append(page.locator("#guide-title").inner_text())
        press(eyes, page.locator(PRIMARY))
    assert len(set(seen)) == 6
    expect(page).to_have_url(re.compile("/tours/$"))
    expect(page.locator(".guide")).to_have_count(0)


@pytest.mark.parametrize("sight", ORDINARY, ids=str)
def test_left_and_taken_up_again(sight: Sight, showing: At) -> None:
    shown = showing(sight)
    eyes = begin(shown)
    page = eyes.page
    # The seed's administrator stands at the second step of the tour for who leads.
    expect(page).to_have_url(re.compile("/deals/"))
    assert eyes.open(shown.url(shown.workspace("example").slug, "/tasks/")) == 200
    expect(page.locator("[data-pointed]")).to_have_count(0)
    press(eyes, page.locator(PRIMARY))
    expect(page).to_have_url(re.compile("/deals/"))
    press(eyes, page.locator(".guide form.push button"))
    expect(page).to_have_url(re.compile("/deals/"))
    expect(page.locator(".guide")).to_have_count(0)
    begin(shown)
    expect(page).to_have_url(re.compile("/deals/"))
    expect(page.locator(".guide")).to_contain_text(re.compile(r"\b2\b.*\b7\b"))
