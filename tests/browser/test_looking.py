"""An operator's look into a workspace in Chromium: find it, ask, be refused, ask again, be let in, look, be shown out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.browser.live import address_of
from tests.browser.seeded import Seeded
from tests.support.product import RunningProduct

PATIENCE = 60_000


@pytest.fixture
def opened(browser: Any) -> Iterator[Any]:
    """``opened(address, cookie, value)`` is a page of somebody who is signed in there."""
    contexts = []

    def one(address: str, cookie: str, value: str) -> Page:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": cookie, "value": value, "url": address}])
        contexts.append(context)
        page: Page = context.new_page()
        return page

    yield one
    for context in contexts:
        context.close()


def ask(page: Page, reason: str) -> None:
    page.locator("[name=reason]").fill(reason)
    page.get_by_role("button", name="Ask for access").click()
    expect(page.get_by_text(reason).first).to_be_visible(timeout=PATIENCE)


@pytest.mark.browser
def test_asked_refused_granted_looked(running_product: RunningProduct, seeded: Seeded, opened: Any) -> None:
    address = address_of(running_product)
    slug = seeded.workspaces["demo-en"].slug
    console, inside = f"http://operator.{address}", f"http://{slug}.{address}"
    operator = opened(console, settings.SESSION_COOKIE_NAME, seeded.accounts["operator-en"])
    owner = opened(inside, settings.WORKSPACE_COOKIE, seeded.workspaces["demo-en"].keys["owner"])

    operator.goto(f"{console}/tenants/?q={slug}")
    operator.locator("a.who").first.click()
    operator.get_by_role("link", name="Access").click()
    ask(operator, "First try")
    owner.goto(f"{inside}/settings/access/")
    owner.get_by_role("button", name="Refuse").first.click()
    expect(owner.get_by_text("Refused").first).to_be_visible(timeout=PATIENCE)
    operator.reload()
    expect(operator.get_by_text("Refused").first).to_be_visible(timeout=PATIENCE)

    ask(operator, "Second try")
    owner.goto(f"{inside}/settings/access/")
    owner.get_by_role("button", name="Let the operator in").first.click()
    expect(owner.get_by_role("button", name="End now")).to_be_visible(timeout=PATIENCE)
    operator.reload()
    operator.get_by_role("link", name="Look inside").click()
    expect(operator.get_by_text("for reading only")).to_be_visible(timeout=PATIENCE)
    operator.goto(f"{inside}/companies/")
    expect(operator.get_by_text("for reading only")).to_be_visible(timeout=PATIENCE)

    owner.goto(f"{inside}/settings/history/?what=operator")
    expect(owner.get_by_text("/companies/").first).to_be_visible(timeout=PATIENCE)
    owner.goto(f"{inside}/settings/isolation/")
    expect(owner.get_by_text("Second try")).to_be_visible(timeout=PATIENCE)

    operator.get_by_role("button", name="Leave the workspace").click()
    operator.goto(f"{inside}/companies/")
    expect(operator.get_by_text("for reading only")).to_have_count(0)
