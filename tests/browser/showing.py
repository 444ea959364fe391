"""Opening any page or state by its name, as somebody in a seeded company."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from tests.browser import inventory, states
from tests.browser.eyes import Eyes, Sight
from tests.browser.inventory import Page
from tests.browser.seeded import Seeded, Workspace


class Showing:
    """One browser context per company and member, opened when it is first needed."""

    def __init__(self, browser: Any, sight: Sight, address: str, seeded: Seeded) -> None:
        self.browser = browser
        self.sight = sight
        self.address = address
        self.seeded = seeded
        self._contexts: dict[tuple[str, str], Eyes] = {}
        self.eyes: Eyes

    def url(self, subdomain: str, path: str) -> str:
        """An address of the running product."""
        host = f"{subdomain}.{self.address}" if subdomain else self.address
        return f"http://{host}{path}"

    def workspace(self, company: str) -> Workspace:
        """A seeded company in the language of the sight."""
        return self.seeded.workspaces[f"{company}-{self.sight.language}"]

    def as_somebody(self, company: str, who: str = "owner") -> Eyes:
        """The eyes of a member of a company, of an account, or of a stranger (who is empty)."""
        known = self._contexts.get((company, who))
        if known is None:
            known = Eyes(self.browser, self.sight)
            known.typed = self.seeded.typed
            known.known = self.seeded.things[self.sight.language]
            known.mail = self.seeded.mail
            if who and not who.startswith("stranger"):
                self._sign_in(known, company, who)
            self._contexts[company, who] = known
        self.eyes = known
        return known

    def _sign_in(self, eyes: Eyes, company: str, who: str) -> None:
        if company in ("public", "operator"):
            for subdomain in ("", "operator"):
                eyes.sign_in(
                    self.url(subdomain, "/"),
                    settings.SESSION_COOKIE_NAME,
                    self.seeded.accounts[f"{who}-{self.sight.language}"],
                )
        else:
            workspace = self.workspace(company)
            eyes.sign_in(self.url(workspace.slug, "/"), settings.WORKSPACE_COOKIE, workspace.keys[who])

    def show(self, name: str) -> int:
        """Open a page or a state by its name; the status of the answer."""
        state = states.STATES.get(name)
        if state is not None:
            return self.show_state(state)
        for site in ("workspace", "public", "operator"):
            for page in inventory.pages(site):
                if page.name == name:
                    return self.show_page(page)
        raise LookupError(f"{name} is neither a page nor a state")

    def show_page(self, page: Page) -> int:
        """Open a page of the inventory as its owner would."""
        if page.site != "workspace":
            eyes = self.as_somebody(page.site, inventory.seen_by(page))
            subdomain = "operator" if page.site == "operator" else ""
            return eyes.open(self.url(subdomain, page.path(self._account_thing)))
        workspace = self.workspace("demo")
        return self.as_somebody("demo").open(self.url(workspace.slug, page.path(workspace.thing)))

    def _account_thing(self, route: str, parameter: str) -> str:
        return Workspace("", things=self.seeded.things[self.sight.language]).thing(route, parameter)

    def show_state(self, state: states.State) -> int:
        """Open a state: its page, then what was done there."""
        eyes = self.as_somebody(state.company, state.who)
        if state.company in ("public", "operator"):
            subdomain = "operator" if state.company == "operator" else ""
            status = eyes.open(self.url(subdomain, self._filled(state.path)))
        else:
            workspace = self.workspace(state.company)
            status = eyes.open(self.url(workspace.slug, self._filled(state.path, workspace)))
        if state.act is not None:
            state.act(eyes)
            eyes.settle()
        return status

    def _filled(self, path: str, workspace: Workspace | None = None) -> str:
        things = workspace.things if workspace else self.seeded.things[self.sight.language]
        suspended = self.workspace("suspended").slug
        return path.format_map({"things": things, "suspended": suspended}) if "{" in path else path

    def close(self) -> None:
        """Close what was opened."""
        for eyes in self._contexts.values():
            eyes.close()
        self._contexts.clear()
