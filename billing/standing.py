"""How payments are now, for the status page: does the provider answer, do its deliveries get worked on?"""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from billing import providers
from billing.models import InboxEvent
from kernel.when import now
from tenants import api as tenants

PROVIDER: Final = "https://api.stripe.com"
SECONDS: Final = 5
LATE: Final = timedelta(minutes=15)


def check() -> tenants.Finding | None:
    """What is found now; None where nothing is sold."""
    if not providers.sells():
        return None
    address = urlsplit(settings.TEREM_STRIPE_API or PROVIDER)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        socket.create_connection((address.hostname or "", port), timeout=SECONDS).close()
    except OSError:
        return tenants.Finding("payments", "down", "the provider does not answer")
    late = InboxEvent.objects.open().filter(received_at__lt=now() - LATE).count()
    return tenants.Finding("payments", "limited" if late else "ok", f"{late} deliveries wait" if late else "")
