"""Lists by keyboard."""

from __future__ import annotations

import pytest

from tests.ui.behaviour.steps import Look, until

pytestmark = pytest.mark.browser


def test_rows_by_keyboard(look: Look) -> None:
    page = look("/gallery/page/list/").page
    chosen = "document.querySelectorAll('tr[aria-selected=true]').length"
    assert page.evaluate(chosen) == 3
    page.keyboard.press("Escape")
    assert page.evaluate(chosen) == 0
    assert not page.locator(".bulk").is_visible()
    for _step in range(2):
        page.keyboard.press("j")
    assert "Stanhope" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("k")
    page.keyboard.press("x")
    assert page.evaluate(chosen) == 1
    assert page.locator("[data-count]").inner_text() == "1"
    assert page.evaluate("document.querySelector('[data-all]').indeterminate")
    page.keyboard.press(" ")
    page.locator("#side[open] .record").wait_for()
    page.keyboard.press("Escape")
    page.locator("#side:not([open])").wait_for(state="attached")
    until(page, "document.activeElement.textContent.includes('Pilgrim')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/page/record/**")


def test_selecting_all_and_a_range(look: Look) -> None:
    page = look("/gallery/page/list/").page
    page.locator("[data-clear]").click()
    boxes = page.locator("input[name=ids]")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    assert page.locator("tr[aria-selected=true]").count() == 4
    page.locator("[data-all]").click()
    assert page.locator("tr[aria-selected=true]").count() == 13
