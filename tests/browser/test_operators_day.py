"""An operator's day in Chromium: sign in with a second factor, find a company, read its page, upgrade the fleet,
ask its administrator for access, be refused, be let in, look, and be shown out.

In a product of its own: the upgrade changes every company's schema.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.utils import translation
from django.utils.translation import gettext, pgettext
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as Impatience

from tests.browser.eyes import ORDINARY, Sight
from tests.browser.live import address_of, seed_into
from tests.browser.seed_accounts import PASSWORD
from tests.browser.seeded import Seeded
from tests.browser.showing import Showing
from tests.support import cluster, device
from tests.support.plugin import WORKER
from tests.support.product import RunningProduct
from tests.upgrades.conftest import AHEAD

pytestmark = pytest.mark.browser
PATIENCE = 120_000  # milliseconds: two busy cores carry web, worker, keeper and browser
# Each sight brings a release of its own, so that there is something to upgrade.
RELEASES = {"en": "1", "ru": "2"}
# The company that is at work while the upgrade comes by.
HELD = "fresh-ru"


@pytest.fixture(scope="module")
def house(test_run: cluster.Run) -> Iterator[tuple[RunningProduct, Seeded]]:
    """A seeded product of one's own at the present release."""
    running = RunningProduct(test_run, f"day_{WORKER}")
    try:
        running.start()
        yield running, seed_into(running)
    finally:
        running.stop()


def roll_out(product: RunningProduct, release: str) -> None:
    """The code of a release ahead, in every process; the companies' schemas stay where they are."""
    ahead = {"DJANGO_SETTINGS_MODULE": AHEAD, "TEREM_TEST_AHEAD": release}
    for name in ("scheduler", "keeper", "worker", "web"):
        product.kill(name)
        product.child(name).environment |= ahead
    product.more |= ahead
    product.manage("install", "--reserve", "0")
    for name in ("web", "worker", "keeper", "scheduler"):
        product.restart(name)
    product.wait_until_ready()


@dataclass
class Cast:
    """Both people before their windows, and the addresses that they use."""

    operator: Page
    admin: Page
    showing: Showing
    product: RunningProduct

    @property
    def slug(self) -> str:
        return self.showing.workspace("demo").slug

    def console(self, path: str) -> str:
        return self.showing.url("operator", path)

    def inside(self, path: str) -> str:
        return self.showing.url(self.slug, path)

    def known(self, name: str) -> str:
        """A thing of the seed."""
        return self.showing.seeded.things[self.showing.sight.language][name]


@pytest.fixture
def cast(house: tuple[RunningProduct, Seeded], browser: Any, request: Any) -> Iterator[Cast]:
    """The people at one sight, in the newest release's product; texts are in the sight's language."""
    product, seeded = house
    sight: Sight = request.param
    roll_out(product, RELEASES[sight.language])
    showing = Showing(browser, sight, address_of(product), seeded)
    with closing(showing), translation.override(sight.language):
        # Nobody's cookie: the operator signs in by hand.
        operator = showing.as_somebody("operator", "stranger").page
        admin = showing.as_somebody("demo").page
        for page in (operator, admin):
            page.set_default_timeout(PATIENCE)
        yield Cast(operator, admin, showing, product)


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words).first.click()


def sees(page: Page, words: str) -> None:
    expect(page.get_by_text(words).locator("visible=true").first).to_be_visible(timeout=PATIENCE)


def follow(page: Page, ending: str) -> None:
    """Press a link of the page's bar; on a phone it has gone into the menu there, or goes while one looks."""
    link = page.locator(f".bar-actions a[href$='{ending}']").locator("visible=true")
    ends = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < ends:
        if not link.count():
            page.locator(".bar-actions [popovertarget]").locator("visible=true").first.click()
        with suppress(Impatience):
            return link.first.click(timeout=5_000)
    raise AssertionError(f"No link to {ending} stood still.")


@pytest.mark.parametrize("cast", ORDINARY, ids=str, indirect=True)
def test_day(cast: Cast) -> None:
    sign_in(cast)
    find(cast)
    read(cast)
    upgrade(cast)
    ask(cast, "First try")
    answer(cast, "First try", pgettext("verb", "Refuse"), pgettext("access", "Refused"))
    cast.operator.reload()
    sees(cast.operator, pgettext("access", "Refused"))
    expect(cast.operator.get_by_text(gettext("Look inside"))).to_have_count(0)
    ask(cast, "Second try")
    answer(cast, "Second try", gettext("Let the operator in"), gettext("End now"))
    look(cast)
    history(cast)
    end(cast)


def sign_in(cast: Cast) -> None:
    """The password alone opens nothing; the device's code does."""
    page = cast.operator
    page.goto(cast.console("/"))
    page.fill("#id_login", cast.known("operator-mail"))
    page.fill("#id_password", PASSWORD)
    page.locator("main form:has(#id_login) button[type=submit]").click()
    page.wait_for_url("**/second-factor/**")
    beside = page.context.new_page()
    beside.goto(cast.console("/tenants/"))
    assert "/account/" in beside.url, beside.url
    beside.close()
    # A code counts once: the second day takes the next, which the first cannot have used.
    later = [sight.language for sight in ORDINARY].index(cast.showing.sight.language)
    page.fill("#id_code", device.code(cast.known("operator-secret"), later))
    page.locator("main form:has(#id_code) button[type=submit]").click()
    expect(page.locator("h1")).to_have_text(gettext("Companies"))


def find(cast: Cast) -> None:
    """By words, then by a filter as well: the company has fallen behind the release."""
    page = cast.operator
    page.fill("input[name=q]", cast.slug)
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    narrow(page, "current")
    expect(page.locator("tbody tr")).to_have_count(0)
    narrow(page, "behind")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody a.who").click()
    expect(page.locator("h1")).to_be_visible()


def narrow(page: Page, release: str) -> None:
    press(page, gettext("Filter"))
    page.locator("#menu-filter select[name=release]").select_option(release)
    page.locator("#menu-filter button[type=submit]").click()
    page.wait_for_url(f"**release={release}**")


def read(cast: Cast) -> None:
    """Usage, release, lease, jobs, errors, history and backups of the company."""
    page = cast.operator
    for heading in ("State", "Lease", "Background work", "Errors", "What operators did"):
        expect(page.get_by_role("heading", name=gettext(heading), exact=True)).to_be_visible()
    expect(page.locator(".console-figures").first).to_contain_text(re.compile(rf"{gettext('Records')}\s*\d"))
    sees(page, pgettext("release", "Behind"))
    sees(page, gettext("Plan"))
    sees(page, "ZeroDivisionError")
    sees(page, gettext("A backup restored into a copy"))
    follow(page, "/backups/")
    expect(page.locator("h1")).to_have_text(gettext("Backups"))
    expect(page.locator("#recovery tbody").first.locator("tr")).not_to_have_count(0)


def upgrade(cast: Cast) -> None:
    """Plan, start, watch the bar on its way and at its end; the filter then finds nobody behind."""
    page = cast.operator
    page.goto(cast.console("/upgrades/"))
    page.get_by_role("link", name=gettext("Plan an upgrade")).click()
    page.locator("[name=canary]").fill(cast.slug)
    page.locator("[name=waves]").fill("100%")
    page.locator("[name=stop_at]").fill("50%")
    press(page, gettext("Draw up the plan"))
    bar = page.get_by_role("progressbar", name=gettext("Companies visited"))
    expect(bar).to_have_attribute("value", "0")
    start = page.get_by_role("button", name=pgettext("upgrade", "Start"), exact=True)
    with held(cast):
        start.click()
        expect(bar).to_have_attribute("value", re.compile(r"^[1-9]\d?$"), timeout=PATIENCE)
    expect(bar).to_have_attribute("value", "100", timeout=PATIENCE)
    expect(page.locator("dd .badge", has_text=gettext("Done"))).to_be_visible()
    page.goto(cast.console("/tenants/?release=behind"))
    expect(page.locator("tbody tr")).to_have_count(0)


@contextmanager
def held(cast: Cast) -> Iterator[None]:
    """A company is at work, as with a long request: the upgrade waits for it or comes back to it."""
    slug = cast.showing.seeded.workspaces[HELD].slug
    with psycopg.connect(cast.product.environment["TEREM_OWNER_DB"]) as connection:
        row = connection.execute("SELECT schema_name FROM tenants_tenant WHERE slug = %s", [slug]).fetchone()
        assert row is not None
        # Its pages go on; what changes the table has to wait.
        connection.execute(f"LOCK TABLE {row[0]}.clients_company IN SHARE UPDATE EXCLUSIVE MODE")
        yield
        connection.rollback()


def ask(cast: Cast, reason: str) -> None:
    page = cast.operator
    page.goto(cast.console(f"/tenants/?q={cast.slug}"))
    page.locator("tbody a.who").click()
    follow(page, "/access/")
    page.locator("[name=reason]").fill(reason)
    press(page, gettext("Ask for access"))
    sees(page, reason)


def answer(cast: Cast, reason: str, words: str, then: str) -> None:
    """The administrator reads the reason and answers; the grant is for reading, for an hour."""
    page = cast.admin
    page.goto(cast.inside("/settings/access/"))
    sees(page, reason)
    press(page, words)
    sees(page, then)


def look(cast: Cast) -> None:
    """Every page says who looks; nothing can be changed, by button, by address or by hand."""
    page = cast.operator
    page.goto(cast.console(f"/tenants/?q={cast.slug}"))
    page.locator("tbody a.who").click()
    follow(page, "/access/")
    sees(page, gettext("Reading only"))
    page.get_by_role("link", name=gettext("Look inside")).click()
    page.wait_for_url(cast.inside("/"))
    for path in ("/", "/companies/", "/deals/"):
        page.goto(cast.inside(path))
        sees(page, reading_only())
    page.goto(cast.inside("/companies/"))
    expect(page.locator("a[href='/companies/new/']")).to_have_count(0)
    refused = sent_by_hand(page, "/companies/new/", "Made by an operator")
    assert gettext("This access is for reading only. Nothing can be changed.") in refused
    cast.admin.goto(cast.inside("/companies/"))
    expect(cast.admin.get_by_text("Made by an operator")).to_have_count(0)


def reading_only() -> str:
    """The banner's words behind its date."""
    words = gettext("You look in as an operator until %(until)s, for reading only. Every page is noted.")
    return words.partition("%(until)s")[2].strip(" ,")


def sent_by_hand(page: Page, path: str, name: str) -> str:
    """What the workspace answers to a form that no page offers, sent with the page's own token."""
    text: str = page.evaluate(
        """([path, name]) => fetch(path, {method: "POST", redirect: "manual",
          headers: {"Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": (document.querySelector("[name=csrfmiddlewaretoken]") ?? {}).value ?? ""},
          body: new URLSearchParams({name})}).then((answer) => answer.text())""",
        [path, name],
    )
    return text


def history(cast: Cast) -> None:
    """The administrator reads each page view; the console tells what the operator did."""
    page = cast.admin
    page.goto(cast.inside("/settings/history/?what=operator"))
    for path in ("/companies/", "/deals/", "/companies/new/"):
        sees(page, path)
    page.goto(cast.inside("/settings/isolation/"))
    sees(page, "Second try")
    cast.operator.goto(cast.console(f"/tenants/?q={cast.slug}"))
    cast.operator.locator("tbody a.who").click()
    sees(cast.operator, "Second try")


def end(cast: Cast) -> None:
    """The administrator ends it: the operator's next page is a stranger's."""
    page = cast.operator
    page.goto(cast.inside("/companies/"))
    sees(page, reading_only())
    cast.admin.goto(cast.inside("/settings/access/"))
    press(cast.admin, gettext("End now"))
    sees(cast.admin, pgettext("access", "Ended"))
    deadline = time.monotonic() + 90
    while page.goto(cast.inside("/companies/")) and page.url == cast.inside("/companies/"):
        assert time.monotonic() < deadline, "the operator is still inside"
        time.sleep(0.5)
    expect(page.get_by_text(reading_only())).to_have_count(0)
