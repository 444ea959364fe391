"""``manage.py recount``: make the sums of metered use anew from the single uses; each night it happens by itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kernel import context
from tenants import metering


class Command(BaseCommand):
    help = "Fold what waits and make the sums of metered use anew from the single uses."

    def handle(self, *args: Any, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            folded = metering.fold()
            wrong = metering.recount()
        self.stdout.write(f"folded {folded}, sums that were wrong {wrong}")
