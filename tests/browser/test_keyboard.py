"""The core journeys by keyboard alone, and a focus that people can see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.eyes import Eyes, Sight
from tests.browser.showing import Showing

pytestmark = pytest.mark.browser
At = Callable[[Sight], Showing]
WALKED = ("", "companies/", "deals/", "tasks/", "companies/new/", "settings/profile/")
# Says whether the focused element has a ring, and whether it is covered by something else.
_FOCUS = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return { name: "body", ring: true, covered: false, end: true };
  const holders = [element, element.parentElement, element.closest(".card, .joined, .composer, .segmented > *, .drop")].filter(Boolean);
  const isRinged = (one) => { const rules = getComputedStyle(one); return rules.outlineStyle !== "none" && parseFloat(rules.outlineWidth) > 0; };
  const box = element.getBoundingClientRect();
  const hit = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
  const covered = box.width > 1 && hit !== null && !element.contains(hit) && !hit.contains(element) && !holders.some((one) => one.contains(hit));
  const outside = box.bottom < 0 || box.top > innerHeight;
  return { name: `${element.localName}.${element.className} "${(element.innerText || element.getAttribute("aria-label") || "").trim().slice(0, 40)}"`,
    ring: holders.some(isRinged), covered: covered || outside, end: false };
}"""


@pytest.fixture
def eyes(showing: At) -> Eyes:
    return showing(Sight()).as_somebody("demo")


@pytest.fixture
def go(showing: At, eyes: Eyes) -> Callable[[str], Any]:
    """``go("companies/")`` opens a page of the demo company; the page."""
    shown = showing(Sight())

    def open_page(path: str) -> Any:
        assert eyes.open(shown.url(shown.workspace("demo").slug, f"/{path}")) == 200
        return eyes.page

    return open_page


def keys(eyes: Eyes, *pressed: str) -> None:
    for key in pressed:
        eyes.page.keyboard.press(key)
    eyes.settle()


def test_add_a_company(go: Callable[[str], Any], eyes: Eyes) -> None:
    page = go("companies/")
    keys(eyes, "c")
    expect(page.locator("#id_name")).to_be_visible()
    page.locator("#id_name").focus()
    page.keyboard.type("Keyboard Works")
    keys(eyes, "Enter")
    expect(page.locator("h1")).to_have_text("Keyboard Works")


def test_add_a_task(go: Callable[[str], Any], eyes: Eyes) -> None:
    page = go("tasks/")
    page.locator("#quick-text").focus()
    page.keyboard.type("Send the keyboard sample tomorrow")
    keys(eyes, "Enter")
    expect(page.get_by_text("Send the keyboard sample").first).to_be_visible()


def test_add_a_deal(go: Callable[[str], Any], eyes: Eyes) -> None:
    page = go("deals/")
    keys(eyes, "c")
    expect(page.locator("#id_name")).to_be_visible()
    page.locator("#id_name").focus()
    page.keyboard.type("Deal by keyboard")
    keys(eyes, "Enter")
    expect(page.get_by_text("Deal by keyboard").locator("visible=true").first).to_be_visible()


def test_move_a_card(go: Callable[[str], Any], eyes: Eyes) -> None:
    page = go("deals/")
    card = page.locator("[data-lane]:first-of-type [data-card]").first
    name = card.get_attribute("data-card")
    before = card.evaluate("(card) => card.closest('[data-lane]').dataset.lane")
    card.locator("a").first.focus()
    keys(eyes, "Alt+ArrowRight")
    expect(page.locator("#said")).not_to_be_empty()
    go("deals/")
    moved = page.locator(f"[data-card='{name}']")
    assert moved.evaluate("(card) => card.closest('[data-lane]').dataset.lane") != before


def test_palette(go: Callable[[str], Any], eyes: Eyes) -> None:
    page = go("")
    keys(eyes, "Control+k")
    expect(page.locator("#palette[open] input[type=search]")).to_be_focused()
    page.keyboard.type("Harbour House")
    expect(page.locator("#palette-results [role=option]").first).to_contain_text("Harbour House")
    keys(eyes, "Enter")
    expect(page.locator("h1")).to_have_text("Harbour House Hotels")


def test_palette_gives_the_focus_back(go: Callable[[str], Any], eyes: Eyes) -> None:
    page = go("")
    opener = page.locator("[data-opens=palette]").first
    opener.focus()
    keys(eyes, "Enter")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.type("harb")
    keys(eyes, "Escape")
    expect(page.locator("#palette")).to_be_hidden()
    expect(opener).to_be_focused()


def test_select_rows(go: Callable[[str], Any], eyes: Eyes) -> None:
    page = go("companies/")
    keys(eyes, "j", "x", "j", "x")
    expect(page.locator("[data-bulk] [data-count]")).to_have_text("2")
    keys(eyes, "Escape")
    expect(page.locator("[data-bulk]")).to_be_hidden()


def test_russian_layout(go: Callable[[str], Any], eyes: Eyes) -> None:
    """The same keys send Cyrillic letters: places are reached by the key's position."""
    page = go("")
    session = eyes.context.new_cdp_session(page)
    for key, code in (("п", "KeyG"), ("с", "KeyC")):
        for kind in ("keyDown", "keyUp"):
            session.send("Input.dispatchKeyEvent", {"type": kind, "key": key, "code": code})
    page.wait_for_url("**/companies/")


@pytest.mark.parametrize("path", WALKED, ids=lambda path: path.strip("/") or "start")
def test_focus_is_seen(path: str, go: Callable[[str], Any], eyes: Eyes) -> None:
    page = go(path)
    faults: list[str] = []
    for _step in range(45):
        page.keyboard.press("Tab")
        found = page.evaluate(_FOCUS)
        if found["end"]:
            break
        if not found["ring"]:
            faults.append(f"no ring: {found['name']}")
        if found["covered"]:
            faults.append(f"covered: {found['name']}")
    assert faults == []
