"""Every page of the product, read from the URL registry; nobody has to list a new one.

A route that answers GET is a page: it is opened as its owner would and must be whole
and without faults. Exceptions are named here with their reason; what a page looks
like after somebody has done something there stands in ``states.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
    "settings/export/<uuid:id>/<str:token>/": "a file behind an address that is good for an hour",
    "signup/address/": "whether an address is free, under its field: state signup-address",
    "account/recovery-codes/file/": "a file",
    "tenants.csv": "a file",
    "metrics": "read by Prometheus",
    "webhooks/payments/": "the provider's deliveries",
    "gallery/": "the kit's own pages: tests/ui/test_seen.py looks at them with the same eyes",
    "gallery/<slug:name>/": "as gallery/",
    "gallery/page/<slug:name>/": "as gallery/",
    "gallery/try/<slug:what>/": "what the gallery's examples fetch",
}
# Addresses that only lead on to a page of this list.
LEADS_ON: dict[str, str] = {
    "settings/billing/arrival/": "back to the plan",
    "settings/billing/checkout/": "to the plan where it is paid; before that it is state billing-checkout",
    "deliveries/<uuid:id>/retry/": "back to the deliveries",
    "deliveries/comparison/": "back to the deliveries",
    "imports/<uuid:id>/": "to the step that the import is at; its report is state import-done",
    "imports/<uuid:id>/rows/": "to the columns; after the import it is state import-rows",
    "enter/": "to the account host",
    "enter/<str:ticket>/": "into the workspace; an old ticket is state ticket-over",
    "leave/": "to the public site",
    "visit/<uuid:id>/": "to the operators' console",
    "visit/<uuid:id>/<str:ticket>/": "into the workspace, for an operator whom the administrator let in",
    "access/<uuid:id>/ticket/": "back into the workspace that asked",
    "questions/verdict/": "to the goals, unless an honest answer says not yet: tests/browser/test_questions.py",
    "join/<str:key>/": "to the invitation on the account host",
    "account/": "to its security page",
    "account/signup/": "to the sign-up",
    "account/inactive/": "nobody is inactive in the seed; allauth leads here after signing in",
    "account/passkeys/sign-in/": "to the sign-in; its script fetches what the browser asks the device for",
    "workspaces/entry/": "into the only workspace or to the chooser",
    "handover/": "into the workspace that asked; its refusals are states handover-*",
    "account/sessions/ending/": "back to the list of sessions",
    "account/sessions/<int:session_id>/ending/": "back to the list of sessions",
    "account/sessions/<uuid:handover_id>/ending/": "back to the list of sessions",
    "signup/<uuid:signup_id>/removal/": "back to the chooser",
    "": "the console starts with the companies",
    "support/<uuid:id>/state/": "back to the question",
    "support/<uuid:id>/letters/<uuid:message_id>/": "back to the question",
    "upgrades/<int:number>/running/": "back to the upgrade",
    "upgrades/<int:number>/pause/": "back to the upgrade",
    "upgrades/<int:number>/retrial/": "back to the upgrade",
}
# Pages that stand in the middle of a way: the state that goes it.
ON_THE_WAY: dict[str, str] = {
    "tours/": "example-tours",
    "account/code/": "signup-code",
    "account/second-factor/": "sign-in-factor",
    "account/forgotten/code/": "forgotten-code",
    "account/forgotten/password/": "forgotten-password",
}
# Who looks at a page of the account host if it is not the owner without a second factor.
SEEN_BY: dict[str, str] = {
    "account/logout/": "owner",
    "account/again/code/": "factor",
    "account/second-factor/removal/": "factor",
    "account/recovery-codes/": "factor",
    "account/recovery-codes/new/": "factor",
    "account/again/passkey/": "factor",
    "account/passkeys/<int:pk>/name/": "factor",
    "account/passkeys/<int:pk>/removal/": "factor",
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


def families() -> dict[str, list[str]]:
    """Parameters that take a few known names: every one of them is a page."""
    return {"settings/reasons/<str:kind>/": ["won", "lost"]}


@cache
def pages(site: str) -> tuple[Page, ...]:
    """The pages of a site: what answers GET and is no exception."""
    found = []
    for page, route in addresses(site):
        if route is not None and "GET" not in route.methods:
            continue
        if page.pattern in NO_PAGES or page.pattern in ON_THE_WAY or _leads_on(page):
            continue
        # The console's host has the same pages of the account as the public site.
        if site == "operator" and page.pattern.startswith("account/"):
            continue
        names = families().get(page.pattern)
        if names is None:
            found.append(page)
        else:
            found += [replace(page, pattern=_FILLED.sub(name, page.pattern), parameters=()) for name in names]
    return tuple(found)


_FILLED = re.compile(r"<[^>]+>")


def _leads_on(page: Page) -> bool:
    return page.pattern in LEADS_ON and (page.pattern != "" or page.site == "operator")


def seen_by(page: Page) -> str:
    """Who looks at a page outside the workspaces: an account, an operator, or a stranger (empty)."""
    if page.site == "operator":
        return "operator"
    return SEEN_BY.get(page.pattern, "owner" if page.kind == "account" else "")


# Forms that cannot be sent wrong: they only ask to go ahead, or every choice is valid.
NOTHING_TO_REFUSE: dict[str, str] = {
    "settings/values/<uuid:id>/removal/": "asks only where records go",
    "announcements/<uuid:announcement_id>/withdrawal/": "asks only to go ahead",
    "maintenance/<uuid:maintenance_id>/end/": "asks only to go ahead",
    "settings/pipelines/<uuid:id>/removal/": "asks only where deals go",
    "settings/stages/<uuid:id>/removal/": "asks only where deals go",
    "settings/reason/<uuid:id>/removal/": "asks only where deals go",
    "settings/roles/<uuid:id>/removal/": "asks only where members go",
    "settings/members/<uuid:id>/": "a choice of role and team",
    "deals/<uuid:id>/owner/": "a choice of an owner",
    "lists/<slug:table>/changes/<slug:name>/": "a choice of an owner",
    "settings/address/<uuid:id>/removal/": "asks only to go ahead",
    "leaving/<str:token>/": "asks only to keep the workspace",
    "tenants/<uuid:tenant_id>/staying/": "asks only to keep the workspace",
    "imports/new/": "a file: state import-no-file",
    "settings/billing/change/": "choices and a number: state billing-change-refused",
    "imports/<uuid:id>/columns/": "choices for each column",
    "questions/": "three choices between yes and no: tests/onboarding/test_questions.py",
    "questions/readiness/": "five choices: tests/onboarding/test_questions.py",
    "questions/result/": "asks only to go ahead",
    "settings/packs/<slug:key>/": "asks only to go ahead",
    "imports/<uuid:id>/reading/": "choices of how the file is read",
}
