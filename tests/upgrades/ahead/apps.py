"""An upgrade that waits for a company for as long as a busy machine needs to ask about it."""

from __future__ import annotations

from django.apps import AppConfig


class Ahead(AppConfig):
    name = "tests.upgrades.ahead"

    def ready(self) -> None:
        from tenants.upgrades import applying

        # As it is shipped a company in use is given up after half a minute; that is less than three commands take.
        applying.MOST_ATTEMPTS = 40
