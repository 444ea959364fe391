"""A company's life as a payer, in Chromium against the demonstration provider, from signing up to leaving with everything.

In English at a desk and in Russian on a phone. Time passes by the provider's own clock.
``JOURNEY_PICTURES=FOLDER`` keeps a picture of every step.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from django.utils import translation
from django.utils.translation import gettext, pgettext
from playwright.sync_api import Page, expect

from tests.browser.clockwork import Clockwork
from tests.browser.eyes import ORDINARY, Eyes, Sight
from tests.browser.test_journey import PASSWORD, Reader, primary, sign_up
from tests.support import cluster
from tests.support.plugin import WORKER
from tests.support.product import RunningProduct

pytestmark = pytest.mark.browser
PATIENCE = 90_000  # milliseconds: two busy cores carry web, worker, provider and browser
GOOD, LATER_BAD = "4242 4242 4242 4242", "4000000000000341"
PICTURES = os.environ.get("JOURNEY_PICTURES", "")
CURRENCY = {"en": "EUR", "ru": "RUB"}


@dataclass
class Cast:
    """The payer before a window, the product, and the letters that were read already."""

    eyes: Eyes
    product: RunningProduct
    browser: Any
    clockwork: Clockwork
    home: str = ""
    seen: list[str] = field(default_factory=list)

    @property
    def page(self) -> Page:
        found: Page = self.eyes.page
        return found

    @property
    def sight(self) -> Sight:
        return self.eyes.sight

    @property
    def email(self) -> str:
        return f"payer-{self.sight.language}@firm.example"

    @property
    def name(self) -> str:
        return {"en": "Journey", "ru": "Путешествие"}[self.sight.language]

    @property
    def provider(self) -> str:
        return self.product.more["TEREM_STRIPE_API"]

    def go(self, path: str) -> None:
        assert self.eyes.open(self.home + path) == 200, path

    def look(self, step: str) -> None:
        """Nothing is wrong with the page at this step; keep its picture if somebody wants to see it."""
        self.eyes.settle()
        self.seen.append(step)
        faults = self.eyes.faults()
        if PICTURES:
            name = f"{len(self.seen):02}-{step}-{self.sight.language}.png"
            self.page.screenshot(path=Path(PICTURES) / name, full_page=True)
        assert faults == [], step

    def pass_days(self, days: float) -> None:
        """Move the provider's clock; the product then does what its schedule does."""
        requests.post(self.provider + "/", {"days": str(days)}, timeout=60)
        self.clockwork.turn()

    def letters(self) -> list[str]:
        """The subjects of the letters to the payer."""
        return [str(letter["Subject"]).strip() for letter in self.product.letters(self.email)]

    def wait_days(self, subject: str, most: int = 12) -> None:
        """Let day after day pass until a letter comes whose subject begins so."""
        for _ in range(most):
            if any(one.startswith(subject) for one in self.letters()):
                return
            self.pass_days(1)
        raise AssertionError(f"no letter “{subject}…” came, but {self.letters()}")


@pytest.fixture
def cast(test_run: cluster.Run, browser: Any, request: Any) -> Iterator[Cast]:
    """A product of one's own: its provider's clock moves, and nobody else lives in it."""
    sight: Sight = request.param
    product = RunningProduct(test_run, f"payer_{sight.language}_{WORKER}", payments=True)
    eyes = Eyes(browser, sight)
    eyes.context.set_default_timeout(PATIENCE)
    eyes.typed = ["Payer", "Ru", "Visa", "Carla Weber", "Grace", "Open again"]
    with closing(product), closing(Clockwork(product.environment)) as clockwork, closing(eyes):
        product.start()
        with translation.override(sight.language):
            yield Cast(eyes, product, browser, clockwork)


def sees(cast: Cast, words: str) -> None:
    expect(cast.page.get_by_text(words).locator("visible=true").first).to_be_visible(timeout=PATIENCE)


def becomes(cast: Cast, badge: str) -> None:
    """The plan page says so; what every other page reads of the company is two seconds old at most."""
    for _ in range(20):
        cast.go("/settings/billing/")
        if cast.page.locator("dd .badge", has_text=re.compile(rf"^\s*{re.escape(badge)}\s*$")).count():
            cast.page.wait_for_timeout(2200)
            return
        cast.page.wait_for_timeout(300)
    raise AssertionError(f"the plan page does not say {badge}: {cast.page.locator('main').inner_text()}")


@pytest.mark.parametrize("cast", ORDINARY, ids=str, indirect=True)
def test_payment_journey(cast: Cast) -> None:
    begin(cast)
    answer_questions(cast)
    try_out(cast)
    check_out(cast)
    add_a_seat(cast)
    let_somebody_join(cast)
    upgrade(cast)
    fail(cast)
    be_late(cast)
    read_only(cast)
    pay(cast)
    cancel(cast)
    archive(cast)
    cast.look("export")


def begin(cast: Cast) -> None:
    reader = Reader(cast.sight.language, cast.sight.width, cast.sight.touch)
    cast.home = cast.product.url(sign_up(cast.page, cast.product, reader, "payer")).rstrip("/")
    cast.page.wait_for_url(re.compile("/questions/$"))
    cast.look("questions")


def answer_questions(cast: Cast) -> None:
    """Answers of somebody who is not ready: a gentle pace, the first stage, and prices for three people."""
    page = cast.page
    for name in ("alone", "few", "unequipped"):
        page.check(f"[name={name}][value=no]")
    primary(page).click()
    page.wait_for_url(re.compile("/questions/goals/$"))
    page.check("[name=general][value=base]")
    primary(page).click()
    page.wait_for_url(re.compile("/questions/readiness/$"))
    for name, value in {"needs": "1", "money": "0", "experience": "0", "skill": "1", "help": "0"}.items():
        page.check(f"[name={name}][value='{value}']")
    primary(page).click()
    page.wait_for_url(re.compile("/questions/result/$"))
    expect(page.locator("#reckoned .figure dd").first).to_have_text(pgettext("plan", "Free"))
    reckon(cast)
    cast.look("result")
    primary(page).click()
    page.wait_for_url(re.compile(r"localhost:\d+/$"))
    places = page.locator(".bottombar a" if cast.sight.touch else ".sidebar .place")
    addresses = [one.get_attribute("href") for one in places.all()]
    assert "/companies/" in addresses and "/deals/" not in addresses, "The menu of the first stage."
    cast.look("first-stage")


def reckon(cast: Cast) -> None:
    """The calculator answers while one types, and points out what contradicts."""
    page = cast.page
    page.locator("[name=people]").fill("4")
    expect(page.locator("#reckoned .figure dd").first).to_have_text(
        pgettext("plan", "Start"), timeout=PATIENCE
    )
    page.locator("form:has([name=people]) button[type=submit]").click()
    expect(page.locator("#reckoned .figure dd").first).to_have_text(
        pgettext("plan", "Start"), timeout=PATIENCE
    )


def try_out(cast: Cast) -> None:
    becomes(cast, gettext("Trial"))
    sees(cast, gettext("Demonstration payments: no money moves here."))
    cast.look("trial")


def check_out(cast: Cast) -> None:
    """With a test card on the provider's page; what is left of the trial stays free, then the first bill comes."""
    page = cast.page
    cast.go("/settings/billing/checkout/")
    page.select_option("[name=plan]", "start")
    page.select_option("[name=interval]", "month")
    page.select_option("[name=currency]", CURRENCY[cast.sight.language])
    page.fill("[name=seats]", "1")
    cast.look("checkout")
    primary(page).click()
    page.wait_for_url(re.compile("/checkout/"))
    page.fill("#number", GOOD)
    page.locator("form button").first.click()
    page.wait_for_url(re.compile("/settings/billing/$"))
    becomes(cast, gettext("Trial"))
    expect(page.locator("main")).to_contain_text(pgettext("plan", "Start"))
    cast.pass_days(15)
    becomes(cast, gettext("Active"))
    expect(page.locator("section[aria-labelledby=invoices] li").first).to_contain_text(
        pgettext("invoice", "Paid")
    )
    cast.look("bought")


def change(cast: Cast, step: str, **wanted: str) -> None:
    """Ask what a change costs, agree, and find exactly that on the newest invoice."""
    page = cast.page
    cast.go("/settings/billing/change/")
    for name, value in wanted.items():
        control = page.locator(f"[name={name}]")
        if name == "seats":
            control.fill(value)
        else:
            control.select_option(value)
    primary(page).click()
    page.wait_for_selector("#shown")
    assert page.locator("section[aria-labelledby=shown] li").count() >= 3, (
        "Time unused, time remaining, total."
    )
    shown = page.locator("section[aria-labelledby=shown] li:last-child .num").first.inner_text().strip()
    lines = page.locator("section[aria-labelledby=shown] li .num").all_inner_texts()
    cast.look(step)
    primary(page).click()
    page.wait_for_url(re.compile("/settings/billing/$"))
    assert page.locator("section[aria-labelledby=invoices] li .num").first.inner_text().strip() == shown
    page.locator("section[aria-labelledby=invoices] li a").first.click()
    page.wait_for_url(re.compile("/invoices/"))
    said = [re.sub(r"\D", "", one) for one in page.locator("td").all_inner_texts()]
    assert re.sub(r"\D", "", shown) in said, (shown, said)
    assert all(re.sub(r"\D", "", one) in said for one in lines), (lines, said)


def add_a_seat(cast: Cast) -> None:
    change(cast, "seat-preview", seats="2")
    becomes(cast, gettext("Active"))
    sees(cast, gettext("%(members)s of %(seats)s used") % {"members": 1, "seats": 2})
    cast.look("seat-added")


def let_somebody_join(cast: Cast) -> None:
    page = cast.page
    guest = f"carla-{cast.sight.language}@firm.example"
    cast.go("/settings/members/invitation/")
    page.fill("[name=email]", guest)
    page.fill("[name=name]", "Carla Weber")
    page.select_option("[name=role]", index=2)
    primary(page).click()
    page.wait_for_url(re.compile("/settings/members/$"))
    letter = cast.product.wait_for_letter(guest).get_content()
    link = re.search(r"http://\S+/join/\S+", letter)
    assert link is not None, letter
    other = Eyes(cast.browser, cast.sight)
    with closing(other):
        other.context.set_default_timeout(PATIENCE)
        other.page.goto(link[0])
        other.page.fill("[name=name]", "Carla Weber")
        other.page.fill("[name=password]", PASSWORD + guest)
        primary(other.page).click()
        other.page.wait_for_url(re.compile(rf"^{re.escape(cast.home)}/"))
    cast.go("/settings/members/")
    sees(cast, "Carla Weber")
    cast.look("joined")
    cast.go("/settings/billing/")
    sees(cast, gettext("%(members)s of %(seats)s used") % {"members": 2, "seats": 2})


def upgrade(cast: Cast) -> None:
    cast.pass_days(5)
    change(cast, "upgrade-preview", plan="team")
    becomes(cast, gettext("Active"))
    expect(cast.page.locator("main")).to_contain_text(pgettext("plan", "Team"))
    cast.look("upgraded")


def use_card(cast: Cast, number: str) -> None:
    """On the provider's own page, and back."""
    page = cast.page
    cast.go("/settings/billing/")
    page.get_by_role("button", name=gettext("Card and payment")).click()
    page.wait_for_url(re.compile("/portal/"))
    page.fill("#number", number)
    page.locator("button[name=act][value=card]").click()
    page.wait_for_url(re.compile("/portal/"))
    page.locator("a[href*='/settings/billing/']").click()
    page.wait_for_url(re.compile("/settings/billing/$"))


def fail(cast: Cast) -> None:
    use_card(cast, LATER_BAD)
    cast.pass_days(26)
    becomes(cast, gettext("Payment is late"))
    assert gettext("A payment for “%(workspace)s” has failed") % {"workspace": cast.name} in cast.letters()
    cast.go("/companies/")
    sees(cast, late_words())
    cast.look("reminder")


def late_words() -> str:
    """The banner's words before its date."""
    words = gettext(
        "A payment is missing. Everything works until %(day)s; an administrator can settle it under Settings, Plan and invoices."
    )
    return words.partition("%(day)s")[0].strip()


def be_late(cast: Cast) -> None:
    """A week on it is grace: everything still works, and before anything is taken away a letter names the day."""
    cast.pass_days(7)
    becomes(cast, gettext("Payment is late, soon reading only"))
    add_company(cast, "Grace")
    named = gettext("“%(workspace)s” can only be read from %(ends)s")
    cast.wait_days((named % {"workspace": cast.name, "ends": "|"}).partition("|")[0])
    becomes(cast, gettext("Payment is late, soon reading only"))
    cast.look("grace")


def add_company(cast: Cast, name: str, status: int = 200) -> None:
    """Through the form; ``status`` is what the answer is to be."""
    page = cast.page
    cast.go("/companies/new/")
    page.locator("main [name=name]").first.fill(name)
    with page.expect_response(lambda answer: answer.request.method == "POST") as told:
        page.locator("main form:has([name=name]) button[type=submit]").last.click()
    found = told.value.status
    assert (found if found != 302 else 200) == status, found
    cast.eyes.settle()
    cast.eyes.forgive(status)


def read_only(cast: Cast) -> None:
    """Nothing can be changed, everything can be read and taken out."""
    cast.wait_days(gettext("“%(workspace)s” is for reading only now") % {"workspace": cast.name})
    becomes(cast, gettext("Reading only"))
    cast.look("reading-only")
    refused = cast.page.evaluate(
        """() => fetch("/companies/new/", {method: "POST", body: new URLSearchParams({name: "No",
          csrfmiddlewaretoken: document.querySelector("[name=csrfmiddlewaretoken]").value})}).then((one) => one.status)"""
    )
    assert refused == 402
    cast.eyes.forgive(402)
    cast.go("/companies/")
    sees(cast, "Grace")
    cast.look("reading-only-list")
    archive(cast)


def pay(cast: Cast) -> None:
    use_card(cast, GOOD)
    becomes(cast, gettext("Active"))
    expect(cast.page.locator("section[aria-labelledby=invoices] li").first).to_contain_text(
        pgettext("invoice", "Paid")
    )
    add_company(cast, "Open again")
    cast.pass_days(0)
    assert gettext("“%(workspace)s” is open again") % {"workspace": cast.name} in cast.letters()
    cast.go("/settings/billing/")
    cast.look("open-again")


def cancel(cast: Cast) -> None:
    """Cancelled means: as it is until the end of what is paid, then the free plan for a small team."""
    page = cast.page
    page.get_by_role("button", name=gettext("Cancel at the end of the period")).click()
    page.wait_for_url(re.compile("/settings/billing/$"))
    sees(cast, gettext("Ends on"))
    cast.look("cancelled")
    cast.pass_days(32)
    becomes(cast, gettext("Active"))
    expect(page.locator("dl.facts dd").first).to_contain_text(pgettext("plan", "Free"))
    cast.look("ended")


def archive(cast: Cast) -> None:
    """Take everything out; the archive comes down as a file."""
    page = cast.page
    cast.go("/settings/export/")
    before = page.locator("form[action$='/fetching/']").count()
    page.locator("form[action$='/beginning/'] button").click()
    expect(page.locator("form[action$='/fetching/']")).to_have_count(before + 1, timeout=PATIENCE)
    with page.expect_download(timeout=PATIENCE) as fetched:
        page.locator("form[action$='/fetching/'] button").first.click()
    path = fetched.value.path()
    assert Path(path).read_bytes()[:2] == b"PK", "A ZIP archive."
