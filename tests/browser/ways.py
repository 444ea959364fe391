"""Ways of several steps to a page: signing up, a forgotten password, a stale edit, answers that only failure gives."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from tests.browser.eyes import Eyes

Act = Callable[[Eyes], None]
PASSWORD = "correct horse battery"
_LETTER_SECONDS = 90


def signup_code(eyes: Eyes) -> None:
    """Send the sign-up form; the page asks for the code of the letter."""
    page = eyes.page
    mark = secrets.token_hex(4)
    page.locator("#id_company").fill({"en": "Bright Side", "ru": "Светлая сторона"}[eyes.sight.language])
    page.locator("#id_slug").fill(f"bright-{mark}")
    page.locator("#id_email").fill(f"nina-{mark}@bright.example")
    page.locator("#id_password").fill(PASSWORD + mark)
    eyes.settle()
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/account/code/**")


def signup_address(eyes: Eyes) -> None:
    """Type a company; the address is suggested and said to be free."""
    eyes.page.locator("#id_company").press_sequentially(
        {"en": "Bright Side", "ru": "Светлая сторона"}[eyes.sight.language]
    )
    eyes.page.wait_for_timeout(600)
    eyes.settle()


def sign_in_factor(eyes: Eyes) -> None:
    """Sign in with the password; the page asks for the second factor."""
    eyes.page.locator("#id_login").fill(eyes.known["factor"])
    eyes.page.locator("#id_password").fill(PASSWORD)
    eyes.page.locator("main form:has(#id_login) button[type=submit]").click()
    eyes.page.wait_for_url("**/second-factor/**")


def forgotten_code(eyes: Eyes) -> None:
    """Ask for a code because the password is forgotten."""
    eyes.page.locator("#id_email").fill(eyes.known["forgetful"])
    eyes.page.locator("main form button[type=submit]").last.click()
    eyes.page.wait_for_url("**/forgotten/code/**")


def forgotten_password(eyes: Eyes) -> None:
    """Type the code of the letter; the page asks for a new password."""
    asked_at = time.time()
    forgotten_code(eyes)
    code = _code_for(eyes, asked_at)
    eyes.page.locator("#id_code").fill(code)
    eyes.page.locator("main form button[type=submit]").first.click()
    eyes.page.wait_for_url("**/forgotten/password/**")


def _code_for(eyes: Eyes, since: float) -> str:
    """The code in the newest letter to the forgetful account."""
    deadline = time.monotonic() + _LETTER_SECONDS
    while time.monotonic() < deadline:
        paths = sorted(Path(eyes.mail).glob("*.eml"), reverse=True)
        for path in (path for path in paths if path.stat().st_mtime >= since - 1):
            letter = message_from_bytes(path.read_bytes(), policy=policy.default)
            body = letter.get_body(("plain",))
            found = re.search(r"\b\d{4}-\d{4}\b", str(body.get_content()) if body else "")
            if found and eyes.known["forgetful"] in str(letter["To"]):
                return found[0]
        eyes.page.wait_for_timeout(100)
    raise AssertionError(f"no letter with a code came to {eyes.known['forgetful']}")


def stale(eyes: Eyes) -> None:
    """Edit what somebody else changes meanwhile: the form's version is then an older one."""
    form = eyes.page.locator("main form:has(input[name=version])").last
    field = form.locator("textarea, input[type=text], input:not([type])").locator("visible=true").first
    theirs, mine = {
        "en": ("What Anna thinks", "What I think"),
        "ru": ("Что думает Анна", "Что думаю я"),
    }[eyes.sight.language]
    field.fill(f"{theirs}, {form.locator('input[name=version]').input_value()}")
    status = form.evaluate(
        """(form) => fetch(location.href, {method: "POST", body: new URLSearchParams(new FormData(form))})
          .then((answer) => answer.status)"""
    )
    assert status == 200, status
    field.fill(mine)


def stale_page(eyes: Eyes) -> None:
    """The refusal as a page, as without JavaScript."""
    stale(eyes)
    with eyes.page.expect_navigation():
        eyes.page.locator("main form:has(input[name=version])").last.evaluate(
            "(form) => HTMLFormElement.prototype.submit.call(form)"
        )
    eyes.forgive(409)


def stale_inline(eyes: Eyes) -> None:
    """The refusal in the place of the form, with both texts."""
    stale(eyes)
    eyes.page.locator("main form:has(input[name=version]) button[type=submit]").last.click()
    eyes.page.locator("main [role=alert]").wait_for()
    eyes.forgive(409)


def more_seats(number: str) -> Act:
    """Ask what so many seats would cost."""

    def act(eyes: Eyes) -> None:
        eyes.page.locator("#id_seats").fill(number)
        eyes.page.locator("main form button[type=submit]").first.click()
        eyes.page.locator("#shown").wait_for()

    return act


def too_many_seats(eyes: Eyes) -> None:
    """Ask for more seats than the plan has."""
    eyes.page.locator("#id_seats").fill("9999")
    eyes.page.locator("main form button[type=submit]").first.click()
    eyes.page.locator("[aria-invalid=true]").first.wait_for()
    eyes.forgive(422)


def unpaid(eyes: Eyes) -> None:
    """Add a client where nothing was paid for weeks: only reading is left."""
    eyes.page.locator("#id_name").fill({"en": "Late Client", "ru": "Поздний клиент"}[eyes.sight.language])
    eyes.page.locator("main form button[type=submit]").first.click()
    eyes.settle()
    eyes.forgive(402)


def answered(template: str, status: int, values: Callable[[], dict[str, Any]] = dict) -> Act:
    """A page that only failure or load gives, drawn here and put in the place of the server's answer."""

    def act(eyes: Eyes) -> None:
        from django.template.loader import render_to_string
        from django.test import RequestFactory
        from django.utils import translation

        request = RequestFactory().get("/failing/")
        with translation.override(eyes.sight.language):
            request.LANGUAGE_CODE = eyes.sight.language
            body = render_to_string(template, values() | {"status": status}, request)
        address = eyes.page.url.rstrip("/") + "/failing/"
        answer = {"status": status, "body": body, "content_type": "text/html; charset=utf-8"}
        eyes.page.route(address, lambda route: route.fulfill(**answer))
        eyes.page.goto(address)
        eyes.page.unroute(address)
        eyes.forgive(status)

    return act
