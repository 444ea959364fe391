"""The content policy is strict, and the product lives under it: icons, fonts, swaps, themes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.eyes import Sight
from tests.browser.showing import Showing

pytestmark = pytest.mark.browser
At = Callable[[Sight], Showing]


def test_policy_is_strict(showing: At) -> None:
    shown = showing(Sight())
    eyes = shown.as_somebody("demo")
    answer = eyes.page.goto(shown.url(shown.workspace("demo").slug, "/companies/"))
    policy = answer.headers["content-security-policy"]
    assert "unsafe-eval" not in policy
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("sight", [Sight("en"), Sight("ru")], ids=str)
def test_fonts_are_ours(sight: Sight, showing: At) -> None:
    shown = showing(sight)
    shown.show("companies")
    loaded = shown.eyes.page.evaluate(
        "[...document.fonts].filter((face) => face.status === 'loaded').map((face) => face.family)"
    )
    assert any("Inter" in family for family in loaded)
    sample = {"en": "Companies", "ru": "Компании"}[sight.language]
    assert shown.eyes.page.evaluate("(text) => document.fonts.check('14px \"Inter Variable\"', text)", sample)


def test_icons_show(showing: At) -> None:
    shown = showing(Sight())
    shown.show("companies")
    boxes = shown.eyes.page.evaluate(
        "[...document.querySelectorAll('.sidebar .places svg.icon use')].map((use) => use.getBoundingClientRect().width)"
    )
    assert boxes and all(width > 0 for width in boxes)


def test_swap_obeys_the_policy(showing: At) -> None:
    shown = showing(Sight())
    shown.show("companies")
    eyes = shown.eyes
    eyes.page.locator("#list-q").press_sequentially("Aurora")
    expect(eyes.page.locator("tbody tr[data-row]")).to_have_count(1)
    eyes.settle()
    assert eyes.spoken() == []


def test_theme_changes_without_reload(showing: At) -> None:
    shown = showing(Sight())
    shown.show("start")
    page = shown.eyes.page
    page.evaluate("window.stillHere = true")
    ground = "getComputedStyle(document.querySelector('.panel')).backgroundColor"
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(ground)
    page.emulate_media(color_scheme="light")
    assert light != dark
    assert page.evaluate("window.stillHere")
