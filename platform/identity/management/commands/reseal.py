"""What the signing key keeps under the present one, now instead of in the night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kernel import context, signing


class Command(BaseCommand):
    """``reseal``: after it a former key of ``TEREM_SECRET_KEYS_OLD`` keeps nothing any more and may go."""

    help = "Bring second factors, certificates and keys of addresses under the present signing key (each night it happens by itself)."

    def handle(self, *args: Any, **options: Any) -> None:
        with context.enter(context.Context(cause="command")):
            self.stdout.write(f"{signing.reseal()} secrets sealed anew")
