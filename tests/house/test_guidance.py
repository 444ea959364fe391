"""Every page of a workspace says what it is for and what to do first."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import resolve

from kernel import guidance
from tests.browser import inventory


def _pages() -> Iterator[tuple[str, str]]:
    """Pattern and URL name of every page that a member can open."""
    for page, route in inventory.addresses("workspace"):
        if route is None or route.kind not in ("page", "form"):
            continue
        if page.pattern in inventory.NO_PAGES or page.pattern in inventory.LEADS_ON:
            continue
        filled = page.path(_value)
        yield page.pattern, resolve(filled, "config.urls_workspace").view_name


def _value(pattern: str, parameter: str) -> str:
    kind = pattern.partition(f":{parameter}>")[0].rpartition("<")[2]
    return {"uuid": "01890000-0000-7000-8000-000000000000", "int": "1"}.get(kind, "word")


def test_every_page_has_its_help() -> None:
    """A person who does not know a page presses the question mark: it must know the page."""
    missing = sorted(f"{name} ({pattern})" for pattern, name in _pages() if guidance.of(name) is None)
    assert not missing, (
        "Say in platform/config/guidance what these pages are for and what to do first"
        f" (handbook/style): {', '.join(missing)}"
    )


def test_no_help_without_a_page() -> None:
    """A text of a page that is gone misleads whoever translates it."""
    from django.urls import get_resolver

    known = set(_names(get_resolver("config.urls_workspace")))
    gone = sorted(set(guidance.GUIDES) - known)
    assert not gone, (
        f"These pages are gone; take their help out of platform/config/guidance: {', '.join(gone)}"
    )


def _names(resolver: object, prefix: str = "") -> Iterator[str]:
    from django.urls import URLPattern

    for entry in resolver.url_patterns:  # type: ignore[attr-defined]
        if isinstance(entry, URLPattern):
            if entry.name:
                yield prefix + entry.name
        else:
            yield from _names(entry, f"{entry.namespace}:" if entry.namespace else prefix)


def test_help_is_short_and_says_both() -> None:
    """One or two sentences each: nobody reads more while working."""
    for name, one in guidance.GUIDES.items():
        for text in (str(one.purpose), str(one.first)):
            assert 20 <= len(text) <= 160, (name, text)
            assert text.endswith((".", "?", "!")), (name, text)


def test_tasks_name_what_there_is() -> None:
    """A task that nobody may do, or that no fact ticks, would stand there for ever."""
    from django.urls import reverse

    from crm_core.timeline.wording import WORDINGS
    from kernel.parts import PARTS
    from kernel.rights import RIGHTS
    from kernel.training import COURSES, TASKS

    for one in TASKS.values():
        assert one.right in RIGHTS, one.name
        assert one.part in PARTS, one.name
        assert set(one.verbs) <= set(WORDINGS), one.name
        assert reverse(one.url, urlconf="config.urls_workspace")
    for course in COURSES:
        number = sum(course in one.courses for one in TASKS.values())
        assert 3 <= number <= 5, f"The course {course} has {number} tasks."
