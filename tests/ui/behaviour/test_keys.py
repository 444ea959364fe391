"""Going by single keys, and the palette."""

from __future__ import annotations

import pytest

from tests.ui.behaviour.steps import Look, path, strike, until

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "keys", [(("KeyG", "g"), ("KeyL", "l")), (("KeyG", "п"), ("KeyL", "д"))], ids=["latin", "cyrillic"]
)
def test_g_and_a_letter_go(look: Look, keys: tuple[tuple[str, str], ...]) -> None:
    page = look("/gallery/actions/").page
    for code, key in keys:
        strike(page, code, key)
    page.wait_for_url("**/gallery/lists/**")


def test_letters_belong_to_fields_and_can_be_switched_off(look: Look) -> None:
    page = look("/gallery/forms/").page
    page.locator("#f1").focus()
    for code, key in (("KeyG", "g"), ("KeyL", "l")):
        strike(page, code, key)
    page.evaluate("document.activeElement.blur(); document.body.dataset.hotkeys = 'off'")
    for key in ("g", "l", "?"):
        page.keyboard.press(key)
    page.wait_for_timeout(200)
    assert path(page) == "/gallery/forms/"
    assert not page.locator("dialog[open]").count()


def test_palette_opens_full_searches_and_goes(look: Look) -> None:
    page = look("/gallery/actions/").page
    page.locator("h1").click()
    page.keyboard.press("/")
    page.locator("#palette[open] [role=option]").first.wait_for()
    until(page, "document.activeElement.getAttribute('role') === 'combobox'")
    page.keyboard.type("aurora")
    page.locator("#palette-results", has_text="Aurora Dental").wait_for()
    until(page, "document.querySelectorAll('#palette-results a[href*=record]').length === 1")
    active = page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).textContent"
    )
    assert "Aurora" in active
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gallery/actions/")


def test_palette_gives_the_focus_back(look: Look) -> None:
    page = look("/gallery/actions/").page
    page.locator("#icon_button button").first.focus()
    page.keyboard.press("Control+k")
    page.locator("#palette[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("#palette:not([open])").wait_for(state="attached")
    until(page, "document.activeElement.getAttribute('aria-label') === 'Search'")


def test_question_mark_shows_the_sheet(look: Look) -> None:
    page = look("/gallery/actions/").page
    page.keyboard.press("?")
    page.locator("#keys[open]").wait_for()
    assert "Alt" in page.locator("#keys").inner_text()
