"""Going in through a company's own domain in Chromium: the content policy lets no form end there, and people still arrive."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.live import address_of
from tests.browser.seeded import Seeded
from tests.support.product import RunningProduct

PATIENCE = 60_000


@pytest.mark.browser
def test_signing_in_ends_on_the_domain(running_product: RunningProduct, seeded: Seeded, browser: Any) -> None:
    slug = seeded.workspaces["demo-en"].slug
    mark = slug.removeprefix("demo-en-")
    port = address_of(running_product).partition(":")[2]
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    try:
        page = context.new_page()
        wanted = f"http://crm.lights-{mark}.example:{port}/companies/"
        page.goto(wanted)
        page.fill("[name=login]", f"owner@{slug}.example")
        page.fill("[name=password]", "correct horse battery")
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(wanted)
        expect(page.get_by_role("heading", name="Companies", level=1)).to_be_visible()
        cookies = {cookie["name"]: cookie["domain"] for cookie in context.cookies(wanted)}
        assert cookies["workspace"] == f"crm.lights-{mark}.example", "the cookie is the domain's own"
    finally:
        context.close()
