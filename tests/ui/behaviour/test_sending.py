"""Forms: choices, dialogs, sending once, drafts, files."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ui.behaviour.steps import Look, until

pytestmark = pytest.mark.browser


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
    assert page.locator("input[name=closing]").input_value() == "Dec. 4, 2026"


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
    open_dialog(page)
    page.locator("#dialog [name=name]").fill("Lobby")
    page.locator("#dialog [name=client_text]").fill("Aurora Dental")
    page.locator("#dialog [type=submit]").click()
    page.locator("#toasts", has_text="Deal added: Lobby").wait_for()
    page.locator("#dialog:not([open])").wait_for(state="attached")
    until(page, """document.activeElement.matches("#dialogs [hx-target='#dialog-body']")""")
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
