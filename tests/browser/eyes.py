"""Looking at a page as a person would: opens it in Chromium and says in sentences what is wrong with it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error as PlaywrightError

from deploy.local import places
from tests.support import browser as chromium

HERE = Path(__file__).parent
AXE = places.ROOT / "tests" / "support" / "axe" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
TOUCH_TARGET = 44
# The kit's scripts set these from measured places; style attributes of the server's pages are faults.
MOVED_BY_SCRIPTS = ".tip, .menu, [popover], .card, .lane, .sortable-ghost, .sortable-fallback"
_QUIET_SECONDS = 0.08
_SETTLE_SECONDS = 30

_WATCH = """
window.seenViolations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.seenViolations.push(`${event.effectiveDirective} refuses ${event.blockedURI || "inline"} at ${event.sourceFile}:${event.lineNumber}`));
"""


# The looks that axe has found no fault with, by theme.
_PROVED: dict[str, set[str]] = {}


@dataclass(frozen=True)
class Sight:
    """How a page is looked at."""

    language: str = "en"
    width: int = 1440
    theme: str = "light"

    @property
    def touch(self) -> bool:
        return self.width < 800

    @property
    def height(self) -> int:
        return 844 if self.touch else 900

    def __str__(self) -> str:
        return f"{self.language}-{self.width}-{self.theme}"


ORDINARY = (Sight("en", 1440), Sight("ru", 390))
MATRIX = tuple(
    Sight(language, width, theme)
    for language in ("en", "ru")
    for width in (1440, 390)
    for theme in ("light", "dark")
)

# For pytest: the ordinary sights always, the others in the full run.
SIGHTS = tuple(
    pytest.param(sight, id=str(sight), marks=() if sight in ORDINARY else pytest.mark.full)
    for sight in (*ORDINARY, *(sight for sight in MATRIX if sight not in ORDINARY))
)


class Eyes:
    """One browser context with one page; notes what the console and the network say."""

    def __init__(self, browser: Any, sight: Sight) -> None:
        self.sight = sight
        self.context = browser.new_context(
            viewport={"width": sight.width, "height": sight.height},
            has_touch=sight.touch,
            is_mobile=sight.touch,
            color_scheme=sight.theme,
            reduced_motion="reduce",
            locale={"en": "en-GB", "ru": "ru-RU"}[sight.language],
            timezone_id="UTC",
        )
        # A busy machine is no failure.
        self.context.set_default_timeout(chromium.PATIENCE)
        self.context.add_init_script(_WATCH)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.typed: list[str] = []
        self.known: dict[str, str] = {}
        self.mail = ""
        self.pending = 0
        self.quiet_since = time.monotonic()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.said.append(f"script error: {error}"))
        self.page.on("request", lambda _request: self._count(1))
        for event in ("requestfinished", "requestfailed"):
            self.page.on(event, lambda _request: self._count(-1))

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.said.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _count(self, step: int) -> None:
        self.pending = max(0, self.pending + step)
        self.quiet_since = time.monotonic()

    def sign_in(self, url: str, cookie: str, key: str) -> None:
        """Give this context the session of a member or an account."""
        self.context.add_cookies([{"name": cookie, "value": key, "url": url}])

    def open(self, url: str) -> int:
        """Open an address; its status."""
        self.said.clear()
        self.pending = 0
        answer = self.page.goto(url, wait_until="load")
        self.settle()
        status = answer.status if answer else 0
        if status >= 400:
            self.forgive(status)
        return status

    def forgive(self, status: int) -> None:
        """Forget that the browser reported an answer that was to be expected."""
        self.said = [line for line in self.said if f"status of {status}" not in line]

    def settle(self) -> None:
        """Wait until nothing is on its way and the fonts are there, also on the page that comes next."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        while True:
            while time.monotonic() < deadline:
                left = _QUIET_SECONDS - (time.monotonic() - self.quiet_since)
                if self.pending == 0 and left < 0:
                    break
                # Each look costs three processes a turn: where all is still, one is enough.
                self.page.wait_for_timeout(20 if self.pending else max(5.0, left * 1000 + 1))
            try:
                self.page.evaluate("document.fonts.ready.then(() => true)")
            except PlaywrightError:  # The page went away for the next one.
                if time.monotonic() > deadline:
                    raise
            else:
                return

    def faults(self) -> list[str]:
        """All that is wrong with the page as it is now."""
        return [
            *self.spoken(),
            *self.measured(),
            *self.judged(),
            *self.foreign(),
            *self.judged_in_other_theme(),
        ]

    def spoken(self) -> list[str]:
        """What console and content policy complained of."""
        said = [*self.said, *(f"policy: {line}" for line in self.page.evaluate("window.seenViolations"))]
        self.said.clear()
        return said

    def measured(self) -> list[str]:
        """Text that leaves its box, and other things that can be measured."""
        options = {
            "cut": told_when_cut(),
            "inline": MOVED_BY_SCRIPTS,
            "language": self.sight.language,
            "touch": TOUCH_TARGET if self.sight.touch else 0,
        }
        found: list[str] = self.page.evaluate(script("measure.js"), options)
        return found

    def judged(self, rules: list[str] | None = None, parts: list[str] | None = None) -> list[str]:
        """What axe finds serious or critical, by all rules or some, in all that is open or in some parts."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(f"{AXE.read_text('utf-8')}; true")
        only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": RULES}
        found = self.page.evaluate(script("judge.js"), [only, parts])
        return list(found)

    def judged_in_other_theme(self) -> list[str]:
        """Contrast again in the other theme, changed without a reload: each look once, see ``looks.js``.

        In the sight's own theme axe is asked for every text of every page; the full run does so in both.
        """
        other = {"light": "dark", "dark": "light"}[self.sight.theme]
        known = _PROVED.setdefault(other, set())
        self.page.emulate_media(color_scheme=other)
        looks = self.page.evaluate(script("looks.js"))
        parts = [part for look, part in looks.items() if look not in known]
        found = [f"{other}: {line}" for line in self.judged(["color-contrast"], parts)] if parts else []
        self.page.emulate_media(color_scheme=self.sight.theme)
        if not found:
            known.update(looks)
        return found

    def foreign(self) -> list[str]:
        """Latin words on a Russian page."""
        if self.sight.language != "ru":
            return []
        texts = self.page.evaluate(script("latin.js"))
        texts = [_TYPED.sub(" ", text) for text in texts]
        for name in self.typed:
            texts = [text.replace(name, " ") for text in texts]
        words = sorted({word for text in texts for word in latin_words(text)})
        return [f"Latin words on a Russian page: {', '.join(words)}"] if words else []

    def seen_as(self, **changes: Any) -> Sight:
        """The sight with changes."""
        return replace(self.sight, **changes)

    def close(self) -> None:
        self.context.close()


@cache
def script(name: str) -> str:
    """A script of this folder: one function."""
    text = (HERE / name).read_text("utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("//"))


@cache
def told_when_cut() -> str:
    """The selectors for which the kit's tooltip says a cut text."""
    source = (places.ROOT / "platform/ui/static/ui/js/ui-tip.js").read_text("utf-8")
    found = re.search(r'const CUT = "([^"]+)"', source)
    assert found, "ui-tip.js no longer names the elements that it speaks for; see tests/browser/eyes.py"
    return found[1]


@cache
def allowed_latin() -> frozenset[str]:
    """The reviewed words."""
    lines = (HERE / "latin.txt").read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


_TYPED = re.compile(
    r"\S+@\S+|(?:https?://)?(?:[\w-]+\.)+(?:example|localhost|test|org|com|рф)\S*|\S*localhost\S*|\S+\.(?:csv|xlsx)\b",
    re.I,
)
# Codes of machines: schema names, hashes, identifiers.
_CODE = re.compile(r"\b[\w-]*[\d_][\w-]*")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")


def latin_words(text: str) -> list[str]:
    """The Latin words of a text that nobody has reviewed."""
    words = (word.rstrip("-") for word in _WORD.findall(_CODE.sub(" ", text)))
    return [word for word in words if word not in allowed_latin()]


Step = Callable[[Eyes], None]
