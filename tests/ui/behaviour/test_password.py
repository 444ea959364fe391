"""A password can be looked at, by pointer and by keyboard, and a new one is weighed while it is typed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.eyes import Sight
from tests.ui.behaviour.steps import Look, until

pytestmark = pytest.mark.browser

LEVELS = {
    "short": "0",
    "aaaaaaaaaaaaaaaa": "1",
    "password123456": "1",
    "qwertyuiop12345": "1",
    "пароль123456": "1",
    "northern northern northern": "1",
    "a rainy dog": "0",
    "anna likes walks": "2",
    "correct horse battery": "3",
    "четыре простых слова": "3",
    "x9$kLm2!pQ7z": "3",
    "correct horse battery staple": "4",
    "Vt7#qLw9!mZe4$Rb": "4",
}


def typed(page: Any, password: str) -> str:
    page.fill("#id_password", "")
    page.fill("#id_password", password)
    return str(
        page.evaluate(
            "document.querySelector('#id_password').closest('ui-password').querySelector('.strength').dataset.strength"
        )
    )


def test_a_new_password_is_weighed(look: Look) -> None:
    page = look("/gallery/forms/").page
    assert {password: typed(page, password) for password in LEVELS} == LEVELS
    assert page.locator("ui-password [role=status]").first.inner_text() == "Very good password"
    page.fill("#id_password", "")
    assert page.locator(".strength").first.is_hidden()


def test_it_can_be_looked_at_by_pointer_and_keyboard(look: Look) -> None:
    for sight in (Sight("en", 1440), Sight("ru", 390)):
        page = look("/gallery/forms/", sight).page
        button = page.locator("ui-password button").first
        page.fill("#id_password", "correct horse")
        button.click()
        assert page.get_attribute("#id_password", "type") == "text"
        assert button.get_attribute("aria-pressed") == "true"
        page.focus("#id_password")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        assert page.get_attribute("#id_password", "type") == "password"
        assert page.input_value("#id_password") == "correct horse"
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24


def test_what_is_sent_was_a_password_again(look: Look) -> None:
    """The browser keeps fields of text, and offers them to others; a password it keeps as one."""
    page = look("/gallery/page/signup/").page
    page.locator("ui-password button").click()
    page.evaluate(
        "document.querySelector('form').addEventListener('submit', (event) => event.preventDefault())"
    )
    page.evaluate("document.querySelector('#password').form.requestSubmit()")
    until(page, "document.querySelector('#password').type === 'password'")
