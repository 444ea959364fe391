"""An operator plans an upgrade in Chromium, starts it, watches the bar and reads what failed."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.support.product import RunningProduct
from tests.upgrades.conftest import AHEAD, Fleet, prepared

PATIENCE = 120_000  # milliseconds: two busy cores carry web, worker, keeper and browser

pytestmark = pytest.mark.browser


def test_start_an_upgrade_and_watch_the_bar(own_product: RunningProduct, browser: Any) -> None:
    """The console is of the old release, the keeper of the new one, as in the middle of a rollout."""
    product = own_product
    fleet = Fleet(product.environment, product.servers.postgres.superuser_dsn, product.database)
    companies = fleet.open(12)
    prepared(fleet, companies[5:6])
    product.kill("keeper")
    product.child("keeper").environment |= {"DJANGO_SETTINGS_MODULE": AHEAD, "TEREM_TEST_AHEAD": "1"}
    fleet.run("manage.py", "install", "--reserve", "0", ahead="1")
    product.restart("keeper")
    session = fleet.run("-m", "tests.upgrades.signing").strip().splitlines()[-1]
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(PATIENCE)
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": product.url("operator")}]
    )
    page = context.new_page()
    page.goto(product.url("operator", "/upgrades/"))
    page.get_by_role("link", name="Plan an upgrade").click()
    page.get_by_label("Canaries").fill(companies[0]["slug"])
    page.get_by_label("Waves").fill("100%")
    page.get_by_label("Stop at").fill("50%")
    page.get_by_role("button", name="Draw up the plan").click()
    expect(page.get_by_text('CREATE TABLE "clients_badge"').first).to_be_visible(timeout=PATIENCE)
    with psycopg.connect(product.environment["TEREM_OWNER_DB"]) as connection:
        # One company is at work, so that there is something to watch.
        connection.execute(f"SELECT 1 FROM {companies[2]['schema']}.clients_company LIMIT 1")
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_role("progressbar", name="Companies visited")).to_have_attribute(
            "value", "91", timeout=PATIENCE
        )
        connection.rollback()
    expect(page.get_by_text("11 of 11 done").or_(page.get_by_text("10 of 11 done, 1 failed"))).to_be_visible(
        timeout=PATIENCE
    )
    expect(page.get_by_text("already exists").first).to_be_visible()
    expect(page.get_by_role("button", name="Try the failed ones again")).to_be_visible(timeout=PATIENCE)
    after = fleet.releases()
    assert len({after[company["slug"]] for company in companies if company is not companies[5]}) == 1
    with fleet.owner() as owner:
        owner.execute(f"DROP TABLE {companies[5]['schema']}.clients_badge")
    page.get_by_role("button", name="Try the failed ones again").click()
    expect(page.get_by_text("11 of 11 done, 0 failed")).to_be_visible(timeout=PATIENCE)
    assert len(set(fleet.releases().values())) == 1
    context.close()
