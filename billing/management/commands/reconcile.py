"""``manage.py reconcile``: compare every customer with the payment provider now, as it happens each night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from billing import inbox
from kernel import context


class Command(BaseCommand):
    help = "Fetch missed deliveries and ask the payment provider for every customer anew."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=3, help="how far back deliveries are looked for (3)")

    def handle(self, *args: Any, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            found = inbox.reconcile(days=options["days"])
            renewed = inbox.renew_leases()
        self.stdout.write(
            f"customers {found.customers}, missed deliveries {found.missed}, not reached {found.unreached}, "
            f"leases renewed by time {renewed}, days of use counted differently {found.uses}"
        )
