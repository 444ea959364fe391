"""What every test of behaviour does: look, wait, strike a key."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.browser.eyes import Eyes
from tests.support import browser as chromium

Look = Callable[..., Eyes]


def path(page: Any) -> str:
    return str(page.evaluate("location.pathname"))


def until(page: Any, expression: str) -> None:
    """Wait until an expression is true (Playwright's own waiting would need eval, which the policy forbids)."""
    deadline = time.monotonic() + chromium.PATIENCE / 1000
    while time.monotonic() < deadline:
        if page.evaluate(expression):
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"never true: {expression}")


def strike(page: Any, code: str, key: str) -> None:
    """A key of another layout: its place says KeyG, its letter is Cyrillic."""
    page.evaluate(
        "([code, key]) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {code, key, bubbles: true, cancelable: true}))",
        [code, key],
    )
