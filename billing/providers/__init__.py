"""Payment providers: the only place that speaks to one. Today there is one, through its official library."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from billing.providers.stripe import Stripe

# The name under which rows of this provider are kept.
NAME = "stripe"


def sells() -> bool:
    """True if a provider's key is set: only then plans are sold."""
    return bool(settings.TEREM_STRIPE_KEY)


def demonstrates() -> bool:
    """True if payments go to the demonstration server: pages then say so."""
    return sells() and bool(settings.TEREM_STRIPE_API)


def taxes() -> bool:
    """True if taxes come on top of the prices: pages then say so."""
    return sells() and bool(settings.TEREM_STRIPE_TAX)


def provider() -> Stripe:
    """The provider as it is set up. Raises ``LookupError`` where nothing is sold."""
    if not sells():
        raise LookupError("No payment provider is set up: TEREM_STRIPE_KEY is empty.")
    return _made(
        settings.TEREM_STRIPE_KEY,
        settings.TEREM_STRIPE_API,
        settings.TEREM_STRIPE_WEBHOOK_SECRETS,
        settings.TEREM_STRIPE_TAX,
    )


@lru_cache(maxsize=4)
def _made(key: str, api: str, secrets: str, taxes: bool) -> Stripe:
    # Loading the library takes half a second; processes that never sell need not pay for it.
    from billing.providers.stripe import Stripe

    return Stripe(key, api=api, secrets=tuple(secrets.split()), taxes=taxes)
