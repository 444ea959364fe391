"""What the custom elements do, by keyboard and pointer, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.eyes import Eyes, Sight

pytestmark = pytest.mark.browser
Look = Callable[..., Eyes]


def path(page: Any) -> str:
    return str(page.evaluate("location.pathname"))


def until(page: Any, expression: str) -> None:
    """Wait until an expression is true (Playwright's own waiting would need eval, which the policy forbids)."""
    for _turn in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"never true: {expression}")


def strike(page: Any, code: str, key: str) -> None:
    """A key of another layout: its place says KeyG, its letter is Cyrillic."""
    page.evaluate(
        "([code, key]) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {code, key, bubbles: true, cancelable: true}))",
        [code, key],
    )


# Keys


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
    assert page.evaluate("document.activeElement.getAttribute('role')") == "combobox"
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
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Search"


def test_question_mark_shows_the_sheet(look: Look) -> None:
    page = look("/gallery/actions/").page
    page.keyboard.press("?")
    page.locator("#keys[open]").wait_for()
    assert "Alt" in page.locator("#keys").inner_text()


# Lists


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
    assert "Pilgrim" in page.evaluate("document.activeElement.textContent")
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


# Forms


def test_a_choice_with_search(look: Look) -> None:
    page = look("/gallery/page/form/").page
    field = page.locator("input[name=client_text]")
    field.fill("aur")
    page.locator("[role=option]", has_text="Aurora Dental").wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Enter")
    assert field.input_value() == "Aurora Dental"
    assert page.locator("input[name=client]").input_value() == "7"
    field.fill("Brand New Ltd")
    page.locator("[data-create]").click()
    assert page.locator("input[name=client]").input_value() == ""
    assert field.input_value() == "Brand New Ltd"


def test_a_day_from_the_calendar(look: Look) -> None:
    page = look("/gallery/page/form/").page
    page.locator("input[type=date]").evaluate(
        "e => { e.value = '2026-12-04'; e.dispatchEvent(new Event('change')); }"
    )
    assert page.locator("input[name=closing]").input_value() == "2026-12-04"


def open_dialog(page: Any) -> None:
    page.locator("#dialogs [hx-target='#dialog-body']").click()
    page.locator("#dialog[open]").wait_for()


def test_a_wrong_form_in_the_dialog_keeps_what_was_typed(look: Look) -> None:
    page = look("/gallery/feedback/").page
    open_dialog(page)
    page.locator("#dialog [name=name]").fill("!Lobby")
    page.locator("#dialog [name=note]").fill("kept")
    page.locator("#dialog [type=submit]").click()
    page.locator("#dialog .error").first.wait_for()
    assert page.locator("#dialog [name=name]").input_value() == "!Lobby"
    assert page.locator("#dialog [name=note]").input_value() == "kept"
    until(page, "document.activeElement.name === 'name'")


def test_a_good_form_closes_the_dialog_and_says_so_with_undo(look: Look) -> None:
    page = look("/gallery/feedback/").page
    opener = page.locator("#dialogs [hx-target='#dialog-body']")
    open_dialog(page)
    page.locator("#dialog [name=name]").fill("Lobby")
    page.locator("#dialog [name=client_text]").fill("Aurora Dental")
    page.locator("#dialog [type=submit]").click()
    page.locator("#toasts", has_text="Deal added: Lobby").wait_for()
    assert not page.locator("#dialog[open]").count()
    assert opener.evaluate("e => e === document.activeElement")
    page.locator("#toasts button", has_text="Undo").click()
    page.locator("#toasts", has_text="Taken back").wait_for()


def test_escape_does_not_lose_what_was_typed(look: Look) -> None:
    page = look("/gallery/feedback/").page
    open_dialog(page)
    page.locator("#dialog [name=name]").fill("Lobby")
    page.mouse.click(20, 400)
    assert page.locator("#dialog[open]").count()
    page.keyboard.press("Escape")
    page.locator("#dialog #toasts", has_text="Not saved").wait_for()
    assert page.locator("#dialog[open]").count()
    page.keyboard.press("Escape")
    page.locator("#dialog:not([open])").wait_for(state="attached")


def test_an_untouched_dialog_closes_by_a_click_beside_it(look: Look) -> None:
    page = look("/gallery/feedback/").page
    open_dialog(page)
    page.mouse.click(20, 400)
    page.locator("#dialog:not([open])").wait_for(state="attached")


def test_limits_and_conflicts_open_in_the_dialog(look: Look) -> None:
    page = look("/gallery/feedback/").page
    page.locator("#limit button").click()
    page.locator("#dialog[open]", has_text="5 of 5").wait_for()
    page.locator("#dialog [data-close]").click()
    page.locator("#conflict button").click()
    page.locator("#dialog[open]", has_text="€16,900").wait_for()


def test_a_form_is_sent_once(look: Look, kit: str) -> None:
    page = look("/gallery/feedback/").page
    sent: list[str] = []

    def hold(route: Any) -> None:
        sent.append(route.request.url)
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/gallery/try/toast/", hold)
    button = page.locator("#toast form button").first
    button.click()
    button.click(force=True)
    page.keyboard.press("Enter")
    page.locator("#toasts .toast").first.wait_for()
    assert len(sent) == 1
    until(page, "!document.querySelector('#toast [aria-busy]')")


def test_failures_are_said_and_take_no_place(look: Look) -> None:
    eyes = look("/gallery/feedback/")
    page = eyes.page
    page.locator("#toast form button", has_text="Not available").click()
    page.locator("#toasts .toast[data-tone=negative]").wait_for()
    page.locator("#toasts [data-close]").click()
    page.locator("#toast form button", has_text="Failure").click()
    page.locator("#toasts", has_text="Reference").wait_for()
    eyes.context.set_offline(True)
    page.locator("#toast form button", has_text="Show a toast").click()
    page.locator("#toasts", has_text="No connection").wait_for()
    eyes.context.set_offline(False)
    assert page.locator("h1").inner_text() == "Feedback"


def test_a_draft_survives_a_reload(look: Look) -> None:
    page = look("/gallery/forms/").page
    page.locator(".composer textarea").fill("Half a sentence")
    page.reload()
    until(page, "document.querySelector('.composer textarea').value === 'Half a sentence'")


def test_a_file_that_was_chosen_is_named(look: Look) -> None:
    page = look("/gallery/forms/").page
    page.set_input_files(
        "input[type=file]", {"name": "clients.csv", "mimeType": "text/csv", "buffer": b"a;b"}
    )
    assert page.locator("[data-name]").inner_text() == "clients.csv"


# Editing in place


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


# Board


def lane_of(page: Any, card: str) -> str:
    return str(
        page.evaluate(
            "id => document.querySelector(`[data-card=${id}]`).closest('[data-lane]').dataset.lane", card
        )
    )


def test_a_card_moves_by_keys_and_the_move_is_said(look: Look) -> None:
    page = look("/gallery/page/board/").page
    page.locator("[data-card=d1] h3 a").focus()
    page.keyboard.press("Alt+ArrowRight")
    page.locator("#toasts", has_text="Moved").wait_for()
    assert lane_of(page, "d1") == "proposal"
    until(
        page, "document.getElementById('said').textContent.includes('Shop windows, autumn moved to Proposal')"
    )
    assert page.evaluate("document.activeElement.closest('[data-card]').dataset.card") == "d1"


def test_a_refused_card_goes_back(look: Look) -> None:
    page = look("/gallery/page/board/").page
    page.locator("[data-card=d9] h3 a").focus()
    page.keyboard.press("Alt+ArrowRight")
    page.locator("#toasts", has_text="cannot go to Contract").wait_for()
    until(
        page, "document.querySelector('[data-card=d9]').closest('[data-lane]').dataset.lane === 'negotiation'"
    )
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
    assert lane_of(page, "d2") == "negotiation"


def test_a_card_moves_by_pointer(look: Look) -> None:
    page = look("/gallery/page/board/").page
    with page.expect_request("**/try/move/") as sent:
        page.drag_and_drop(
            "[data-card=d3]", "[data-lane=proposal] .lane-cards", source_position={"x": 60, "y": 60}
        )
    assert "lane=proposal" in (sent.value.post_data or "")
    until(page, "document.querySelector('[data-card=d3]').closest('[data-lane]').dataset.lane === 'proposal'")


def test_cards_are_walked_by_keys(look: Look) -> None:
    page = look("/gallery/page/board/").page
    for _step in range(2):
        page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('[data-card]').dataset.card") == "d2"


# What floats


def test_menus_walk_and_close(look: Look) -> None:
    page = look("/gallery/actions/").page
    button = page.locator("[popovertarget=menu-deal]")
    button.click()
    assert button.get_attribute("aria-expanded") == "true"
    until(page, "document.activeElement.textContent.includes('Change')")
    page.keyboard.press("ArrowDown")
    assert "Assign" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert "lost" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Escape")
    assert button.get_attribute("aria-expanded") == "false"


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


# Without JavaScript


def test_pages_work_plainer_without_javascript(browser: Any, kit: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
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
