"""The gallery as a person sees it: nothing serious for axe, no text out of its box, no word from console or policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.eyes import SIGHTS, Eyes, Sight
from tests.browser.opening import menus
from ui.gallery.registry import FAMILIES, PAGES

pytestmark = pytest.mark.browser
URLS = [f"/gallery/{family.name}/" for family in FAMILIES] + [f"/gallery/page/{page.name}/" for page in PAGES]
WHOLE = [url for url in URLS if "/page/" in url]
Look = Callable[..., Eyes]
# Boxes that only their ground separates from what lies around them.
_FLAT = """[...document.querySelectorAll(".card, .toast, .callout, .tag, .badge[data-tone], .avatar, .menu:popover-open")]
.filter((box) => box.checkVisibility() && getComputedStyle(box).borderTopStyle === "none").map((box) => box.className)"""


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("sight", SIGHTS)
def test_pages_can_be_seen_and_used(glance: Look, url: str, sight: Sight) -> None:
    """Each page with each kind of menu that it offers; with the reader's own colours boxes keep an edge."""
    eyes = glance(url, sight)
    faults = [*eyes.faults(), *(f"{name}: {fault}" for name, found in menus(eyes) for fault in found)]
    assert not faults
    eyes.page.emulate_media(forced_colors="active")
    flat = eyes.page.evaluate(_FLAT)
    eyes.page.emulate_media(forced_colors="none")
    assert not flat


# What is fine in the light theme and cannot be read in the dark one: by its ink, by its ground, by what lies below it.
PLANTED = {
    "ink": ".planted { color: light-dark(#222, #444); }",
    "ground": ".planted { background: light-dark(#fff, #ddd); }",
    "around": ".panel:has(> .planted) { background: light-dark(#fff, #ddd); }",
}


@pytest.mark.parametrize("fault", PLANTED)
def test_what_only_the_other_theme_makes_unreadable_is_told(look: Look, fault: str) -> None:
    """Also where every other text of the page was seen before."""
    eyes = look("/gallery/page/list/")
    assert eyes.judged_in_other_theme() == []
    eyes.page.evaluate(
        """(rule) => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(rule);
          document.adoptedStyleSheets = [sheet];
          const place = document.querySelector("main");
          const panel = place.insertBefore(document.createElement("div"), place.firstChild);
          panel.className = "panel";
          const text = panel.appendChild(document.createElement("p"));
          text.className = "planted";
          text.textContent = "A text like any other";
        }""",
        PLANTED[fault],
    )
    assert eyes.judged(["color-contrast"]) == []
    assert ["planted" in told for told in eyes.judged_in_other_theme()] == [True]


@pytest.mark.parametrize("density", ["compact", "cosy"])
def test_other_densities(glance: Look, density: str) -> None:
    for url in ("/gallery/page/list/", "/gallery/forms/"):
        assert not glance(f"{url}?density={density}").measured()


@pytest.mark.parametrize("url", WHOLE)
def test_narrowest_screen(glance: Look, url: str) -> None:
    """320 px: nothing is lost, nothing scrolls sideways."""
    eyes = glance(url, Sight("ru", 320))
    assert eyes.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert not eyes.measured()


@pytest.mark.parametrize("url", WHOLE)
def test_text_twice_as_large(glance: Look, url: str) -> None:
    """Text at 200 per cent: the same pages, no text leaves its box."""
    eyes = glance(url, Sight("ru", 1440))
    eyes.page.evaluate("document.documentElement.style.fontSize = '200%'")
    eyes.settle()
    assert eyes.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 1


def test_paper_has_no_frame(look: Look) -> None:
    """Printed: no sidebar, no buttons of the bar; all rows, not only those that were on the screen."""
    eyes = look("/gallery/page/list/")
    eyes.page.emulate_media(media="print")
    hidden = ".sidebar, .bar-actions, .bulk, .bottombar, .toasts"
    assert not eyes.page.evaluate(
        f"[...document.querySelectorAll('{hidden}')].filter((one) => one.checkVisibility()).map((one) => one.className)"
    )
    assert eyes.page.evaluate("getComputedStyle(document.querySelector('.scroll')).overflowY") == "visible"


@pytest.mark.parametrize("sight", [Sight("en", 1440), Sight("ru", 390)], ids=str)
def test_open_dialogs_menus_and_errors_are_sound(look: Look, sight: Sight) -> None:
    eyes = look("/gallery/feedback/", sight)
    eyes.page.locator("#dialogs [hx-target='#dialog-body']").click()
    eyes.page.locator("#dialog[open]").wait_for()
    assert not eyes.judged()
    eyes.page.locator("#dialog [type=submit]").click()
    eyes.page.locator("#dialog .error").first.wait_for()
    assert not [*eyes.measured(), *eyes.judged()]
    eyes.page.keyboard.press("Escape")
    eyes.page.locator("#dialogs [data-opens=palette]").click()
    eyes.page.locator("#palette[open]").wait_for()
    assert not [*eyes.measured(), *eyes.judged()]
    eyes.page.keyboard.press("Escape")
    eyes.page.locator("#dialogs [hx-target='#side-body']").click()
    eyes.page.locator("#side[open]").wait_for()
    assert not [*eyes.measured(), *eyes.judged()]
