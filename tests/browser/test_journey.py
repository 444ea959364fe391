"""The first journey on real data: sign up, bring both Salesforce files, work with them, undo.

In English at a desktop's width and in Russian on a phone, in Chromium, against the running product.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.product import RunningProduct

DATA = Path(__file__).parents[1] / "data" / "salesforce-export"
PASSWORD = "four plain words here"
PATIENCE = 90_000  # milliseconds: two busy cores carry web, worker and browser


@dataclass(frozen=True)
class Reader:
    language: str
    width: int
    touch: bool


READERS = [Reader("en", 1440, False), Reader("ru", 390, True)]


@pytest.fixture(params=READERS, ids=lambda reader: f"{reader.language}-{reader.width}")
def reader(request: pytest.FixtureRequest) -> Reader:
    found: Reader = request.param
    return found


@pytest.fixture
def page(browser: Any, reader: Reader) -> Any:
    context = browser.new_context(
        viewport={"width": reader.width, "height": 900},
        locale="ru-RU" if reader.language == "ru" else "en-GB",
        has_touch=reader.touch,
    )
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    yield opened
    context.close()


def primary(page: Page) -> Any:
    """The page's one filled button that is seen."""
    return page.locator("button[data-rank=primary]:visible").first


def sign_up(page: Page, product: RunningProduct, reader: Reader, name: str = "journey") -> str:
    slug = f"{name}-{reader.language}"
    email = f"{slug}@firm.example"
    page.goto(product.url(path="/signup/"))
    expect(page.locator("html")).to_have_attribute("lang", reader.language)
    page.fill("[name=company]", "Journey" if reader.language == "en" else "Путешествие")
    page.fill("[name=slug]", slug)
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    primary(page).click()
    page.wait_for_selector("[name=code]")
    letter = product.wait_for_letter(email)
    body = letter.get_content()
    code = re.search(r"\b(\d{4}-?\d{4})\b", body, re.MULTILINE)
    assert code is not None, body
    page.fill("[name=code]", code[1])
    primary(page).click()
    page.wait_for_url(re.compile(rf"^http://{slug}\.localhost:\d+/"))
    return slug


def bring(page: Page, home: str, file: Path) -> str:
    """Import a file as the wizard proposes it; the address of its report."""
    page.goto(f"{home}/imports/new/")
    page.set_input_files("input[type=file]", str(file))
    primary(page).click()
    page.wait_for_url(re.compile(r"/imports/[0-9a-f-]{36}/columns/"))
    expect(primary(page)).to_be_enabled(timeout=PATIENCE)
    primary(page).click()
    page.wait_for_url(re.compile(r"/imports/[0-9a-f-]{36}/$"))
    finished(page)
    return page.url


def finished(page: Page) -> None:
    """Wait until the background work behind the page has ended."""
    expect(page.locator("#progress")).to_be_visible()
    expect(page.locator("#progress[hx-get]")).to_have_count(0, timeout=PATIENCE)


def counted(page: Page, address: str) -> int:
    """The number that the foot of a list says."""
    page.goto(address)
    foot = page.locator(".table-foot:visible").first.inner_text()
    found = re.search(r"\d+", foot.replace("\u00a0", "").replace("\u202f", ""))
    return int(found[0]) if found else 0


def counts(page: Page, home: str) -> tuple[int, int]:
    companies = f"{home}/companies/?sort=name"
    return counted(page, companies), counted(page, f"{home}/deals/?draw=table&sort=name")


@pytest.mark.browser
def test_journey(page: Page, reader: Reader, running_product: RunningProduct) -> None:
    slug = sign_up(page, running_product, reader)
    home = running_product.url(slug).rstrip("/")
    accounts = bring(page, home, DATA / "accountData.csv")
    deals = bring(page, home, DATA / "opportunityData.csv")
    assert counts(page, home) == (423, 38)

    bring(page, home, DATA / "accountData.csv")
    bring(page, home, DATA / "opportunityData.csv")
    assert counts(page, home) == (423, 38)

    page.goto(f"{home}/deals/?draw=board")
    expect(page.locator("[data-card]").first).to_be_visible()
    page.goto(f"{home}/deals/forecast/")
    expect(page.locator("main")).to_contain_text("5")
    page.goto(f"{home}/search/palette/?q=Universal Media")
    expect(page.locator("main, body").first).to_contain_text("Universal Media - 500 Widgets")
    page.goto(f"{home}/companies/?q=Gravity")
    page.get_by_text("Gravity Investments").locator("visible=true").first.click()
    expect(page.locator("h1")).to_contain_text("Gravity Investments")

    for report in (deals, accounts):
        page.goto(report)
        page.locator("form[action$='/undoing/'] button").click()
        page.wait_for_load_state()
        finished(page)
        expect(page.locator("form[action$='/undoing/']")).to_have_count(0)
    assert counts(page, home) == (0, 0)

    bring(page, home, DATA / "accountData.csv")
    bring(page, home, DATA / "opportunityData.csv")
    assert counts(page, home) == (423, 38)
