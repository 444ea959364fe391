"""Second factors under the present signing key, now instead of in the night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from identity import factors
from kernel import context


class Command(BaseCommand):
    """``reseal``: after it a former key of ``TEREM_SECRET_KEYS_OLD`` opens no second factor any more and may go."""

    help = "Seal every second factor with the present signing key (each night it happens by itself)."

    def handle(self, *args: Any, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            self.stdout.write(f"{factors.reseal()} secrets sealed anew")
