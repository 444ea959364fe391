"""Cards of a board by keys, menu and pointer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ui.behaviour.steps import Look, until

pytestmark = pytest.mark.browser


def in_lane(page: Any, card: str, lane: str) -> None:
    """The card comes to lie there; while a lane is drawn anew it may be nowhere."""
    until(
        page,
        f"document.querySelector('[data-card={card}]')?.closest('[data-lane]').dataset.lane === '{lane}'",
    )


def test_a_card_moves_by_keys_and_the_move_is_said(look: Look) -> None:
    page = look("/gallery/page/board/").page
    page.locator("[data-card=d1] h3 a").focus()
    page.keyboard.press("Alt+ArrowRight")
    page.locator("#toasts", has_text="Moved").wait_for()
    in_lane(page, "d1", "proposal")
    until(
        page, "document.getElementById('said').textContent.includes('Shop windows, autumn moved to Proposal')"
    )
    until(page, "document.activeElement.closest('[data-card]')?.dataset.card === 'd1'")


def test_a_refused_card_goes_back(look: Look) -> None:
    page = look("/gallery/page/board/").page
    page.locator("[data-card=d9] h3 a").focus()
    page.keyboard.press("Alt+ArrowRight")
    page.locator("#toasts", has_text="cannot go to Contract").wait_for()
    in_lane(page, "d9", "negotiation")
    cards = page.locator("[data-lane=negotiation] [data-card]")
    assert [cards.nth(i).get_attribute("data-card") for i in range(3)] == ["d8", "d9", "d10"]


def test_a_card_moves_by_its_menu(look: Look) -> None:
    page = look("/gallery/page/board/").page
    page.locator("[data-card=d2] h3 a").focus()
    page.keyboard.press("m")
    menu = page.locator("[data-card=d2] .menu")
    menu.wait_for()
    menu.locator("[data-to=negotiation]").click()
    page.locator("#toasts", has_text="Moved").wait_for()
    in_lane(page, "d2", "negotiation")


def test_a_card_moves_by_pointer(look: Look) -> None:
    page = look("/gallery/page/board/").page
    with page.expect_request("**/try/move/") as sent:
        page.drag_and_drop(
            "[data-card=d3]", "[data-lane=proposal] .lane-cards", source_position={"x": 60, "y": 60}
        )
    assert "lane=proposal" in (sent.value.post_data or "")
    in_lane(page, "d3", "proposal")


def test_cards_are_walked_by_keys(look: Look) -> None:
    page = look("/gallery/page/board/").page
    for _step in range(2):
        page.keyboard.press("j")
    until(page, "document.activeElement.closest('[data-card]')?.dataset.card === 'd2'")
