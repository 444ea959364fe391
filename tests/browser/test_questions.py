"""Sign up, answer honestly, tick goals, see the result, begin: looked at in English at a desk and in Russian on a phone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.eyes import ORDINARY, Eyes, Sight
from tests.browser.test_journey import Reader, primary, sign_up
from tests.support.product import RunningProduct


def choose(eyes: Eyes, **answers: str) -> None:
    for name, value in answers.items():
        eyes.page.check(f"[name={name}][value='{value}']")


def go_on(eyes: Eyes, to: str) -> None:
    """Press the one filled button, land on the next page, look at it."""
    primary(eyes.page).click()
    eyes.page.wait_for_url(re.compile(f"{to}$"))
    eyes.settle()
    assert eyes.faults() == [], to


@pytest.mark.browser
@pytest.mark.parametrize("sight", ORDINARY, ids=str)
def test_answers_set_the_product(browser: Any, sight: Sight, running_product: RunningProduct) -> None:
    eyes = Eyes(browser, sight)
    eyes.context.set_default_timeout(90_000)
    # The owner is called as the address of mail says.
    eyes.typed = ["Questions", "Ru"]
    reader = Reader(sight.language, sight.width, sight.touch)
    home = running_product.url(sign_up(eyes.page, running_product, reader, "questions")).rstrip("/")
    eyes.page.wait_for_url(re.compile("/questions/$"))
    eyes.settle()
    assert eyes.faults() == []
    choose(eyes, alone="yes", few="no", unequipped="no")
    go_on(eyes, "/questions/verdict/")
    eyes.page.locator("button[name=light][value=no]").click()
    eyes.page.wait_for_url(re.compile("/questions/goals/$"))
    eyes.settle()
    assert eyes.faults() == []
    for box in eyes.page.locator("input[type=checkbox]").all():
        box.check()
    eyes.page.fill("[name=own]", {"en": "Nobody is forgotten.", "ru": "Никто не забыт."}[sight.language])
    eyes.page.select_option("[name=line]", "agency")
    go_on(eyes, "/questions/readiness/")
    choose(eyes, needs="1", money="1", experience="0", skill="1", help="0")
    go_on(eyes, "/questions/result/")
    expect(eyes.page.locator("section[aria-labelledby=order] ol.related > li")).to_have_count(12)
    eyes.page.locator("details summary").click()
    eyes.settle()
    assert eyes.faults() == []
    go_on(eyes, "localhost:[0-9]+/")
    places = eyes.page.locator(".bottombar a" if sight.touch else ".sidebar .place")
    addresses = [one.get_attribute("href") for one in places.all()]
    assert "/companies/" in addresses
    assert "/deals/" not in addresses
    for path in ("/settings/growth/", "/settings/packs/", "/settings/packs/it/", "/settings/use/"):
        assert eyes.open(home + path) == 200
        assert eyes.faults() == [], path
    eyes.close()
