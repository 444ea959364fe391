"""Without JavaScript: plainer, but everything that a company needs from day to day works."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.browser.eyes import Sight
from tests.browser.showing import Showing
from tests.browser.ways import PASSWORD
from tests.support import browser as chromium

pytestmark = pytest.mark.browser
At = Callable[[Sight], Showing]


@pytest.fixture
def plain(browser: Any) -> Iterator[Any]:
    """A page of a browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(chromium.PATIENCE)
    yield context.new_page()
    context.close()


@pytest.fixture
def inside(plain: Any, showing: At) -> Callable[[str], Any]:
    """``inside("companies/")`` opens a page of the demo company as its owner."""
    shown = showing(Sight())
    workspace = shown.workspace("demo")
    start = shown.url(workspace.slug, "/")
    cookie = {"name": settings.WORKSPACE_COOKIE, "value": workspace.keys["owner"], "url": start}
    plain.context.add_cookies([cookie])

    def open_page(path: str) -> Any:
        answer = plain.goto(f"{start}{path}")
        assert answer.status == 200
        return plain

    return open_page


def test_signing_up_and_in(plain: Any, showing: At) -> None:
    shown = showing(Sight())
    mark = secrets.token_hex(4)
    plain.goto(shown.url("", "/signup/"))
    plain.locator("#id_company").fill("Plain Ltd")
    plain.locator("#id_slug").fill(f"plain-{mark}")
    plain.locator("#id_email").fill(f"pat-{mark}@plain.example")
    plain.locator("#id_password").fill(PASSWORD + mark)
    plain.locator("main form button[type=submit]").last.click()
    expect(plain.locator("#id_code")).to_be_visible()
    plain.goto(shown.url("", "/account/login/"))
    plain.locator("#id_login").fill("nobody@plain.example")
    plain.locator("#id_password").fill("wrong")
    plain.locator("main form:has(#id_login) button[type=submit]").click()
    expect(plain.locator("main [role=alert]").first).to_be_visible()
    expect(plain.locator("#id_login")).to_have_value("nobody@plain.example")


def test_a_list_leads_to_a_record_and_its_form(inside: Callable[[str], Any]) -> None:
    page = inside("companies/?draw=table")
    link = page.locator("tbody a").first
    name = link.inner_text().splitlines()[-1]
    link.click()
    expect(page.locator("h1")).to_have_text(name)
    page.locator("#composer textarea").fill("A note without a script")
    page.locator("#composer button[type=submit]").click()
    expect(page.get_by_text("A note without a script").first).to_be_visible()
    page.locator("#fact-description .fact").click()
    page.locator("main textarea").first.fill("Written without a script")
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_text("Written without a script").first).to_be_visible()


def test_finding_and_adding(inside: Callable[[str], Any]) -> None:
    page = inside("companies/new/")
    mark = secrets.token_hex(4)
    page.locator("#id_name").fill(" ")
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("#id_name")).to_have_attribute("aria-invalid", "true")
    page.locator("#id_name").fill(f"Scriptless {mark}")
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("h1")).to_have_text(f"Scriptless {mark}")
    page = inside(f"companies/?draw=table&q={mark}")
    expect(page.locator("tbody tr")).to_have_count(1)
    page = inside("deals/new/")
    page.locator("#id_name").fill(f"Deal {mark}")
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_text(f"Deal {mark}").first).to_be_visible()
