"""Somebody who signs up a company: their words, their browser, their workspace."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.support.visitor import Visitor, code_for

PASSWORD = "correct horse battery"


@dataclass
class Newcomer:
    """``mark`` makes company, address and e-mail unlike all others."""

    mark: str
    language: str = "en"
    visitor: Visitor = field(init=False)

    def __post_init__(self) -> None:
        self.visitor = Visitor(language=self.language)

    @property
    def slug(self) -> str:
        return f"light-{self.mark}"

    @property
    def email(self) -> str:
        return f"anna.{self.mark}@northern.example"

    @property
    def host(self) -> str:
        return f"{self.slug}.terem.test"

    @property
    def fields(self) -> dict[str, str]:
        return {"company": f"Light {self.mark}", "slug": self.slug, "email": self.email, "password": PASSWORD}

    @property
    def account(self) -> Any:
        from identity import api

        return api.by_email(self.email)

    @property
    def tenant(self) -> Any:
        from tenants import api

        return api.by_slug(self.slug)

    def sign_up(self, **other: str) -> Any:
        """Send the form; the answer, redirects not followed."""
        return self.visitor.fill("/signup/", **(self.fields | other))

    def confirm(self) -> Any:
        """Type the code; the answer, redirects not followed."""
        return self.visitor.fill("/account/code/", code=code_for(self.email))

    def come_in(self) -> Any:
        """The whole way; the first page inside."""
        self.sign_up()
        return self.visitor.follow(self.confirm())
