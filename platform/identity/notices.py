"""Letters that warn the owner of an account."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter

from identity import slowdown
from identity.slowdown import Direction

# Whoever fails so often at the second factor knows the password already.
WARN_AT = 10


def warn_of_guessing(account: Any, way: Direction) -> None:
    """After ten wrong codes within an hour the owner gets one letter: change your password."""
    if slowdown.failures_of(way) == WARN_AT:
        get_adapter().send_mail("identity/mail/second_factor_guessed", account.email, {})
