"""The gallery as a person sees it: nothing serious for axe, no text out of its box, no word from console or policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.eyes import MATRIX, Eyes, Sight
from tests.browser.opening import menus
from ui.gallery.registry import FAMILIES, PAGES

pytestmark = [pytest.mark.browser, pytest.mark.full]
URLS = [f"/gallery/{family.name}/" for family in FAMILIES] + [f"/gallery/page/{page.name}/" for page in PAGES]
Look = Callable[..., Eyes]


def faults(eyes: Eyes) -> list[str]:
    """Faults of a page and of each kind of menu that it offers."""
    return [*eyes.faults(), *(f"{name}: {fault}" for name, found in menus(eyes) for fault in found)]


@pytest.mark.parametrize("sight", [Sight("en", 1440), Sight("ru", 390)], ids=str)
@pytest.mark.parametrize("url", URLS)
def test_pages_can_be_seen_and_used(look: Look, url: str, sight: Sight) -> None:
    assert not faults(look(url, sight))


@pytest.mark.full
@pytest.mark.parametrize("sight", MATRIX, ids=str)
@pytest.mark.parametrize("url", URLS)
def test_the_whole_matrix(look: Look, url: str, sight: Sight) -> None:
    assert not faults(look(url, sight))


@pytest.mark.parametrize("density", ["compact", "cosy"])
def test_other_densities(look: Look, density: str) -> None:
    for url in ("/gallery/page/list/", "/gallery/forms/"):
        assert not look(f"{url}?density={density}").measured()


@pytest.mark.parametrize("url", [url for url in URLS if "/page/" in url])
def test_narrowest_screen(look: Look, url: str) -> None:
    """320 px: nothing is lost, nothing scrolls sideways."""
    eyes = look(url, Sight("ru", 320))
    assert eyes.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert not eyes.measured()


@pytest.mark.parametrize("url", [url for url in URLS if "/page/" in url])
def test_text_twice_as_large(look: Look, url: str) -> None:
    """Text at 200 per cent: the same pages, no text leaves its box."""
    eyes = look(url, Sight("ru", 1440))
    eyes.page.add_style_tag  # noqa: B018  (the policy refuses it: the size is set by the sheet of the browser)
    eyes.page.evaluate("document.documentElement.style.fontSize = '200%'")
    eyes.settle()
    assert eyes.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 1


@pytest.mark.parametrize("url", URLS)
def test_forced_colours_keep_edges(look: Look, url: str) -> None:
    """With the reader's own colours every box that only a ground separated has an edge."""
    eyes = look(url)
    eyes.page.emulate_media(forced_colors="active")
    flat = eyes.page.evaluate(
        """[...document.querySelectorAll(".card, .toast, .callout, .tag, .badge[data-tone], .avatar, .menu:popover-open")]
        .filter((box) => box.checkVisibility() && getComputedStyle(box).borderTopStyle === "none").map((box) => box.className)"""
    )
    assert not flat


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
