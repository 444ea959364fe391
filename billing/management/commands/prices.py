"""``manage.py prices``: what the payment provider lacks of the catalogue; with ``--apply`` it is put there."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing import providers
from billing.providers.told import Unreachable


class Command(BaseCommand):
    help = "Compare products and prices with the payment provider; with --apply add what is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="add what is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not providers.sells():
            raise CommandError("No payment provider is set up: TEREM_STRIPE_KEY is empty.")
        try:
            found = providers.provider().differences()
            for words, mend in found:
                self.stdout.write(words)
                if options["apply"]:
                    mend()
        except Unreachable as error:
            raise CommandError(str(error)) from error
        done = "added" if options["apply"] else "to add; run again with --apply"
        self.stdout.write(f"{len(found)} {done}" if found else "Products and prices are as in the catalogue.")
