"""The library's errors in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import stripe

from billing.providers.told import Declined, Unreachable

# The provider's code for a use that it has counted already.
DUPLICATE: Final = "duplicate_meter_event"


@contextmanager
def said() -> Iterator[None]:
    """A refused card is ``Declined``, everything else ``Unreachable`` with the provider's ``code``."""
    try:
        yield
    except stripe.CardError as error:
        raise Declined(error.user_message or str(error)) from error
    except stripe.StripeError as error:
        raise Unreachable(f"{type(error).__name__}: {error}", code=error.code or "") from error
