"""A passkey as people use it: Chromium's own dialogs with a device that it makes up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.eyes import Eyes, Sight
from tests.browser.seed_accounts import PASSWORD
from tests.browser.showing import Showing

pytestmark = pytest.mark.browser
At = Callable[[Sight], Showing]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def shown(showing: At) -> Showing:
    return showing(Sight())


@pytest.fixture
def eyes(shown: Showing, browser: Any) -> Iterator[Eyes]:
    """Somebody with a device of their own, signed in nowhere."""
    eyes = Eyes(browser, Sight())
    line = eyes.context.new_cdp_session(eyes.page)
    line.send("WebAuthn.enable")
    line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    yield eyes
    eyes.close()


def test_add_sign_out_and_come_back_without_a_password(shown: Showing, eyes: Eyes) -> None:
    page = eyes.page
    login = shown.url("", "/account/login/")
    assert eyes.open(login) == 200
    page.locator("#id_login").fill(eyes_of(shown))
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    eyes.settle()
    eyes.open(shown.url("", "/account/passkeys/new/"))
    if page.locator("#id_password").count():
        page.locator("#id_password").fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
        eyes.settle()
    page.locator("#id_name").fill("Laptop")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.locator(".codes li")).to_have_count(10)
    eyes.open(shown.url("", "/account/security/"))
    expect(page.get_by_text("Laptop")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    eyes.settle()
    eyes.open(login)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "/account/" not in url)
    eyes.open(shown.url("", "/account/security/"))
    expect(page.get_by_text("Last used:")).to_be_visible()
    remove(eyes)


def remove(eyes: Eyes) -> None:
    """Take the passkey away again: others look at this account too."""
    page = eyes.page
    page.get_by_role("link", name="Remove Laptop").click()
    eyes.settle()
    if page.get_by_role("button", name="Use my passkey").count():
        page.get_by_role("button", name="Use my passkey").click()
        eyes.settle()
    if page.locator("#id_password").count():
        page.locator("#id_password").fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
        eyes.settle()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text("Laptop")).to_have_count(0)


def eyes_of(shown: Showing) -> str:
    """The address of somebody who has no second factor."""
    return f"owner@{shown.workspace('fresh').slug}.example"


def test_a_device_without_passkeys_is_told(shown: Showing, browser: Any) -> None:
    eyes = Eyes(browser, Sight())
    line = eyes.context.new_cdp_session(eyes.page)
    line.send("WebAuthn.enable")
    line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | {"isUserVerified": False}})
    eyes.open(shown.url("", "/account/login/"))
    eyes.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(eyes.page.get_by_text("Nothing was chosen")).to_be_visible()
    expect(eyes.page.get_by_role("button", name="Sign in with a passkey")).to_be_enabled()
    eyes.close()
