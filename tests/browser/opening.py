"""Opening what a page offers: its menus and dialogs, each kind once per sight."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.browser.eyes import Eyes
from tests.support import cluster

# Ids and numbers differ from record to record; what opens is the same.
_NUMBERS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
OPENERS = ", ".join(
    f'{tag}[hx-get][hx-target="#{place}-body"]' for tag in ("a", "button") for place in ("dialog", "side")
)
FRAME = ("menu-workspace",)
_SEEN: set[str] = set()


def _is_new(eyes: Eyes, name: str) -> bool:
    """Whether nobody has opened it in this sight: neither this process nor another worker of the run."""
    mark = hashlib.sha256(f"{eyes.sight} {name}".encode()).hexdigest()
    if mark in _SEEN:
        return False
    _SEEN.add(mark)
    run = cluster.joined()
    if run is None:
        return True
    opened = run.folder / "opened"
    opened.mkdir(exist_ok=True)
    try:
        (opened / mark).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def kind_of(address: str) -> str:
    """The address of a dialog without what differs from record to record."""
    return _NUMBERS.sub("#", urlsplit(address).path)


def dialogs(eyes: Eyes) -> Iterator[tuple[str, list[str]]]:
    """Open each kind of dialog that the page offers; its name and faults. Every one must give the focus back."""
    page = eyes.page
    openers = page.locator(OPENERS)
    addresses = openers.evaluate_all("(all) => all.map((one) => one.getAttribute('hx-get'))")
    for place, address in enumerate(addresses):
        opener = openers.nth(place)
        name = f"dialog {kind_of(address)}"
        if page.locator("dialog[open]").count() or not opener.is_visible() or not _is_new(eyes, name):
            continue
        opener.scroll_into_view_if_needed()
        opener.focus()
        opener.click()
        eyes.settle()
        if not page.locator("dialog[open]").count():
            yield name, ["it did not open"]
            continue
        yield name, [*eyes.faults(), *_close(eyes)]


def _close(eyes: Eyes) -> list[str]:
    """Close the dialog with Escape; the focus must be back where it was opened from."""
    page = eyes.page
    inside = page.evaluate("document.querySelector('dialog[open]').contains(document.activeElement)")
    page.keyboard.press("Escape")
    eyes.settle()
    found = [] if inside else ["the focus did not go into it"]
    if page.locator("dialog[open]").count():
        page.evaluate("document.querySelector('dialog[open]').close()")
        return [*found, "Escape does not close it"]
    if page.evaluate("document.activeElement === document.body"):
        found.append("the focus did not return to what opened it")
    return found


def menus(eyes: Eyes) -> Iterator[tuple[str, list[str]]]:
    """Open each menu that the page offers; its name and faults."""
    page = eyes.page
    openers = page.locator("[popovertarget]")
    names = openers.evaluate_all("(all) => all.map((one) => one.getAttribute('popovertarget'))")
    for place, target in enumerate(names):
        opener = openers.nth(place)
        # The menus of the frame are the same on every page.
        own = "" if target in FRAME else f" of {kind_of(page.url)}"
        name = f"menu {_NUMBERS.sub('#', target)}{own}"
        if not opener.is_visible() or not _is_new(eyes, name):
            continue
        opener.click()
        eyes.settle()
        if not page.locator(":popover-open").count():
            yield name, ["it did not open"]
            continue
        yield name, eyes.faults()
        page.keyboard.press("Escape")
