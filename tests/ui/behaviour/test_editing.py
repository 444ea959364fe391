"""A value is changed where it is read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ui.behaviour.steps import Look, until

pytestmark = pytest.mark.browser


def edit(page: Any) -> Any:
    page.locator("#fact-value .fact").click()
    field = page.locator("#fact-value input[name=value]")
    field.wait_for()
    until(page, "document.activeElement.name === 'value'")
    return field


def test_enter_saves_in_place(look: Look) -> None:
    page = look("/gallery/page/record/").page
    edit(page).fill("harbour.example")
    page.keyboard.press("Enter")
    page.locator("#fact-value .fact-saved").wait_for()
    assert "harbour.example" in page.locator("#fact-value").inner_text()


def test_escape_restores_in_place(look: Look) -> None:
    page = look("/gallery/page/record/").page
    edit(page).fill("other.example")
    page.keyboard.press("Escape")
    page.locator("#fact-value .fact").wait_for()
    assert "harbourhouse.example" in page.locator("#fact-value").inner_text()


def test_leaving_saves_a_simple_field(look: Look) -> None:
    page = look("/gallery/page/record/").page
    edit(page).fill("left.example")
    page.locator(".composer textarea").click()
    page.locator("#fact-value", has_text="left.example").wait_for()


def test_a_wrong_value_stays_with_its_reason(look: Look) -> None:
    page = look("/gallery/page/record/").page
    edit(page).fill("x" * 80)
    page.keyboard.press("Enter")
    page.locator("#fact-value .error").wait_for()
    assert page.locator("#fact-value input[name=value]").input_value() == "x" * 80
