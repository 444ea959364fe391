"""The operators' console in Chromium: find a company, look at it, suspend and resume it, announce, and be read."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.eyes import Sight
from tests.browser.showing import Showing

pytestmark = pytest.mark.browser
At = Callable[[Sight], Showing]
PATIENCE = 90_000


@pytest.fixture
def shown(showing: At) -> Showing:
    return showing(Sight())


def console(shown: Showing, path: str = "/") -> Page:
    eyes = shown.as_somebody("operator", "operator")
    eyes.page.goto(shown.url("operator", path))
    page: Page = eyes.page
    return page


def open_fresh(shown: Showing) -> Page:
    """From the console's start to the page of the fresh company, as an operator would find it."""
    slug = shown.workspace("fresh").slug
    page = console(shown)
    expect(page.locator("h1")).to_have_text("Companies")
    page.fill("input[name=q]", f"owner@{slug}.example")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody a.who").click()
    expect(page.locator("h1")).to_have_text("New Horizon")
    return page


def workspace(shown: Showing) -> tuple[Page, str]:
    eyes = shown.as_somebody("fresh")
    return eyes.page, shown.url(shown.workspace("fresh").slug, "/settings/profile/")


def until(page: Page, address: str, status: int) -> Any:
    """Load the page until it answers so: a change is known everywhere after two to five seconds."""
    deadline = time.monotonic() + 90
    while True:
        answer = page.goto(address)
        if (answer is not None and answer.status == status) or time.monotonic() > deadline:
            assert answer is not None and answer.status == status
            return answer
        time.sleep(0.5)


def test_suspend_and_resume(shown: Showing) -> None:
    page = open_fresh(shown)
    page.locator(".bar-actions a.button", has_text="Suspend").click()
    page.locator("main button[type=submit]").click()
    expect(page.locator(".error").first).to_be_visible()
    page.fill("[name=reason]", "The invoice is open.")
    page.locator("main button[type=submit]").click()
    expect(page.locator(".toast")).to_contain_text("suspended")
    expect(page.locator(".callout").first).to_contain_text("The invoice is open.")
    theirs, address = workspace(shown)
    until(theirs, address, 402)
    console_page = shown.as_somebody("operator", "operator").page
    console_page.locator(".bar-actions a.button", has_text="Serve again").click()
    console_page.fill("[name=reason]", "It was paid.")
    console_page.locator("main button[type=submit]").click()
    expect(console_page.locator("h1 + .badge")).to_contain_text("Active")
    theirs, address = workspace(shown)
    until(theirs, address, 200)
    theirs.goto(address.replace("profile", "operators"))
    for words in ("The invoice is open.", "It was paid."):
        expect(theirs.locator("main")).to_contain_text(words)


def test_announcement_is_read_and_put_away(shown: Showing) -> None:
    page = console(shown, "/announcements/new/")
    words = f"New reports come on Monday, {time.time_ns()}."
    page.fill("[name=text_en]", words)
    page.fill("[name=text_ru]", "Новые отчёты появятся в понедельник.")
    page.fill("[name=tenants]", shown.workspace("fresh").slug)
    page.locator("main button[type=submit]").click()
    expect(page.locator("tbody")).to_contain_text(words)
    theirs, address = workspace(shown)
    banner = theirs.locator(".callout[data-banner]", has_text=words)
    deadline = time.monotonic() + 90
    theirs.goto(address)
    while not banner.count() and time.monotonic() < deadline:
        time.sleep(0.5)
        theirs.goto(address)
    banner.locator("button").click()
    expect(banner).to_have_count(0)
    theirs.goto(address)
    expect(theirs.locator("h1")).to_be_visible()
    expect(banner).to_have_count(0)


def test_maintenance_counts_down_and_opens_by_itself(shown: Showing) -> None:
    page = open_fresh(shown)
    page.locator(".bar-actions a.button", has_text="Maintenance").click()
    page.locator("[name=mode][value=closed]").check()
    page.fill("[name=until]", "tomorrow 10:00")
    page.fill("[name=reason]", "A new disk.")
    page.locator("main button[type=submit]").click()
    expect(page.locator("tbody").first).to_contain_text("A new disk.")
    theirs, address = workspace(shown)
    until(theirs, address, 503)
    expect(theirs.locator("ui-countdown")).to_have_text(re.compile(r"in \d+ hours?"))
    operator = shown.as_somebody("operator", "operator").page
    operator.locator("tr", has_text="New Horizon").locator("a", has_text="End it").click()
    operator.locator("main button[type=submit]").click()
    expect(operator.locator(".toast")).to_contain_text("over")
    # The page asks for itself every fifteen seconds and opens.
    expect(theirs.locator("h1")).to_have_text("My profile", timeout=PATIENCE)


def test_jobs_bring_themselves_up_to_date(shown: Showing) -> None:
    page = console(shown, "/jobs/")
    with page.expect_response(
        lambda answer: answer.url.endswith("/jobs/") and answer.request.method == "GET"
    ):
        expect(page.locator("#rows")).to_contain_text("imports.run")
