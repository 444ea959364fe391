"""Every page of the product, read from the URL registry; nobody has to list a new one.

A route that answers GET is a page: it is opened as its owner would and must be whole
and without faults. Exceptions are named here with their reason; what a page looks
like after somebody has done something there stands in ``states.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# Answers that are no pages: machines and scripts read them, or they are a part that a state in states.py shows.
NO_PAGES: dict[str, str] = {
    "health/live": "read by the supervisor",
    "health/ready": "read by the supervisor",
    "clients/<str:kind>/choices/": "suggestions under a field: state company-suggestions",
    "clients/<str:kind>/doubles/": "the quiet list of likely duplicates: state company-doubles",
    "deals/clients/": "suggestions under a field: state deal-client",
    "deals/contacts/": "choices of a field of the deal form",
    "timeline/<uuid:card_id>/": "the region of a record's page: state company-notes",
    "lists/<slug:table>/counts/": "counts of the tabs, fetched by every list",
    "lists/<slug:table>/lanes/<slug:board>/<str:key>/": "the rest of a lane, fetched by the board",
    "imports/<uuid:id>/rows.csv": "a file",
}
# Addresses that only lead on to a page of this list.
LEADS_ON: dict[str, str] = {
    "imports/<uuid:id>/": "to the step that the import is at",
    "imports/<uuid:id>/rows/": "to the columns, showing wrong rows only",
}


@dataclass(frozen=True)
class Page:
    """One page: its site (workspace, public, operator), URL pattern, and what must be filled in."""

    site: str
    pattern: str
    parameters: tuple[str, ...]
    kind: str

    @property
    def name(self) -> str:
        """What the page is called in tests and pictures."""
        words = [
            part.partition(":")[2].rstrip(">") if "<" in part else part for part in self.pattern.split("/")
        ]
        text = "-".join(word for word in words if word) or "start"
        return text if self.site == "workspace" else f"{self.site}-{text}"

    def path(self, thing: Any) -> str:
        """The path, with ``thing(route, parameter)`` in the place of each parameter."""
        path = "/" + self.pattern
        for parameter in self.parameters:
            for converter in ("uuid:", "slug:", "str:", "int:", "path:", ""):
                path = path.replace(f"<{converter}{parameter}>", thing(self.pattern, parameter))
        return path


def addresses(site: str) -> Iterator[tuple[Page, Any]]:
    """Every URL pattern of a site with the declaration of its view."""

    def walk(patterns: Any, prefix: str, names: tuple[str, ...]) -> Iterator[tuple[Page, Any]]:
        for entry in patterns:
            text = prefix + str(entry.pattern)
            inner = (*names, *entry.pattern.converters)
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, text, inner)
            elif isinstance(entry, URLPattern):
                route = getattr(entry.callback, "route", None)
                yield Page(site, text, inner, route.kind if route else ""), route

    yield from walk(get_resolver(f"config.urls_{site}").url_patterns, "", ())


@cache
def pages(site: str) -> tuple[Page, ...]:
    """The pages of a site: what answers GET and is no exception."""
    return tuple(
        page
        for page, route in addresses(site)
        if (route is None or "GET" in route.methods)
        and page.pattern not in NO_PAGES
        and page.pattern not in LEADS_ON
    )


def seen_by(page: Page) -> str:
    """Who looks at a page outside the workspaces: an account, an operator, or a stranger (empty)."""
    if page.kind == "operator":
        return "operator"
    return "owner" if page.kind == "account" else ""


# Forms that cannot be sent wrong: they only ask to go ahead, or every choice is valid.
NOTHING_TO_REFUSE: dict[str, str] = {}
