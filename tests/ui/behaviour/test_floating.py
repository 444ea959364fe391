"""Menus, tooltips, what folds, copying; and pages without JavaScript."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.eyes import Sight
from tests.support import browser as chromium
from tests.ui.behaviour.steps import Look, until

pytestmark = pytest.mark.browser


def test_menus_walk_and_close(look: Look) -> None:
    page = look("/gallery/actions/").page
    button = page.locator("[popovertarget=menu-deal]")
    button.click()
    until(
        page, "document.querySelector('[popovertarget=menu-deal]').getAttribute('aria-expanded') === 'true'"
    )
    until(page, "document.activeElement.textContent.includes('Change')")
    page.keyboard.press("ArrowDown")
    assert "Assign" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert "lost" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Escape")
    until(
        page, "document.querySelector('[popovertarget=menu-deal]').getAttribute('aria-expanded') === 'false'"
    )


def test_tooltips_say_names_and_cut_texts(look: Look) -> None:
    page = look("/gallery/feedback/").page
    page.locator(".still-clip").hover()
    page.locator("#tip", has_text="the place that it was given").wait_for()
    page.keyboard.press("Escape")
    page.locator("#tip").wait_for(state="hidden")


def test_plain_buttons_fold_into_the_menu_on_a_phone(look: Look) -> None:
    page = look("/gallery/page/record/", Sight("en", 390)).page
    actions = page.locator(".bar-actions")
    assert not actions.locator("> .button", has_text="Call").is_visible()
    actions.locator("[popovertarget=menu-record]").click()
    assert page.locator("#menu-record", has_text="E-mail").is_visible()


def test_facts_unfold_on_a_phone(look: Look) -> None:
    page = look("/gallery/page/record/", Sight("en", 390)).page
    tags = page.locator("#facts dt", has_text="Tags")
    assert not tags.is_visible()
    page.locator("[data-unfold]").click()
    assert tags.is_visible()


def test_copying_is_confirmed(look: Look) -> None:
    eyes = look("/gallery/actions/")
    eyes.context.grant_permissions(["clipboard-read", "clipboard-write"])
    eyes.page.locator("ui-copy button").first.click()
    eyes.page.locator("ui-copy button[data-done]").first.wait_for()
    assert eyes.page.evaluate("navigator.clipboard.readText()") == "+44 117 496 0128"


def test_pages_work_plainer_without_javascript(browser: Any, kit: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    context.set_default_timeout(chromium.PATIENCE)
    page = context.new_page()
    page.goto(f"{kit}/gallery/page/record/?lang=en")
    assert page.locator(".bar-actions > .button", has_text="Call").is_visible()
    page.goto(f"{kit}/gallery/try/form/")
    page.fill("[name=name]", "!Lobby")
    page.fill("[name=client_text]", "Aurora Dental")
    page.click(".form-page [type=submit]")
    assert page.locator(".error").first.is_visible()
    assert page.input_value("[name=name]") == "!Lobby"
    page.fill("[name=name]", "Lobby")
    page.click(".form-page [type=submit]")
    assert re.search(r"/gallery/forms/$", page.url)
    context.close()
